"""Editions: frozen once, nothing in two, and a week ranked by what its papers met."""

from __future__ import annotations

from datetime import UTC, timedelta

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.core.edition import Entry
from broadsheet.digest import editions
from broadsheet.ingest import ingest
from people_of_a_day import DAY, MORNING, TODAY, topical
from site_kit import Given


def test_an_edition_is_frozen_once(made: Collection) -> None:
    first = editions.general(made, TODAY, now=MORNING, zone=UTC)
    assert first
    assert first.papers[0] == Entry("made:1011", "11 votes")
    assert len(first.pool) == 12
    ingest(made, Given([topical(2_000, 0, listed=DAY, votes=99)]), now=MORNING)
    assert editions.general(made, TODAY, now=MORNING, zone=UTC) == first


def test_what_came_late_is_in_the_next_edition_and_nothing_is_in_two(made: Collection) -> None:
    first = editions.general(made, TODAY, now=MORNING, zone=UTC)
    late = [topical(2_000, 0, listed=DAY), topical(2_001, 1, listed=DAY + timedelta(days=1))]
    ingest(made, Given(late), now=MORNING)
    second = editions.general(made, periods.period("day", DAY + timedelta(days=1)), now=MORNING, zone=UTC)
    assert first
    assert second
    assert set(second.pool) == {"made:2000", "made:2001"}
    third = editions.general(made, periods.period("day", DAY + timedelta(days=2)), now=MORNING, zone=UTC)
    assert third is None


def test_the_week_is_ranked_again_whole(made: Collection) -> None:
    """By what each met, not by how new it is: what trends on Friday is not the best of the week."""
    editions.general(made, TODAY, now=MORNING, zone=UTC)
    friday = MORNING + timedelta(days=4)
    ingest(made, Given([topical(2_000 + n, n, listed=friday.date(), votes=6 + n) for n in range(4)]), now=friday)
    week = editions.general(made, periods.period("week", DAY), now=friday, zone=UTC)
    assert week
    assert len(week.pool) == 16
    votes = [int(each.why.split()[0]) for each in week.papers if "vote" in each.why]
    assert votes[:4] == [11, 10, 9, 9]
    assert votes == sorted(votes, reverse=True)
