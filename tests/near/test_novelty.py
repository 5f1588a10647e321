"""How many papers of its kind were listed before a paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.near.about import about
from broadsheet.near.novelty import Novelty, novelty, ordinal
from broadsheet.near.view import View
from broadsheet.search.hybrid import search
from near_kit import COPY, DAY, OTHERS, WORK, akin, filled, other


def of(folder: Path, *papers: Document, days: int = 90) -> Novelty:
    """How new the work is among these papers."""
    with filled(folder, WORK, *papers) as collection:
        document = collection.store.papers.get(WORK.id)
        assert document
        return novelty(collection, [document], days=days)[WORK.id]


def test_earlier_papers_of_its_kind_are_counted_and_named(tmp_path: Path) -> None:
    found = of(tmp_path, akin(1, 4), akin(2, 60), akin(3, 200), *OTHERS, other(99, 300))
    assert (found.count, found.this_month, found.days) == (2, 1, 90)
    assert {each.document.id for each in found.earlier} == {"akin:1", "akin:2"}
    assert all(each.cosine >= found.level and each.day < DAY for each in found.earlier)
    assert found.in_words == "The 2nd of its kind this month, the 3rd in 90 days, among 42 papers."


def test_what_does_not_count_as_earlier(tmp_path: Path) -> None:
    late = akin(1, 3, listed=None, estimated=DAY - timedelta(days=3), first_seen=DAY)
    guessed = akin(2, 3, listed=None, estimated=DAY - timedelta(days=3), first_seen=DAY - timedelta(days=4))
    same_day, undated = akin(3, 0), akin(4, 3, listed=None)
    copies = (akin(5, 8), replace(akin(5, 8), id="akin:copy", source="csv:elsewhere", listed=DAY - timedelta(days=9)))
    found = of(
        tmp_path, late, guessed, same_day, undated, COPY, *copies, *OTHERS, *(other(n, 300) for n in range(50, 130))
    )
    assert found.count == 1, "a copy of the paper does not count, and each other work counts once"
    assert {each.document.id for each in found.earlier} <= {"akin:5", "akin:copy"}


def test_the_first_of_its_kind_says_among_how_many(tmp_path: Path) -> None:
    few = of(tmp_path / "few", *OTHERS, other(99, 300))
    assert few.count == 0
    assert few.in_words == "Of 40 papers listed in 90 days before it, none is of its kind: too few to say more."
    many = Novelty(day=DAY, days=90, among=1_234, level=0.6)
    assert many.in_words == "First of its kind in 90 days, among 1,234 papers."
    assert Novelty(day=DAY, days=90, count=200, among=999).in_words.startswith("The more than 201st of its kind in 90")


def test_the_days_begin_with_the_collection(tmp_path: Path) -> None:
    found = of(tmp_path, *OTHERS)
    assert found.days == 44, "the oldest paper was listed 44 days before"
    assert "in 44 days" in found.in_words


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"announced": None}, "How new it is cannot be said: it is not listed on a day."),
        ({"announced": None, "estimated": DAY, "first_seen": DAY}, "Its day is an estimate, so"),
        ({"announced": None, "estimated": DAY, "first_seen": DAY + timedelta(days=2)}, "It came after its day."),
        ({"announced": date(1990, 1, 1)}, "No paper is listed before its day."),
    ],
)
def test_where_nothing_is_known_it_says_why(tmp_path: Path, changed: dict[str, date], words: str) -> None:
    paper = replace(WORK, **changed)
    with filled(tmp_path, paper, *OTHERS) as collection:
        (found,) = novelty(collection, [paper]).values()
        assert found.in_words.startswith(words)
        assert (found.count, found.earlier, found.among) == (0, (), 0)


def test_papers_without_vectors_and_unknown_ones(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, synced=False) as collection:
        assert novelty(collection, [WORK])[WORK.id].note.startswith("There are no vectors yet")
        assert novelty(collection, [replace(WORK, id="unknown")]) == {}
        assert novelty(collection, []) == {}
    with filled(tmp_path / "later", *OTHERS) as collection:
        collection.store.papers.put([WORK], now=__import__("fakes").NOW)
        assert novelty(collection, [WORK])[WORK.id].note.startswith("It has no vector yet")


@pytest.mark.parametrize("days", [0, -1, 3_651])
def test_days_that_are_refused(tmp_path: Path, days: int) -> None:
    with filled(tmp_path, WORK, synced=False) as collection, pytest.raises(UsageError, match="1 to 3,650"):
        novelty(collection, [WORK], days=days)


def test_ordinal_numbers() -> None:
    said = [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 1_002)]
    assert said == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th", "1,002nd"]


def test_damaged_vectors_are_a_note_and_no_error(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, COPY, *OTHERS[:5]) as collection:
        number = collection.store.papers.numbers([OTHERS[0].id])[OTHERS[0].id]
        snapshot = collection.space.snapshot()
        row = int(snapshot.rows(np.array([number]))[0])
        files = next((tmp_path / "spaces").rglob("vectors"))
        damaged = np.memmap(files, dtype="<f4", mode="r+", shape=(len(snapshot.numbers), snapshot.manifest.dim))
        damaged[row] = np.nan
        damaged.flush()
        assert "damaged" in novelty(collection, [WORK])[WORK.id].in_words
        assert [copy.document.id for copy in about(collection, WORK).copies] == [COPY.id]
        assert view_of(collection) >= 1


def view_of(collection: Collection) -> int:
    """How many papers a varied list has."""
    return len(search(collection, "salt", mode="lexical", arrange=View(diverse=0.5)).items)
