"""RIS: a paper as the record that reference managers read, one tag per line, nothing in a value that could be a tag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from broadsheet.core.authors import body_like, guess
from broadsheet.core.imprint import Imprint, imprint_of, kind_of
from broadsheet.core.kinds import RIS
from broadsheet.core.types import Document, Name
from broadsheet.exports.listing import (
    arxiv_of,
    day_of,
    doi_of,
    first_and_last,
    line,
    link,
    names_in,
    number_of,
    venue_of,
    year_of,
)

_JOINED = re.compile(r"[;|&]|\band\b", re.I)
MEDIA = "application/x-research-info-systems"


def ris(document: Document) -> str:
    """Return the record, ending in an empty line, of the type of its kind; of an unknown kind it is ``GEN``."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in _tags(document)) + "ER  - \r\n\r\n"


def _tags(document: Document) -> Iterator[tuple[str, str]]:
    """Yield tags and values, in the order in which they are written; none is empty."""
    venue, day, year = venue_of(document), day_of(document), year_of(document)
    kind, imprint = kind_of(document), imprint_of(document)
    yield "TY", RIS.word(kind) or "GEN"
    yield from _known("TI", document.shown_title)
    for name in names_in(document):
        yield from _known("AU", _author(name))
    for editor in imprint.editor:
        yield from _known("ED" if kind == "book" else "A2", _author(guess(line(editor))))
    yield from _known("T2", venue)
    yield from _known("PY", f"{year:04}" if year else "")
    yield from _known("DA", day.isoformat().replace("-", "/") if day else "")
    yield from _print(imprint)
    yield from _known("AB", document.shown_text)
    yield from _known("DO", doi_of(document))
    arxiv = arxiv_of(document)
    yield from _known("AN", f"arXiv:{arxiv}" if arxiv else document.id)
    if (number := number_of(document, "pmid")) and document.id != f"pmid:{number}":
        yield from _known("AN", f"pmid:{number}")
    for word in dict.fromkeys((*document.categories, *document.keywords)):
        yield from _known("KW", word)
    yield from _known("UR", link(document, "abstract"))
    yield from _known("L1", link(document, "pdf"))


def _author(name: Name) -> str:
    """Return ``Last, First, Suffix``. The name of a body that could pass for a person's, or for several, is marked as
    EndNote does: with a comma at its end, and each comma inside it doubled."""
    if not name.literal:
        parts = (name.surname, name.given, name.suffix) if name.suffix else (name.surname, name.given)
        return ", ".join(parts).removesuffix(", ")
    if "," in name.literal:
        return name.literal.replace(",", ",,")
    return name.literal if body_like(name.literal) and not _JOINED.search(name.literal) else f"{name.literal},"


def _print(imprint: Imprint) -> Iterator[tuple[str, str]]:
    first, last = first_and_last(imprint)
    tags = {
        "VL": imprint.volume, "IS": imprint.number, "SP": first, "EP": last, "PB": imprint.house, "CY": imprint.address,
        "T3": imprint.series, "ET": imprint.edition, "M3": imprint.type,
    }  # fmt: skip
    for tag, value in tags.items():
        yield from _known(tag, value)
    for number in (*imprint.isbn, *imprint.issn):
        yield from _known("SN", number)


def _known(tag: str, value: str) -> Iterator[tuple[str, str]]:
    if shown := line(value):
        yield tag, shown
