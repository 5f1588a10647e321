"""CSL JSON, as Zotero, Pandoc, Mendeley, citeproc and the resolvers of DOIs write it.

a list of items, an object around such a list, or one item a line; one after another, whatever the size of the file
names, dates and kinds come in every form that these programs write
the key of an item is its id in this file; an arXiv id is read from its number or its note
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

from broadsheet.core.identity import arxiv_id
from broadsheet.core.kinds import CROSSREF, CSL, kind_named, suggested_kind
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources.dates import when
from broadsheet.sources.fields import Table, document, sorted_out
from broadsheet.sources.files import FileSource, Record, decoded, made, stem
from broadsheet.sources.lists import Who, people, string
from broadsheet.sources.payload import json_value
from broadsheet.sources.stream import json_values

TABLE: Table = {
    "title": ("title",),
    "text": ("abstract",),
    "authors": ("author",),
    "doi": ("doi",),
    "pmid": ("pmid",),
    "own": ("id",),
    "venue": ("containertitle", "eventtitle", "event", "collectiontitle", "publisher"),
    "categories": ("categories",),
    "keywords": ("keyword", "keywords"),
    "submitted": ("issued",),
    "url": ("url",),
    "volume": ("volume",),
    "number": ("issue", "number"),
    "pages": ("page",),
    "publisher": ("publisher",),
    "address": ("publisherplace",),
    "series": ("collectiontitle",),
    "edition": ("edition",),
    "isbn": ("isbn",),
    "issn": ("issn",),
    "type": ("genre",),
    "editor": ("editor",),
}
_FIELDS = {"container-title", "publisher-place", "collection-title", "issued", "citation-key", "page-first"}
_MARKUP = re.compile(
    r"</?(?:i|b|em|strong|sub|sup|sc|scp|span|jats:[a-z-]{1,30}|p)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE
)
_WITHOUT_KIND = {
    "document", "webpage", "post", "post-weblog", "software", "speech", "patent", "legislation", "legal_case", "bill",
    "other", "report-series", "standard", "motion_picture", "broadcast", "interview", "map", "graphic", "song",
    "treaty", "personal_communication", "pamphlet",
}  # fmt: skip
_MOST = 100_000


def named(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``csl:FILE``: CSL JSON, gzip or not."""
    return FileSource(f"csl:{rest}", Path(rest), read)


def read(path: Path) -> Iterator[Record]:
    """Yield Documents and BadRecords in the order of the file."""
    for number, text in enumerate(json_values(path), 1):
        if isinstance(text, BadRecord):
            yield text
            continue
        where = f"{path.name}#{number}"
        values = made(_items, text, where)
        if isinstance(values, BadRecord):
            yield values
            continue
        for place, item in enumerate(values, 1):
            yield made(partial(record, prefix=stem(path)), item, where if len(values) == 1 else f"{where}/{place}")


def _items(text: str) -> list[Any]:
    """Return the items of one JSON value: itself, or those of the list in it."""
    value = json_value(decoded(text))
    if isinstance(value, Mapping) and "title" not in value:
        lists = [inner for key in ("items", "references", "message") if isinstance(inner := value.get(key), list)]
        return lists[0] if lists else [value]
    return value if isinstance(value, list) else [value]


def is_item(values: Mapping[str, Any]) -> bool:
    """Return whether a JSON object is an item of CSL JSON: its date, its names or its fields are written so."""
    if not isinstance(values.get("title"), str | list) or not isinstance(values.get("type"), str):
        return False
    if not (CSL.kind(values["type"]) or CROSSREF.kind(values["type"]) or values["type"] in _WITHOUT_KIND):
        return False
    names = [who for key in ("author", "editor") if isinstance(values.get(key), list) for who in values[key][:1]]
    dated = isinstance(issued := values.get("issued"), Mapping) and bool({"date-parts", "raw", "literal"} & set(issued))
    return dated or any(isinstance(who, Mapping) and {"family", "literal"} & set(who) for who in names)


def record(item: Any, *, prefix: str) -> Document:
    """Make a Document from one item; ValueError says what is wrong."""
    if not isinstance(item, Mapping):
        raise ValueError(f"expected a CSL item, got {type(item).__name__}")
    fields = {str(key): _single(key, value) for key, value in item.items()}
    fields["title"] = _without_markup(fields.get("title"))
    fields["abstract"] = _without_markup(fields.get("abstract"))
    issued = _date(fields.pop("issued", None))
    names = {key: _people(fields.pop(key, None)) for key in ("author", "editor")}
    values, extra = sorted_out(fields, TABLE)
    values |= {key: value for key, value in (("authors", names["author"]), ("editor", names["editor"])) if value}
    values |= {"submitted": issued} if issued else {}
    values["arxiv"] = _arxiv(fields)
    values["kind"] = _kind(fields)
    if values["kind"] in ("thesis", "report") and "publisher" in values:
        values["institution"] = values.pop("publisher")
        extra.pop("publisher", None)
    return document(values, extra, prefix=prefix)


def _single(key: str, value: Any) -> Any:
    """Return a field as text where a program writes a list of one, as Crossref does."""
    listed = isinstance(value, list) and key not in ("author", "editor", "categories", "keyword", "ISSN", "ISBN")
    return value[0] if listed and value and isinstance(value[0], str) else value


def _without_markup(value: Any) -> str:
    """Return a text without the tags that CSL knows, and with its entities as characters."""
    text = string(value) or ""
    return " ".join(unescape(_MARKUP.sub("", text)).split()) if "<" in text or "&" in text else text


def _people(value: Any) -> tuple[Who, ...]:
    """Return the people of a list of names; anything else gives none."""
    return (people(value[:_MOST]) or ()) if isinstance(value, list) else ()


def _date(value: Any) -> Any:
    """Return a date, or the year where only that is certain, from ``date-parts`` of numbers or texts, ``raw``,
    ``literal`` or a plain text; None for anything else."""
    if not isinstance(value, Mapping):
        return when(value)
    parts = value.get("date-parts")
    while isinstance(parts, list) and parts and isinstance(parts[0], list):
        parts = parts[0]
    numbers = [text for part in (parts if isinstance(parts, list) else ())[:3] if (text := string(part))]
    if numbers and (known := when("-".join([numbers[0].zfill(4), *numbers[1:]]))):
        return known
    return next((known for key in ("raw", "literal") if (known := when(value.get(key)))), None)


def _arxiv(fields: Mapping[str, Any]) -> str:
    """Return the arXiv id that an item says it has: in its number, its note, or under its archive."""
    if arxiv_id(string(fields.get("archive_location")) or ""):
        return string(fields.get("archive_location")) or ""
    places = [string(fields.get(key)) or "" for key in ("number", "note", "arxivId", "arxiv", "archive_location")]
    lines = [line.strip() for text in places for line in text[:2_000].split("\n")]
    return next((line for line in lines if line.lower().startswith("arxiv") and arxiv_id(line)), "")


def _kind(fields: Mapping[str, Any]) -> str:
    """Return the kind; an ``article`` in a journal is not the preprint that CSL means by that word."""
    word, within = string(fields.get("type")) or "", string(fields.get("container-title")) or ""
    if word == "article" and suggested_kind(within) not in ("", "preprint"):
        return "article"
    return CSL.kind(word) or CROSSREF.kind(word) or kind_named(word)
