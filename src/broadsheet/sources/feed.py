"""Any RSS or Atom feed, for example a journal's: saved, or live at its address.

feedparser reads real feeds, even broken ones; entities are refused before it sees them
HTML in titles and summaries becomes plain text, and what is declared plain stays as it is
a DOI or an arXiv id is used where the entry has one
the day is that of the entry; one without a date is from the day on which the live feed first showed it (``ingest``)
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.identity import doi
from broadsheet.core.markup import from_html
from broadsheet.core.types import Document
from broadsheet.http import Client, default_client
from broadsheet.sources.dates import when
from broadsheet.sources.fields import document, link
from broadsheet.sources.files import Record, bad, made
from broadsheet.sources.lists import Who, people, string
from broadsheet.sources.payload import PayloadSource, from_files, looks_like_path
from broadsheet.sources.xmlsafe import refuse_long_namespaces

_LARGEST = 4 * 2**20
_WHITE = re.compile(rb"\s{100,}+")
_UNSEEN = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(?P<marked>.*?)\]\]>|(?P<rest><(?:!--|\?|!\[CDATA\[).*)", re.DOTALL
)
_ITEM = re.compile(rb"<(?:[\w.-]{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:rss|feed|rdf:RDF)\b[^<>]*+>", re.IGNORECASE)
_LONGEST_HEAD, _MOST_TRIES = 16_384, 300  # bytes that are read again with each half; how often
_MOST_STEPS, _MOST_TERMS = 500_000_000, 5_000
_WORD = re.compile(r"[\w.+-]{100,}")
_TERMS = re.compile(r"<[^\s<>/]{0,100}(?:category|subject|keywords|tags)[^<]*+", re.IGNORECASE)
_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
_MOST_MEDIA = 10
_NO_DAY = date(1970, 1, 1)
_DOI_FIELDS = ("prism_doi", "dc_identifier", "id", "link")


def named(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``feed:https://HOST/PATH``, or ``feed:FILE`` (or a folder)."""
    if re.match(r"https?://", rest, re.IGNORECASE):
        return PayloadSource(f"feed:{rest}", lambda _: _live(rest, client), news=True)
    if looks_like_path(rest) or Path(rest).suffix in (".rss", ".atom", ".rdf"):
        endings = (".xml", ".xml.gz", ".rss", ".atom", ".rdf")
        return PayloadSource(f"feed:{rest}", lambda _: from_files(Path(rest), from_bytes, *endings), live=False)
    raise UsageError(f"Source 'feed:{rest}' is unknown: expected feed:https://HOST/PATH, or an existing saved feed")


def _live(url: str, client: Client | None) -> Iterator[Record]:
    response = (client or default_client()).get(url, accept=_ACCEPT)
    yield from from_bytes(response.body, "feed")


def from_bytes(data: bytes, where: str = "feed") -> Iterator[Record]:
    """Yield the entries of one feed."""
    if len(data) > _LARGEST:
        raise SourceError(f"{where}: the feed has {len(data):,} bytes; at most {_LARGEST:,} are read")
    _check(data, where)
    try:
        found = _parsed(data)
    except Exception as error:  # the library's own, whatever it meets
        yield from _salvaged(data, where, error)
        return
    if not found.get("version") and not found.entries:
        raise SourceError(f"{where}: this is neither RSS nor Atom; check the address")
    venue = _text(found.feed, "title")
    for number, entry in enumerate(found.entries, 1):
        yield made(lambda row: _document(row, venue), dict(entry), f"{where}:{number}")


def _parsed(data: bytes) -> Any:
    """What feedparser finds; any Exception where it fails on a feed."""
    import feedparser

    stream = io.BytesIO(_WHITE.sub(b"\n", data))  # anything but a stream is taken for an address or a file name
    # its markup cleaning is not needed here, and some markup would take hours
    return feedparser.parse(stream, sanitize_html=False, resolve_relative_uris=False)  # type: ignore[attr-defined,no-untyped-call,unused-ignore]


def _salvaged(data: bytes, where: str, error: Exception) -> Iterator[Record]:
    """Read a feed on which feedparser fails in halves, and those in halves, so that an item costs itself alone;
    SourceError when nothing can be read."""
    starts = [match.start() for match in _ITEM.finditer(data)]
    items = [data[start:end] for start, end in pairwise([*starts, len(data)])]
    head, venue = _head(data[: starts[0]] if starts else b"")
    records = list(_halves(head, items, _MOST_TRIES))
    if not any(entry for entry, _ in records):
        why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise SourceError(f"{where}: the feed is too broken to be read ({why}); get it again") from error
    for number, (entry, raw) in enumerate(records, 1):
        if entry:
            yield made(lambda row: _document(row, venue), dict(entry), f"{where}:{number}")
        else:
            reason = "the feed reader failed on this item; correct it or leave it out"
            yield bad(f"{where}:{number}", reason, raw)


def _head(data: bytes) -> tuple[bytes, str]:
    """What stands before the first item, and the feed's title; the root's tag alone where the rest cannot be read."""
    if len(data) <= _LONGEST_HEAD:
        try:
            return data, _text(_parsed(data).feed, "title")
        except Exception:  # noqa: S110 - the root alone may do
            pass
    root = _ROOT.search(data)
    return (root[0] if root and len(root[0]) <= _LONGEST_HEAD else b""), ""


def _halves(head: bytes, items: list[bytes], tries: int) -> Iterator[tuple[Mapping[str, Any] | None, bytes]]:
    """Yield each entry of these items, or None with the bytes of one that cannot be read. After so many ``tries`` the
    rest cannot be read either: each costs as much as its items."""
    todo = [items]
    while todo:
        some = todo.pop()
        tries -= 1
        try:
            if tries < 0:
                raise ValueError("too many items are broken")
            yield from ((entry, b"") for entry in _parsed(head + b"".join(some)).entries)
        except Exception:  # whatever the library meets again
            if len(some) <= 1 or tries < 0:
                yield from ((None, item) for item in some)
            else:
                todo += [some[len(some) // 2 :], some[: len(some) // 2]]


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
        "title": _text(entry, "title"),
        "text": _text(entry, "summary") or _first_content(entry),
        "own": string(entry.get("id")) or string(entry.get("link")) or "",
        "doi": next((known for name in names if name and (known := doi(name))), ""),
        "url": link(entry.get("link")) or "",
        "authors": _authors(entry),
        "venue": from_html(string(entry.get("prism_publicationname")) or "") or venue,
        "categories": tuple(term for tag in entry.get("tags") or () if (term := string(tag.get("term"))))[:100],
        "announced": _day(entry, "published") or _day(entry, "updated"),
        "updated": _day(entry, "updated"),
    }
    return document(values, _pictures(entry), prefix="feed")


def _pictures(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pictures that an entry names: its thumbnail (Media RSS), and other media and enclosures by type."""
    enclosed = [each for each in _objects(entry, "links") if each.get("rel") == "enclosure"]
    media = [*_objects(entry, "media_content"), *enclosed]
    shown = [link(each.get("url") or each.get("href")) for each in media if _is_picture(each)]
    thumbnail = next(filter(None, (link(each.get("url")) for each in _objects(entry, "media_thumbnail"))), None)
    return {"media": [address for address in shown if address][:_MOST_MEDIA], "thumbnail": thumbnail}


def _objects(entry: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    values = entry.get(key)
    return [each for each in (values if isinstance(values, list) else []) if isinstance(each, Mapping)]


def _is_picture(media: Mapping[str, Any]) -> bool:
    return str(media.get("type", "")).lower().startswith("image/") or media.get("medium") == "image"


def _text(entry: Mapping[str, Any], key: str) -> str:
    """Return a text of a feed or an entry, without the tags of HTML if it is declared, or recognised, as HTML."""
    detail = entry.get(f"{key}_detail")
    return _declared(detail if isinstance(detail, Mapping) else {"value": entry.get(key)})


def _declared(detail: Mapping[str, Any]) -> str:
    value = detail.get("value")
    if not isinstance(value, str):
        return ""
    return value.strip() if detail.get("type") == "text/plain" else from_html(value)


def _first_content(entry: Mapping[str, Any]) -> str:
    parts = entry.get("content")
    return next((text for part in parts or () if isinstance(part, Mapping) and (text := _declared(part))), "")


def _authors(entry: Mapping[str, Any]) -> tuple[Who, ...]:
    names = [name for who in entry.get("authors") or () if (name := string(who.get("name")))]
    return people(names[0] if len(names) == 1 else names) or ()


def _day(entry: Mapping[str, Any], name: str) -> date | None:
    """Return the date of a moment as this program reads it (a midnight is of its own day), else as feedparser does, in
    UTC. The beginning of 1970 is what programs write that know no date."""
    day, moment = when(entry.get(name)), entry.get(f"{name}_parsed")
    if not isinstance(day, date):
        try:
            day = date(*moment[:3]) if moment else None
        except (ValueError, TypeError):
            day = None
    return None if day == _NO_DAY else day
