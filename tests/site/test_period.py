"""What a day's address asks for that only its reader can mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.periods import Period
from broadsheet.core.types import Filters
from broadsheet.site.context import Site
from broadsheet.site.params import DayParams
from broadsheet.site.period import FOR_YOU, USUAL, day_request, for_everyone, for_you, paper_test, read_period
from people_kit import member
from site_kit import NOW, PAPERS, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", PAPERS) as collection:
        yield collection


@pytest.fixture
def site(collection: Collection) -> Site:
    return Site(collection, Settings(people="open"), lambda: NOW)


@pytest.fixture
def query(collection: Collection) -> tuple[int, int]:
    """A person and the number of a standing query of theirs."""
    ada = member(collection).number
    kept = collection.store.alerts.keep(ada, "leaves", "leaf outlines", without=("tides",), least="strong", now=NOW)
    return ada, kept


@pytest.mark.parametrize(
    ("name", "kind", "first"),
    [
        ("2026-09-30", "day", date(2026, 9, 30)),
        ("2026-W40", "week", date(2026, 9, 28)),
        ("2026-09", "month", date(2026, 9, 1)),
    ],
)
def test_a_period_is_known_by_its_name(name: str, kind: str, first: date) -> None:
    found = read_period(name, kind)
    assert isinstance(found, Period)
    assert (found.kind, found.first) == (kind, first)


@pytest.mark.parametrize(
    ("name", "kind", "example"),
    [("2026-13-01", "day", "2025-09-30"), ("2026-09-30", "week", "2025-W40"), ("today", "month", "2025-09")],
)
def test_another_name_is_told_an_example_of_its_kind(name: str, kind: str, example: str) -> None:
    with pytest.raises(NotFoundError, match=f"'{name}' is not a {kind}: .*{example}"):
        read_period(name, kind)


@pytest.mark.parametrize(("sort", "own"), [("for you", True), (" ForYou ", True), ("for-you", True), ("votes", False)])
def test_the_readers_own_order_is_typed_in_several_ways(sort: str, own: bool) -> None:
    assert for_you(sort) is own


def test_a_stranger_is_asked_who_they_are_for_an_order_of_their_own(site: Site) -> None:
    with pytest.raises(UsageError, match="sign in or send your token"):
        day_request(site, 0, DayParams(sort="foryou"))


def test_an_address_is_read_for_the_one_who_asks(site: Site, query: tuple[int, int]) -> None:
    person, _ = query
    mine = day_request(site, person, DayParams(sort="for-you", category=["cs"], offset=20), k=5)
    assert (mine.sort, mine.k, mine.offset, mine.filters) == (FOR_YOU, 5, 20, Filters(categories=("cs",)))
    assert mine.order is not None
    usual = day_request(site, person, DayParams(sort="for you"), sort="newest")
    assert (usual.sort, usual.order, usual.matching) == ("newest", None, None)


def test_papers_match_the_words_or_the_query(collection: Collection, query: tuple[int, int]) -> None:
    person, number = query
    numbers = list(collection.store.papers.numbers([paper.id for paper in PAPERS]).values())
    [herb] = collection.store.papers.numbers(["2401.00001"]).values()
    for asked in (
        DayParams(match="leaf outlines on pressed plants", least="fair"),
        DayParams(query=number, least="fair"),
    ):
        test = paper_test(collection, person, asked)
        assert test is not None
        assert herb in test(collection, numbers)
        assert len(test(collection, numbers)) < len(numbers)
    assert paper_test(collection, person, DayParams(match="  ")) is None


def test_a_minimum_that_is_none_is_refused(collection: Collection) -> None:
    with pytest.raises(UsageError):
        paper_test(collection, 0, DayParams(match="leaves", least="splendid"))


def test_a_query_is_its_persons_own(collection: Collection, query: tuple[int, int]) -> None:
    person, number = query
    assert paper_test(collection, person, DayParams(query=number))
    for stranger in (0, member(collection, address="ben@example.org").number):
        with pytest.raises(NotFoundError):
            paper_test(collection, stranger, DayParams(query=number))


def test_an_address_that_is_passed_on_means_the_same_to_everyone(
    collection: Collection, query: tuple[int, int]
) -> None:
    person, number = query
    shared = for_everyone(collection, person, DayParams(sort="for you", query=number, category=["cs"]))
    assert shared == DayParams(sort=USUAL, match="leaf outlines, not about tides", least="strong", category=["cs"])
    assert for_everyone(collection, 0, shared) == shared
    typed = for_everyone(collection, person, DayParams(match="robots", query=number, least="fair"))
    assert typed == DayParams(match="robots", least="fair")
