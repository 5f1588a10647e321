"""A list of papers on its way out: what every format needs to know of it, and texts made safe for all of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlsplit

from broadsheet.core.identity import arxiv_id, doi
from broadsheet.core.text import squeeze
from broadsheet.core.types import Document

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2, and lone surrogates
_BEGINNING = date(1970, 1, 1)
_MINTED = "2026"  # the year in which names of this form were first given out (RFC 4151)
_IN_A_TAG = "/:@!$&'()*+,;=~"
_PARTICLES = {"van", "von", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "ten", "ter", "zu"}
_SUFFIXES = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|IV")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A paper, the address of its page, and the day it stands on in this list (None: on no day)."""

    document: Document
    address: str
    day: date | None = None

    @property
    def updated(self) -> date:
        """The day of its present content: never later because of votes, or because another list shows it."""
        paper = self.document
        known = [day for day in (paper.updated, paper.day) if day]
        fallback = date(paper.year, 1, 1) if paper.year and 1 <= paper.year <= 9999 else _BEGINNING
        return max(known) if known else paper.submitted or fallback


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A titled list: ``address`` is its page, ``own`` the list itself in this form, ``next`` its following part.

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
        """The tag URI of the list."""
        return tag(self.authority, self.name)

    @property
    def updated(self) -> date:
        """The day of the newest content in it."""
        return max((entry.updated for entry in self.entries), default=_BEGINNING)

    def id_of(self, entry: Entry) -> str:
        """The tag URI of a paper: of its id alone, the same in every list of this authority."""
        return tag(self.authority, f"paper/{entry.document.id}")


def tag(authority: str, name: str) -> str:
    """``tag:example.org,2026:paper/2401.00001`` (RFC 4151)."""
    return f"tag:{authority},{_MINTED}:{quote(name.encode('utf-8', 'replace'), safe=_IN_A_TAG)}"


def line(text: str) -> str:
    """A text in one line without control characters, direction marks and whatever XML does not allow."""
    return squeeze(_NO_XML.sub("", text))


def link(document: Document, *kinds: str) -> str:
    """The first of these links that is an address on the web; empty when there is none."""
    return next((address for kind in kinds if is_link(address := line(document.links.get(kind, "")))), "")


def is_link(address: str) -> bool:
    """Whether an address is http or https and has a host."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def arxiv_of(document: Document) -> str:
    """Its arXiv id, or empty."""
    return next((known[0] for name in (document.id, *document.aliases) if (known := arxiv_id(name))), "")


def doi_of(document: Document) -> str:
    """The DOI it was published under, or empty; not the one that arXiv gives to each of its papers."""
    names = (document.id, *document.aliases)
    return next((found for name in names if (found := doi(name)) and not arxiv_id(name)), "")


def day_of(document: Document) -> date | None:
    """The best day of its publication."""
    return document.submitted or document.dated


def year_of(document: Document) -> int | None:
    """Its year as its source said, else that of its day."""
    day = day_of(document)
    return document.year or (day.year if day else None)


def parted(name: str) -> tuple[str, str]:
    """Last name and first names of a name as it is shown; particles go with the last, ``, Jr`` ends the first.

    A name of one word, or with a comma in a place of its own, is a last name whole.
    """
    words = line(name).split()
    if len(words) < 2 or "," in name:
        return line(name), ""
    suffix = [f", {words.pop()}"] if len(words) > 2 and _SUFFIXES.fullmatch(words[-1]) else []
    at = next((i for i, word in enumerate(words) if 0 < i < len(words) - 1 and word in _PARTICLES), len(words) - 1)
    return " ".join(words[at:]), "".join([" ".join(words[:at]), *suffix])
