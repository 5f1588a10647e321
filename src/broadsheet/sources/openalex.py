"""Works of OpenAlex (experimental: written from a description, not yet tested on a real sample).

works come as an answer (``results``), a list, or one work; from a file, or live a page at a time by cursor
the abstract is rebuilt from its inverted index; an arXiv id is taken from the DOI or the locations
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.identity import arxiv_id
from broadsheet.core.imprint import issns
from broadsheet.core.kinds import CROSSREF, OPENALEX
from broadsheet.core.records import MOST_CHARACTERS
from broadsheet.core.types import Document, Status
from broadsheet.http import Client, default_client
from broadsheet.sources.dates import when
from broadsheet.sources.fields import document, link
from broadsheet.sources.files import Record, made
from broadsheet.sources.lists import Who, people, string
from broadsheet.sources.payload import PayloadSource, from_files, inner, looks_like_path, parsed

API = "https://api.openalex.org/works"
_PAGE, _MOST = 200, 50_000
_MOST_POSITIONS = 20_000
_PLACES = {"volume": "volume", "number": "issue"}
_ASKS = ("filter", "search", "sort")


def named(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``openalex:FILE`` (or a folder), or a query of the API's works: ``openalex:filter=primary_topic.id:T1``,
    ``openalex:search=dense retrieval&filter=type:article``."""
    name, parameters = f"openalex:{rest}", dict(parse_qsl(rest, keep_blank_values=True))
    if parameters and set(parameters) <= set(_ASKS):
        return PayloadSource(name, lambda since: _live(parameters, since, client), experimental=True)
    if looks_like_path(rest):
        read = lambda _: from_files(Path(rest), from_bytes, ".json", ".json.gz")  # noqa: E731
        return PayloadSource(name, read, experimental=True, live=False)
    raise UsageError(
        f"Source {name!r} is unknown: expected openalex:filter=NAME:VALUE (also search=, sort=, joined by &), or an "
        "existing saved answer"
    )


def from_bytes(data: bytes, where: str = "openalex") -> Iterator[Record]:
    """Yield the works of one answer."""
    payload = parsed(data, where)
    works = payload.get("results", [payload]) if isinstance(payload, Mapping) else payload
    if not isinstance(works, list) or (isinstance(payload, Mapping) and not {"results", "id"} & set(payload)):
        says = string(inner(payload, "message")) or f"JSON of the kind {type(payload).__name__}"
        raise SourceError(f"{where}: expected OpenAlex works, got {says[:200]}")
    for number, work in enumerate(works, 1):
        yield made(document_of, work, f"{where}:{number}")


def document_of(work: Any) -> Document:
    """Make the Document of one work; ValueError says what is wrong."""
    if not isinstance(work, Mapping):
        raise ValueError(f"the work is {type(work).__name__}, expected an object")
    own = re.search(r"\bW\d{1,15}$", string(work.get("id")) or string(inner(work, "ids", "openalex")) or "")
    places = [place for place in _list(work.get("locations")) if isinstance(place, Mapping)]
    day = when(work.get("publication_date"))
    values = {
        "title": string(work.get("title")) or string(work.get("display_name")),
        "text": abstract(work.get("abstract_inverted_index")),
        "own": f"openalex:{own[0]}" if own else "",
        "arxiv": _arxiv(work, places),
        "doi": string(work.get("doi")) or string(inner(work, "ids", "doi")) or "",
        "authors": _authors(work),
        "venue": string(inner(work, "primary_location", "source", "display_name")) or "",
        "categories": _topics(work),
        "keywords": tuple(k for item in _list(work.get("keywords")) if (k := string(inner(item, "display_name")))),
        # the first of January may also mean an unknown day
        "announced": day if isinstance(day, date) and (day.month, day.day) != (1, 1) else None,
        "year": _year(work, day),
        "kind": _kind(work),
        **_print(work),
        "status": Status("retracted", "openalex") if work.get("is_retracted") is True else None,
        "abstract": link(inner(work, "primary_location", "landing_page_url")) or link(work.get("doi")),
        "pdf": next(filter(None, (link(place.get("pdf_url")) for place in places)), None),
    }
    return document(values, _facts(work), prefix="openalex")


def abstract(index: Any) -> str:
    """Rebuild the text from its inverted index ``{word: [positions]}``; ValueError when it is not one."""
    if not isinstance(index, Mapping):
        return ""
    words: dict[int, str] = {}
    for word, positions in index.items():
        for place in positions if isinstance(positions, list) else ():
            if isinstance(place, bool) or not isinstance(place, int) or not 0 <= place < _MOST_POSITIONS:
                raise ValueError(f"position {repr(place)[:30]} in the abstract: expected 0 to {_MOST_POSITIONS - 1:,}")
            words[place] = word
    if sum(map(len, words.values())) > MOST_CHARACTERS["text"]:  # one long word may be at every position
        raise ValueError(f"the abstract has more than {MOST_CHARACTERS['text']:,} characters")
    return " ".join(words[place] for place in sorted(words))


def _arxiv(work: Mapping[str, Any], places: list[Mapping[str, Any]]) -> str:
    """Return an arXiv id from arXiv's DOI, or from an arXiv address among the locations."""
    addresses = [work.get("doi"), *(place.get(key) for place in places for key in ("landing_page_url", "pdf_url"))]
    return next((text for text in map(string, addresses) if text and arxiv_id(text)), "")


def _authors(work: Mapping[str, Any]) -> tuple[Who, ...]:
    names = [inner(who, "author", "display_name") for who in _list(work.get("authorships"))]
    return people([name for name in names if isinstance(name, str)]) or ()


def _topics(work: Mapping[str, Any]) -> tuple[str, ...]:
    names = [inner(work, "primary_topic", level, "display_name") for level in ("field", "subfield")]
    return tuple(dict.fromkeys(name for name in map(string, names) if name))


def _kind(work: Mapping[str, Any]) -> str:
    """Return the kind; what OpenAlex calls an article may be in the proceedings of a conference."""
    if string(inner(work, "primary_location", "source", "type")) == "conference":
        return "inproceedings"
    return CROSSREF.kind(string(work.get("type_crossref")) or "") or OPENALEX.kind(string(work.get("type")) or "")


def _print(work: Mapping[str, Any]) -> dict[str, str | list[str]]:
    place = {ours: string(inner(work, "biblio", theirs)) or "" for ours, theirs in _PLACES.items()}
    pages = dict.fromkeys(page for key in ("first_page", "last_page") if (page := string(inner(work, "biblio", key))))
    numbers = inner(work, "primary_location", "source", "issn")
    pmid = re.search(r"\d{1,9}$", string(inner(work, "ids", "pmid")) or "")
    return {
        **place,
        "pages": "--".join(pages),
        "issn": [*issns(" ; ".join(filter(None, map(string, _list(numbers)))))],
        "publisher": string(inner(work, "primary_location", "source", "host_organization_name")) or "",
        "pmid": pmid[0] if pmid else "",
    }


def _year(work: Mapping[str, Any], day: date | int | None) -> int | None:
    said = when(work.get("publication_year"))
    known = said if isinstance(said, int) else day
    return known.year if isinstance(known, date) else known


def _facts(work: Mapping[str, Any]) -> dict[str, Any]:
    facts = {key: work.get(key) for key in ("type", "language", "cited_by_count")}
    facts["retracted"] = True if work.get("is_retracted") is True else None
    facts["topic"] = inner(work, "primary_topic", "display_name")
    return {key: value for key, value in facts.items() if isinstance(value, str | int)}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _live(parameters: dict[str, str], since: date | None, client: Client | None) -> Iterator[Record]:
    """Yield every requested work, from the start of the cursor to its end."""
    if since:
        filters = [parameters.get("filter", ""), f"from_publication_date:{since}"]
        parameters = parameters | {"filter": ",".join(filter(None, filters))}
    cursor, seen = "*", 0
    while cursor:
        query = urlencode(parameters | {"per-page": str(_PAGE), "cursor": cursor}, safe=":,|*")
        body = (client or default_client()).get(f"{API}?{query}", accept="application/json").body
        records = list(from_bytes(body, "openalex"))
        yield from records
        seen += len(records)
        cursor = string(inner(parsed(body, "openalex"), "meta", "next_cursor")) or "" if records else ""
        if cursor and seen >= _MOST:
            raise SourceError(f"openalex: more than {_MOST:,} works; narrow the filter or use a later --since")
