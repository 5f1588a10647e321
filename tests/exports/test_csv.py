"""CSV: one row a paper, and no cell that a spreadsheet would compute."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given

from broadsheet.core.types import Document
from broadsheet.exports.csv import COLUMNS, as_text, table
from papers import any_paper


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝", "\t=", "\r\n=", " =", "\x00@"])
def test_no_cell_is_a_formula(begin: str) -> None:
    assert as_text(f"{begin}1+1").startswith("'")
    assert as_text(f"1{begin}1") == as_text(f"1{begin}1").lstrip("'")


@given(any_paper)
def test_every_paper_is_one_row_without_formulas(document: Document) -> None:
    rows = list(csv.reader(io.StringIO(table([document]).decode("utf-8-sig"), newline="")))
    assert rows[0] == list(COLUMNS)
    assert len(rows) == 2
    assert len(rows[1]) == len(COLUMNS)
    assert not any(cell[:1] in set("=+-@\t\r\n") for cell in rows[1] if cell)
