"""The interest in a work day by day: what is known, and nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.trending.curve import DAYS, Curve, curves
from broadsheet.trending.ranking import trending_feed
from fakes import NOW, paper
from trend_kit import TODAY

MIDNIGHT = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)


def listed(back: int, votes: int | None) -> Document:
    return paper(1, "Tea", listed=TODAY - timedelta(days=back), votes=votes)


def read(collection: Collection, document: Document, *counts: tuple[float, int]) -> None:
    """What a source counted so many days ago."""
    for ago, votes in counts:
        collection.store.papers.put([replace(document, votes=votes)], now=NOW - timedelta(days=ago))


def curve(collection: Collection) -> Curve:
    cards = trending_feed(collection, now=NOW, zone=UTC, days=31).cards
    return curves(collection, cards, now=NOW, zone=UTC)["made:001"]


def known(found: Curve) -> dict[int, float]:
    """Days ago -> the value of each day that is known."""
    return {DAYS - 1 - place: value for place, value in enumerate(found.days) if value is not None}


def test_a_count_that_was_read_once_long_after_the_listing_says_nothing_of_days(collection: Collection) -> None:
    read(collection, listed(5, 43), (0.1, 43))
    found = curve(collection)
    assert known(found) == {}
    assert (found.votes, found.recent, found.words) == (43, None, "43 votes")


def test_counts_that_were_read_every_day_are_put_on_their_days(collection: Collection) -> None:
    noon = NOW - MIDNIGHT
    daily = [(ago, votes) for ago, votes in ((3, 2), (2, 5), (1, 25), (0, 43))]
    read(collection, listed(3, 2), *daily)
    found = curve(collection)
    share = noon / timedelta(days=1)
    assert known(found)[3] == pytest.approx(2 + 3 * (1 - share))
    assert known(found)[0] == pytest.approx(18 * share)
    assert sum(known(found).values()) == pytest.approx(43)
    assert set(known(found)) == {0, 1, 2, 3}
    assert (found.recent, found.words) == (38, "43 votes, 38 of them in two days")


def test_between_readings_far_apart_nothing_is_known(collection: Collection) -> None:
    read(collection, listed(9, 2), (8.4, 2), (4, 30), (3, 33))
    found = curve(collection)
    assert set(known(found)) == {9, 4}, "nothing between readings four days apart, nor after the last"
    assert known(found)[9] == 2
    assert found.words == "33 votes", "the last reading is three days old"


def test_a_paper_of_yesterday_has_all_its_votes_in_two_days(collection: Collection) -> None:
    read(collection, listed(1, 7), (0.2, 7))
    assert (curve(collection).recent, curve(collection).words) == (7, "7 votes")


def test_votes_here_have_their_moments_and_count_once_for_each_person(collection: Collection) -> None:
    read(collection, listed(5, 40), (0.1, 40))
    store = collection.store
    people = [store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "bob")]
    for person in people:
        store.reactions.mark("votes", person, [1], now=NOW - timedelta(days=1))
    found = curve(collection)
    assert known(found) == {1: 2.0}
    assert (found.votes, found.here, found.words) == (42, 2, "42 votes, 2 of them here in two days")


def test_where_no_source_counts_every_day_since_the_listing_is_known(collection: Collection) -> None:
    read(collection, listed(4, None))
    collection.store.papers.put([listed(4, None)], now=NOW - timedelta(days=4))
    ada = collection.store.people.add("ada@example.org", "reader", now=NOW).number
    collection.store.reactions.mark("votes", ada, [1], now=NOW - timedelta(days=3))
    found = curve(collection)
    assert known(found) == {4: 0.0, 3: 1.0, 2: 0.0, 1: 0.0, 0: 0.0}
    assert (found.votes, found.recent, found.words) == (1, 0, "1 vote")


def test_nothing_that_came_after_the_moment_counts(collection: Collection) -> None:
    read(collection, listed(3, 2), (2.6, 2), (2, 4))
    cards = trending_feed(collection, now=NOW, zone=UTC).cards
    then = curves(collection, cards, now=NOW - timedelta(days=2, hours=12), zone=UTC)["made:001"]
    assert sum(value or 0 for value in then.days) == pytest.approx(2)
