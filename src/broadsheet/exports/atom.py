"""Atom 1.0 (RFC 4287): a list of papers for feed readers.

ids are tag URIs of papers alone; ``published`` is the day a paper is listed on, else its best date, ``updated`` the day
of its content
"""

from __future__ import annotations

from datetime import date
from html import escape
from xml.etree.ElementTree import Element, SubElement, tostring

from broadsheet.exports.listing import Entry, Listing, arxiv_of, doi_of, line, link, titled

_SPACES = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:dc": "http://purl.org/dc/elements/1.1/"}
_RELATED = (("pdf", "PDF", "application/pdf"), ("code", "Code", ""), ("project", "Project page", ""))


def atom(listing: Listing) -> bytes:
    """Return the feed document, UTF-8."""
    feed = Element("feed", _SPACES)
    _text(feed, "id", listing.id)
    _text(feed, "title", listing.title)
    if listing.subtitle:
        _text(feed, "subtitle", listing.subtitle)
    _text(feed, "updated", moment(listing.updated))
    _person(feed, "Broadsheet")
    SubElement(feed, "link", {"rel": "self", "href": listing.own, "type": "application/atom+xml"})
    SubElement(feed, "link", {"rel": "alternate", "href": listing.address, "type": "text/html"})
    if listing.next:
        SubElement(feed, "link", {"rel": "next", "href": listing.next, "type": "application/atom+xml"})
    for entry in listing.entries:
        _entry(feed, listing, entry)
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(feed: Element, listing: Listing, entry: Entry) -> None:
    paper, made = entry.document, SubElement(feed, "entry")
    _text(made, "id", listing.id_of(entry))
    _html(made, "title", titled(paper))
    _text(made, "updated", moment(entry.updated))
    if entry.published:
        _text(made, "published", moment(entry.published))
    for name in filter(None, map(line, paper.authors)):
        _person(made, name)
    for term in filter(None, map(line, paper.categories)):
        SubElement(made, "category", {"term": term})
    SubElement(made, "link", {"rel": "alternate", "href": entry.address, "type": "text/html"})
    if source := link(paper, "abstract"):
        SubElement(made, "link", {"rel": "via", "href": source})
    for kind, title, media in _RELATED:
        if address := link(paper, kind):
            SubElement(made, "link", {"rel": "related", "href": address, "title": title} | _type(media))
    if name := identifier(entry):
        _text(made, "dc:identifier", name)
    _html(made, "summary", line(paper.shown_text))


def identifier(entry: Entry) -> str:
    """Return the paper's DOI in the form of ``dc:identifier``; arXiv gives one to each of its papers."""
    arxiv = arxiv_of(entry.document)
    name = f"10.48550/arXiv.{arxiv}" if arxiv else doi_of(entry.document)
    return f"doi:{line(name)}" if name else ""


def moment(day: date) -> str:
    """Return the moment at which a day begins (RFC 3339)."""
    return f"{day.isoformat()}T00:00:00Z"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = line(text)


def _html(parent: Element, name: str, text: str) -> None:
    """Return a text with its marks escaped twice, so that every reader shows ``<b>`` as three characters."""
    SubElement(parent, name, {"type": "html"}).text = escape(text, quote=False)


def _person(parent: Element, name: str) -> None:
    _text(SubElement(parent, "author"), "name", name)


def _type(media: str) -> dict[str, str]:
    return {"type": media} if media else {}
