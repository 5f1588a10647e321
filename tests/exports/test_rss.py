"""RSS: as its specification says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest

from broadsheet.core.types import Document
from broadsheet.exports.rss import rss
from papers import LEAF, listing


def test_rss_says_that_its_ids_are_no_addresses() -> None:
    item = fromstring(rss(listing(LEAF))).find("channel/item")
    assert item is not None
    guid = item.find("guid")
    assert guid is not None
    assert guid.attrib == {"isPermaLink": "false"}
    assert [each.text for each in item.findall("{http://purl.org/dc/elements/1.1/}creator")] == list(LEAF.authors)
    assert item.findtext("pubDate") == "Wed, 30 Sep 2026 00:00:00 GMT"
    assert item.findtext("title") == "The Shape of Leaves &amp; &lt;b&gt;Stems&lt;/b&gt;", "escaped for readers of HTML"
    plain = fromstring(rss(listing(replace(LEAF, title="Salt & Pepper")))).findtext("channel/item/title")
    assert plain == "Salt & Pepper", "what no reader takes for markup is left as it is"


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ({"submitted": date(2024, 1, 2)}, "Tue, 02 Jan 2024 00:00:00 GMT"),
        ({"first_seen": date(2026, 11, 27)}, "Fri, 27 Nov 2026 00:00:00 GMT"),
        ({"year": 2015}, "Thu, 01 Jan 2015 00:00:00 GMT"),
        ({}, None),
    ],
)
def test_an_item_says_when_it_came_out_as_well_as_that_is_known(dates: dict[str, Any], day: str | None) -> None:
    paper = Document(id="x", title="Knots", **dates)
    assert fromstring(rss(listing(paper))).findtext("channel/item/pubDate") == day
