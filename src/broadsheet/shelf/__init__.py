"""The starter shelf: 289 papers on text embeddings, similarity and retrieval, described in the project's own words.

It gives a first run something real to search. Its papers belong to no day and no list, and one command removes them.
Each row also says where Broadsheet offers what the paper is about: the modules and what shows it on real data,
``planned`` (and what was reached, if it was tried), or ``not ours`` and why.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources

from broadsheet.collection import Collection
from broadsheet.core.identity import title_id
from broadsheet.core.protocols import Progress
from broadsheet.core.types import Document, Run
from broadsheet.ingest import ingest

SOURCE = "shelf:starter"
EXAMPLES = (  # first searches: each finds papers whose titles share none of its words
    "finding a song by describing its mood",
    "a voice that sounds like somebody else",
    "matching job seekers to vacancies",
)
_FILES = ("papers-1.jsonl", "papers-2.jsonl")


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper of the shelf; ``offer`` is modules and what shows it, ``planned`` (with or without ``: reason``), or
    ``not ours: reason``."""

    id: str
    title: str
    system: str
    topics: tuple[str, ...]
    text: str
    offer: str


def entries() -> Iterator[Entry]:
    """Read all 289 entries, in the order of their ids."""
    for name in _FILES:
        for line in (resources.files(__name__) / name).read_text("utf-8").splitlines():
            row = json.loads(line)
            yield Entry(**{**row, "topics": tuple(row["topics"])})


class Shelf:
    """The shelf as a Source: title hashes as ids, so that the real paper, when it comes, replaces the entry."""

    name = SOURCE

    def fetch(self, since: date | None = None) -> Iterable[Document]:  # noqa: ARG002 - the shelf has no dates
        """Return all entries as Documents without a date."""
        for entry in entries():
            yield Document(
                id=title_id(entry.title),
                title=entry.title,
                text=entry.text,
                keywords=entry.topics,
                source=SOURCE,
                extra={"shelf": entry.id, "system": entry.system, "offer": entry.offer},
            )


def add(collection: Collection, *, now: datetime, progress: Progress | None = None) -> Run:
    """Put the shelf into the Collection; doing it again changes nothing."""
    return ingest(collection, Shelf(), now=now, progress=progress)


def remove(collection: Collection, *, now: datetime) -> int:
    """Take the shelf out of the Collection and return how many papers went. Records of other sources stay."""
    return collection.store.papers.delete_source(SOURCE, now=now)
