"""A list of papers for export: what every format needs to know, and texts made safe for all formats."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlsplit

from broadsheet.core.authors import names_of
from broadsheet.core.identity import arxiv_id, doi
from broadsheet.core.imprint import Imprint, imprint_of, kind_of
from broadsheet.core.records import name_to_dict
from broadsheet.core.status import FALLEN, status_of
from broadsheet.core.status import titled as stated_in
from broadsheet.core.text import squeeze
from broadsheet.core.types import Document, Name

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2, and lone surrogates
_BEGINNING = date(1970, 1, 1)
_MINTED = "2026"  # the year in which names of this form were first given out (RFC 4151)
_IN_A_TAG = "/:@!$&'()*+,;=~"
_PAGES = re.compile(r"([^\s,;\-\u2010-\u2015]{1,20})\s*(?:-{1,3}|[\u2010-\u2015])\s*([^\s,;\-\u2010-\u2015]{1,20})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Hold a paper, the address of its page, and the day it is listed on (None: on no day)."""

    document: Document
    address: str
    day: date | None = None

    @property
    def published(self) -> date | None:
        """Return the day on which it came out: the day it is listed on, else its best date."""
        return self.day or self.document.dated

    @property
    def updated(self) -> date:
        """Return the day of its present content; votes and other lists do not change it."""
        paper = self.document
        known = [day for day in (paper.updated, paper.day) if day]
        fallback = date(paper.year, 1, 1) if paper.year and 1 <= paper.year <= 9999 else _BEGINNING
        return max(known) if known else paper.submitted or fallback


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Hold a titled list: ``address`` is its page, ``own`` the list itself in this form, ``next`` its following part.

    ``authority`` (a host name) and ``name`` make its lasting id; neither holds what a reader may change.
    """

    title: str
    address: str
    own: str
    authority: str
    name: str
    entries: tuple[Entry, ...]
    next: str = ""
    subtitle: str = ""

    @property
    def id(self) -> str:
        """Return the tag URI of the list."""
        return tag(self.authority, self.name)

    @property
    def updated(self) -> date:
        """Return the day of the newest content in it."""
        return max((entry.updated for entry in self.entries), default=_BEGINNING)

    def id_of(self, entry: Entry) -> str:
        """Return the tag URI of a paper, made from its id alone: the same in every list of this authority."""
        return tag(self.authority, f"paper/{entry.document.id}")


def tag(authority: str, name: str) -> str:
    """Return a tag URI: ``tag:example.org,2026:paper/2401.00001`` (RFC 4151)."""
    return f"tag:{authority},{_MINTED}:{quote(name.encode('utf-8', 'replace'), safe=_IN_A_TAG)}"


def titled(document: Document) -> str:
    """Return the title of a paper in one line, after its status if that takes it off other lists and the title does
    not say so."""
    status, title = status_of(document), line(document.shown_title) or "Untitled"
    said = stated_in(title)
    if not status or status.kind not in FALLEN or (said and said.kind == status.kind):
        return title
    return f"[{status.kind.capitalize()}] {title}"


def line(text: str) -> str:
    """Return a text in one line without control characters, direction marks and characters that XML forbids."""
    return squeeze(_NO_XML.sub("", text))


def link(document: Document, *kinds: str) -> str:
    """Return the first of these links that is an address on the web; empty when there is none."""
    return next((address for kind in kinds if is_link(address := line(document.links.get(kind, "")))), "")


def is_link(address: str) -> bool:
    """Return whether an address is http or https and has a host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def arxiv_of(document: Document) -> str:
    """Return its arXiv id, or an empty text."""
    return next((known[0] for name in (document.id, *document.aliases) if (known := arxiv_id(name))), "")


def doi_of(document: Document) -> str:
    """Return the DOI it was published under, or an empty text; not the one that arXiv gives to each of its papers."""
    names = (document.id, *document.aliases)
    return next((found for name in names if (found := doi(name)) and not arxiv_id(name)), "")


def day_of(document: Document) -> date | None:
    """Return the best known day of its publication."""
    return document.submitted or document.dated


def year_of(document: Document) -> int | None:
    """Return the year that its source gives, or the year of its day."""
    day = day_of(document)
    return document.year or (day.year if day else None)


def names_in(document: Document) -> list[Name]:
    """Return the parts of its authors' names, each safe for all formats and in one line."""
    safe = (Name(**{part: line(text) for part, text in name_to_dict(name).items()}) for name in names_of(document))
    return [name for name in safe if name.shown]


def number_of(document: Document, prefix: str) -> str:
    """Return its number in a register, for example in PubMed (``pmid``), or an empty text."""
    names = (document.id, *document.aliases)
    return next((line(name).partition(":")[2] for name in names if name.startswith(f"{prefix}:")), "")


def venue_of(document: Document) -> str:
    """Return the journal or the book that the paper is in; empty where the venue only repeats the publisher, the series
    or the institution, and for a book or a thesis, which is in nothing else."""
    kind, imprint = kind_of(document), imprint_of(document)
    repeated = document.venue in (imprint.publisher, imprint.series, imprint.institution)
    return "" if kind in ("book", "thesis") or (repeated and kind != "article") else line(document.venue)


def first_and_last(imprint: Imprint) -> tuple[str, str]:
    """Return the first and the last page; the last is empty for one page, or for pages of another form."""
    pages = _PAGES.fullmatch(line(imprint.pages))
    return (pages[1], pages[2]) if pages else (line(imprint.pages), "")


def pages_of(imprint: Imprint, dash: str = "--") -> str:
    """Return the pages with a dash between the first and the last."""
    return dash.join(filter(None, first_and_last(imprint)))
