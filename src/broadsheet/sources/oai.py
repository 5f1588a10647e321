"""Repositories that answer OAI-PMH, the protocol of institutions and journals, in Dublin Core: saved, or live.

what breaks XML in real answers (control characters, stray ampersands, bytes that are not UTF-8) is mended first
request the records that changed since a day -> read each -> go on with the token to the end
a deleted record is left out: it says nothing but its name
arXiv is asked for its own format, which says more (``arxiv``)
the day is the moment at which the repository took the paper in, else the paper's own date; a paper that has only a
year, this or the last one, is from the day of the record
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.identity import arxiv_id, doi
from broadsheet.core.imprint import isbns, issns
from broadsheet.core.kinds import REPOSITORIES, kind_named
from broadsheet.core.types import Document
from broadsheet.http import AnswerError, Client, default_client
from broadsheet.sources import arxiv
from broadsheet.sources.dates import when
from broadsheet.sources.encodings import wide_encoding
from broadsheet.sources.fields import document, link
from broadsheet.sources.files import Record, made
from broadsheet.sources.lists import people
from broadsheet.sources.payload import PayloadSource, from_files, looks_like_path
from broadsheet.sources.xmlsafe import children, elements, flat, tag

_MOST_PAGES = 2_000
_LONGEST_TOKEN = 4_000
_MOST_VALUES = 1_000  # of one field of a record
_LONGEST_VENUE = 500
_ROOTS = frozenset({"OAI-PMH", "ListRecords", "GetRecord", "record", "records"})
_ADDRESS = re.compile(r"https?://[^\s#]+", re.IGNORECASE)
_SET = re.compile(r"[^\s#&?]{1,500}")
_FORMS = re.compile(r"info:doi/|info:eu-repo/semantics/altIdentifier/doi/|urn:doi:", re.IGNORECASE)
_IN_UTF_8 = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*(?:<\?xml(?![^>]{0,200}encoding\s*=\s*["'](?!utf-?8["']))|<(?!\?))""", re.I
)
_NOT_IN_XML = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:0{0,9}(?:[0-8]|1[124-9]|2\d|3[01])|x0{0,9}(?:[0-8bcef]|1[0-9a-f]));",
    re.I,
)
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#\d{1,7};|#x[0-9a-fA-F]{1,6};)([A-Za-z][A-Za-z0-9]{1,31};)?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
_FACTS = {
    "language": "language", "rights": "rights", "type": "types", "source": "sources", "relation": "relation",
    "format": "format", "coverage": "coverage", "contributor": "contributor",
}  # fmt: skip
_REMEDIES = {
    "noSetHierarchy": "it has no sets: leave out #SET",
    "badArgument": "check the set after #",
    "badResumptionToken": "it no longer knows the token that it gave; try again",
    "cannotDisseminateFormat": "its records are not to be had in Dublin Core",
    "badVerb": "check that the address is the base address of OAI-PMH",
}


def named(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``oai:https://HOST/PATH#SET`` (without ``#SET``: all sets), or ``oai:FILE`` (or a folder)."""
    name, (address, _, chosen) = f"oai:{rest}", rest.partition("#")
    if _is_address(address) and (not chosen or _SET.fullmatch(chosen)):
        return PayloadSource(name, partial(_live, address, chosen, client), rolling=True, by_change=True, news=True)
    if not rest.lower().startswith(("http://", "https://")) and looks_like_path(rest):
        return PayloadSource(name, lambda _: from_files(Path(rest), from_bytes, ".xml", ".xml.gz"), live=False)
    raise UsageError(
        f"Source {name!r} is unknown: expected the base address of a repository, with a set of it "
        "(oai:https://HOST/oai#SET) or without (oai:https://HOST/oai), or an existing saved answer"
    )


def _is_address(text: str) -> bool:
    try:
        return bool(_ADDRESS.fullmatch(text) and urlsplit(text).hostname)
    except ValueError:
        return False


def from_bytes(data: bytes, where: str = "oai") -> Iterator[Record]:
    """Yield the records of one answer; SourceError when it says an error, in its words."""
    return _Answer(data, where).records()


class _Answer:
    """One answer: its records, and once these have been read ``token``, the name of the next; empty at the end."""

    def __init__(self, data: bytes, where: str) -> None:
        self._data, self._where = _mended(data), where
        self.token = ""

    def records(self) -> Iterator[Record]:
        """Yield the records that were not deleted."""
        several = {"record", "error", "resumptionToken"}
        for number, (element, _) in enumerate(elements(self._data, several, roots=_ROOTS, where=self._where), 1):
            if tag(element) == "resumptionToken":
                self.token = (element.text or "").strip()
            elif tag(element) == "error":
                _refuse(element, self._where)
            elif not _is_deleted(element):
                yield made(_document, element, f"{self._where}:{number}")


def _mended(data: bytes) -> bytes:
    """Return an answer as XML that can be parsed; in another encoding than UTF-8, or broken otherwise, as it is."""
    if wide_encoding(data) or not _IN_UTF_8.match(data):
        return data
    text = _NOT_IN_XML.sub("", data.decode("utf-8", "replace"))
    return (text if "<![CDATA[" in text else _AMPERSAND.sub(_entity, text)).encode()


def _entity(match: re.Match[str]) -> str:
    """Return the character that a name of HTML stands for, as XML does not know it; else an ampersand, escaped."""
    return html.escape(html.unescape(match[0]) if match[1] else "&", quote=False)


def _refuse(error: Element, where: str) -> None:
    """Raise SourceError for an error, but not where it only says that there are no records."""
    code = (error.get("code") or "").strip()
    if code != "noRecordsMatch":
        words = " ".join(filter(None, [code, " ".join(flat(error).split())]))[:300] or "an error without words"
        raise SourceError(f"{where}: the repository answers {words}; {_REMEDIES.get(code, 'check the address')}")


def _is_deleted(record: Element) -> bool:
    return any(tag(child) == "header" and child.get("status") == "deleted" for child in record)


class _Fields(dict[str, list[Element]]):
    """The elements of a record by name."""

    def texts(self, *names: str) -> list[str]:
        """Return the texts of all elements with these names, each in one line."""
        found = (" ".join(flat(e).split()) for name in names for e in self.get(name, ())[:_MOST_VALUES])
        return [text for text in found if text]

    def text(self, *names: str) -> str:
        """Return the first text, or an empty one."""
        return next(iter(self.texts(*names)), "")


def _document(record: Element) -> Document:
    inside = children(record)
    header = _Fields(children(inside["header"][0]) if inside.get("header") else {})
    metadata = [about for each in inside.get("metadata", ()) for about in each]
    if not metadata:
        raise ValueError("the record has no metadata")
    if tag(metadata[0]) == "arXivRaw":
        return arxiv.of_repository(metadata[0])
    fields = _Fields(children(metadata[0]))
    names = [_FORMS.sub("doi:", text) for text in fields.texts("identifier")]
    others = [_FORMS.sub("doi:", text) for text in fields.texts("relation") if _FORMS.match(text)]
    own, links = header.text("identifier"), [address for text in names if (address := link(text))]
    preprint = next((text for text in (*names, own) if arxiv_id(text)), "")
    pages = [address for address in links if not _is_pdf(address)]
    values = {
        "title": fields.text("title"),
        "text": _abstract(fields.texts("description")),
        "own": own or next(iter(links), ""),
        "arxiv": preprint,
        "doi": next((text for text in (*names, *others) if doi(text) and not arxiv_id(text)), ""),
        "authors": people(fields.texts("creator")) or (),
        "venue": _venue(fields),
        "keywords": _keywords(fields.texts("subject")),
        "kind": _kind(fields.texts("type")),
        "publisher": fields.text("publisher"),
        "isbn": [*isbns(" ; ".join(names))],
        "issn": [*issns(" ; ".join(text for text in fields.texts("source", "identifier") if not link(text)))],
        "abstract": next((address for address in pages if not doi(address)), None) or next(iter(pages), None),
        "pdf": next(filter(_is_pdf, links), None),
        **_days(fields.texts("date"), when(header.text("datestamp")), is_preprint=bool(preprint)),
    }
    facts = {ours: texts for theirs, ours in _FACTS.items() if (texts := fields.texts(theirs))}
    return document(values, facts | {"sets": header.texts("setSpec")}, prefix="oai")


def _is_pdf(address: str) -> bool:
    return address.lower().endswith(".pdf") or "/pdf/" in address or "/download/pdf" in address


def _abstract(texts: list[str]) -> str:
    """Return the description that is an abstract: the first long one, else the longest."""
    return next((text for text in texts if len(text) >= 300), max(texts, key=len, default=""))


def _venue(fields: _Fields) -> str:
    """Return the journal, without the volume and number that follow it, else the publisher."""
    sources = (text.partition(";")[0].strip() for text in fields.texts("source"))
    names = (text for text in sources if len(text) <= _LONGEST_VENUE and not (link(text) or issns(text)))
    return next(names, fields.text("publisher")[:_LONGEST_VENUE])


def _keywords(texts: Iterable[str]) -> tuple[str, ...]:
    words = (word.strip() for text in texts if not text.startswith("info:") for word in text.split(";"))
    return tuple(dict.fromkeys(filter(None, words)))[:_MOST_VALUES]


def _kind(types: Iterable[str]) -> str:
    """Return the kind by the types: those of repositories first, with or without their address, then other words."""
    words = [text.rpartition("/")[2] for text in types]
    kinds = [*map(REPOSITORIES.kind, words), *map(kind_named, words)]
    return next(filter(None, kinds), "")


def _days(texts: list[str], stamp: date | int | None, *, is_preprint: bool) -> dict[str, Any]:
    """Return the dates and the year of a paper; ``stamp`` is the day on which its record last changed."""
    changed = stamp if isinstance(stamp, date) else None
    known = [(text, day) for text in texts if not text.startswith("info:") and (day := when(text)) is not None]
    days = [day for text, day in known if isinstance(day, date) and not _MOMENT.match(text)]
    moments = [day for text, day in known if isinstance(day, date) and _MOMENT.match(text)]
    year = min((day.year if isinstance(day, date) else day for _, day in known), default=None)
    announced = None if is_preprint else min(moments, default=None) or _announced(days, year, changed)
    return {"year": year, "submitted": min(days or moments, default=None), "updated": changed, "announced": announced}


def _announced(days: list[date], year: int | None, changed: date | None) -> date | None:
    """Return the day on which a paper came out: its own, else that of its record, if it is as new as that."""
    certain = min((day for day in days if (day.month, day.day) != (1, 1)), default=None)  # which may mean a year
    if certain and not (changed and certain > changed):
        return certain
    return changed if changed and (year is None or year >= changed.year - 1) else None


def _live(address: str, chosen: str, client: Client | None, since: date | None) -> Iterator[Record]:
    """Yield the records of a repository, or of a set of it, that changed since a day, one answer after the other."""
    query = {"verb": "ListRecords", "metadataPrefix": _format(address)}
    query |= {"set": chosen} if chosen else {}
    query |= {"from": str(since)} if since else {}
    seen: set[str] = set()
    for _ in range(_MOST_PAGES):
        answer = _Answer(_ask(address, query, client), "oai")
        yield from answer.records()
        if not answer.token:
            return
        if answer.token in seen or len(answer.token) > _LONGEST_TOKEN:
            raise SourceError(f"oai: {address[:200]} gives the same token again, or an overlong one; try again later")
        seen.add(answer.token)
        query = {"verb": "ListRecords", "resumptionToken": answer.token}
    raise SourceError(
        f"oai: {address[:200]} has more than {_MOST_PAGES:,} pages of records; choose a set of it (#SET) or a later "
        "--since"
    )


def _format(address: str) -> str:
    """Return the format in which a repository is asked for its records: every one has Dublin Core."""
    host = (urlsplit(address).hostname or "").lower()
    return "arXivRaw" if host == "arxiv.org" or host.endswith(".arxiv.org") else "oai_dc"


def _ask(address: str, query: dict[str, str], client: Client | None) -> bytes:
    joint = "&" if "?" in address else "?"
    try:
        return (client or default_client()).get(f"{address}{joint}{urlencode(query, safe=':')}", accept="text/xml").body
    except AnswerError as error:
        if b"<OAI-PMH" in error.body:  # some repositories say an error of the protocol with an error of HTTP
            return error.body
        raise
