"""arXiv, saved or live: its announcement feeds, which alone know the day of announcement, and the answers of its API.

an entry or item names its paper by an address or an OAI name; an entry with the title Error is a refusal by arXiv
feeds: the day is the announcement's; a replacement is an update, not a new paper; a cross-list is on that day's list
the API: first submission, this version's date, comment, journal, DOI; never a day of announcement, which is therefore
estimated from the moment of the submission (``announcements``)
a record of arXiv's repository (``oai:``) in its own format, arXivRaw: as the API, with the dates of all versions
live with ``since``: the API back to that day, combined with today's feed

The readers of the feeds are experimental: they were written from a description. The reader of the API is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.identity import arxiv_id
from broadsheet.core.status import of_arxiv
from broadsheet.core.types import BadRecord, Document
from broadsheet.http import AnswerError, Client, default_client
from broadsheet.sources import announcements
from broadsheet.sources.dates import when
from broadsheet.sources.fields import code_in, count, document
from broadsheet.sources.files import Record, made
from broadsheet.sources.lists import Who, people
from broadsheet.sources.payload import PayloadSource, from_files, looks_like_path
from broadsheet.sources.xmlsafe import children, elements, flat, tag

FEEDS = "https://rss.arxiv.org/atom/"
API = "https://export.arxiv.org/api/query"
_API_NAME = "arxiv API"
_PAGE, _MOST, _IDS_AT_ONCE = 500, 20_000, 100
_ARCHIVES = (
    "astro-ph cond-mat cs econ eess gr-qc hep-ex hep-lat hep-ph hep-th math math-ph nlin nucl-ex nucl-th physics q-bio "
    "q-fin quant-ph stat"
)
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.(?:[A-Z]{2}|[a-z]+(?:-[a-z]+)*|\*))?")
_PREFIX = re.compile(r"\A\s*arXiv:\S+\s+Announce Type:\s*\S+\s+Abstract:\s*", re.IGNORECASE)
_OUTSIDE_BRACKETS = re.compile(r",(?![^()]{0,500}\))")
_ROOTS = frozenset({"feed", "rss", "RDF"})
_FACTS = {
    "comment": "comment", "journal_ref": "journal_ref", "journal_reference": "journal_ref", "rights": "licence",
    "announce_type": "announce_type",
}  # fmt: skip
_RAW_FACTS = {
    "comments": "comment", "journal-ref": "journal_ref", "license": "licence", "report-no": "report_no",
    "msc-class": "msc_class", "acm-class": "acm_class",
}  # fmt: skip


def named(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``arxiv:cs.IR+cs.CL``, ``arxiv:2401.12345,hep-th/9901001``, or ``arxiv:FILE`` (or a folder)."""
    name, words = f"arxiv:{rest}", [word for word in re.split(r"[+,\s]+", rest) if word]
    live, ids = _Live(client), [_id(word) for word in words]
    if words and all(ids):
        return PayloadSource(name, lambda _: live.papers(ids))
    if words and all(_is_category(word) for word in words):
        return PayloadSource(name, partial(live.categories, words), experimental=True, rolling=True)
    if looks_like_path(rest):
        return PayloadSource(
            name, lambda _: from_files(Path(rest), from_bytes, ".xml", ".xml.gz", ".atom", ".rss"), live=False
        )
    raise UsageError(
        f"Source {name!r} is unknown: expected categories (arxiv:cs.IR+cs.CL), ids (arxiv:2401.12345) or an "
        f"existing saved answer. Archives: {_ARCHIVES}"
    )


def _id(word: str) -> str:
    """Return an id as the API takes it, with its version if it has one; empty if the word is not an id."""
    known = None if "//" in word else arxiv_id(word)
    return f"{known[0]}v{known[1]}" if known and known[1] else known[0] if known else ""


def _is_category(word: str) -> bool:
    return bool(_CATEGORY.fullmatch(word)) and word.partition(".")[0] in _ARCHIVES.split()


def from_bytes(data: bytes, where: str = "arxiv") -> Iterator[Record]:
    """Yield the records of an API answer or a feed (Atom or RSS); SourceError with arXiv's words when it refuses."""
    for number, (element, _) in enumerate(elements(data, {"entry", "item"}, roots=_ROOTS, where=where), 1):
        entry = _Entry(children(element))
        _refuse_errors(entry, where)
        yield made(_document, element, f"{where}:{number}")


class _Entry(dict[str, list[Element]]):
    """The children of an entry by name."""

    def text(self, *names: str) -> str:
        """Return the text of the first child that has one of these names and is not empty."""
        return next((content for name in names for e in self.get(name, ()) if (content := flat(e).strip())), "")


def _refuse_errors(entry: _Entry, where: str) -> None:
    if "/api/errors" in entry.text("id") or (entry.text("title") == "Error" and not arxiv_id(entry.text("id"))):
        says = " ".join(entry.text("summary", "title").split())[:300]
        raise SourceError(f"{where}: arXiv refused the request: {says}; correct the query, or try again later")


def _document(element: Element) -> Document:
    entry = _Entry(children(element))
    feed = tag(element) == "item" or "announce_type" in entry
    named = next((n for key in ("id", "guid", "link") if arxiv_id(n := entry.text(key))), "")
    if not named:
        raise ValueError(f"no arXiv id in {entry.text('id', 'guid', 'link')[:80]!r}")
    text = entry.text("summary", "description")
    values = {
        "title": entry.text("title"),
        "text": _PREFIX.sub("", text, count=1) if feed else text,
        "arxiv": named,
        "kind": "preprint",
        "doi": entry.text("doi", "DOI"),
        "authors": _authors(entry),
        "categories": _categories(entry),
        "code": code_in(text) or code_in(entry.text("comment")),
        "status": of_arxiv(entry.text("comment"), _PREFIX.sub("", text, count=1)),
        **(_announced(entry) if feed else _submitted(entry)),
    }
    return document(values, _facts(entry), prefix="arxiv")


def _submitted(entry: _Entry) -> dict[str, Any]:
    submitted = entry.text("published")
    return {"submitted": when(submitted), "updated": when(entry.text("updated")), "estimated": _estimated(submitted)}


def _estimated(submitted: str) -> date | None:
    """Return the day of the announcement by the calendar; None without the moment of the submission."""
    try:
        moment = datetime.fromisoformat(submitted) if submitted[:1].isdecimal() else parsedate_to_datetime(submitted)
        return announcements.announced(moment) if moment.tzinfo else None
    except (ValueError, TypeError, IndexError, OverflowError):  # no moment, or one at the end of the calendar
        return None


def of_repository(metadata: Element) -> Document:
    """Make the Document of a record in arXivRaw; ValueError says what is wrong."""
    raw = _Entry(children(metadata))
    if not arxiv_id(raw.text("id")):
        raise ValueError(f"no arXiv id in {raw.text('id')[:80]!r}")
    versions = sorted(
        (count((each.get("version") or "").removeprefix("v")) or 0, _Entry(children(each)).text("date"))
        for each in raw.get("version", ())
    ) or [(0, "")]
    (first, submitted), (last, updated) = versions[0], versions[-1]
    values = {
        "title": raw.text("title"),
        "text": raw.text("abstract"),
        "arxiv": raw.text("id"),
        "version": last or None,
        "kind": "preprint",
        "doi": raw.text("doi"),
        "authors": _listed_names(re.sub(r",?\s+and\s+", ", ", raw.text("authors"))),
        "categories": tuple(term for term in raw.text("categories").split() if _CATEGORY.fullmatch(term)),
        "code": code_in(raw.text("abstract")) or code_in(raw.text("comments")),
        "status": of_arxiv(raw.text("comments"), raw.text("abstract")),
        "submitted": when(submitted) if first == 1 else None,
        "updated": when(updated),
        "estimated": _estimated(submitted) if first == 1 else None,
    }
    facts = {ours: text for theirs, ours in _RAW_FACTS.items() if (text := raw.text(theirs))}
    return document(values, facts, prefix="arxiv")


def _announced(entry: _Entry) -> dict[str, Any]:
    day, kind = when(entry.text("pubDate", "published", "updated", "date")), entry.text("announce_type").lower()
    role = "updated" if kind.startswith("replace") else "listed" if kind == "cross" else "announced"
    return {role: day}


def _authors(entry: _Entry) -> tuple[Who, ...]:
    """Return author names; feeds have one element with all names, separated by commas outside brackets."""
    names = [_Entry(children(author)).text("name") or flat(author) for author in entry.get("author", ())]
    return _listed_names(*map(flat, entry.get("creator", ())), names=names)


def _listed_names(*lists: str, names: Iterable[str] = ()) -> tuple[Who, ...]:
    """Return names, and those of lists that have commas between them, without their affiliations in brackets."""
    several = [re.sub(r",\s*(?=(?:Jr|Sr)\b|I{2,3}\b|IV\b)", " ", each) for each in lists]
    all_names = [*names, *(name for each in several for name in _OUTSIDE_BRACKETS.split(each))]
    bare = [" ".join(re.sub(r"\([^()]*\)", " ", name).split()) for name in all_names]
    return people([name for name in dict.fromkeys(bare) if name]) or ()


def _terms(entry: _Entry) -> list[str]:
    """Return the primary category, then all terms as given: attributes in Atom, texts in RSS."""
    terms = [e.get("term") or flat(e) for name in ("primary_category", "category") for e in entry.get(name, ())]
    return list(dict.fromkeys(term.strip() for term in terms if term.strip()))


def _categories(entry: _Entry) -> tuple[str, ...]:
    return tuple(term for term in _terms(entry) if _CATEGORY.fullmatch(term))


def _facts(entry: _Entry) -> dict[str, Any]:
    facts: dict[str, Any] = {ours: content for theirs, ours in _FACTS.items() if (content := entry.text(theirs))}
    facts["classes"] = [term for term in _terms(entry) if not _CATEGORY.fullmatch(term)]  # of the ACM and the MSC
    affiliations = [flat(a) for who in entry.get("author", ()) for a in children(who).get("affiliation", ())]
    facts["affiliations"] = list(dict.fromkeys(affiliations))
    return facts


class _Live:
    """Reads arXiv's servers; the client keeps the pause that they ask for."""

    def __init__(self, client: Client | None) -> None:
        self._client = client

    def categories(self, words: list[str], since: date | None) -> Iterator[Record]:
        """Yield today's announcements; with ``since`` also everything first submitted from that day on."""
        feed = list(from_bytes(self._get(FEEDS + "+".join(words), "arxiv feed"), "arxiv feed"))
        if since is None:
            yield from feed
            return
        today = {record.id: record for record in feed if isinstance(record, Document)}
        for record in self._since(words, since):
            announced = today.pop(record.id, None) if isinstance(record, Document) else None
            yield _laid_over(record, announced) if isinstance(record, Document) and announced else record
        yield from today.values()
        yield from (record for record in feed if isinstance(record, BadRecord))

    def papers(self, ids: list[str]) -> Iterator[Record]:
        """Yield the papers with these ids."""
        for start in range(0, len(ids), _IDS_AT_ONCE):
            some = ids[start : start + _IDS_AT_ONCE]
            yield from from_bytes(self._ask({"id_list": ",".join(some), "max_results": str(len(some))}), _API_NAME)

    def _since(self, words: list[str], since: date) -> Iterator[Record]:
        query = {"search_query": " OR ".join(f"cat:{word}" for word in words), "max_results": str(_PAGE)}
        query |= {"sortBy": "submittedDate", "sortOrder": "descending"}
        start = 0
        while start < _MOST:
            data = self._ask({**query, "start": str(start)})
            page = list(from_bytes(data, _API_NAME))
            yield from page
            start += len(page)
            days = [day for record in page if isinstance(record, Document) if (day := record.day or record.submitted)]
            if (days and min(days) < since) or start >= _total(data, start):
                return
            if not page:
                raise SourceError(
                    f"{_API_NAME}: an empty page after {start:,} papers, as arXiv sometimes sends; try again later"
                )
        raise SourceError(f"arxiv: more than {_MOST:,} papers since {since}; choose fewer categories or a later day")

    def _ask(self, parameters: dict[str, str]) -> bytes:
        return self._get(f"{API}?{urlencode(parameters, safe=':,')}", _API_NAME)

    def _get(self, url: str, where: str) -> bytes:
        try:
            return (self._client or default_client()).get(url, accept="application/atom+xml, application/xml").body
        except AnswerError as error:
            if b"/api/errors" in error.body:
                list(from_bytes(error.body, where))  # raises in arXiv's own words
            raise


def _total(data: bytes, otherwise: int) -> int:
    """Return the total number of results that the answer states."""
    content = re.search(rb"totalResults[^<>]{0,200}>\s*(\d{1,9})\s*<", data)
    return int(content[1]) if content else otherwise


def _laid_over(known: Document, announced: Document) -> Document:
    """Combine what the API says of a paper with the day and kind of its announcement."""
    return replace(
        known,
        announced=announced.announced,
        listed=announced.listed,
        estimated=known.estimated if announced.day is None else None,
        extra={**known.extra, **announced.extra},
    )
