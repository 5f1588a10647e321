"""Papers matched with alerts, thousands of alerts at once: which of a day's papers are for which alert.

prepare: take the conditions out of the texts -> the vectors of all alerts and exclusions, in one call of the encoder,
         and those of followed papers (``like:ID``) from the Space
gather:  the papers -> their vectors, which conditions they meet, their words: all that is read from the Collection
hits:    cosines in one product -> near enough for the alert's minimum? -> nearer to an exclusion? -> its hits

Where fair, good and strong begin for a text is said by the probability of relevance: see ``scale``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
from numpy.typing import NDArray

from broadsheet.alerts.alert import Alert, ask_alert
from broadsheet.alerts.memory import query_vectors
from broadsheet.alerts.scale import Measure, Scale, by_relevance, of_papers
from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError
from broadsheet.core.query import Asked
from broadsheet.core.types import LEVELS, Document, Filters, Results, Strength
from broadsheet.core.vectors import Rows, Vectors, products, unit
from broadsheet.daily.copies import works_of
from broadsheet.search.page import page
from broadsheet.search.ranking import Alone, Ranking
from broadsheet.search.references import papers_named

_WORD = re.compile(r"\w\w+")
_MOST_READ = 20_000  # characters of a text whose words are looked at
_AT_ONCE = 500

Mask = NDArray[np.bool_]
Words = Mapping[str, frozenset[str]]  # stems that the fields all, title or abstract must hold
Holds = Callable[[Words, Rows], Mask]  # words, places -> which of the places hold all of them


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that matches: its row number, its cosine with the alert (None: no vector, or an alert without words),
    the strength, and the probability that it is relevant (None: not known)."""

    number: int
    score: float | None
    strength: Strength
    relevance: float | None = None

    @property
    def order(self) -> tuple[float, int]:
        """The sort key: best first, ties by number."""
        return -(self.score or 0.0), self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Papers to match: ``numbers`` (n,), their unit ``vectors`` (n, dim; zeros for papers that are not ``placed``),
    which papers meet each set of conditions, and a function that tells which papers hold all of some words
    (``holds``). ``days`` (n,) are the ordinals of their days, 0 for none; None where papers that came before a followed
    one count too."""

    numbers: Rows
    vectors: Vectors
    placed: Mask
    meeting: Mapping[Filters, Mask]
    holds: Holds
    days: Rows | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Followed:
    """The papers that an alert follows: the row numbers of their works, the unit vector of their mean (dim,) (None:
    none is here with a vector), and the ordinal of their first day (0: none has one)."""

    works: Rows
    vector: Vectors | None
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """A prepared alert: its row in the matrix of all texts (None: only conditions), the rows of its exclusions, its
    stems, and the cosine it needs: ``floor``, or ``raised`` where the paper has all its words. ``by_words``: a paper
    without a vector may match by its words alone. ``followed``: the papers that it follows."""

    asked: Asked
    row: int | None
    without: list[int]
    stems: frozenset[str]
    fields: Words
    floor: float
    raised: float
    by_words: bool
    followed: _Followed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The n texts of alerts and exclusions: unit ``vectors`` (n, dim), and what cosines with them mean (``scale``)."""

    vectors: Vectors
    scale: Scale


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Alerts with their vectors, computed once, in the order given; to match with any number of ``Candidates``."""

    alerts: tuple[Alert, ...]
    ready: tuple[_Ready, ...]
    texts: Texts
    filters: tuple[Filters, ...]

    def hits(self, papers: Candidates) -> list[list[Hit]]:
        """Find the papers that match each alert, best first, ties by number. Nothing is read from the Store if
        ``papers`` were gathered with their words."""
        cosines = products(papers.vectors, self.texts.vectors)  # (papers, texts)
        return [self._hits(each, cosines, papers) for each in self.ready]

    def matching(self, collection: Collection, numbers: Sequence[int]) -> set[int]:
        """Find which of these row numbers match any of the alerts; ``feed`` takes this as ``matching``."""
        return {hit.number for hits in self.hits(gather(collection, numbers, self, words=False)) for hit in hits}

    def _hits(self, alert: _Ready, cosines: Vectors, papers: Candidates) -> list[Hit]:
        if alert.row is not None and papers.placed.all() and not (cosines[:, alert.row] >= alert.raised).any():
            return []  # most alerts on most days: thousands are skipped quickly
        score = None if alert.row is None else np.where(papers.placed, cosines[:, alert.row], np.nan)
        near = None if score is None else ~(score < alert.raised)  # papers without a vector are judged by their words
        places = self._possible(alert, cosines, papers, near)
        every = papers.holds({"all": alert.stems}, places) if alert.stems else np.zeros(len(places), dtype=np.bool_)
        scores = [None] * len(places) if score is None else score[places].tolist()
        rows = zip(papers.numbers[places].tolist(), scores, every.tolist(), strict=True)
        return sorted((hit for row in rows if (hit := self._hit(alert, *row))), key=lambda hit: hit.order)

    def _possible(self, alert: _Ready, cosines: Vectors, papers: Candidates, near: Mask | None = None) -> Rows:
        """The places of the papers that an alert does not rule out, of those that are ``near``."""
        among = papers.meeting.get(alert.asked.filters, np.ones(len(papers.numbers), dtype=np.bool_))
        among = among if near is None else among & near
        score = None if alert.row is None else np.where(papers.placed, cosines[:, alert.row], np.nan)
        for row in alert.without:
            among = among & ~self._unwanted(cosines[:, row], row, score, alert.row)
        if alert.followed:
            among = among & ~np.isin(papers.numbers, alert.followed.works)
            if papers.days is not None:
                among &= papers.days > alert.followed.day
        places = np.flatnonzero(among)
        return places[papers.holds(alert.fields, places)] if alert.fields else places

    def border(self, papers: Candidates, place: int, k: int) -> tuple[list[Hit], list[Hit]]:
        """Find the k papers just above and the k just below what the alert at a ``place`` needs, the nearest to it
        first; none for an alert that has only conditions."""
        alert = self.ready[place]
        if alert.row is None:
            return [], []
        cosines = products(papers.vectors, self.texts.vectors)
        score, within = cosines[:, alert.row], self._possible(alert, cosines, papers)
        within = within[papers.placed[within]]
        above, below = within[score[within] >= alert.floor], within[score[within] < alert.floor]
        first = above[np.lexsort((papers.numbers[above], score[above]))][:k]
        second = below[np.lexsort((papers.numbers[below], -score[below]))][:k]
        return self._unworded(alert.row, papers, score, first), self._unworded(alert.row, papers, score, second)

    def _unworded(self, row: int, papers: Candidates, score: Vectors, places: Rows) -> list[Hit]:
        """The papers at these places as hits by their cosines alone."""
        scale = self.texts.scale
        return [
            Hit(number, cosine, Strength.of(cosine, scale.edges[row]), scale.relevance(cosine, row))
            for number, cosine in zip(papers.numbers[places].tolist(), score[places].tolist(), strict=True)
        ]

    def _unwanted(self, near: Vectors, row: int, score: Vectors | None, wanted: int | None) -> Mask:
        """Papers that match an exclusion, and match it better than the alert."""
        matching = near >= self.texts.scale.edges[row, 0]
        if score is None or wanted is None:
            return np.asarray(matching)
        scale = self.texts.scale
        more = scale.outstanding(near, row) > scale.outstanding(score, wanted)
        return np.asarray(matching & more)

    def _hit(self, alert: _Ready, number: int, score: float | None, every: bool) -> Hit | None:
        """The paper as a hit, if it is one; ``every``: all words of the alert are in it."""
        if score is None or alert.row is None:
            return Hit(number, None, Strength.EXACT)
        if isnan(score):
            return Hit(number, None, Strength.GOOD) if every and alert.by_words else None
        if score < (alert.raised if every else alert.floor):
            return None
        scale = self.texts.scale
        strength = Strength.of(score, (scale.raised if every else scale.edges)[alert.row])
        return Hit(number, score, strength, scale.relevance(score, alert.row))


def prepare(collection: Collection, alerts: Iterable[Alert], *, measure: Measure = by_relevance) -> Prepared:
    """Prepare alerts for matching; ``measure`` says what cosines with their texts mean. ModelError when the encoder
    cannot be loaded, CollectionError without a synced Space."""
    alerts = tuple(alerts)
    asked = [ask_alert(alert.text) for alert in alerts]
    words = [*(each.words for each in asked if each.words), *(each for alert in alerts for each in alert.without)]
    rows = {text: row for row, text in enumerate(dict.fromkeys(words))}
    vectors = query_vectors(collection, list(rows))
    texts = Texts(vectors=vectors, scale=measure(collection, list(rows), vectors))
    followed = {each.like: _followed(collection, each.like) for each in asked if each.like}
    papers = {(each.like, each.words): len(rows) + place for place, each in enumerate(_pointing(asked))}
    texts = _with_papers(collection, texts, [(followed[like], rows.get(words)) for like, words in papers])
    ready = tuple(
        _ready(collection, alert, each, papers.get((each.like, each.words), rows.get(each.words)), rows, texts.scale)
        for alert, each in zip(alerts, asked, strict=True)
    )
    ready = tuple(replace(each, followed=followed.get(each.asked.like)) for each in ready)
    filters = tuple(dict.fromkeys(each.filters for each in asked if each.filters))
    return Prepared(alerts=alerts, ready=ready, texts=texts, filters=filters)


def _pointing(asked: Iterable[Asked]) -> list[Asked]:
    """Those that follow papers, each distinct one once."""
    return list({(each.like, each.words): each for each in asked if each.like}.values())


def _followed(collection: Collection, names: tuple[str, ...]) -> _Followed:
    numbers, _ = papers_named(collection, names, "like")
    works = sorted({each for group in works_of(collection, numbers) for each in group})
    days = [each.day for each in collection.store.days.placements(works) if each.day]
    vectors = collection.space.snapshot().of(np.asarray(numbers, dtype=np.int64))
    return _Followed(
        works=np.asarray(works, dtype=np.int64),
        vector=unit(vectors.mean(axis=0)[None])[0] if len(vectors) else None,
        day=min((day.toordinal() for day in days), default=0),
    )


def _with_papers(collection: Collection, texts: Texts, followed: Sequence[tuple[_Followed, int | None]]) -> Texts:
    """Add a row for each of these followed papers, with the words of the text in a row, if any, added to them."""
    if not followed:
        return texts
    scale = of_papers(collection, count=len(followed))
    made = np.zeros((len(followed), texts.vectors.shape[1]), dtype=np.float32)
    for place, (each, row) in enumerate(followed):
        if each.vector is None:
            scale.edges[place] = np.inf
        else:
            made[place] = each.vector if row is None else unit((each.vector + texts.vectors[row])[None])[0]
    return Texts(vectors=np.concatenate([texts.vectors, made]), scale=texts.scale.followed_by(scale))


def _ready(
    collection: Collection, alert: Alert, asked: Asked, row: int | None, rows: Mapping[str, int], scale: Scale
) -> _Ready:
    floor, raised = (0.0, 0.0) if row is None else _floors(alert.minimum, scale, row)
    return _Ready(
        asked=asked,
        row=row,
        without=[rows[each] for each in alert.without],
        stems=_stems(collection, asked.words),
        fields={name: _stems(collection, words) for name, words in asked.fields.items()},
        floor=floor,
        raised=raised,
        by_words=row is not None and _reaches_good(alert.minimum, float(scale.edges[row, 1])),
    )


def _reaches_good(minimum: Strength | float, good: float) -> bool:
    """Whether a good match, which begins at this cosine, is enough."""
    return minimum <= Strength.GOOD if isinstance(minimum, str) else minimum <= good


def _floors(minimum: Strength | float, scale: Scale, row: int) -> tuple[float, float]:
    """The least cosine, and the least for papers that have all the words, unless the minimum is a number."""
    if not isinstance(minimum, str):
        return float(minimum), float(minimum)
    level = LEVELS.index(minimum)
    return float(scale.edges[row, level]), float(scale.raised[row, level])


def gather(
    collection: Collection,
    numbers: Sequence[int] | Rows,
    prepared: Prepared,
    *,
    words: bool = True,
    later: bool = True,
) -> Candidates:
    """Gather all that matching needs about papers, by row number. With ``words`` each paper's words are read once,
    which suits many alerts; without, the Lexicon is searched for each alert, which suits many papers. ``later``: only
    papers of later days than a followed one can match."""
    rows = np.asarray(numbers, dtype=np.int64)
    space = collection.space.snapshot()
    placed = space.rows(rows) >= 0
    vectors = np.zeros((len(rows), space.manifest.dim), dtype=np.float32)
    vectors[placed] = space.of(rows)
    among = rows.tolist()
    meeting = {f: np.isin(rows, collection.store.papers.numbers_where(f, among=among)) for f in prepared.filters}
    holds: Holds = _Read(collection, among) if words else _LookedUp(collection, rows)
    days = _days(collection, among) if later and any(each.followed for each in prepared.ready) else None
    return Candidates(numbers=rows, vectors=vectors, placed=placed, meeting=meeting, holds=holds, days=days)


def _days(collection: Collection, numbers: Sequence[int]) -> Rows:
    """The ordinals of the days of these papers, 0 for one without a day."""
    known = {each.number: each.day.toordinal() for each in collection.store.days.placements(numbers) if each.day}
    return np.array([known.get(number, 0) for number in numbers], dtype=np.int64)


class _Read:
    """Which papers hold words, after reading every paper once."""

    def __init__(self, collection: Collection, numbers: Sequence[int]) -> None:
        self._held: list[Words] = []
        for start in range(0, len(numbers), _AT_ONCE):
            some = numbers[start : start + _AT_ONCE]
            read = collection.store.papers.by_numbers(some)
            self._held += [self._words(collection, read.get(number)) for number in some]

    def _words(self, collection: Collection, paper: Document | None) -> Words:
        title = _stems(collection, paper.shown_title if paper else "")
        text = _stems(collection, paper.shown_text if paper else "")
        return {"title": title, "abstract": text, "all": title | text}

    def __call__(self, words: Words, places: Rows) -> Mask:
        held = (self._held[place] for place in places.tolist())
        found = (all(wanted <= each[name] for name, wanted in words.items()) for each in held)
        return np.fromiter(found, dtype=np.bool_, count=len(places))


class _LookedUp:
    """Which papers hold words, from the Lexicon; without one, none."""

    def __init__(self, collection: Collection, numbers: Rows) -> None:
        self._lexicon, self._numbers = collection.lexicon, numbers

    def __call__(self, words: Words, places: Rows) -> Mask:
        wanted = {name: sorted(stems) for name, stems in words.items()}
        try:
            holding, _ = self._lexicon.search([], self._lexicon.count, fields=wanted)
        except CollectionError:
            holding = np.empty(0, dtype=np.int64)
        return np.isin(self._numbers[places], holding)


def _stems(collection: Collection, text: str) -> frozenset[str]:
    return frozenset(collection.stems.of(text[:_MOST_READ]))


def matches(collection: Collection, alert: Alert, numbers: Sequence[int] | Rows, *, k: int | None = None) -> Results:
    """Find which of these row numbers match an alert, best first (at most ``k``), each with its strength and
    passage."""
    prepared = prepare(collection, [alert])
    (hits,) = prepared.hits(gather(collection, numbers, prepared, words=False))
    return explain(collection, alert, hits[:k])


def explain(collection: Collection, alert: Alert, hits: Sequence[Hit]) -> Results:
    """Read the papers of an alert's hits, in their order, and the passages that say why they match."""
    asked = ask_alert(alert.text)
    order = Alone(
        np.array([hit.number for hit in hits], dtype=np.int64),
        np.array([0.0 if hit.score is None else hit.score for hit in hits], dtype=np.float32),
    )
    found = page(collection, asked, Ranking(order), k=len(hits), offset=0, mode="semantic", query=alert.text, note="")
    ids = collection.store.papers.ids([hit.number for hit in hits])
    known = {ids[hit.number]: hit for hit in hits if hit.number in ids}
    items = tuple(
        replace(each, strength=known[each.document.id].strength, relevance=known[each.document.id].relevance)
        for each in found.items
    )
    return replace(found, items=items)
