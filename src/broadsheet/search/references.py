"""What a query points to: papers to be near to or away from, lists of the reader, and references that were pasted in.

like:ID and unlike:ID -> row numbers; in:NAME -> the numbers of a list of the reader who asks
BibTeX or RIS -> the papers of it that are here, and the titles of the others as words
what cannot be heeded is said
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError, CollectionError
from broadsheet.core.text import clipped, plain
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows
from broadsheet.sources.library_file import read_library

MOST = 100  # papers that a query may point to
_SHOWN = 60  # characters of a name in a note
_BIBTEX = re.compile(r"\s*(?:%[^\n]*\n\s*)*@[A-Za-z]{3,20}\s*[{(]")
_RIS = re.compile(r"\s*TY {0,2}- ?[A-Z]{3,5}\s")
_IN_ONE_LINE = re.compile(r"\s+(?=(?:[A-Z][A-Z0-9] {1,2}- ))")


@dataclass(frozen=True, slots=True)
class Pasted:
    """References that were pasted in: the row numbers of those that are here, the titles of the others, a note."""

    numbers: tuple[int, ...]
    titles: tuple[str, ...]
    note: str


def papers_named(collection: Collection, names: Sequence[str], condition: str) -> tuple[tuple[int, ...], list[str]]:
    """Return the row numbers of papers by id or alias, and notes on names that no paper has, and on papers without a
    vector. One name may hold several, with commas between them."""
    numbers: dict[int, str] = {}
    notes = []
    for name in _apart(collection, names):
        number = collection.store.papers.number(name)
        if number is None:
            notes.append(f"{condition}:{clipped(name, _SHOWN)} was not heeded: no paper has this id.")
        else:
            numbers.setdefault(number, name)
    if len(numbers) > MOST:
        notes.append(f"Only the first {MOST} papers after {condition}: were heeded.")
    chosen = list(numbers)[:MOST]
    placed = set(_placed(collection, chosen))
    notes += [
        f"{condition}:{clipped(numbers[each], _SHOWN)} was not heeded: the paper has no vector yet. Run sync."
        for each in chosen
        if each not in placed
    ]
    return tuple(each for each in chosen if each in placed), notes


def _apart(collection: Collection, names: Sequence[str]) -> list[str]:
    """The names one by one; a name that a paper has is whole, whatever is in it."""
    apart: list[str] = []
    for each in names:
        whole = "," not in each or collection.store.papers.number(each) is not None
        apart += [each] if whole else [part.strip() for part in each.split(",") if part.strip()]
    return apart


def _here(collection: Collection, paper: Document) -> int | None:
    """The row number of a record's paper, by its identifiers, else by its exact title."""
    papers = collection.store.papers
    number = papers.number_of(paper)
    return number if number is not None else next(iter(papers.with_title(plain(paper.shown_title), 1)), None)


def _placed(collection: Collection, numbers: Sequence[int]) -> list[int]:
    """The numbers that have a vector; none without a Space."""
    rows = np.array(numbers, dtype=np.int64)
    try:
        return rows[collection.space.snapshot().rows(rows) >= 0].tolist() if len(rows) else []
    except CollectionError:
        return []


def lists_named(
    collection: Collection, names: Sequence[str], reader: int | None, condition: str
) -> tuple[Rows | None, list[str]]:
    """Return the row numbers (ascending) of the papers in any of a reader's lists, by name or number, and notes; None
    when there are no names, or none that can be heeded."""
    if not names:
        return None, []
    if reader is None:
        why = "you have no lists yet, or did not sign in"
        return None, [f"{condition}:{clipped(names[0], _SHOWN)} was not heeded: {why}."]
    own = collection.store.lists.of(reader)
    numbers: list[int] = []
    notes, known = [], False
    for name in names:
        found = next((each for each in own if each.name.casefold() == name.casefold()), None) or next(
            (each for each in own if str(each.number) == name), None
        )
        if found is None:
            yours = ", ".join(f"“{each.name}”" for each in own[:5]) or "none yet"
            notes.append(
                f"{condition}:{clipped(name, _SHOWN)} was not heeded: you have no list with this name. Yours: {yours}."
            )
        else:
            known = True
            numbers += collection.store.lists.saved(reader, found.number)
    return (np.unique(np.array(numbers, dtype=np.int64)) if known else None), notes


def references(collection: Collection, text: str) -> Pasted | None:
    """Read BibTeX or RIS that was pasted in; None for any other text, and for references that cannot be read."""
    ris = bool(_RIS.match(text))
    if not ris and not _BIBTEX.match(text):
        return None
    if ris and "\n" not in text.strip():
        text = _IN_ONE_LINE.sub("\n", text)
    try:
        records = read_library(text.encode("utf-8", "replace"), "refs.ris" if ris else "refs.bib")
    except BroadsheetError:
        return None
    papers = [each for each in records if isinstance(each, Document)]
    if not papers:
        return None
    numbers = [_here(collection, each) for each in papers]
    here = tuple(dict.fromkeys(each for each in numbers if each is not None))
    titles = [each.shown_title for each, number in zip(papers, numbers, strict=True) if number is None]
    placed = tuple(_placed(collection, here[:MOST]))
    note = f"{len(here)} of {len(papers)} references are in this Collection: papers like them are searched for."
    if titles:
        note += " The titles of the others were read as words."
    return Pasted(placed, tuple(filter(None, titles)), note)
