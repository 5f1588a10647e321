"""RSS 2.0: a list of papers for feed readers without Atom. Authors are ``dc:creator``, ids are not addresses."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from html import escape
from xml.etree.ElementTree import Element, SubElement, tostring

from broadsheet.exports.atom import identifier
from broadsheet.exports.listing import Entry, Listing, line, titled

_SPACES = {
    "version": "2.0",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
}
_LIKE_HTML = re.compile(r"[<>]|&#?\w+;")


def rss(listing: Listing) -> bytes:
    """Return the feed document, UTF-8."""
    root = Element("rss", _SPACES)
    channel = SubElement(root, "channel")
    _text(channel, "title", plain(line(listing.title)))
    _text(channel, "link", listing.address)
    _text(channel, "description", line(listing.subtitle or listing.title))
    SubElement(channel, "atom:link", {"rel": "self", "href": listing.own, "type": "application/rss+xml"})
    if listing.next:
        SubElement(channel, "atom:link", {"rel": "next", "href": listing.next, "type": "application/rss+xml"})
    for entry in listing.entries:
        _item(channel, listing, entry)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _item(channel: Element, listing: Listing, entry: Entry) -> None:
    paper, item = entry.document, SubElement(channel, "item")
    _text(item, "title", plain(titled(paper)))
    _text(item, "link", entry.address)
    SubElement(item, "guid", {"isPermaLink": "false"}).text = listing.id_of(entry)
    if day := entry.published or (paper.span and paper.span[0]):  # without one, a reader shows when it fetched the item
        _text(item, "pubDate", _rfc822(day))
    for name in filter(None, map(line, paper.authors)):
        _text(item, "dc:creator", name)
    for term in filter(None, map(line, paper.categories)):
        _text(item, "category", term)
    if name := identifier(entry):
        _text(item, "dc:identifier", name)
    _text(item, "description", escape(line(paper.shown_text), quote=False))  # a description is HTML


def plain(title: str) -> str:
    """Return a title for programs that read it as text or as HTML: escaped only where that matters."""
    return escape(title, quote=False) if _LIKE_HTML.search(title) else title


def _rfc822(day: date) -> str:
    return format_datetime(datetime.combine(day, time(), UTC), usegmt=True)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
