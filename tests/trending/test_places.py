"""The places of yesterday, by the same score, from what is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.trending.places import Place, places, scores_at
from broadsheet.trending.ranking import trending_feed
from broadsheet.trending.table import scores
from fakes import NOW, paper
from trend_kit import TODAY

YESTERDAY = NOW - timedelta(days=1)


def ranks(collection: Collection, *, now: datetime = NOW, days: int = 7) -> dict[str, tuple[int, int | None]]:
    listing = trending_feed(collection, now=now, zone=UTC, days=days)
    return {name: (place.now, place.before) for name, place in places(collection, listing, now=now, zone=UTC).items()}


def put(collection: Collection, *papers: Document, now: datetime) -> None:
    collection.store.papers.put(papers, now=now)


def old(number: int, votes: int, *, back: int = 3) -> Document:
    return paper(number, f"Paper {number}", listed=TODAY - timedelta(days=back), votes=votes)


def test_votes_that_a_source_counted_since_yesterday_move_a_paper_up(collection: Collection) -> None:
    put(collection, old(1, 30), old(2, 20), old(3, 10), now=NOW - timedelta(days=2))
    put(collection, replace(old(3, 10), votes=40), now=NOW - timedelta(hours=5))
    assert ranks(collection) == {"made:003": (1, 3), "made:001": (2, 1), "made:002": (3, 2)}


def test_votes_and_saves_here_since_yesterday_move_a_paper_and_earlier_ones_do_not(collection: Collection) -> None:
    put(collection, old(1, 5), old(2, 4), now=NOW - timedelta(days=2))
    ada = collection.store.people.add("ada@example.org", "reader", now=NOW).number
    collection.store.reactions.mark("votes", ada, [2], now=NOW - timedelta(days=1, hours=1))
    assert ranks(collection) == {"made:002": (1, 1), "made:001": (2, 2)}
    collection.store.reactions.mark("votes", ada, [1], now=NOW - timedelta(hours=1))
    assert ranks(collection)["made:001"] == (1, 2)


def test_a_paper_of_today_and_one_that_was_fetched_since_are_new(collection: Collection) -> None:
    put(collection, old(1, 5), now=NOW - timedelta(days=2))
    put(collection, old(2, 9), old(3, 900, back=0), now=NOW - timedelta(hours=2))
    found = ranks(collection)
    assert found == {"made:003": (1, None), "made:002": (2, None), "made:001": (3, 1)}


def test_a_paper_that_left_the_days_still_counted_yesterday(collection: Collection) -> None:
    put(collection, old(1, 9_000, back=7), old(2, 5), now=NOW - timedelta(days=7))
    assert ranks(collection) == {"made:002": (1, 2)}


def test_a_late_paper_is_new_from_the_first_act_on(collection: Collection) -> None:
    put(collection, old(1, 5), now=NOW - timedelta(days=2))
    put(collection, paper(2, "Late", estimated=TODAY - timedelta(days=3)), now=NOW - timedelta(days=2))
    ada = collection.store.people.add("ada@example.org", "reader", now=NOW).number
    collection.store.reactions.mark("votes", ada, [2], now=NOW - timedelta(hours=2))
    assert ranks(collection)["made:002"][1] is None


def test_where_nothing_was_listed_yesterday_nothing_is_said(collection: Collection) -> None:
    put(collection, old(1, 5), old(2, 9), now=NOW - timedelta(hours=2))
    (first, second) = places(collection, trending_feed(collection, now=NOW, zone=UTC), now=NOW, zone=UTC).values()
    assert (first.before, first.compared, first.is_new, first.change) == (None, False, False, "")
    assert (second.now, second.change) == (2, "")


def test_what_came_from_another_time_counts_by_its_day(collection: Collection) -> None:
    put(collection, old(1, 5), old(2, 9, back=0), now=NOW + timedelta(days=300))
    assert ranks(collection) == {"made:002": (1, None), "made:001": (2, 1)}


def test_without_later_events_a_score_is_the_same_then(collection: Collection) -> None:
    put(collection, old(1, 5), old(2, 9), now=NOW - timedelta(days=2))
    assert scores_at(collection, [1, 2], YESTERDAY) == scores(collection, [1, 2])
    assert scores_at(collection, [1, 99], YESTERDAY) == scores(collection, [1])


def test_a_change_in_words() -> None:
    said = [Place(*each).change for each in ((1, 4), (4, 1), (2, 2), (3, None))]
    assert said == ["up 3", "down 3", "same place", "new"]
