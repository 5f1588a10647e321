"""A day in the order of what trends: votes and comments first, and an order without them too."""

from __future__ import annotations

from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.core.errors import UsageError
from broadsheet.core.periods import parse
from broadsheet.daily.day import Wanted
from broadsheet.trending.ranking import ORDERS, feed
from fakes import NOW, WordEncoder, paper


def test_a_day_sorted_by_trending(tmp_path: Path) -> None:
    day = NOW.date()
    papers = [
        paper(1, "A slow soup", listed=day, comments=1),
        paper(2, "A rope bridge", listed=day, votes=4),
        paper(3, "Maps of the tide", listed=day),
    ]
    with bs.open(tmp_path, encoder=WordEncoder()) as collection:
        collection.store.put(
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
