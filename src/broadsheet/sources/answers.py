"""Where in an answer in JSON its records are, and which reader each is for.

an answer wraps its records: look where services have them, else take its only list of objects
a record that another reader knows (OpenAlex, Hugging Face, OpenReview) goes there, one with a layout through this
any other record goes through the table of aliases
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from broadsheet.core.records import is_export
from broadsheet.core.types import Document
from broadsheet.sources import aliases, csl, hf, openalex, openreview
from broadsheet.sources.fields import plain_key
from broadsheet.sources.layout import Layout, fitting, laid_out, signature, value_at
from broadsheet.sources.lists import string
from broadsheet.sources.services import LAYOUTS, SEMANTIC_SCHOLAR

_WRAPS = (
    "message.items",
    "resultList.result",
    "result.hits.hit",
    "collection",
    "data",
    "response.docs",
    "results",
    "notes",
    "items",
)
_SINGLE = ("message", "data")
_INSIDE = ("attributes", "info")  # DataCite and dblp have a record's fields one level deeper
_OPENALEX = (signature("authorships", "primary_location"), signature("abstract_inverted_index"))
_OPENREVIEW = (signature("content", "forum"), signature("content", "invitations"), signature("content", "invitation"))


def records_in(answer: Mapping[str, Any]) -> list[Any]:
    """Return the records of one JSON object: those that it wraps, or itself."""
    rows = _wrapped(answer)
    return [_record_in(row) for row in rows]


def _wrapped(answer: Mapping[str, Any]) -> list[Any]:
    if aliases.has_title(answer) or is_export(answer):
        return [answer]
    for path in _WRAPS:
        rows = value_at(answer, path)
        if isinstance(rows, list) and rows and isinstance(rows[0], Mapping):
            return rows
    lists = [each for each in answer.values() if isinstance(each, list) and each and isinstance(each[0], Mapping)]
    if len(lists) == 1 and not _is_known(answer):
        return [row for row in lists[0] if isinstance(row, Mapping)]
    singles = (answer.get(key) for key in _SINGLE)
    return [next((each for each in singles if isinstance(each, Mapping) and _is_known(_record_in(each))), answer)]


def _record_in(row: Any) -> Any:
    """Return the fields of a record, which some services have one level deeper."""
    if isinstance(row, Mapping) and not aliases.has_title(row):
        return next((row[key] for key in _INSIDE if isinstance(row.get(key), Mapping) and _is_known(row[key])), row)
    return row


def _is_known(record: Mapping[str, Any]) -> bool:
    return service(record) != ""


def service(record: Mapping[str, Any]) -> str:
    """Return the name of the service whose record this is; empty for a record of no known one."""
    keys = frozenset(plain_key(str(key)) for key in record)
    if any(each <= keys for each in _OPENALEX):
        return "OpenAlex"
    if "content" in keys and any(each <= keys for each in _OPENREVIEW) and isinstance(record.get("content"), Mapping):
        return "OpenReview"
    if isinstance(paper := record.get("paper"), Mapping) and ("id" in paper or "title" in paper):
        return "Hugging Face"
    layout = _layout(record)
    return layout.name if layout else "CSL JSON" if csl.is_item(record) else ""


def _layout(record: Mapping[str, Any]) -> Layout | None:
    layout = fitting(LAYOUTS, map(str, record))
    if layout is SEMANTIC_SCHOLAR and not isinstance(value_at(record, "externalIds"), Mapping):
        return layout if re.fullmatch("[0-9a-f]{40}", string(value_at(record, "paperId")) or "") else None
    return layout


def record(values: Any, *, prefix: str) -> Document:
    """Make a Document of one record of JSON; ValueError says what is wrong.

    ``prefix`` goes before an own id that is not valid everywhere.
    """
    if not isinstance(values, Mapping):
        raise ValueError(f"expected a JSON object, got {type(values).__name__}")
    if is_export(values):
        return aliases.record(values, prefix=prefix)
    name = service(values)
    if reader := _READERS.get(name):
        return reader(values)
    if name == "CSL JSON":
        return csl.record(values, prefix=prefix)
    if layout := _layout(values):
        return laid_out(values, layout, prefix=prefix)
    return aliases.record(values, prefix=prefix)


_READERS: Mapping[str, Callable[[Any], Document]] = {
    "OpenAlex": openalex.document_of,
    "Hugging Face": hf.document_of,
    "OpenReview": openreview.document_of,
}
