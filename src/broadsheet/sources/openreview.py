"""OpenReview notes (experimental: written from a description, not yet tested on a real sample).

notes come as API version 2 (each content field an object with ``value``) or 1 (plain), from a file or live
a note that replies to another is a review or a comment, not a paper
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.types import Document, Status, StatusKind
from broadsheet.http import Client, default_client
from broadsheet.sources.dates import when
from broadsheet.sources.fields import document, link
from broadsheet.sources.files import Record, made
from broadsheet.sources.lists import people, string, strings
from broadsheet.sources.payload import PayloadSource, from_files, inner, looks_like_path, parsed

API = "https://api2.openreview.net/notes"
SITE = "https://openreview.net"
_PAGE, _MOST = 1000, 50_000
_VENUE = re.compile(r"[\w.-]+(?:/[\w.-]+)+")
_FACTS = {"TLDR": "tldr", "TL;DR": "tldr", "primary_area": "primary_area", "venueid": "venueid"}


def named(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``openreview:FILE`` (or folder), or ``openreview:ICLR.cc/2026/Conference``, a venue by its id."""
    if looks_like_path(rest):
        read = lambda _: from_files(Path(rest), from_bytes, ".json", ".json.gz")  # noqa: E731
        return PayloadSource(f"openreview:{rest}", read, experimental=True, live=False)
    if _VENUE.fullmatch(rest):
        return PayloadSource(f"openreview:{rest}", lambda _: _live(rest, client), experimental=True)
    raise UsageError(
        f"Source 'openreview:{rest}' is unknown: expected a venue (openreview:ICLR.cc/2026/Conference) or an "
        "existing saved answer"
    )


def from_bytes(data: bytes, where: str = "openreview") -> Iterator[Record]:
    """Yield the papers of one answer: an object with ``notes``, a list of notes, or one note."""
    payload = parsed(data, where)
    notes = payload.get("notes", [payload]) if isinstance(payload, Mapping) else payload
    if not isinstance(notes, list) or (isinstance(payload, Mapping) and not {"notes", "content"} & set(payload)):
        says = string(inner(payload, "message")) or f"JSON of the kind {type(payload).__name__}"
        raise SourceError(f"{where}: expected OpenReview notes, got {says[:200]}")
    for number, note in enumerate(notes, 1):
        if not (isinstance(note, Mapping) and (note.get("replyto") or note.get("ddate"))):  # a reply; deleted
            yield made(document_of, note, f"{where}:{number}")


def document_of(note: Any) -> Document:
    """Make the Document of one note that is a paper; ValueError says what is wrong."""
    if not isinstance(note, Mapping) or not isinstance(note.get("content"), Mapping):
        raise ValueError("the note has no content")
    content = {key: _bare(value) for key, value in note["content"].items()}
    own = string(note.get("forum")) or string(note.get("id"))
    if not own or not re.fullmatch(r"[\w-]{1,100}", own):
        raise ValueError("the note has no id")
    values = {
        "title": string(content.get("title")),
        "text": string(content.get("abstract")) or "",
        "own": f"openreview:{own}",
        "authors": people(content.get("authors")) or (),
        "venue": string(content.get("venue")) or "",
        "keywords": strings(content.get("keywords") or []) or (),
        "submitted": when(note.get("cdate") or note.get("tcdate")),
        "updated": when(note.get("mdate")),
        "year": _year(content.get("venueid")),
        "status": _status(content.get("venueid")),
        "abstract": f"{SITE}/forum?id={own}",
        "pdf": f"{SITE}/pdf?id={own}" if content.get("pdf") else None,
        "code": link(content.get("code")),
    }
    facts = {ours: said for theirs, ours in _FACTS.items() if (said := string(content.get(theirs)))}
    return document(values, facts | {"number": note.get("number"), "published": _iso(note.get("pdate"))})


def _bare(value: Any) -> Any:
    return value["value"] if isinstance(value, Mapping) and "value" in value else value


def _year(venue: Any) -> int | None:
    said = re.search(r"/(\d{4})(?:/|$)", string(venue) or "")
    return int(said[1]) if said else None


_STATUSES: tuple[tuple[re.Pattern[str], StatusKind], ...] = (
    (re.compile(r"/(?:Desk_)?Rejected(?:_Submission)?$", re.IGNORECASE), "rejected"),
    (re.compile(r"/Withdrawn(?:_Submission)?$", re.IGNORECASE), "withdrawn"),
)


def _status(venue: Any) -> Status | None:
    """What the venue's name says of a submission: ``ICLR.cc/2026/Conference/Withdrawn_Submission``."""
    name = string(venue) or ""
    return next((Status(kind, "openreview") for pattern, kind in _STATUSES if pattern.search(name)), None)


def _iso(moment: Any) -> str | None:
    return str(day) if (day := when(moment)) else None


def _live(venue: str, client: Client | None) -> Iterator[Record]:
    """Yield every note of a venue, by its id; a search by its title returns almost nothing, without an error."""
    for start in range(0, _MOST, _PAGE):
        query = urlencode({"content.venueid": venue, "offset": start, "limit": _PAGE}, safe="/")
        body = (client or default_client()).get(f"{API}?{query}", accept="application/json").body
        notes = inner(parsed(body, "openreview"), "notes")
        yield from from_bytes(body, f"openreview {venue}")
        if not isinstance(notes, list) or len(notes) < _PAGE:
            return
    raise SourceError(f"openreview: {venue} has more than {_MOST:,} notes; name a venue within it")
