"""What is searched: a query as it was typed, read by the grammar of ``core.query`` with what the Collection knows.

an exact title is a title, whatever operators seem to be in it
identifiers in the query -> papers to show first, and those that are not here
conditions, required words and exclusions -> allowed row numbers; what cannot be heeded is said
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.addresses import is_prefixed, parted
from broadsheet.core.errors import CollectionError
from broadsheet.core.query import LONGEST, Asked, IsName, ask
from broadsheet.core.text import plain
from broadsheet.core.topic import unknown_note
from broadsheet.core.types import Filters
from broadsheet.core.vectors import Rows


@dataclass(frozen=True, slots=True)
class Question:
    """A query ready to be searched: ``asked``; the row numbers that may be results (``allowed``, ascending; None: all);
    those whose identifier or title it names, and the identifiers it names that are not here (``missing``); ``notes``.
    """

    asked: Asked
    allowed: Rows | None
    named: tuple[int, ...] = ()
    titled: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def only_missing(self) -> bool:
        """Whether the query names papers that are not here, and nothing else was typed."""
        return bool(self.missing) and not (self.asked.words or self.asked.fields)


def read(
    collection: Collection,
    query: str,
    filters: Filters | None = None,
    *,
    among: Sequence[int] | None = None,
    typed: bool = True,
) -> Question:
    """Read a query. ``filters`` take precedence over its conditions; ``among`` are the row numbers to search (None:
    all). One that no one ``typed``, for example a question of a test set, is a text without operators and names."""
    papers = collection.store.papers
    if not typed:
        asked = ask(query, filters)
        return Question(asked, _allowed(collection, asked, among), notes=_notes(collection, asked))
    whole = plain(query[: 2 * LONGEST])
    titled = tuple(papers.with_title(whole))
    asked = ask(query, filters, with_operators=not titled, is_name=_is_name(collection))
    if not titled and (words := plain(asked.words)) != whole:
        titled = tuple(papers.with_title(words))
    named, missing, words = ((), (), asked.words) if titled else _identified(collection, asked.words)
    asked = replace(asked, words=words)
    allowed, notes = _heeded(collection, asked, _allowed(collection, asked, among))
    if missing:
        notes.append(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not in this Collection.")
    return Question(asked, allowed, named, titled, missing, (*_notes(collection, asked), *notes))


def _notes(collection: Collection, asked: Asked) -> tuple[str, ...]:
    """What could not be read in a query, and which topics of its conditions do not exist."""
    return tuple(filter(None, [asked.note, unknown_note(collection.store.topics.unknown(asked.filters))]))


def _allowed(collection: Collection, asked: Asked, among: Sequence[int] | None) -> Rows | None:
    """The row numbers that meet the conditions of a query; None when it has none."""
    if not asked.filters and among is None:
        return None
    return collection.store.papers.numbers_where(asked.filters, among=among)


def _is_name(collection: Collection) -> IsName:
    def is_name(words: str) -> bool:
        return bool(collection.store.papers.newest_by([words], 1)[words])

    return is_name


def _identified(collection: Collection, words: str) -> tuple[tuple[int, ...], tuple[str, ...], str]:
    """The papers that identifiers in a text name, the identifiers that are not here, and the text without those."""
    papers = collection.store.papers
    identifiers, rest = parted(words)
    number = papers.number(words) if identifiers or is_prefixed(words) else None
    if number is not None:
        return (number,), (), rest or words
    numbers = {name: papers.number(name) for name in identifiers}
    known = tuple(dict.fromkeys(number for number in numbers.values() if number is not None))
    missing = () if known else tuple(identifiers)
    return known, missing, rest or (words if known or not identifiers else "")


def _heeded(collection: Collection, asked: Asked, allowed: Rows | None) -> tuple[Rows | None, list[str]]:
    """The row numbers that the operators leave, and notes: what they did, and where they could not be heeded."""
    notes: list[str] = []
    for alternatives in asked.required:
        quoted = " or ".join(f"“{each}”" for each in alternatives)
        try:
            having = collection.lexicon.having(alternatives)
        except CollectionError as error:
            notes.append(f"That {quoted} must occur was not heeded: {error}.")
            continue
        left = having if allowed is None else np.intersect1d(allowed, having, assume_unique=True)
        if len(left):
            allowed = left
        else:
            notes.append(f"No paper contains {quoted}, so the words were searched without this condition.")
    if asked.without:
        try:
            having = collection.lexicon.having(asked.without)
        except CollectionError as error:
            notes.append(f"The exclusions were not heeded: {error}.")
        else:
            every = collection.store.papers.numbers_where(Filters()) if allowed is None else allowed
            allowed = np.setdiff1d(every, having, assume_unique=True)
            notes.append(f"Without papers that contain {' or '.join(f'“{each}”' for each in asked.without)}.")
    return allowed, notes
