"""The Store as JSON lines: one line per paper and source, so that an ingest restores all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from broadsheet.core import records
from broadsheet.core.types import Document

_BATCH = 500


class Records(Protocol):
    """Declare what an export needs of a Store's papers."""

    def records(self, after_id: str = "", limit: int = 1000) -> Sequence[Document]:
        """Return the records of the next ``limit`` documents by id."""
        ...


def to_json(document: Document) -> dict[str, Any]:
    """Return a Document as the object of one line: its fields that are not empty, and the mark of an export."""
    return {records.MARK: records.mark_of(document), **records.to_dict(document)}


def lines(papers: Records) -> Iterator[str]:
    """Yield every record of a Store's papers as a line of JSON without its line end, by document id."""
    after = ""
    while batch := papers.records(after, _BATCH):
        for document in batch:
            yield json.dumps(to_json(document), ensure_ascii=False, separators=(",", ":"))
        after = batch[-1].id
