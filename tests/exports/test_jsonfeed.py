"""JSON Feed: as it is specified, and as atoma reads it."""

from __future__ import annotations

import json

from broadsheet.exports.jsonfeed import jsonfeed
from feed_kit import atoma
from papers import KNOT, LEAF, listing


def test_json_feed_as_it_is_specified_and_as_atoma_reads_it() -> None:
    data = jsonfeed(listing(LEAF, KNOT, next_="http://localhost/next"))
    feed = json.loads(data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["next_url"] == "http://localhost/next"
    leaf, knot = feed["items"]
    assert leaf["id"] == "tag:example.org,2026:paper/2401.00001"
    assert leaf["external_url"] == "https://example.org/abs/1?a=1&b=2"
    assert leaf["content_html"] == "<p>We measure leaves. Is 1 &lt; 2 &amp;amp; 3 &gt; 2? Yes.</p>"
    assert leaf["authors"][0] == {"name": "Ada Blum"}
    assert leaf["date_published"] == "2026-09-30T00:00:00Z"
    assert leaf["_paper"]["arxiv_id"] == "2401.00001"
    assert leaf["_paper"]["links"] == {"abstract": LEAF.links["abstract"], "pdf": LEAF.links["pdf"]}
    assert "date_published" not in knot
    read = atoma.parse_json_feed_bytes(data)
    assert [item.id_ for item in read.items] == [leaf["id"], knot["id"]]
    assert read.items[0].date_published.date() == LEAF.announced
