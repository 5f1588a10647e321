"""A day in the order of what trends: votes and comments first, and an order without them too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.periods import parse
from broadsheet.daily.day import Wanted
from broadsheet.daily.why_empty import long_date
from broadsheet.trending.ranking import ORDERS, ended, feed, trending_feed
from broadsheet.trending.table import trends
from fakes import NOW, WordEncoder, paper
from trend_kit import TODAY, put, trending


def test_a_day_sorted_by_trending(tmp_path: Path) -> None:
    day = NOW.date()
    papers = [
        paper(1, "A slow soup", listed=day, comments=1),
        paper(2, "A rope bridge", listed=day, votes=4),
        paper(3, "Maps of the tide", listed=day),
    ]
    with bs.open(tmp_path, encoder=WordEncoder()) as collection:
        collection.store.papers.put(
            [*papers, paper(4, "From the shelf", listed=day, votes=9, source="shelf:starter")], now=NOW
        )
        found = feed(collection, parse(str(day)), now=NOW, wanted=Wanted(sort="trending"))
        assert [card.document.id for card in found.cards] == ["made:002", "made:001", "made:003"]
        bs.sync(collection)
        assert feed(collection, parse(str(day)), now=NOW, wanted=Wanted(sort="trending")).cards == found.cards


def test_the_verb_of_the_package_knows_every_order_by_name(tmp_path: Path) -> None:
    assert list(ORDERS) == ["votes", "trending", "newest"]
    with bs.open(tmp_path, encoder=WordEncoder()) as collection:
        assert bs.feed(collection, now=NOW).sort == "votes"
        assert [bs.feed(collection, now=NOW, wanted=Wanted(sort=name)).sort for name in ORDERS] == list(ORDERS)
        with pytest.raises(UsageError, match=r"sorted by 'trendng'\. Did you mean trending"):
            bs.feed(collection, now=NOW, wanted=Wanted(sort="trendng"))


def test_only_listed_papers_of_the_asked_days_trend(collection: Collection) -> None:
    yesterday = paper(3, "yesterday", listed=TODAY - timedelta(days=1))
    put(collection, [yesterday, paper(1, "old", listed=TODAY - timedelta(days=7)), paper(4, "today", listed=TODAY)])
    put(collection, [paper(2, "dayless", submitted=TODAY)])
    assert [each.document.id for each in trending(collection)] == ["made:004", "made:003"]
    assert [each.document.id for each in trending(collection, days=1)] == ["made:004"]
    assert len(trending(collection, k=1)) == 1
    assert trends(collection, [99]) == {}
    with pytest.raises(UsageError, match="1 to 31 days; got 0"):
        trending(collection, days=0)


def test_a_past_that_is_filled_later_moves_no_trend(collection: Collection) -> None:
    put(collection, [paper(1, "today", listed=TODAY), paper(2, "yesterday", listed=TODAY - timedelta(days=1))])
    before = [each.document.id for each in trending(collection)]
    late = [paper(10 + n, f"Late {n}", estimated=TODAY - timedelta(days=n), votes=500) for n in range(1, 20)]
    put(collection, late)
    assert [each.document.id for each in trending(collection)] == before
    (number,) = collection.store.papers.numbers(["made:012"]).values()
    person = collection.store.people.add("ada@example.org", "reader", now=NOW).number
    collection.store.reactions.mark("votes", person, [number], now=NOW)
    assert "made:012" in [each.document.id for each in trending(collection)], "a reader moves it"
    assert len(trending(collection)) == 3


def test_where_all_came_late_the_trending_page_says_so(collection: Collection) -> None:
    put(collection, [paper(1, "late", estimated=TODAY - timedelta(days=1))])
    found = trending_feed(collection, now=NOW, zone=UTC)
    assert found.cards == ()
    assert found.note.startswith("The papers of these days were fetched after their day.")


def test_where_no_paper_is_of_these_days_the_newest_days_that_have_some_stand_in(collection: Collection) -> None:
    last = TODAY - timedelta(days=40)
    put(collection, [paper(1, "newest", listed=last, votes=1), paper(2, "before", listed=last - timedelta(days=6))])
    put(collection, [paper(3, "too old", listed=last - timedelta(days=7), votes=99)])
    assert trending_feed(collection, now=NOW, zone=UTC).cards == ()
    found = trending_feed(collection, now=NOW, zone=UTC, newest=True)
    assert [card.document.id for card in found.cards] == ["made:001", "made:002"]
    assert (found.period.first, found.period.last) == (last - timedelta(days=6), last)
    assert found.note == f"No paper is from the last 7 days. These were trending on {long_date(last)}."
    assert ended(found, now=NOW, zone=UTC) == datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    assert ended(trending_feed(collection, now=NOW, zone=UTC), now=NOW, zone=UTC) == NOW
    one = trending_feed(collection, now=NOW, zone=UTC, days=1, newest=True)
    assert one.note.startswith("No paper is from today. These")
