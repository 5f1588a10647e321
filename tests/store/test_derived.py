"""What the tables hold of a Document: columns, side rows, and its body as JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from broadsheet.core.errors import CollectionError
from broadsheet.core.types import Document, Status
from broadsheet.store.derived import COLUMNS, SIDES, columns, day, decoded, encoded, folded

PAPER = Document(
    id="2401.00001", title="Thé, or On TEA!", text="Leaves float.", authors=("Ada de Blum", "Blum, C."), venue=" LEAF ",
    categories=("cs.IR", "CS.ir"), aliases=("10.5555/tea", "2401.00001"), announced=date(2026, 3, 2), votes=0,
    links={"code": "https://example.org/c"}, source="arxiv:cs.IR",
)  # fmt: skip


def test_a_body_comes_back_as_it_was() -> None:
    assert decoded(encoded(PAPER)) == PAPER
    assert "\\u" not in encoded(PAPER)


@pytest.mark.parametrize("body", ["", "{", "[]", '{"id": "a", "title": "T", "votes": "x"}'])
def test_a_damaged_body_says_what_to_do(body: str) -> None:
    with pytest.raises(CollectionError, match="restore a backup"):
        decoded(body)


def test_columns_say_when_and_what_can_be_filtered_by() -> None:
    row = dict(zip(COLUMNS, columns(PAPER), strict=True))
    number = date(2026, 3, 2).toordinal()
    assert row == {
        "deleted": False, "title": "the or on tea", "first": number, "last": number, "venue": "leaf", "has_code": True,
        "votes": 0, "day": number, "status": "",
    }  # fmt: skip
    year = dict(zip(COLUMNS, columns(replace(PAPER, announced=None, year=2025, links={"code": ""})), strict=True))
    assert (year["first"], year["last"]) == (date(2025, 1, 1).toordinal(), date(2025, 12, 31).toordinal())
    assert (year["has_code"], year["day"]) == (False, None)
    retracted = dict(zip(COLUMNS, columns(replace(PAPER, status=Status("retracted", "openalex"))), strict=True))
    assert retracted["status"] == "retracted"


def test_of_a_deleted_document_nothing_is_left_to_find_it_by() -> None:
    row = dict(zip(COLUMNS, columns(None), strict=True))
    assert row.pop("deleted") is True
    assert not any(row.values())


def test_the_starter_shelf_is_on_no_day() -> None:
    assert day(PAPER) == date(2026, 3, 2).toordinal()
    assert day(replace(PAPER, source="shelf:starter")) is day(replace(PAPER, announced=None)) is None


def test_side_rows_are_each_once_and_authors_keep_their_places() -> None:
    rows = {name: fill(PAPER) for name, (_, fill) in SIDES.items()}
    assert rows["aliases"] == {("10.5555/tea",)}, "its own id is no alias"
    assert rows["categories"] == {("cs.ir",)}
    assert rows["author_words"] == {
        ("ada", 0), ("de", 0), ("blum", 0), ("blum a", 0), ("blum", 1), ("c", 1),
    }  # fmt: skip
    assert all(len(row) == len(names) for names, fill in SIDES.values() for row in fill(PAPER))
    assert folded(" Straße\x00 ") == "strasse"
