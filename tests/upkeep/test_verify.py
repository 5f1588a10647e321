"""Verify finds what does not agree with the Store, names it, and the way it names makes it whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.search import stages
from broadsheet.search.stages.model import name_model
from broadsheet.search.stages.weights import weights_of
from broadsheet.sync import sync
from broadsheet.tokens import choose, holding
from broadsheet.topics.tree import bring_up
from broadsheet.upkeep import verify
from fakes import TokenWordEncoder, WordEncoder, paper
from site_kit import NOW, made
from stages_kit import Counted, scorers
from topic_kit import SUBJECTS, filled, papers, state

LONG = " ".join(f"Leaf {n} in hot water turns it to shade {n * n}." for n in range(40))
PARTS = (verify.file, verify.tables, verify.trends, verify.lexicon, verify.space, verify.topics)
assert scorers


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as opened:
        one = paper(1, "On Tea", "Leaves in water.", source="bibtex:a.bib")
        opened.store.papers.put([one, paper(1, "On Tea", LONG, source="arxiv:cs.IR")], now=NOW)
        opened.store.papers.put([paper(2, "On Milk", "It has a skin.")], now=NOW)
        opened.store.papers.delete(["made:002"], now=NOW)
        sync(opened)
        yield opened


def write(collection: Collection, sql: str, *values: object) -> None:
    with collection.store.writing() as db:
        db.execute("PRAGMA defer_foreign_keys = ON")
        db.execute(sql, values)


@pytest.mark.parametrize("most", [None, 5])
@pytest.mark.parametrize("part", PARTS)
def test_a_collection_that_is_well(
    collection: Collection, part: Callable[..., verify.Verdict], most: int | None
) -> None:
    verdict = part(collection, most=most)
    assert not verdict.fault, verdict
    assert not verdict.advice


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM sketches WHERE number = ?",
        "UPDATE documents SET title = 'other' WHERE number = ?",
        "UPDATE documents SET day = 4711 WHERE number = ?",
        "INSERT INTO author_words (number, word, author) VALUES (?, 'nobody', 0)",
        "DELETE FROM merged WHERE number = ?",
    ],
)
def test_tables_that_are_not_as_the_records_say_are_mended(collection: Collection, sql: str) -> None:
    number = collection.store.papers.number("made:001")
    before = collection.store.papers.get("made:001")
    write(collection, sql, number)
    verdict = verify.tables(collection, most=None)
    assert verdict.fault
    assert verdict.facts["unlike"] == [number]
    assert verify.mend(collection) == 1
    assert not verify.tables(collection, most=None).fault
    assert collection.store.papers.get("made:001") == before
    assert sync(collection).encoded == 0
    assert not verify.lexicon(collection, most=None).fault


def test_rows_of_deleted_papers_are_strays(collection: Collection) -> None:
    write(collection, "INSERT INTO sketches SELECT 17, number FROM documents WHERE deleted = 1")
    assert verify.tables(collection).fault
    assert verify.mend(collection) == 1
    assert not verify.tables(collection).fault


def test_a_row_that_points_nowhere(collection: Collection) -> None:
    with collection.store.reading() as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("INSERT INTO categories VALUES ('cs.XX', 99999)")
        db.execute("PRAGMA foreign_keys = ON")
    verdict = verify.file(collection)
    assert verdict.fault
    assert "a row of categories refers to a missing row of documents" in verdict.said


def test_stored_trends_of_papers_that_changed(collection: Collection) -> None:
    number, sql = collection.store.papers.number("made:001"), "INSERT OR REPLACE INTO trends VALUES (?, ?, 1.0, '{}')"
    write(collection, sql, number, 1)
    verdict = verify.trends(collection)
    assert (verdict.fault, verdict.facts) == (False, {"stale": 1, "ahead": 0})
    write(collection, sql, number, 10**6)
    verdict = verify.trends(collection)
    assert (verdict.fault, verdict.facts) == (True, {"stale": 0, "ahead": 1})
    verify.mend(collection)
    assert verify.trends(collection).facts == {"stale": 0, "ahead": 0}


def test_what_lags_behind_is_no_fault(collection: Collection) -> None:
    collection.store.papers.put([paper(3, "On Cups", "They ring.")], now=NOW)
    collection.store.papers.delete(["made:001"], now=NOW)
    for part in (verify.lexicon, verify.space):
        verdict = part(collection, most=None)
        assert not verdict.fault
        assert "2 changes wait for a sync" in verdict.said


def test_a_lexicon_that_lost_or_kept_too_much(collection: Collection) -> None:
    lexicon, change = collection.lexicon, collection.lexicon.change
    changed = [each for each in collection.store.papers.changes(0) if each.document and each.document.id == "made:001"]
    stale = [type(each)(each.sequence, each.number, paper(1, "Quite Another Title")) for each in changed]
    lexicon.update(stale, change=change)
    verdict = verify.lexicon(collection, most=None)
    assert verdict.fault
    assert verdict.facts["lost"] == [changed[0].number]
    lexicon.update([type(each)(each.sequence, 7777, each.document) for each in changed], change=change)
    assert verify.lexicon(collection).facts["extra"] == 1
    shutil.rmtree(lexicon.folder)
    sync(collection)
    assert not verify.lexicon(collection, most=None).fault


def test_a_space_that_holds_what_it_should_not(collection: Collection) -> None:
    space, number = collection.space, collection.store.papers.number("made:001")
    change = space.snapshot().pointer.change
    row = np.eye(1, space.snapshot().manifest.dim, dtype=np.float32)
    space.append([number], row, ["ab" * 16], np.zeros(1, dtype=bool))
    space.append([8888], row, ["cd" * 16], np.zeros(1, dtype=bool))
    space.remove([1])
    space.commit(change)
    facts = verify.space(collection, most=None).facts
    assert facts["with the vector of another text"] == [number]
    assert facts["rows of no paper"] == [8888]
    assert facts["without a vector"] == [1]
    shutil.rmtree(space.folder)
    sync(collection)
    assert not verify.space(collection, most=None).fault


def test_damaged_vectors_and_codes(collection: Collection) -> None:
    state = collection.space.snapshot()
    folder, wide = collection.space.folder / f"g{state.pointer.generation:06d}", state.manifest.dim * 4
    with (folder / "vectors").open("r+b") as file:
        file.seek(3 * wide)
        file.write(b"\0" * wide)
    with (folder / "codes").open("r+b") as file:
        file.seek(5 * wide // 32)
        file.write(b"\x55" * 8)
    with open_collection(collection.path) as anew:
        verdict = verify.space(anew, most=None)
    assert sorted(verdict.facts["with a damaged vector"]) == sorted(state.numbers[[3, 5]].tolist())


def test_another_encoder_than_the_one_that_was(tmp_path: Path) -> None:
    with open_collection(tmp_path / "c", encoder=WordEncoder()) as collection:
        collection.store.papers.put([paper(n, f"Paper {n}", "cars and doctors") for n in range(20)], now=NOW)
        sync(collection)
        assert not verify.space(collection).fault
        shutil.copytree(collection.space.folder, tmp_path / "kept")

    class Changed(WordEncoder):
        def encode(self, texts: list[str], *, role: str = "document") -> np.ndarray:
            return -super().encode(texts, role=role)

    with open_collection(tmp_path / "c", encoder=Changed()) as collection:
        verdict = verify.space(collection)
    assert verdict.fault
    assert len(verdict.facts["with another vector when encoded again"]) == 16


def test_nothing_there_yet_is_said(tmp_path: Path) -> None:
    with made(tmp_path / "bare", synced=False) as bare:
        assert verify.lexicon(bare).advice == verify.space(bare).advice == "broadsheet sync"


@pytest.fixture
def with_topics(tmp_path: Path) -> Iterator[Collection]:
    with filled(tmp_path / "t", papers(list(SUBJECTS)[:4], 10)) as opened:
        bring_up(opened, now=NOW)
        yield opened


def test_papers_that_are_not_in_the_nearest_topic_are_placed_again(with_topics: Collection) -> None:
    assert "40 papers are in the topic nearest" in verify.topics(with_topics).said
    before = state(with_topics)
    first, other, *_ = dict.fromkeys(row.topic for row in with_topics.store.topics.placed() if row.topic)
    write(with_topics, "UPDATE topic_papers SET topic = ? WHERE topic = ?", other, first)
    write(with_topics, "UPDATE topic_papers SET nearness = 0.123 WHERE number = 40")
    verdict = verify.topics(with_topics, most=None)
    assert verdict.fault
    assert 40 in verdict.facts["wrong"]
    assert len(verdict.facts["wrong"]) > 1
    assert verify.mend(with_topics) == 0
    assert "40 wait for a sync" in verify.topics(with_topics, most=None).said
    bring_up(with_topics, now=NOW)
    assert state(with_topics) == before
    assert not verify.topics(with_topics, most=None).fault


def test_token_vectors_of_no_papers_are_no_fault(tmp_path: Path) -> None:
    with open_collection(tmp_path / "t", encoder=TokenWordEncoder()) as own:
        choose(own)
        sync(own)
        assert verify.tokens(own) == verify.Verdict(said="there are no papers yet")
        assert holding(own).why == "there are no papers yet"


def test_token_vectors_of_another_text_are_a_fault(tmp_path: Path) -> None:
    with open_collection(tmp_path / "t", encoder=TokenWordEncoder()) as own:
        own.store.papers.put([paper(n, f"Tea {n}", f"Leaf{n} in hot water{n}.") for n in range(20)], now=NOW)
        choose(own)
        sync(own)
        assert not verify.tokens(own).fault
        assert verify.tokens(own).said == "20 papers have those of their text; 16 were made again"
        tokens = own.encoder.token_vectors(["Leaf17 in cold air"])  # type: ignore[attr-defined]
        document = own.store.papers.by_numbers([3])[3]
        own.tokens.append([3, 4], [tokens[0], tokens[0]], [document.content_key, "00" * 16])
        own.tokens.commit(own.tokens.change)
        verdict = verify.tokens(own, most=None)
        assert (verdict.fault, verdict.facts["other"], verdict.facts["unlike"]) == (True, [4], [3])
        (own.tokens.folder / "current.json").write_text("{")
        assert "damaged" in verify.tokens(own).said
        own.store.journal.set_fact("tokens", 0)
        assert verify.tokens(own).said == "they were not chosen"


def test_learned_weights_of_another_text_are_a_fault(tmp_path: Path, scorers: Callable[[str, Any], None]) -> None:
    with open_collection(tmp_path / "w", encoder=TokenWordEncoder()) as own:
        own.store.papers.put([paper(n, f"Tea {n}", f"Leaf{n} in hot water{n}.") for n in range(20)], now=NOW)
        assert verify.sparse(own).said == "they were not chosen"
        scorers("splade:counted", Counted())
        name_model(own, "splade:counted")
        stages.choose(own, "sparse")
        assert verify.sparse(own).said == "not made yet"
        sync(own)
        assert verify.sparse(own).said == "20 papers have those of their text; 16 were made again"
        space, document = weights_of(own), own.store.papers.by_numbers([3])[3]
        cold = Counted().sparse_vectors(["Leaf17 in cold air"] * 2)
        space.append([3, 4], cold, [document.content_key, "00" * 16])
        space.commit(space.change)
        verdict = verify.sparse(own, most=None)
        assert (verdict.fault, verdict.facts["other"], verdict.facts["unlike"]) == (True, [4], [3])
        (space.folder / "current.json").write_text("{")
        assert "damaged" in verify.sparse(own).said


def test_a_damaged_centre_is_a_fault_and_a_sync_mends_it(with_topics: Collection) -> None:
    write(with_topics, "UPDATE topic_centres SET vector = 'x' WHERE topic = (SELECT min(topic) FROM topic_centres)")
    verdict = verify.topics(with_topics)
    assert (verdict.fault, verdict.advice) == (True, "broadsheet sync")
    bring_up(with_topics, now=NOW)
    assert not verify.topics(with_topics).fault


def test_topics_of_papers_that_are_waiting_or_have_no_vectors_are_no_fault(
    collection: Collection, with_topics: Collection
) -> None:
    assert verify.topics(collection).said == "there are no topics yet"
    with_topics.store.papers.put(papers(["bees"], 2, start=30), now=NOW)
    assert verify.topics(with_topics).said.endswith("; 2 wait for a sync")
    shutil.rmtree(with_topics.path / "spaces")
    with open_collection(with_topics.path, encoder=WordEncoder()) as bare:
        assert "no Space" in verify.topics(bare).said
