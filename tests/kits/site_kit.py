"""A small Collection for the doors: papers written for the tests, among them some that try to break a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.sync import sync

NOW = datetime(2026, 10, 2, 12, 0, tzinfo=UTC)
ODD_ID = "10.5555/odd(1)?x=1#y%z"
HOSTILE = '<script>alert(1)</script> & "quoted" {{ 7 * 7 }} \u202eesrever'
LONG_WORD = "x" * 100_000

PAPERS = (
    Document(
        id="2401.00001",
        title="Sorting Herbarium Sheets by Leaf Outline",
        text="We sort scanned herbarium sheets. The outline of a leaf is turned into a vector.\n\nA small probe tells "
        "species apart on pressed plants.",
        authors=("Ada Blum", "Ben and Jerry Kiosk"),
        venue="Journal of Pressed Plants",
        categories=("cs.CV",),
        announced=date(2026, 9, 30),
        submitted=date(2026, 9, 28),
        votes=12,
        links={"abstract": "https://example.org/abs/2401.00001", "code": "https://example.org/code?a=1&b=2"},
        aliases=("10.5555/herb",),
        source="arxiv:cs.CV",
        extra={"comment": "12 pages", "nested": {"not": "told"}, "topics": ["leaves", "outlines"]},
    ),
    Document(
        id="hep-th/9901001",
        title="Knots in the Old Archive",
        text="Knots are counted in an old archive of string diagrams.",
        authors=("Cy Doe",),
        year=1999,
        source="bibtex:old.bib",
    ),
    Document(
        id=ODD_ID,
        title="An Identifier Full of Marks",
        text="This paper has an identifier that no address likes.",
        year=2020,
        source="csv:odd.csv",
    ),
    Document(
        id="bad:1",
        title=HOSTILE,
        text="<img src=x onerror=alert(2)> a hos\u202etile abstract & more <b>markup</b>.",
        authors=("<i>Eve\u202e</i>",),
        venue='"><script>alert(3)</script>',
        year=2021,
        links={"abstract": "javascript:alert(4)", "pdf": "data:text/html,<script>alert(5)</script>"},
        source="jsonl:<u>bad</u>",
        extra={"<k>": "<v>"},
    ),
    Document(id="bad:2", title="W" * 3_000, text=LONG_WORD, year=2022, source="jsonl:long"),
    Document(
        id="title:00000000000000aa",
        title="A Shelf Paper on Tiny Encoders",
        text="A paper of the shelf, described in our own words: tiny encoders for short texts.",
        source="shelf:starter",
    ),
)
FILLERS = tuple(
    Document(
        id=f"fill:{i:02}",
        title=f"Filler Study Number {i} on Tide Tables",
        text=f"Tide tables of harbour {i} are predicted from moon phases.",
        listed=date(2025, 1, 1) + timedelta(days=i),
        source="jsonl:fill",
    )
    for i in range(30)
)


class Given:
    """Documents as a Source."""

    name = "given:papers"

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    def fetch(self, since: date | None = None) -> Iterable[Document]:
        return self._documents


def made(folder: Path, documents: Sequence[Document] = PAPERS + FILLERS, *, synced: bool = True) -> Collection:
    """A Collection with these documents and the encoder ``hash``."""
    collection = open_collection(folder, encoder="hash")
    if documents:
        ingest(collection, Given(documents), now=NOW)
    if synced:
        sync(collection)
    return collection
