"""Folders are recognised by what is in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.lab.mteb import recognised
from broadsheet.lab.tasks import tasks_of


def folder(where: Path, **tables: dict[str, list[Any]]) -> Path:
    (where / "data").mkdir(parents=True)
    for name, columns in tables.items():
        pq.write_table(pa.table(columns), where / "data" / f"{name}-00000-of-00001.parquet")
    return where


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("sts", {"sentence1": ["a"], "sentence2": ["b"], "score": [1.0]}),
        ("pair-classification", {"sentence1": [["a", "c"]], "sentence2": [["b", "d"]], "labels": [[0, 1]]}),
        ("xsim", {"sentence1": ["a"], "sentence2": ["b"]}),
        ("classification", {"text": ["a"], "label": [3]}),
        ("clustering", {"sentences": [["a", "b"]], "labels": [["x", "y"]]}),
    ],
)
def test_columns_say_the_kind(tmp_path: Path, kind: str, columns: dict[str, list[Any]]) -> None:
    data = recognised(folder(tmp_path / "own", test=columns))
    assert data
    assert (data.kind, data.name) == (kind, "own")
    rows = list(data.rows())
    first = next(iter(columns.values()))[0]
    assert len(rows) == (len(first) if isinstance(first, list) else 1)
    assert not any(isinstance(value, list) for row in rows for value in row.values())


def test_a_part_to_learn_from_is_taken_along(tmp_path: Path) -> None:
    table = {"text": ["a"], "label": [3]}
    data = recognised(folder(tmp_path / "own", test=table, train=table))
    assert data
    assert data.options == {"learn": ["data/train-*.parquet"]}


def test_what_cannot_be_recognised_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="layout of neither BEIR"):
        tasks_of(str(tmp_path), Path())
    with pytest.raises(UsageError, match="columns x, of no known kind"):
        recognised(folder(tmp_path / "a", test={"x": [1]}))
    (tmp_path / "b" / "data").mkdir(parents=True)
    (tmp_path / "b" / "data" / "test-0.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(SourceError, match="cannot be read as Parquet"):
        recognised(tmp_path / "b")
