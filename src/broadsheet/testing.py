"""The contracts of plug-ins, as checks that you call from the tests of your own plug-in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import numpy as np

from broadsheet.core.protocols import Encoder, Source, Vectors
from broadsheet.core.records import checked
from broadsheet.core.types import BadRecord, Document, Manifest

Fetched = list[Document | BadRecord]
SAMPLES = (
    "Sparse attention for long documents", "", " ", "a", "Straße, naïve café — 東京 ∑ 🙂", "lone surrogate \ud800 here",
    "[CLS] [SEP] [PAD] [MASK] [UNK] ##ing", "tab\there\nline\x00null", "word " * 700, "x" * 3000,
    "We train a small network to rank papers by what their readers kept, and report what it costs.",
)  # fmt: skip


def check_source(source: Source, *, least: int = 1) -> Fetched:
    """Fetch twice, assert what every source promises, and return the records, at least ``least`` of them Documents.

    Documents have an id, a title and a source; dates are dates; lists are tuples; links are http or https; everything
    is within the bounds of ``records.checked``; a second fetch gives the same; ``since`` only takes records away.
    """
    fetched = list(source.fetch())
    documents = [record for record in fetched if isinstance(record, Document)]
    assert len(documents) >= least, f"{len(documents)} Documents, expected at least {least}: {fetched[:3]}"
    for record in fetched:
        _check_bad(record) if isinstance(record, BadRecord) else _check_document(record)
    assert list(source.fetch()) == fetched, "a second fetch gives different records"
    _check_since(source, documents)
    return fetched


def _check_bad(record: BadRecord) -> None:
    assert record.where, f"a bad record does not say where it was: {record}"
    assert record.reason, f"a bad record does not say why: {record}"
    assert len(record.raw) <= 2_000, f"{record.where}: raw has {len(record.raw)} characters"


def _check_document(document: Document) -> None:
    assert isinstance(document, Document), f"neither Document nor BadRecord: {document!r}"
    where = document.id
    assert document.id, f"no id: {document}"
    assert document.title.strip(), f"{where}: no title"
    assert document.source, f"{where}: no source"
    for name in ("authors", "categories", "keywords", "aliases"):
        value = getattr(document, name)
        assert isinstance(value, tuple), f"{where}: {name} is a {type(value).__name__}"
        assert all(isinstance(item, str) and item for item in value), f"{where}: {name} holds {value!r}"
    for name in ("submitted", "updated", "announced", "listed", "estimated", "first_seen"):
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
    assert checked(document) == document, f"{where}: has characters that cannot be stored"


def _check_since(source: Source, documents: Iterable[Document]) -> None:
    days = [document.latest for document in documents if document.latest]
    if not days:
        return
    ids = {document.id for document in documents}
    late = max(days)
    recent = [record for record in source.fetch(late) if isinstance(record, Document)]
    assert {document.id for document in recent} <= ids, "since adds Documents"
    assert all(not document.latest or document.latest >= late for document in recent), "since lets older ones through"


def check_encoder(encoder: Encoder, texts: Sequence[str] = SAMPLES) -> Vectors:
    """Assert what every encoder promises, on ``texts`` and on awkward ones, and return the vectors of ``texts``.

    A list, even an empty one, gives a float32 matrix of unit rows; the same text gives the same vector again, whatever
    texts are encoded with it; both roles work; ``manifest`` and ``too_long``, if present, match the vectors.
    """
    rows = encoder.encode(list(texts))
    _check_rows(rows, len(texts))
    _check_rows(encoder.encode(list(texts), role="query"), len(texts))
    awkward = encoder.encode(list(SAMPLES))
    _check_rows(awkward, len(SAMPLES))
    nothing = encoder.encode([])
    assert nothing.shape == (0, rows.shape[1]), f"no texts give the shape {nothing.shape}, not (0, {rows.shape[1]})"
    assert np.array_equal(encoder.encode(list(texts)), rows), "the same texts give different vectors the second time"
    _check_batches(encoder, texts, rows)
    _check_optional(encoder, texts, rows.shape[1])
    return rows


def _check_rows(rows: Vectors, n: int) -> None:
    assert isinstance(rows, np.ndarray), f"encode returns a {type(rows).__name__}"
    assert rows.dtype == np.float32, f"encode returns {rows.dtype}"
    assert rows.ndim == 2, f"encode returns {rows.ndim} axes"
    assert len(rows) == n, f"{n} texts give {len(rows)} rows"
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3), "rows do not have length 1"


def _check_batches(encoder: Encoder, texts: Sequence[str], rows: Vectors) -> None:
    least = 0.999 if getattr(getattr(encoder, "manifest", None), "precision", "f32") == "bf16" else 0.9999
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    backwards = encoder.encode(list(texts)[::-1])[::-1]
    for others in (alone, backwards):
        cosines = np.sum(others * rows, axis=1)
        assert cosines.min() > least, f"text {cosines.argmin()} depends on its neighbours: cosine {cosines.min()}"


def _check_optional(encoder: Encoder, texts: Sequence[str], dim: int) -> None:
    manifest, too_long = getattr(encoder, "manifest", None), getattr(encoder, "too_long", None)
    if manifest is not None:
        assert isinstance(manifest, Manifest), f"manifest is a {type(manifest).__name__}"
        assert manifest.dim == dim, f"the manifest says {manifest.dim} dimensions, the vectors have {dim}"
    if too_long is not None:
        cut = too_long(list(texts))
        assert cut.dtype == np.bool_, f"too_long returns {cut.dtype}"
        assert cut.shape == (len(texts),), f"too_long returns the shape {cut.shape}"
