"""Standing queries: what a reader wants to hear of, in plain words, and what not; matched with given papers.

prepare: the conditions out of the texts -> the vectors of all queries and exclusions, by one call of the encoder
gather:  the papers -> their vectors, who meets which conditions, their words: all that is read of the Collection
hits:    cosines by one product -> near enough for the query's minimum? -> nearer to an exclusion? -> its hits

A query never asks for so many papers but for papers that match so well, in the words of search (``fair``, ``good``,
``strong``: the bands of the Space), so that a day without a match is silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from broadsheet.collection import Collection
from broadsheet.errors import UsageError, nearest
from broadsheet.query import LONGEST, Asked, ask
from broadsheet.search.page import Strength, page
from broadsheet.search.ranking import Alone, Ranking
from broadsheet.text import squeeze
from broadsheet.types import Document, Filters, Results
from broadsheet.vectors import Rows, Vectors

Level = Literal["fair", "good", "strong"]
LEVELS: tuple[Level, ...] = get_args(Level)
DEFAULT: Level = "good"
MOST_WITHOUT = 20
_STRENGTHS: tuple[Strength, ...] = ("weak", *LEVELS)
_NOT = re.compile(r"(?:\s*[,;(]\s*|\s+)(?:(?:but|and)\s+)?(?:not about|but not|excluding)\s+", re.IGNORECASE)
_TOKEN = re.compile(r'[a-zA-Z]{2,8}:"[^"]{1,200}"|\S+')
_WORD = re.compile(r"\w\w+")
_MOST_READ = 20_000  # characters of a text whose words are looked at
_AT_ONCE = 500
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StandingQuery:
    """What is wanted in plain words (with conditions as ``query.ask`` reads them), what is not, and how well a paper
    must match: ``fair``, ``good``, ``strong``, or a cosine above 0 and up to 1. UsageError for what cannot be."""

    text: str
    without: tuple[str, ...] = ()
    minimum: Level | float = DEFAULT

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise UsageError("a standing query needs some words of what is wanted, or a condition such as author:NAME")
        if max(map(len, (self.text, *self.without))) > LONGEST or len(self.without) > MOST_WITHOUT:
            raise UsageError(
                f"a standing query has at most {MOST_WITHOUT} exclusions, each text {LONGEST:,} characters"
            )
        if isinstance(self.minimum, str) and self.minimum not in LEVELS:
            raise UsageError(f"a match is no {self.minimum[:40]!r}. {nearest(self.minimum, LEVELS)}")
        if not isinstance(self.minimum, str) and not 0 < self.minimum <= 1:
            raise UsageError(f"the least cosine is {self.minimum}; expected a number above 0 and up to 1")

    @classmethod
    def read(cls, text: str, without: Sequence[str] = (), minimum: str | float = "") -> StandingQuery:
        """The query that was typed: what follows ``not about``, ``but not`` or ``excluding`` is an exclusion too, and
        a minimum may be a number in digits (none: ``good``)."""
        tokens = _TOKEN.findall(text[: 2 * LONGEST])
        conditions = [token for token in tokens if not ask(token).words]
        wanted, *unwanted = _NOT.split(" " + " ".join(token for token in tokens if token not in conditions))
        others = (squeeze(each).strip(" .,;)") for each in (*unwanted, *without))
        kept = tuple(dict.fromkeys(each for each in others if each))
        return cls(" ".join([wanted.strip(" ,;("), *conditions]).strip(), kept, _minimum(minimum))


def _minimum(typed: str | float) -> Level | float:
    if isinstance(typed, str) and re.fullmatch(r"[01]?\.\d{1,6}|[01]", typed.strip()):
        return float(typed)
    return typed.strip().lower() or DEFAULT if isinstance(typed, str) else typed  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that matches: its row number, its cosine with the query (None: no vector, or no words asked), and that
    in words, raised by one where all words of the query are in it."""

    number: int
    score: float | None
    strength: Strength

    @property
    def order(self) -> tuple[float, int]:
        """Best first, ties by number."""
        return -(self.score or 0.0), self.number


@dataclass(frozen=True, slots=True)
class _Words:
    """The stems of a paper."""

    title: frozenset[str] = _NOTHING
    text: frozenset[str] = _NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Papers to be matched: ``numbers`` (n,), their unit ``vectors`` (n, dim; zeros where there is none: not
    ``placed``), for each set of conditions which papers meet it, and the words of the papers at given places."""

    numbers: Rows
    vectors: Vectors
    placed: NDArray[np.bool_]
    meeting: Mapping[Filters, NDArray[np.bool_]]
    words: Callable[[Sequence[int]], Sequence[_Words]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """One query made ready: its row in the matrix of all (None: only conditions), the rows of its exclusions, its
    stems, and the cosine it asks for: ``floor``, and ``raised`` where all its words are in the paper."""

    asked: Asked
    row: int | None
    without: list[int]
    stems: frozenset[str]
    fields: dict[str, frozenset[str]]
    floor: float
    raised: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Queries whose vectors were computed once, in the order given; matched with any number of ``Candidates``."""

    queries: tuple[StandingQuery, ...]
    ready: tuple[_Ready, ...]
    vectors: Vectors
    bands: tuple[float, float, float]
    filters: tuple[Filters, ...] = field(default=())

    def hits(self, papers: Candidates) -> list[list[Hit]]:
        """For each query the papers that match, best first, ties by number. Reads nothing of the Store as long as
        ``papers`` were gathered with their words."""
        cosines = papers.vectors @ self.vectors.T  # (n, all texts)
        return [self._hits(each, cosines, papers) for each in self.ready]

    def matching(self, collection: Collection, numbers: Sequence[int]) -> set[int]:
        """The row numbers, of these, that match any of the queries: what ``feed`` takes as ``matching``."""
        return {hit.number for hits in self.hits(gather(collection, numbers, self)) for hit in hits}

    def _hits(self, query: _Ready, cosines: Vectors, papers: Candidates) -> list[Hit]:
        allowed = papers.meeting.get(query.asked.filters, np.ones(len(papers.numbers), dtype=np.bool_))
        if query.row is None:
            score = np.ones(len(papers.numbers), dtype=np.float32)
            near = allowed
        else:
            score = np.where(papers.placed, cosines[:, query.row], np.nan)
            near = allowed & ~(score < query.raised)  # those without a vector are judged by their words
        if query.without:
            near = near & ~self._unwanted(query, cosines, score)
        places = np.flatnonzero(near).tolist()
        words = papers.words(places) if query.stems or query.fields else [_Words()] * len(places)
        found = (
            self._hit(query, int(papers.numbers[p]), float(score[p]), w) for p, w in zip(places, words, strict=True)
        )
        return sorted((hit for hit in found if hit), key=lambda hit: hit.order)

    def _unwanted(self, query: _Ready, cosines: Vectors, score: Vectors) -> NDArray[np.bool_]:
        """Papers nearer to an exclusion than to the query, by more than chance gives any two texts."""
        nearest_to = cosines[:, query.without].max(axis=1)
        wanted = 0.0 if query.row is None else score
        return np.asarray((nearest_to >= self.bands[0]) & (nearest_to > wanted))

    def _hit(self, query: _Ready, number: int, score: float, words: _Words) -> Hit | None:
        held = {"title": words.title, "abstract": words.text}
        if any(not wanted <= held[name] for name, wanted in query.fields.items()):
            return None
        if query.row is None:
            return Hit(number, None, "exact")
        every = bool(query.stems) and query.stems <= words.title | words.text
        if isnan(score):
            return Hit(number, None, "good") if every and query.floor <= self.bands[1] else None
        level = sum(score >= edge for edge in self.bands) + every
        if score < (query.raised if every else query.floor):
            return None
        return Hit(number, score, _STRENGTHS[min(level, 3)])


def prepare(collection: Collection, queries: Iterable[StandingQuery]) -> Prepared:
    """Queries made ready to be matched. ModelError when the encoder cannot be loaded, CollectionError without a
    synced Space."""
    queries, bands = tuple(queries), collection.bands
    asked = [ask(query.text) for query in queries]
    texts = [each.words for each in asked if each.words]
    rows = {text: row for row, text in enumerate(dict.fromkeys([*texts, *(w for q in queries for w in q.without)]))}
    dim = collection.space.snapshot().manifest.dim
    vectors = collection.encoder.encode(list(rows), role="query") if rows else np.empty((0, dim), dtype=np.float32)
    ready = tuple(_ready(collection, *each, rows, bands) for each in zip(queries, asked, strict=True))
    filters = tuple(dict.fromkeys(each.filters for each in asked if each.filters))
    return Prepared(queries=queries, ready=ready, vectors=vectors, bands=bands, filters=filters)


def _ready(
    collection: Collection, query: StandingQuery, asked: Asked, rows: dict[str, int], bands: tuple[float, float, float]
) -> _Ready:
    floor, raised = _floors(query.minimum, bands)
    return _Ready(
        asked=asked,
        row=rows[asked.words] if asked.words else None,
        without=[rows[each] for each in query.without],
        stems=_stems(collection, asked.words),
        fields={name: _stems(collection, words) for name, words in asked.fields.items()},
        floor=floor,
        raised=raised,
    )


def _floors(minimum: Level | float, bands: tuple[float, float, float]) -> tuple[float, float]:
    """The least cosine, and the least where all the words are there: a number is meant as it stands, a word of
    strength is raised by them."""
    if not isinstance(minimum, str):
        return float(minimum), float(minimum)
    level = LEVELS.index(minimum)
    return bands[level], bands[level - 1] if level else step_below(bands)


def step_below(bands: tuple[float, float, float]) -> float:
    """The cosine that lies as far below fair as good lies above it."""
    return 2 * bands[0] - bands[1]


def gather(
    collection: Collection, numbers: Sequence[int] | Rows, prepared: Prepared, *, words: bool = True
) -> Candidates:
    """All that matching needs of papers by row number; with ``words`` false theirs are read when first looked at."""
    rows = np.asarray(numbers, dtype=np.int64)
    space = collection.space.snapshot()
    placed = space.rows(rows) >= 0
    vectors = np.zeros((len(rows), space.manifest.dim), dtype=np.float32)
    vectors[placed] = space.of(rows)
    among = rows.tolist()
    meeting = {f: np.isin(rows, collection.store.numbers_where(f, among=among)) for f in prepared.filters}
    reader = _Reader(collection, among)
    if words:
        reader(range(len(among)))
    return Candidates(numbers=rows, vectors=vectors, placed=placed, meeting=meeting, words=reader)


class _Reader:
    """The words of papers by their places, read once."""

    def __init__(self, collection: Collection, numbers: Sequence[int]) -> None:
        self._collection, self._numbers = collection, numbers
        self._known: dict[int, _Words] = {}

    def __call__(self, places: Sequence[int]) -> list[_Words]:
        missing = [place for place in places if place not in self._known]
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            read = self._collection.store.by_numbers([self._numbers[place] for place in some])
            self._known.update((place, self._of(read.get(self._numbers[place]))) for place in some)
        return [self._known[place] for place in places]

    def _of(self, paper: Document | None) -> _Words:
        if paper is None:
            return _Words()
        return _Words(*(_stems(self._collection, text) for text in (paper.shown_title, paper.shown_text)))


def _stems(collection: Collection, text: str) -> frozenset[str]:
    stems = collection.stems
    return frozenset(stems[word] for word in _WORD.findall(text[:_MOST_READ].lower())) - {""}


def matches(
    collection: Collection, query: StandingQuery, numbers: Sequence[int] | Rows, *, k: int | None = None
) -> Results:
    """The papers, of these row numbers, that match, best first (at most ``k``), each with its strength and passage."""
    prepared = prepare(collection, [query])
    (hits,) = prepared.hits(gather(collection, numbers, prepared, words=False))
    return told(collection, query, hits[:k])


def told(collection: Collection, query: StandingQuery, hits: Sequence[Hit]) -> Results:
    """Hits of a query, in their order, as Results: the papers, and the passages that say why."""
    asked = ask(query.text)
    order = Alone(
        np.array([hit.number for hit in hits], dtype=np.int64),
        np.array([0.0 if hit.score is None else hit.score for hit in hits], dtype=np.float32),
    )
    found = page(collection, asked, Ranking(order), k=len(hits), offset=0, mode="semantic", query=query.text, note="")
    ids = collection.store.ids([hit.number for hit in hits])
    strength = {ids[hit.number]: hit.strength for hit in hits if hit.number in ids}
    items = tuple(replace(each, strength=strength[each.document.id]) for each in found.items)
    return replace(found, items=items)
