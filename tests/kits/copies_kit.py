"""One work under two ids from two sources, and another paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from site_kit import PAPERS, made

PAPER = PAPERS[0]
COPY = replace(PAPER, id="conf:herb", aliases=(PAPER.id,), source="csv:conf", announced=None, listed=date(2026, 9, 30))
OTHER = Document(
    id="conf:tides",
    title="Tide Tables Without Paper",
    text="Tide tables of a harbour are told by a bell.",
    authors=("Cy Doe",),
    source="csv:conf",
    listed=date(2026, 9, 30),
)


@contextmanager
def copies(folder: Path, *, synced: bool = False) -> Iterator[Collection]:
    """A Collection with the work's two papers and the other."""
    with made(folder, (PAPER, COPY, OTHER), synced=synced) as collection:
        yield collection


def numbers(collection: Collection, *papers: Document) -> list[int]:
    """The row numbers of papers, in their order."""
    found = collection.store.papers.numbers([paper.id for paper in papers])
    return [found[paper.id] for paper in papers]


def scores(collection: Collection, *papers: Document) -> list[float | None]:
    """The scores that are stored of papers, in their order."""
    rows = {row.number: row.score for row in collection.store.trends.rows(numbers(collection, *papers))}
    return [rows[number] for number in numbers(collection, *papers)]
