"""A corpus comes from lines, from JSON lines, or from the papers of a Collection that meet conditions."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.types import Document
from broadsheet.lab.corpus import texts
from broadsheet.lab.corpus.texts import read_corpus


def test_lines_and_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("One text.\n\n  Another. \n", "utf-8")
    found = read_corpus(str(path))
    assert (found.texts, found.ids) == (["One text.", "Another."], ["1", "3"])
    assert (found.name, len(found)) == ("a.txt", 2)
    packed = tmp_path / "a.jsonl.gz"
    packed.write_bytes(gzip.compress(b'{"id": "p", "text": "x"}\n{"id": "q", "text": ""}\n'))
    found = read_corpus(str(packed))
    assert (found.texts, found.ids) == (["x"], ["p"])


def test_papers_that_meet_conditions(tmp_path: Path) -> None:
    papers = [
        Document(id=f"m{year}", title=f"Of {year}", text="Bees.", source="jsonl:x", submitted=date(year, 5, 1))
        for year in (2018, 2019, 2020)
    ]
    with bs.open(tmp_path / "c", encoder="hash") as collection:
        collection.store.papers.put(papers, now=datetime(2021, 1, 1, tzinfo=UTC))
        assert read_corpus("since:2019", collection).ids == ["m2019", "m2020"]
        assert read_corpus("all", collection).texts[0] == "Of 2018 Bees."
        with pytest.raises(NotFoundError, match="No paper"):
            read_corpus("since:2030", collection)
        with pytest.raises(UsageError, match="besides conditions"):
            read_corpus("bees since:2019", collection)
        with pytest.raises(NotFoundError, match="neither a file nor conditions"):
            read_corpus("nowhere.txt", collection)


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "b.txt"
    path.write_text(" \n", "utf-8")
    with pytest.raises(UsageError, match="has no texts"):
        read_corpus(str(path))
    monkeypatch.setattr(texts, "MOST", 2)
    path.write_text("a\nb\nc\n", "utf-8")
    with pytest.raises(UsageError, match="more than 2 texts"):
        read_corpus(str(path))
    with pytest.raises(NotFoundError, match="neither a file"):
        read_corpus("nowhere")
