"""A day in the order of what trends: votes and comments first, and an order without them too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.periods import parse
from broadsheet.daily.day import Wanted
from broadsheet.trending.ranking import ORDERS, feed
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
