"""The forms in which papers are cited: for readers as lines of text, for programs as records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from broadsheet.core.types import Document
from broadsheet.exports import csl
from broadsheet.exports.bibtex import entries
from broadsheet.exports.reference import apa, ieee
from broadsheet.exports.ris import MEDIA, ris


@dataclass(frozen=True, slots=True)
class Citation:
    """Describe a form: its name for readers, media type and writer, and the ending of its address and of a saved file.

    ``text``: a line for readers.
    """

    label: str
    media: str
    written: Callable[[Sequence[Document]], str]
    ending: str
    saved: str
    text: bool = False

    def write(self, documents: Sequence[Document]) -> str:
        """Return the citations of papers; half of a character, which no file can hold, becomes a question mark."""
        return self.written(documents).encode("utf-8", "replace").decode("utf-8")


def _lines(write: Callable[[Document], str], documents: Sequence[Document]) -> str:
    return "".join(f"{write(document)}\n" for document in documents)


def _ris(documents: Sequence[Document]) -> str:
    return "".join(map(ris, documents))


def _csl(documents: Sequence[Document]) -> str:
    return csl.items(documents).decode("utf-8")


_TEXT = "text/plain; charset=utf-8"
CITATIONS: Mapping[str, Citation] = {
    "apa": Citation("APA", _TEXT, partial(_lines, apa), "txt", "txt", text=True),
    "ieee": Citation("IEEE", _TEXT, partial(_lines, ieee), "txt?style=ieee", "txt", text=True),
    "bibtex": Citation("BibTeX", _TEXT, entries, "bib", "bib"),
    "ris": Citation("RIS", f"{MEDIA}; charset=utf-8", _ris, "ris", "ris"),
    "csl": Citation("CSL JSON", csl.MEDIA, _csl, "csl", "json"),
}
"""The forms by their names, in the order in which they are offered."""
