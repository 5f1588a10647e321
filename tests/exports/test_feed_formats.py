"""Atom, RSS and JSON Feed: as their specifications say, as other readers take them, and back through our own."""

from __future__ import annotations

import io
import json
import warnings
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree.ElementTree import fromstring

import feedparser
import pytest
from hypothesis import given

from broadsheet.core.types import Document
from broadsheet.exports.atom import atom
from broadsheet.exports.jsonfeed import jsonfeed
from broadsheet.exports.listing import Listing, tag
from broadsheet.exports.rss import rss
from broadsheet.sources.feed import from_bytes
from papers import HOSTILE, KNOT, LEAF, any_paper, entry, listing, plain_paper

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import atoma

ATOM = "{http://www.w3.org/2005/Atom}"
WRITERS = [atom, rss]


def parsed(data: bytes) -> Any:
    found = feedparser.parse(io.BytesIO(data))
    assert not found.bozo, found.get("bozo_exception")
    return found


def test_atom_as_feedparser_reads_it() -> None:
    found = parsed(atom(listing(LEAF, KNOT, next_="http://localhost/feeds/next")))
    assert found.version == "atom10"
    assert found.feed.id == "tag:example.org,2026:feeds/day/2026-09-30"
    assert found.feed.updated == "2026-09-30T00:00:00Z"
    links = {each.rel: each.href for each in found.feed.links}
    assert links == {
        "self": "http://localhost/feeds/day/2026-09-30.atom?a=1&b=2",
        "alternate": "http://localhost/day/2026-09-30",
        "next": "http://localhost/feeds/next",
    }
    leaf, knot = found.entries
    assert leaf.id == "tag:example.org,2026:paper/2401.00001"
    assert leaf.published == "2026-09-30T00:00:00Z"
    assert leaf.updated == "2026-09-30T00:00:00Z"
    assert leaf.title == "The Shape of Leaves &amp; &lt;b&gt;Stems&lt;/b&gt;", "HTML in which the marks are text"
    assert [who.name for who in leaf.authors] == list(LEAF.authors)
    assert [each.term for each in leaf.tags] == ["cs.CV", "q-bio.QM"]
    assert [(each.rel, each.href) for each in leaf.links] == [
        ("alternate", "http://localhost/paper/x"),
        ("via", "https://example.org/abs/1?a=1&b=2"),
        ("related", "https://example.org/1.pdf"),
    ], "code with a script for an address is left out"
    assert "published" not in knot, "it stands on no day"
    assert knot.updated == "1999-01-01T00:00:00Z"


def test_atom_and_rss_as_atoma_reads_them() -> None:
    feed = atoma.parse_atom_bytes(atom(listing(LEAF)))
    assert feed.entries[0].id_ == "tag:example.org,2026:paper/2401.00001"
    assert feed.entries[0].published.date() == LEAF.announced
    assert [who.name for who in feed.entries[0].authors] == list(LEAF.authors)
    assert feed.authors[0].name == "Broadsheet"
    channel = atoma.parse_rss_bytes(rss(listing(LEAF)))
    assert channel.items[0].guid == "tag:example.org,2026:paper/2401.00001"
    assert channel.items[0].pub_date.date() == LEAF.announced
    assert channel.link == "http://localhost/day/2026-09-30"


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


def test_ids_and_updates_follow_content_and_nothing_else() -> None:
    other = replace(LEAF, votes=99, comments=4, listed=date(2026, 10, 5), source="hf:daily")
    one, two = entry(LEAF), entry(other)
    assert listing().id_of(one) == listing().id_of(two)
    assert one.updated == two.updated == date(2026, 9, 30)
    assert entry(replace(LEAF, updated=date(2026, 11, 1))).updated == date(2026, 11, 1)
    assert atom(listing(LEAF)) == atom(listing(other))


def test_tags_hold_any_id() -> None:
    assert tag("a.org", "paper/hep-th/9901001") == "tag:a.org,2026:paper/hep-th/9901001"
    assert tag("a.org", "paper/10.1/a(b)?x#y z") == "tag:a.org,2026:paper/10.1/a(b)%3Fx%23y%20z"


@pytest.mark.parametrize("write", [atom, rss, jsonfeed])
def test_an_empty_list_is_a_feed(write: Any) -> None:
    data = write(listing())
    if write is jsonfeed:
        assert json.loads(data)["items"] == []
    else:
        assert parsed(data).entries == []


@pytest.mark.parametrize("write", WRITERS)
def test_hostile_papers_are_text(write: Any) -> None:
    found = parsed(write(listing(HOSTILE)))
    assert len(found.entries) == 1
    assert "<script" not in found.entries[0].title
    assert found.entries[0].link == "http://localhost/paper/x"


@given(any_paper)
def test_every_paper_makes_well_formed_feeds(document: Document) -> None:
    made: Listing = listing(document)
    root = fromstring(atom(made))
    entry_ = root.find(f"{ATOM}entry")
    assert entry_ is not None
    assert all(entry_.findtext(ATOM + name) for name in ("id", "title", "updated"))
    assert fromstring(rss(made)).find("channel/item") is not None
    assert len(json.loads(jsonfeed(made))["items"]) == 1


@given(plain_paper)
def test_our_own_reader_gives_the_paper_back(document: Document) -> None:
    for write in WRITERS:
        (read,) = from_bytes(write(listing(document)))
        assert isinstance(read, Document), read
        assert read.id == document.id
        assert read.title == document.title
        assert read.text == document.text
        assert read.authors == document.authors
        assert read.categories == document.categories
        if document.day:
            assert read.announced == document.day
