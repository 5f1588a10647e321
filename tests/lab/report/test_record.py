"""A report as JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.core.errors import CollectionError
from broadsheet.lab.report import record
from report_kit import made, renamed


def test_a_report_comes_back_as_it_was(tmp_path: Path) -> None:
    record.write(tmp_path / "lab.json", made())
    assert record.read(tmp_path / "lab.json") == made()
    bare = replace(made(), likeness=None, shapes=[], costs=[])
    assert record.from_json(json.loads(record.to_text(bare))) == bare
    assert record.read(tmp_path / "missing.json") is None


def test_fields_of_later_versions_are_left_out() -> None:
    values = json.loads(record.to_text(made()))
    values["entries"][0]["novel"] = values["novel"] = 1
    assert record.from_json(values) == made()


@pytest.mark.parametrize(
    "stored", ["", "[]", "{}", '{"made": "x"}', '{"made": "2026-03-04", "title": "", "entries": [{}]}']
)
def test_a_file_that_is_not_a_report_says_the_way_out(tmp_path: Path, stored: str) -> None:
    (tmp_path / "lab.json").write_text(stored)
    with pytest.raises(CollectionError, match="broadsheet evaluate --again"):
        record.read(tmp_path / "lab.json")


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "_LONGEST", 10)
    (tmp_path / "lab.json").write_text('"' + "x" * 20)
    with pytest.raises(CollectionError, match="more than 10 bytes"):
        record.read(tmp_path / "lab.json")


def test_a_table_has_every_value_and_no_formula() -> None:
    report = renamed(made(), "deep", "=1+1")
    rows = list(csv.DictReader(io.StringIO(record.to_csv(report).decode("utf-8-sig"))))
    assert [float(row["value"]) for row in rows] == [each.value for each in report.entries]
    assert {row["subject"] for row in rows if row["subject"][0] in "='"} == {"'=1+1"}
    assert {"low", "high", "items", "warnings"} <= set(rows[0])
