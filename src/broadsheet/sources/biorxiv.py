"""bioRxiv and medRxiv, live (experimental: written from a description, not yet tested on a real sample).

all preprints of a server, or those of one category, from a day on; without a day, those of the last two days
a later version of a preprint updates it; the record is read as in a saved answer (``answers``)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.types import BadRecord
from broadsheet.http import Client, default_client
from broadsheet.sources.files import Record, made
from broadsheet.sources.layout import laid_out
from broadsheet.sources.lists import string
from broadsheet.sources.payload import PayloadSource, inner, parsed
from broadsheet.sources.services import BIORXIV

API = "https://api.biorxiv.org/details"
_MOST = 100_000
_LATEST = "2999-12-31"
_RECENT = "2d"
_CATEGORY = re.compile(r"[a-z]+(?:[ _-][a-z]+)*", re.IGNORECASE)


def biorxiv(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``biorxiv:all`` or ``biorxiv:neuroscience``, a category (``biorxiv:cell biology``)."""
    return _named("biorxiv", rest, client)


def medrxiv(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``medrxiv:all`` or ``medrxiv:epidemiology``, a category (``medrxiv:health policy``)."""
    return _named("medrxiv", rest, client)


def _named(server: str, rest: str, client: Client | None) -> PayloadSource:
    name = f"{server}:{rest}"
    if not _CATEGORY.fullmatch(rest) or len(rest) > 100:
        raise UsageError(
            f"Source {name[:200]!r} is unknown: expected {server}:all, or a category ({server}:epidemiology)"
        )
    category = "" if rest == "all" else _plain(rest)
    return PayloadSource(name, partial(_live, server, category, client), experimental=True, rolling=True)


def _plain(category: str) -> str:
    return re.sub(r"[ _-]+", "_", category.strip().lower())


def _live(server: str, category: str, client: Client | None, since: date | None) -> Iterator[Record]:
    """Yield the preprints of every page, each page from where the one before ended."""
    interval, query = f"{since}/{_LATEST}" if since else _RECENT, urlencode({"category": category} if category else {})
    seen = 0
    while seen < _MOST:
        address = f"{API}/{server}/{interval}/{seen}/json{'?' if query else ''}{query}"
        answer = parsed((client or default_client()).get(address, accept="application/json").body, server)
        rows, total = _page(answer, server)
        for number, row in enumerate(rows, seen + 1):
            if not category or not isinstance(row, Mapping) or _plain(string(row.get("category")) or "") == category:
                yield _record(row, f"{server}:{number}")
        seen += len(rows)
        if not rows or seen >= total:
            return
    raise SourceError(f"{server}: more than {_MOST:,} preprints; choose a category or a later --since")


def _page(answer: Any, server: str) -> tuple[list[Any], int]:
    """Return the rows of an answer, and how many there are in all; SourceError with the server's words for another.

    A day without preprints is an answer without rows.
    """
    rows = inner(answer, "collection") if isinstance(answer, Mapping) else None
    messages = inner(answer, "messages") if isinstance(answer, Mapping) else None
    message = messages[0] if isinstance(messages, list) and messages and isinstance(messages[0], Mapping) else {}
    words = string(message.get("status")) or ""
    if not isinstance(rows, list):
        if words.lower().startswith("no posts"):
            return [], 0
        raise SourceError(f"{server}: expected preprints, got {words[:200] or 'something else'}; try again later")
    total = string(message.get("total")) or ""
    return rows, int(total) if total.isdecimal() and len(total) < 15 else _MOST


def _record(row: Any, where: str) -> Record:
    if not isinstance(row, Mapping):
        return BadRecord(where, f"the preprint is {type(row).__name__}, expected an object")
    return made(partial(laid_out, layout=BIORXIV, prefix="biorxiv"), row, where)
