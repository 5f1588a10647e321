"""Works of Crossref, live: one by its DOI, or what was registered since a day, a page at a time by cursor.

a notice of a retraction brings the work that it is about as well, with its new status
the record is read as in a saved answer (``answers``)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.identity import doi
from broadsheet.core.status import FALLEN
from broadsheet.core.types import BadRecord, Document
from broadsheet.http import AnswerError, Client, default_client
from broadsheet.sources.files import Record, made
from broadsheet.sources.layout import laid_out
from broadsheet.sources.lists import string
from broadsheet.sources.payload import PayloadSource, inner, parsed
from broadsheet.sources.services import CROSSREF, updates

API = "https://api.crossref.org/works"
_PAGE, _MOST, _MOST_UPDATED = 200, 50_000, 100
_PARAMETER = re.compile(r"filter|issn|sort|order|query(?:\.[a-z-]+)?")
_ISSN = re.compile(r"\d{4}-\d{3}[\dXx]")
_NOT_WORKS = frozenset(
    {"journal", "journal-volume", "journal-issue", "book-series", "proceedings-series", "report-series", "component",
     "grant"}
)  # fmt: skip


def named(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``crossref:10.1145/3366423`` (one work), or a query of the API's works: ``crossref:issn=1234-5678``,
    ``crossref:query=dense retrieval&filter=type:journal-article``."""
    name = f"crossref:{rest}"
    if known := doi(rest):
        return PayloadSource(name, lambda _: _named_work(known, client), single=True)
    parameters = dict(parse_qsl(rest, keep_blank_values=True))
    issn = parameters.get("issn", "1234-5678")
    if parameters and all(map(_PARAMETER.fullmatch, parameters)) and all(parameters.values()) and _ISSN.fullmatch(issn):
        return PayloadSource(name, partial(_works, parameters, client), rolling=True, by_change=True)
    raise UsageError(
        f"Source {name!r} is unknown: expected a DOI (crossref:10.1145/3366423), a journal (crossref:issn=1234-5678), "
        "or crossref:query=WORDS and crossref:filter=NAME:VALUE, joined by &"
    )


def _named_work(name: str, client: Client | None) -> Iterator[Record]:
    """Yield the work with a DOI, which is also found by the name of this source."""
    record = _work(name, client)
    if isinstance(record, Document) and name in (record.id, *record.aliases):
        record = replace(record, aliases=(*record.aliases, f"crossref:{name}"))
    yield record


def _work(name: str, client: Client | None) -> Record:
    return _record(inner(_answer(f"{API}/{quote(name, safe='/')}", client), "message"), f"crossref:{name}")


def _works(parameters: dict[str, str], client: Client | None, since: date | None) -> Iterator[Record]:
    """Yield the works of a query, and those that have been retracted by notices among them."""
    parameters, filters = dict(parameters), [parameters.get("filter", "")]
    filters.append(f"issn:{parameters.pop('issn')}" if "issn" in parameters else "")
    filters.append(f"from-created-date:{since}" if since else "")
    query = parameters | {"filter": ",".join(filter(None, filters)), "rows": str(_PAGE), "cursor": "*"}
    fallen: dict[str, None] = {}
    for work, where in _pages({key: value for key, value in query.items() if value}, client):
        if not (isinstance(work, Mapping) and string(work.get("type")) in _NOT_WORKS):
            yield _record(work, where)
            fallen |= dict.fromkeys(_fallen(work))
    for name in [*fallen][:_MOST_UPDATED]:
        try:
            yield _work(name, client)
        except AnswerError as error:
            if error.status != 404:  # a DOI of another agency
                raise


def _pages(query: dict[str, str], client: Client | None) -> Iterator[tuple[Any, str]]:
    """Yield the items of every page with their place, from the start of the cursor to its end."""
    seen = 0
    while seen < _MOST:
        message = inner(_answer(f"{API}?{urlencode(query, safe=':,*')}", client), "message")
        items = inner(message, "items") if isinstance(message, Mapping) else None
        if not isinstance(items, list):
            raise SourceError("crossref: expected a list of works, got something else; try again later")
        yield from ((item, f"crossref:{number}") for number, item in enumerate(items, seen + 1))
        seen, cursor = seen + len(items), string(inner(message, "next-cursor"))
        total = inner(message, "total-results")
        if not items or not cursor or (isinstance(total, int) and seen >= total):
            return
        query = query | {"cursor": cursor}  # often the same again, for another page
    raise SourceError(f"crossref: more than {_MOST:,} works; narrow the query or use a later --since")


def _fallen(work: Any) -> list[str]:
    """Return the DOIs of the works that a notice retracts, removes or withdraws."""
    if not isinstance(work, Mapping):
        return []
    own = (string(work.get("DOI")) or "").lower()
    return [known for name, status in updates(work, "update-to") if status.kind in FALLEN and name != own
            if (known := doi(name))]  # fmt: skip


def _record(work: Any, where: str) -> Record:
    if not isinstance(work, Mapping):
        return BadRecord(where, f"the work is {type(work).__name__}, expected an object")
    return made(partial(laid_out, layout=CROSSREF, prefix="crossref"), work, where)


def _answer(url: str, client: Client | None) -> Mapping[str, Any]:
    """Return what Crossref answers; SourceError with its words when it refuses the request."""
    try:
        value = parsed((client or default_client()).get(url, accept="application/json").body, "crossref")
    except AnswerError as error:
        raise AnswerError(_reason(error), status=error.status, body=error.body) from error
    if not isinstance(value, Mapping):
        raise SourceError(f"crossref: expected a JSON object, got {type(value).__name__}; try again later")
    return value


def _reason(error: AnswerError) -> str:
    """Return why Crossref refused a request: in its own words where it gives a reason for each parameter."""
    try:
        reasons = inner(parsed(error.body, "crossref"), "message")
    except (SourceError, AttributeError):
        return str(error)
    first = reasons[0] if isinstance(reasons, list) and reasons else None
    words = string(inner(first, "message")) if isinstance(first, Mapping) else None
    return f"crossref: refuses the request: {words[:300]}; correct the query" if words else str(error)
