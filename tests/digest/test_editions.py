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


class Backfill(Given):
    """A live source that brings the papers of past days late, as an archive's search does."""

    name, live = "arxiv:x", True


def test_a_month_that_is_filled_later_is_in_no_digest(made: Collection) -> None:
    editions.general(made, TODAY, now=MORNING, zone=UTC)
    month = [topical(3_000 + n, n, estimated=DAY - timedelta(days=n), votes=99) for n in range(1, 30)]
    ingest(made, Backfill(month), now=MORNING + timedelta(hours=1))
    assert made.store.days.between(DAY - timedelta(days=3), DAY - timedelta(days=1))
    tuesday = periods.period("day", DAY + timedelta(days=1))
    assert editions.general(made, tuesday, now=MORNING + timedelta(days=1), zone=UTC) is None
    week = editions.draft(made, periods.period("week", DAY - timedelta(days=7)), now=MORNING, zone=UTC)
    assert week is None, "nor in that of the week"
    yesterday = periods.period("day", DAY - timedelta(days=1))
    assert (
        editions.quiet(made, yesterday, today=DAY, zone=UTC)
        == "The papers of this day were fetched later, so they are in no digest."
    )


def test_what_was_announced_yesterday_and_fetched_this_morning_is_in_the_digest(made: Collection) -> None:
    editions.general(made, TODAY, now=MORNING, zone=UTC)
    tuesday, now = DAY + timedelta(days=1), MORNING + timedelta(days=1)
    new = [topical(3_001, 1, announced=DAY), topical(3_002, 2, estimated=tuesday), topical(3_003, 3, estimated=DAY)]
    ingest(made, Backfill(new), now=now)
    edition = editions.general(made, periods.period("day", tuesday), now=now, zone=UTC)
    assert edition
    assert set(edition.pool) == {"made:3001", "made:3002"}, "an estimated day counts on that day, not after it"
