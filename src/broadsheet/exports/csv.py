"""A table of papers for spreadsheets: no cell of it is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from broadsheet.core.types import Document
from broadsheet.exports.listing import arxiv_of, day_of, doi_of, line, link, year_of

COLUMNS = (
    "id", "title", "authors", "abstract", "date", "day", "year", "venue", "categories", "keywords", "doi", "arxiv_id",
    "url", "pdf", "code", "votes",
)  # fmt: skip
_FORMULA = tuple("=+-@＝＋－＠")  # the wide forms too: some programs narrow them first


def table(documents: Iterable[Document]) -> bytes:
    """Return a header and one row per paper, in UTF-8 with a byte order mark; lists are joined by ``; ``."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([[as_text(cell) for cell in _row(document)] for document in documents])
    return file.getvalue().encode("utf-8-sig", "replace")


def as_text(cell: str) -> str:
    """Return a cell that a spreadsheet reads as text: an apostrophe goes before what begins like a formula."""
    shown = line(cell)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def _row(document: Document) -> list[str]:
    day = day_of(document)
    return [
        document.id, document.shown_title, "; ".join(document.authors), document.shown_text,
        day.isoformat() if day else "", document.day.isoformat() if document.day else "",
        str(year_of(document) or ""), document.venue, "; ".join(document.categories), "; ".join(document.keywords),
        doi_of(document), arxiv_of(document), link(document, "abstract"), link(document, "pdf"),
        link(document, "code"), "" if document.votes is None else str(document.votes),
    ]  # fmt: skip
