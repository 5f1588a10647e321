"""Atom, RSS and JSON Feed together: what must hold of each, and the way back through our own reader."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given

from broadsheet.core.types import Document
from broadsheet.exports.atom import atom
from broadsheet.exports.jsonfeed import jsonfeed
from broadsheet.exports.listing import Listing
from broadsheet.exports.rss import rss
from broadsheet.sources.feed import from_bytes
from feed_kit import atoma, parsed
from papers import HOSTILE, LEAF, any_paper, listing, plain_paper

ATOM = "{http://www.w3.org/2005/Atom}"
WRITERS = [atom, rss]


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
