"""Atom: as its specification says, as other readers take it, and back through our own."""

from __future__ import annotations

from broadsheet.exports.atom import atom
from feed_kit import parsed
from papers import KNOT, LEAF, listing


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
