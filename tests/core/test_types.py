"""The words of the program: what a Document is dated by, what equal content means, when vectors may meet."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace
from datetime import date

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document, Filters, Manifest, Result, Results

PAPER = Document(id="a:1", title="On $x$", text="We ask.")
DAYS = [date(2026, 1, day) for day in (1, 2, 3, 4)]
MANIFEST = Manifest(encoder="minilm", version="1", weights="ab", dim=8, prompts={"query": "q: ", "document": ""})


def test_what_is_shown_is_readable_where_that_differs() -> None:
    assert (PAPER.shown_title, PAPER.shown_text, PAPER.content) == ("On $x$", "We ask.", "On $x$ We ask.")
    readable = replace(PAPER, readable_title="On x", readable_text="We do ask.")
    assert readable.content == "On x We do ask."
    assert Document(id="a:1", title="").content == ""


def test_equal_contents_have_equal_keys_whoever_they_are_of() -> None:
    other = Document(id="b:2", title="On", text="$x$ We ask.", votes=9)
    assert PAPER.content_key == other.content_key
    assert PAPER.content_key != replace(PAPER, text="We asked.").content_key
    assert len(bytes.fromhex(PAPER.content_key)) == 16
    assert replace(PAPER, title="\ud800").content_key, "half a character is no error"


def test_a_paper_is_on_the_day_it_was_announced_else_listed() -> None:
    names = ("announced", "listed", "submitted", "updated")
    for known in range(4):
        paper = replace(PAPER, **dict(zip(names[known:], DAYS[known:], strict=True)))
        assert paper.dated == DAYS[known]
        assert paper.span == (DAYS[known], DAYS[known])
        assert paper.day == (DAYS[known] if known < 2 else None)


@pytest.mark.parametrize(
    ("year", "span"), [(2025, (date(2025, 1, 1), date(2025, 12, 31))), (0, None), (10_000, None), (None, None)]
)
def test_a_bare_year_is_the_whole_year(year: int | None, span: tuple[date, date] | None) -> None:
    assert replace(PAPER, year=year).span == span
    assert replace(PAPER, year=year).day is None


def test_filters_are_true_when_anything_is_asked() -> None:
    assert not Filters()
    for name, value in (("has_code", False), ("min_votes", 0), ("authors", ("a",)), ("since", DAYS[0])):
        assert Filters(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("authors", "Meyer", "several texts"),
        ("categories", (1,), "several texts"),
        ("since", "2024-01-01", "a date"),
        ("until", 2024, "a date"),
        ("has_code", "yes", "True, False or None"),
        ("min_votes", "3", "a whole number"),
    ],
)
def test_a_filter_of_another_kind_is_refused_when_it_is_made(name: str, value: object, expected: str) -> None:
    with pytest.raises(UsageError, match=f"Filters: {name} is .*expected {expected}"):
        Filters(**{name: value})  # type: ignore[arg-type]
    assert Filters(authors=["Meyer"])  # type: ignore[arg-type]


def test_vectors_meet_when_all_but_precision_and_codes_is_equal() -> None:
    assert replace(MANIFEST, precision="bf16", rotation=1, turns=2).key == MANIFEST.key
    assert replace(MANIFEST, prompts={"document": "", "query": "q: "}).key == MANIFEST.key
    changes = {
        "encoder": "x", "version": "2", "weights": "cd", "dim": 9, "pooling": "cls", "prompts": {}, "max_length": 9,
        "input_format": "title",
    }  # fmt: skip
    keys = {replace(MANIFEST, **{name: value}).key for name, value in changes.items()}
    assert len(keys | {MANIFEST.key}) == 1 + len(changes)
    assert set(changes) | {"precision", "rotation", "turns"} == {each.name for each in fields(Manifest)}


def test_results_are_their_items_and_nothing_changes_them() -> None:
    item = Result(document=PAPER, rank=1, score=1.0, strength="good")
    results = Results(query="q", mode="lexical", items=(item,))
    assert (len(results), list(results)) == (1, [item])
    with pytest.raises(FrozenInstanceError):
        results.note = "x"  # type: ignore[misc]
    assert all(each.metadata.get("description") for each in fields(Result) if each.name != "document")
