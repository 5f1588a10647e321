"""What ``--json`` prints. These shapes are stable: fields may be added, none is renamed or taken away."""

from __future__ import annotations

from typing import Any

from broadsheet import records
from broadsheet.types import Document, Result, Results, Run


def document(value: Document) -> dict[str, Any]:
    """A paper: the fields of a Document (``id``, ``title``, ``text``, ``authors`` ...), empty ones left out."""
    return records.to_dict(value)


def result(value: Result) -> dict[str, Any]:
    """A paper that was found: ``rank`` (from 1), ``score``, ``strength`` (exact, strong, good, fair or weak),
    ``pinned`` (identifier, title or empty), ``passage``, ``matched`` (ranges of characters in it), ``parts``
    (``lexical`` and ``semantic``, each with ``score``, ``rank``, ``contribution``) and ``document``."""
    return {
        "rank": value.rank,
        "score": value.score,
        "strength": value.strength,
        "pinned": value.pinned,
        "passage": value.passage,
        "matched": [list(span) for span in value.matched],
        "parts": {
            side: {"score": part.score, "rank": part.rank, "contribution": part.contribution}
            for side, part in value.parts.items()
        },
        "document": document(value.document),
    }


def results(value: Results) -> dict[str, Any]:
    """A ranked list: ``query``, ``mode`` (what was really done), ``offset``, ``more`` (whether results follow),
    ``note`` (why it is not what was asked, or why there is nothing) and ``items`` (results)."""
    return {
        "query": value.query,
        "mode": value.mode,
        "offset": value.offset,
        "more": value.more,
        "note": value.note,
        "items": [result(item) for item in value.items],
    }


def run(value: Run) -> dict[str, Any]:
    """One ingest of one source: ``source``, ``started``, ``ended`` (null: it never ended), ``new``, ``changed``,
    ``same``, ``bad`` (counts) and ``error`` (empty when it ended well)."""
    return {
        "source": value.source,
        "started": value.started.isoformat(),
        "ended": value.ended.isoformat() if value.ended else None,
        "new": value.new,
        "changed": value.changed,
        "same": value.same,
        "bad": value.bad,
        "error": value.error,
    }
