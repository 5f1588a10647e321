"""What is searched: a query as it was typed, read by the grammar of ``core.query`` with what the Collection knows.

an exact title is a title, whatever operators seem to be in it
references that were pasted in, like: and unlike: -> papers to be near to or away from
identifiers in the query -> papers to show first, and those that are not here
conditions, lists, required words and exclusions -> allowed row numbers; what cannot be heeded is said
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.addresses import is_prefixed, parted
from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.core.query import LONGEST_TYPED, Asked, IsName, ask
from broadsheet.core.text import plain
from broadsheet.core.topic import unknown_note
from broadsheet.core.types import Filters
from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.search.references import lists_named, papers_named, references


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a query: the number of the ``reader`` who asks, whose lists ``in:`` means (None: unknown); a
    ``document`` to find papers for, a text or references in BibTeX or RIS; and a ``vector`` of the Collection's encoder
    (dim,) to be near to."""

    reader: int | None = None
    document: str = ""
    vector: Sequence[float] | None = None


def _no_vectors() -> Vectors:
    return np.empty((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Question:
    """A query ready to be searched: ``asked``; the row numbers that may be results (``allowed``, ascending; None: all);
    those whose identifier or title it names, and the identifiers it names that are not here (``missing``); row numbers
    of papers to be ``near`` to and away from (``far``), and unit ``vectors`` (n, dim) to be near to; ``notes``.
    """

    asked: Asked
    allowed: Rows | None
    named: tuple[int, ...] = ()
    titled: tuple[int, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    near: tuple[int, ...] = ()
    far: tuple[int, ...] = ()
    vectors: Vectors = field(default_factory=_no_vectors)

    @property
    def only_missing(self) -> bool:
        """Whether the query names papers that are not here, and nothing else was typed."""
        return bool(self.missing) and not (self.asked.words or self.asked.fields)

    @property
    def missing_note(self) -> str:
        """Say which identifiers are not here; empty when all are."""
        return _missing_note(self.missing)

    @property
    def points(self) -> bool:
        """Whether there are papers or vectors to be near to."""
        return bool(self.near) or bool(len(self.vectors))


def read(
    collection: Collection,
    query: str,
    filters: Filters | None = None,
    *,
    among: Sequence[int] | None = None,
    typed: bool = True,
    given: Given | None = None,
) -> Question:
    """Read a query. ``filters`` take precedence over its conditions; ``among`` are the row numbers to search (None:
    all). One that no one ``typed``, for example a question of a test set, is a text without operators and names.
    UsageError for a vector that does not fit."""
    if not typed:
        asked = ask(query, filters)
        return Question(asked, _allowed(collection, asked, among), notes=_notes(collection, asked))
    given = given or Given()
    pasted = references(collection, given.document or query)
    if pasted and not given.document:
        query = ""
    question = _typed(collection, query, filters, among, given.reader)
    text = " ".join(pasted.titles) if pasted else given.document
    if text.strip():
        question = _with_text(question, text)
    vectors = _no_vectors() if given.vector is None else _vector(collection, given.vector)
    near, far, notes = _pointers(collection, question.asked)
    if pasted:
        near, notes = tuple(dict.fromkeys((*near, *pasted.numbers))), [*notes, pasted.note]
    if far and not (near or len(vectors) or question.asked.words):
        far, notes = (), [*notes, "unlike: was not heeded: write words, or like:, next to it."]
    return replace(question, near=near, far=far, vectors=vectors, notes=(*question.notes, *notes))


def _typed(
    collection: Collection, query: str, filters: Filters | None, among: Sequence[int] | None, reader: int | None
) -> Question:
    """Read what a person typed."""
    papers = collection.store.papers
    whole = plain(query[:LONGEST_TYPED])
    titled = tuple(papers.with_title(whole) or papers.with_title(plain(_first_line(query))))
    asked = ask(query, filters, with_operators=not titled, is_name=_is_name(collection))
    if not titled and not asked.sets and (words := plain(asked.words)) != whole:
        titled = tuple(papers.with_title(words))
    named, missing, words = ((), (), asked.words) if titled or asked.sets else _identified(collection, asked.words)
    asked = replace(asked, words=words)
    allowed, notes = _heeded(collection, asked, _allowed(collection, asked, among))
    allowed, more = _listed(collection, asked, allowed, reader)
    if missing:
        notes.append(_missing_note(missing))
    return Question(asked, allowed, named, titled, missing, (*_notes(collection, asked), *notes, *more))


def _missing_note(missing: Sequence[str]) -> str:
    verb = "is" if len(missing) == 1 else "are"
    return f"{' and '.join(missing)} {verb} not in this Collection." if missing else ""


def _first_line(text: str) -> str:
    """The first line of a text of several lines, which may be the title of an abstract that was pasted in."""
    first, _, rest = text[:LONGEST_TYPED].strip().partition("\n")
    return first if rest.strip() else ""


def _with_text(question: Question, text: str) -> Question:
    """The question with the words of a document after its own."""
    asked = ask(text, with_operators=False, longest=LONGEST_TYPED)
    words = " ".join(filter(None, [question.asked.words, asked.words]))
    notes = (*question.notes, *([asked.note] if asked.note else []))
    return replace(question, asked=replace(question.asked, words=words), notes=notes)


def _vector(collection: Collection, given: Sequence[float]) -> Vectors:
    """A vector that was given, as a unit row (1, dim)."""
    try:
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
            row = np.asarray(given, dtype=np.float32).reshape(-1)
    except (TypeError, ValueError, OverflowError) as error:
        raise UsageError(f"The vector is not a list of numbers ({error}).") from error
    manifest = collection.space.snapshot().manifest
    if len(row) != manifest.dim:
        raise UsageError(f"The vector has {len(row):,} numbers; expected {manifest.dim:,}, as {manifest.encoder} has.")
    length = float(np.linalg.norm(row.astype(np.float64)))
    if not np.isfinite(length) or length == 0:
        raise UsageError("The vector has a number that is not finite, or only zeros; expected a direction.")
    return unit((row / length)[None])


def _pointers(collection: Collection, asked: Asked) -> tuple[tuple[int, ...], tuple[int, ...], list[str]]:
    """The papers to be near to and away from; a paper in both is one to be away from."""
    near, notes = papers_named(collection, asked.like, "like")
    far, more = papers_named(collection, asked.unlike, "unlike")
    return tuple(each for each in near if each not in far), far, [*notes, *more]


def _listed(
    collection: Collection, asked: Asked, allowed: Rows | None, reader: int | None
) -> tuple[Rows | None, list[str]]:
    """The row numbers that the reader's lists leave, and notes."""
    within, notes = lists_named(collection, asked.lists, reader, "in")
    without, more = lists_named(collection, asked.without_lists, reader, "-in")
    if within is not None:
        allowed = within if allowed is None else np.intersect1d(allowed, within, assume_unique=True)
    if without is not None:
        every = collection.store.papers.numbers_where(Filters()) if allowed is None else allowed
        allowed = np.setdiff1d(every, without, assume_unique=True)
    return allowed, [*notes, *more]


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
