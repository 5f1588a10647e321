"""What a plug-in must keep, as checks to call from its own tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from broadsheet.protocols import Source
from broadsheet.records import checked
from broadsheet.types import BadRecord, Document

Fetched = list[Document | BadRecord]


def check_source(source: Source, *, least: int = 1) -> Fetched:
    """Fetches twice and asserts what every source promises; returns what came, at least ``least`` Documents.

    Documents have an id, a title and a source; dates are dates; lists are tuples; links are http or https; nothing
    breaks the bounds of ``records.checked``; a second fetch gives the same; ``since`` takes away and never adds.
    """
    fetched = list(source.fetch())
    documents = [record for record in fetched if isinstance(record, Document)]
    assert len(documents) >= least, f"{len(documents)} Documents, expected at least {least}: {fetched[:3]}"
    for record in fetched:
        _check_bad(record) if isinstance(record, BadRecord) else _check_document(record)
    assert list(source.fetch()) == fetched, "a second fetch gives something else"
    _check_since(source, documents)
    return fetched


def _check_bad(record: BadRecord) -> None:
    assert record.where, f"a bad record does not say where it stood: {record}"
    assert record.reason, f"a bad record does not say why: {record}"
    assert len(record.raw) <= 2_000, f"{record.where}: raw has {len(record.raw)} characters"


def _check_document(document: Document) -> None:
    where = document.id
    assert isinstance(document, Document), f"neither Document nor BadRecord: {document!r}"
    assert document.id, f"no id: {document}"
    assert document.title.strip(), f"{where}: no title"
    assert document.source, f"{where}: no source"
    for name in ("authors", "categories", "keywords", "aliases"):
        value = getattr(document, name)
        assert isinstance(value, tuple), f"{where}: {name} is a {type(value).__name__}"
        assert all(isinstance(item, str) and item for item in value), f"{where}: {name} holds {value!r}"
    for name in ("submitted", "updated", "announced", "listed"):
        value = getattr(document, name)
        assert value is None or (isinstance(value, date) and not isinstance(value, datetime)), (
            f"{where}: {name} {value!r}"
        )
    for kind, address in document.links.items():
        assert kind in ("abstract", "pdf", "code", "project"), f"{where}: unknown kind of link {kind!r}"
        assert address.startswith(("http://", "https://")), f"{where}: link {address!r}"
    assert document.readable_title != document.title, f"{where}: readable_title repeats title; leave it empty"
    assert not document.text or document.readable_text != document.text, f"{where}: readable_text repeats text"
    assert document.id not in document.aliases, f"{where}: is its own alias"
    assert checked(document) == document, f"{where}: has characters that cannot be kept"


def _check_since(source: Source, documents: Iterable[Document]) -> None:
    spans = [document.span for document in documents if document.span]
    if not spans:
        return
    ids = {document.id for document in documents}
    late = max(last for _, last in spans)
    recent = [record for record in source.fetch(late) if isinstance(record, Document)]
    assert {document.id for document in recent} <= ids, "since adds Documents"
    assert all(not document.span or document.span[1] >= late for document in recent), "since lets older Documents by"
