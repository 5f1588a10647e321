"""Any RSS or Atom feed, for example a journal's: saved, or live at its address.

feedparser reads real feeds, even broken ones; entities are refused before it sees them
markup in titles and summaries becomes plain text; a DOI or an arXiv id is used where the entry has one
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.identity import doi
from broadsheet.core.types import Document
from broadsheet.http import Client, default_client
from broadsheet.sources.fields import document, link
from broadsheet.sources.files import Record, made
from broadsheet.sources.lists import Who, people, string
from broadsheet.sources.payload import PayloadSource, from_files, looks_like_path
from broadsheet.sources.xmlsafe import refuse_long_namespaces

_LARGEST = 4 * 2**20
_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|applet)\b.*?(?:</\1\b[^<>]*>|\Z)|</?[a-z][^<>]*>", re.DOTALL | re.IGNORECASE
)
_WHITE = re.compile(rb"\s{100,}+")
_UNSEEN = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(?P<marked>.*?)\]\]>|(?P<rest><(?:!--|\?|!\[CDATA\[).*)", re.DOTALL
)
_MOST_STEPS, _MOST_TERMS = 500_000_000, 5_000
_WORD = re.compile(r"[\w.+-]{100,}")
_TERMS = re.compile(r"<[^\s<>/]{0,100}(?:category|subject|keywords|tags)[^<]*+", re.IGNORECASE)
_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
_DOI_FIELDS = ("prism_doi", "dc_identifier", "id", "link")


def named(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``feed:https://HOST/PATH``, or ``feed:FILE`` (or a folder)."""
    if re.match(r"https?://", rest, re.IGNORECASE):
        return PayloadSource(f"feed:{rest}", lambda _: _live(rest, client))
    if looks_like_path(rest) or Path(rest).suffix in (".rss", ".atom", ".rdf"):
        endings = (".xml", ".xml.gz", ".rss", ".atom", ".rdf")
        return PayloadSource(f"feed:{rest}", lambda _: from_files(Path(rest), from_bytes, *endings), live=False)
    raise UsageError(f"Source 'feed:{rest}' is unknown: expected feed:https://HOST/PATH, or an existing saved feed")


def _live(url: str, client: Client | None) -> Iterator[Record]:
    response = (client or default_client()).get(url, accept=_ACCEPT)
    yield from from_bytes(response.body, "feed")


def from_bytes(data: bytes, where: str = "feed") -> Iterator[Record]:
    """Yield the entries of one feed."""
    import feedparser

    if len(data) > _LARGEST:
        raise SourceError(f"{where}: the feed has {len(data):,} bytes; at most {_LARGEST:,} are read")
    _check(data, where)
    stream = io.BytesIO(_WHITE.sub(b"\n", data))  # anything but a stream is taken for an address or a file name
    try:  # its markup cleaning is not needed here, and some markup would take hours
        found = feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)  # type: ignore[attr-defined,no-untyped-call,unused-ignore]
    except Exception as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise SourceError(f"{where}: the feed is too broken to be read ({why}); get it again") from error
    if not found.get("version") and not found.entries:
        raise SourceError(f"{where}: this is neither RSS nor Atom; check the address")
    venue = _plain(found.feed.get("title"))
    for number, entry in enumerate(found.entries, 1):
        yield made(lambda row: _document(row, venue), dict(entry), f"{where}:{number}")


def _check(data: bytes, where: str) -> None:
    """Raise SourceError for a feed that would take feedparser hours, or grow without bound."""
    plain = data.replace(b"\0", b"")
    if b"<!ENTITY" in plain.upper():
        raise SourceError(f"{where}: the feed declares entities of its own, which can grow without bound: refused")
    refuse_long_namespaces(data, where)
    text = _UNSEEN.sub(_seen, plain.decode("utf-8", "replace"))
    words = [len(word[0]) for word in _WORD.finditer(html.unescape(text))]
    if sum(length**2 for length in words) > _MOST_STEPS:  # the search for an email address starts at every letter
        raise SourceError(f"{where}: the feed has words of up to {max(words):,} letters; check the address")
    terms = sum(1 + sum(map(said[0].count, ",&")) for said in _TERMS.finditer(text))
    if terms > _MOST_TERMS:
        raise SourceError(f"{where}: the feed has {terms:,} categories and keywords; at most {_MOST_TERMS:,} are read")


def _seen(match: re.Match[str]) -> str:
    """Return what an XML parser leaves of a comment, an instruction or a CDATA section, joined to its surroundings."""
    return match["rest"] or (match["marked"] or "").replace("<", " ")


def _document(entry: Mapping[str, Any], venue: str) -> Document:
    names = (string(entry.get(key)) for key in _DOI_FIELDS)
    values = {
        "title": _plain(entry.get("title")),
        "text": _plain(entry.get("summary")) or _first_content(entry),
        "own": string(entry.get("id")) or string(entry.get("link")) or "",
        "doi": next((known for name in names if name and (known := doi(name))), ""),
        "url": link(entry.get("link")) or "",
        "authors": _authors(entry),
        "venue": _plain(entry.get("prism_publicationname")) or venue,
        "categories": tuple(term for tag in entry.get("tags") or () if (term := string(tag.get("term"))))[:100],
        "announced": _day(entry.get("published_parsed")) or _day(entry.get("updated_parsed")),
        "updated": _day(entry.get("updated_parsed")),
    }
    return document(values, {}, prefix="feed")


def _plain(value: Any) -> str:
    return html.unescape(_MARKUP.sub(" ", value)).strip() if isinstance(value, str) else ""


def _first_content(entry: Mapping[str, Any]) -> str:
    return next((text for part in entry.get("content") or () if (text := _plain(part.get("value")))), "")


def _authors(entry: Mapping[str, Any]) -> tuple[Who, ...]:
    names = [name for who in entry.get("authors") or () if (name := string(who.get("name")))]
    return people(names[0] if len(names) == 1 else names) or ()


def _day(moment: Any) -> date | None:
    """Return the date of the moment (UTC) that feedparser parsed."""
    try:
        return date(*moment[:3]) if moment else None
    except (ValueError, TypeError):
        return None
