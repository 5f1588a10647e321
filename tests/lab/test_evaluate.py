"""Evaluation runs the search that readers use, and its numbers are those ir-measures gives for the same lists."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import ir_measures
import numpy as np
import pytest

from broadsheet.collection import open_collection
from broadsheet.core.errors import CollectionError, ModelError, NotFoundError, SourceError, UsageError
from broadsheet.core.protocols import Role, Vectors
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.lab.beir import read_task
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.evaluate import evaluate, to_json
from broadsheet.lab.setting import SETTINGS, fill, rank
from broadsheet.search.hybrid import search

NOW = datetime(2026, 1, 5, tzinfo=UTC)
MEASURES = ["nDCG@10", "R@5", "RR", "AP", "P@3", "Success@1"]
TOPICS = {
    "rope": ["rope bridges sway in mountain wind", "fibres of a rope carry the load", "knots weaken every rope"],
    "soup": ["soup tastes of what boils longest", "cold soup for hot days", "a broth is a soup without pieces"],
    "owls": ["owls hear mice beneath the snow", "the flight of owls makes no sound", "night birds and their prey"],
    "maps": ["maps distort the poles", "old maps show islands that are not there", "a map of tides by the hour"],
}


class WordEncoder:
    """A fake encoder: each word has a direction by chance, a text is their sum. Counts what it encodes."""

    def __init__(self) -> None:
        self.manifest = Manifest(encoder="words", version="1", weights="", dim=64)
        self.documents = 0

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        self.documents += len(texts) if role == "document" else 0
        rows = [sum((self._word(word) for word in re.findall(r"\w+", text.lower())), np.zeros(64)) for text in texts]
        return unit(np.array(rows).reshape(len(texts), 64))

    def _word(self, word: str) -> np.ndarray:
        return np.random.default_rng(list(word[:4].encode())).normal(size=64)


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """A small judged task; the topic ``maps`` is asked by a document's exact title and has a graded judgement."""
    folder = tmp_path / "small"
    folder.mkdir()
    corpus = [
        {"_id": f"{topic}/{i}", "title": f"On {topic}", "text": f"{text}."}
        for topic, texts in TOPICS.items()
        for i, text in enumerate(texts)
    ]
    queries = {
        "1": "what a rope carries",
        "2": "a soup that boils",
        "3": "birds of the night",
        "4": "On maps",
        "5": "xyzzy",
    }
    qrels = [("1", f"rope/{i}", 1) for i in range(3)] + [("2", "soup/0", 1), ("2", "soup/1", 0)]
    qrels += [("3", "owls/2", 2), ("3", "owls/1", 1), ("4", "maps/1", 3), ("4", "maps/2", 1), ("5", "soup/0", 0)]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus), "utf-8")
    (folder / "queries.jsonl").write_text(
        "".join(json.dumps({"_id": name, "text": text}) + "\n" for name, text in queries.items()), "utf-8"
    )
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in qrels)]
    (folder / "qrels.tsv").write_text("\n".join(lines), "utf-8")
    return folder


def test_values_are_those_of_ir_measures(task: Path, tmp_path: Path) -> None:
    rows = evaluate([task], encoder=WordEncoder(), now=NOW, measures=MEASURES)
    found = read_task(task)
    with open_collection(tmp_path / "again", encoder=WordEncoder()) as collection:
        fill(collection, found.documents(), now=NOW)
        for setting in SETTINGS:
            lists = rank(collection, found.queries, setting, k=1_000, progress=lambda done, total: None)
            run = {
                query: {each: 1000.0 - place for place, each in enumerate(ids)} for query, ids in lists.items() if ids
            }
            qrels = {query: dict(grades) for query, grades in found.judged.items()}
            theirs = ir_measures.calc_aggregate([ir_measures.parse_measure(name) for name in MEASURES], qrels, run)
            ours = {row.measure: row.value for row in rows if row.setting == setting}
            assert ours == pytest.approx({str(measure): value for measure, value in theirs.items()}, abs=1e-6)


def test_rows_are_complete_and_ordered(task: Path) -> None:
    rows = evaluate([task, task], encoder=WordEncoder(), now=NOW, measures=["nDCG@10", "R@5"])
    order = [(row.set, row.measure, row.setting) for row in rows]
    assert order == [("small", measure, setting) for measure in ("nDCG@10", "R@5") for setting in SETTINGS] * 2
    assert rows[: len(rows) // 2] == rows[len(rows) // 2 :]
    for row in rows:
        assert row.queries == 5
        assert 0 <= row.low <= row.value <= row.high <= 1
        assert (row.behind is None) == (row.setting == "hybrid")
    hybrid = next(row for row in rows if row.setting == "hybrid")
    lexical = next(row for row in rows if row.setting == "lexical")
    assert lexical.behind is not None
    assert lexical.behind.mean == pytest.approx(hybrid.value - lexical.value)


def test_json_has_the_agreed_fields(task: Path) -> None:
    values = json.loads(json.dumps(to_json(evaluate([task], encoder=WordEncoder(), now=NOW, settings=["hybrid"]))))
    assert {"set", "setting", "measure", "value", "low", "high", "queries"} <= set(values[0])
    assert values[0]["setting"] == "hybrid"
    assert values[0]["behind"] is None


def test_titles_are_not_pinned(task: Path, tmp_path: Path) -> None:
    """The query "On maps" is a title; pinned, the documents of that title would stand in the order of their ids."""
    found = read_task(task)
    with open_collection(tmp_path / "c", encoder=WordEncoder()) as collection:
        fill(collection, found.documents(), now=NOW)
        lists = rank(collection, found.queries, "lexical", k=10, progress=lambda done, total: None)
        assert list(lists["4"]) == [r.document.id for r in search(collection, "On maps", mode="lexical", pins=False)]
        assert not any(result.pinned for result in search(collection, "On maps", pins=False))
        assert search(collection, "On maps").items[0].pinned == "title"


def test_ids_survive_and_nothing_found_counts_as_zero(task: Path) -> None:
    (lexical,) = evaluate([task], encoder=WordEncoder(), now=NOW, settings=["lexical"], measures=["R@100"])
    found = read_task(task)
    assert {"rope/0", "maps/2"} <= {each.id for each in found.documents()}
    assert lexical.value == pytest.approx((1 + 1 + 1 + 1 + 0) / 5, abs=0.21)
    assert lexical.value <= 0.8


def test_vectors_are_kept_for_another_time(task: Path, tmp_path: Path) -> None:
    first, second = WordEncoder(), WordEncoder()
    rows = evaluate([task], encoder=CachedEncoder.under(first, tmp_path / "vectors"), now=NOW)
    again = evaluate([task], encoder=CachedEncoder.under(second, tmp_path / "vectors"), now=NOW)
    assert (first.documents, second.documents) == (12, 0)
    assert rows == again == evaluate([task], encoder=WordEncoder(), now=NOW)


def test_progress_is_told_by_step(task: Path) -> None:
    told: dict[str, list[tuple[int, int | None]]] = {}
    evaluate(
        [task], encoder=WordEncoder(), now=NOW, progress=lambda step: lambda *at: told.setdefault(step, []).append(at)
    )
    assert set(told) == {"small: sync", *(f"small: {setting}" for setting in SETTINGS)}
    assert all(steps[-1][0] == steps[-1][1] for steps in told.values())


def test_what_is_wrong_is_said_before_any_work(task: Path, tmp_path: Path) -> None:
    encoder = WordEncoder()
    with pytest.raises(UsageError, match=r"unknown setting 'hybird'\. Did you mean hybrid"):
        evaluate([task], encoder=encoder, now=NOW, settings=["hybird"])
    with pytest.raises(UsageError, match="Unknown measure 'ndgc@10'"):
        evaluate([task], encoder=encoder, now=NOW, measures=["ndgc@10"])
    with pytest.raises(NotFoundError, match="elsewhere"):
        evaluate([task, tmp_path / "elsewhere"], encoder=encoder, now=NOW)
    assert encoder.documents == 0


def test_a_document_that_cannot_be_kept_is_an_error(task: Path) -> None:
    with (task / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"_id": " padded ", "title": "T", "text": "x"}) + "\n")
    with pytest.raises(SourceError, match=r"1 documents cannot be kept.*white space"):
        evaluate([task], encoder=WordEncoder(), now=NOW, settings=["lexical"])


class Mute(WordEncoder):
    """An encoder that knows documents only, as one whose vectors are all kept but whose weights are gone."""

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        if role == "query":
            raise ModelError("the weights are gone")
        return super().encode(texts, role=role)


def test_words_alone_are_not_measured_as_something_else(task: Path) -> None:
    assert evaluate([task], encoder=Mute(), now=NOW, settings=["lexical"])[0].value > 0
    with pytest.raises(CollectionError, match=r"setting hybrid could not be measured.*weights are gone"):
        evaluate([task], encoder=Mute(), now=NOW, settings=["hybrid"])


@pytest.mark.data
def test_words_alone_find_what_they_should_on_real_judgements(data_dir: Path) -> None:
    """Plain BM25 reaches 0.49 to 0.50 on CACM with stemming, 0.35 without."""
    (row,) = evaluate([data_dir / "cacm"], encoder="hash", now=NOW, settings=["lexical"])
    assert (row.queries, row.measure) == (52, "nDCG@10")
    assert row.value > 0.485
