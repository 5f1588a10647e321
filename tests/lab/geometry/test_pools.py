"""Judged sets and titles become validation tasks in vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.geometry import pools
from broadsheet.lab.geometry.pools import judged_pool, title_pool
from broadsheet.lab.geometry.trial import try_repairs


def judged(folder: Path, queries: int = 25) -> Path:
    folder.mkdir()
    corpus = [{"_id": f"d{n}", "title": f"Title {n}", "text": f"word{n} and word{n + 1}"} for n in range(queries + 5)]
    asked = [{"_id": f"q{n}", "text": f"word{n}"} for n in range(queries)]
    for name, rows in (("corpus", corpus), ("queries", asked)):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    lines = [f"q{n}\td{n}\t{n % 3}" for n in range(queries)] + ["q1\tgone\t1", "q3\tgone\t2"]
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(lines))
    return folder


def test_a_judged_set(tmp_path: Path) -> None:
    pool = judged_pool(judged(tmp_path / "set", 40), HashEncoder())
    assert pool.name == "set"
    assert pool.documents.shape == (45, 256)
    assert len(pool.queries) == len(pool.judged) == 26  # those with a grade above 0 for a document of the corpus
    assert pool.judged[0] == {1: 1}
    np.testing.assert_array_equal(pool.queries[0], HashEncoder().encode(["word1"])[0])
    np.testing.assert_array_equal(pool.documents[1], HashEncoder().encode(["Title 1 word1 and word2"])[0])


def test_a_bad_set_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFoundError):
        judged_pool(tmp_path, HashEncoder())
    with pytest.raises(UsageError, match="expected 20 or more"):
        judged_pool(judged(tmp_path / "small", 10), HashEncoder())
    monkeypatch.setattr(pools, "MOST", 5)
    with pytest.raises(UsageError, match="more than 5 documents"):
        judged_pool(judged(tmp_path / "large", 40), HashEncoder())


def papers(n: int) -> list[Document]:
    return [Document(id=f"p{i}", title=f"On word{i}", text=f"Of word{i} and its kin. " * 12) for i in range(n)]


def test_titles_look_for_their_abstracts() -> None:
    told: list[tuple[int, int | None]] = []
    pool = title_pool(papers(60), HashEncoder(), most=40, progress=lambda done, total: told.append((done, total)))
    assert len(pool.documents) == len(pool.queries) == 40
    assert told[-1] == (80, 80)
    assert try_repairs(pool).value > 0.5


def test_papers_of_one_title_are_one_question() -> None:
    twice = [*papers(30), Document(id="again", title="On word3", text="Also of word3. " * 20)]
    pool = title_pool(twice, HashEncoder(), most=100)
    assert len(pool.documents) == 31
    assert len(pool.queries) == 30
    assert sorted(map(len, pool.judged))[-2:] == [1, 2]


def test_papers_without_abstracts_are_too_few() -> None:
    bare = [Document(id=f"p{i}", title=f"On {i}") for i in range(90)]
    with pytest.raises(UsageError, match="0 papers have an abstract"):
        title_pool(bare, HashEncoder(), most=50)
