"""The task of seams joins texts as they are, and counts the joins that a subject finds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import SourceError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.sets import Set
from broadsheet.lab.subject import Dense, RandomEncoder
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.seams import Seams
from corpus_kit import texts


def sentences(field: str, seed: int, count: int = 8) -> str:
    return " ".join(f"{text.capitalize()}." for text in texts(field, count, seed=seed))


def made(folder: Path, rows: list[dict[str, object]], **options: object) -> Seams:
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    data = Set(name="a", kind="seams", folder=folder, files=("a.jsonl",), columns={"text": "text"}, options=options)
    task = task_of(data)
    assert isinstance(task, Seams)
    return task


def test_joins_are_found_by_words_and_not_by_chance(tmp_path: Path) -> None:
    rows = [{"text": sentences(field, seed)} for seed in range(20) for field in ("bees", "stars", "rivers")]
    task = made(tmp_path, rows, together=3)
    documents = task.read()
    assert len(documents) == 20
    assert [join for document in documents for join in document.joins] == [7, 15] * 20
    values = {}
    for subject in (Dense(HashEncoder(256), "hash"), Dense(RandomEncoder(), "random")):
        found = list(task.rows(subject))
        assert len(found) == 80
        assert {row.group for row in found} == {document.name for document in documents}
        values[subject.name] = np.mean([row.numbers[0] for row in found if row.figure == "found within 1"])
    assert values["hash"] > values["random"] + 0.2


def test_known_documents_are_not_measured_again(tmp_path: Path) -> None:
    task = made(tmp_path, [{"text": sentences("bees", seed)} for seed in range(4)], together=2)
    assert {row.item for row in task.rows(Dense(HashEncoder(), "hash"), known={"1:1"})} == {"2:1"}


def test_parts_are_one_text_and_short_ones_are_left_out(tmp_path: Path) -> None:
    parts = [{"role": "A", "text": sentences("bees", 1, 3)}, {"role": "B", "text": sentences("bees", 2, 3)}]
    rows: list[dict[str, object]] = [{"text": sentences("stars", 1, 6)}, {"text": "One. Two."}]
    (tmp_path / "a.jsonl").write_text(
        "".join(json.dumps({"id": "x", **row}) + "\n" for row in [*rows, {"text": parts}])
    )
    columns = {"item": "id", "text": "text"}
    task = Seams(Set(name="a", kind="seams", folder=tmp_path, files=("a.jsonl",), columns=columns))
    assert [len(document.sentences) for document in task.read()] == [12]
    assert "1 texts with fewer than 4 sentences" in task.warnings[0]


def test_a_set_without_documents(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no documents"):
        made(tmp_path, [{"text": sentences("bees", 1)}]).read()


@pytest.mark.data
def test_real_joins(data_dir: Path) -> None:
    data = Set(name="p", kind="seams", folder=data_dir / "roles", files=("pubmed_sections.jsonl.gz",),
               columns={"item": "id", "text": "sections"}, options={"most": 100})  # fmt: skip
    found = [row.numbers[0] for row in Seams(data).rows(Dense(HashEncoder(), "hash")) if row.figure == "found within 1"]
    assert 0.45 < np.mean(found) < 0.9
