"""RSS: as its specification says."""

from __future__ import annotations

from dataclasses import replace
from xml.etree.ElementTree import fromstring

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
