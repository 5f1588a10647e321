"""Set operations on meanings over the whole Collection: what each paper comes to, and which meaning added what.

the texts in one call of the encoder, the papers by their stored vectors -> cosines with every paper -> spreads
the first thousand by meaning and the best by words -> with the exact BM25 of every meaning: the head
below it the next by meaning, so that paging never reorders; what matches an unwanted meaning is in neither
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.composition import WORDS, Combined, Floats, combined, share_of_best, standing, weakest
from broadsheet.core.errors import BroadsheetError, CollectionError
from broadsheet.core.meanings import Both, Meaning, Sets, every, leaves
from broadsheet.core.types import MeaningPart, Mode
from broadsheet.core.vectors import Rows, Vectors, products, unit
from broadsheet.search.question import Question
from broadsheet.search.ranking import Alone, Fused, Listed, Ranking, Side
from broadsheet.space import Snapshot

_BY_MEANING, _BY_WORDS = 1_000, 2_000  # papers of the head at most, those by words shared out among the meanings
_LEAST_BY_WORDS = 100
_DEEP = 10_000  # papers that have the words of what is not wanted, wherever they are in the list
_SAMPLE = 1_000  # papers that show what chance gives
_GIVEN = Meaning(("the given vector",), named=True)


@dataclass
class _Known:
    """What is known of papers (``numbers``, n): cosines (NaN: no vector) and spreads above chance of each meaning."""

    numbers: Rows
    cosines: dict[Meaning, Floats] = field(default_factory=dict)
    spreads: dict[Meaning, Floats] = field(default_factory=dict)

    def at(self, places: Rows) -> _Known:
        """Return the same for the papers at some places."""
        cosines, spreads = ({each: own[places] for each, own in of.items()} for of in (self.cosines, self.spreads))
        return _Known(self.numbers[places], cosines, spreads)

    def spread(self, meaning: Meaning) -> Floats:
        """Return the spreads (n,) of a meaning; zeros where only words are known."""
        return self.spreads.get(meaning, np.zeros(len(self.numbers)))

    def cosine(self, meaning: Meaning) -> Floats:
        """Return the cosines (n,) of a meaning; NaN where only words are known."""
        return self.cosines.get(meaning, np.full(len(self.numbers), np.nan))


@dataclass(frozen=True)
class _Column:
    """What one meaning says about papers: cosines, BM25 and what it adds, (n,) each."""

    text: str
    wanted: bool
    cosines: Floats
    words: Floats
    adds: Floats

    def part(self, at: int) -> MeaningPart:
        """Return what it says about the paper at one place."""
        cosine = float(self.cosines[at])
        known = None if cosine != cosine else cosine
        return MeaningPart(self.text, self.wanted, known, float(self.words[at]), float(self.adds[at]))


@dataclass(frozen=True)
class _Head:
    """The first papers, best first, and what each meaning says about the papers of these ``rows`` (ascending)."""

    fused: Fused
    rows: Rows
    columns: Sequence[_Column]

    @property
    def numbers(self) -> Rows:
        """Return the numbers, best first."""
        return self.fused.numbers

    def at(self, place: int) -> Listed:
        """Return one place in full."""
        listed = self.fused.at(place)
        row = int(np.searchsorted(self.rows, listed.number))
        return replace(listed, meanings=tuple(each.part(row) for each in self.columns))


def composed(collection: Collection, question: Question, mode: str) -> tuple[Ranking, Mode, list[str]]:
    """Return the whole list of papers for the sets of a question, how it was searched, and notes: on a side that could
    not be searched, and on how many papers were left out. CollectionError or ModelError when neither side answers."""
    sets = _with_pointers(question)
    notes: list[str] = []
    failures: list[BroadsheetError] = []
    known = _Known(np.empty(0, dtype=np.int64))
    if mode != "lexical":
        try:
            known = _by_meaning(collection, question, sets)
        except BroadsheetError as error:
            failures.append(error)
            notes.append(f"Only the words were searched, not their meaning: {str(error).removesuffix('.')}.")
    words = _Words(collection, every(sets) if mode != "semantic" else [], question.allowed)
    if words.failure and mode != "semantic":
        failures.append(words.failure)
        notes.append(f"Only the meaning was searched, not the words: {str(words.failure).removesuffix('.')}.")
    if not known.spreads and not words.lists and failures:
        raise failures[0]
    names = _names(collection, question)
    ranking, left_out = _ranked(sets, known, words, names)
    if left_out:
        unwanted = " or ".join(f"“{names.get(each, each.text)}”" for each, wanted in leaves(sets) if not wanted)
        notes.append(f"{left_out:,} papers near {unwanted} were left out.")
    return ranking, ("hybrid" if known.spreads and words.lists else "semantic" if known.spreads else "lexical"), notes


def _with_pointers(question: Question) -> Sets:
    """The sets of a question, together with the papers and the vector that it is to be near to or away from."""
    sets = question.asked.sets
    if sets is None:
        raise ValueError("the question has no sets")
    near = [_paper(number) for number in question.near] + [_GIVEN for _ in question.vectors]
    far = [_paper(number) for number in question.far]
    return Both((sets, *near), tuple(far)) if near or far else sets


def _paper(number: int) -> Meaning:
    return Meaning((str(number),), named=True)


def _names(collection: Collection, question: Question) -> dict[Meaning, str]:
    """The ids of the papers that a question points to, as a reader sees them among its meanings."""
    return {_paper(number): id_ for number, id_ in collection.store.papers.ids([*question.near, *question.far]).items()}


def _by_meaning(collection: Collection, question: Question, sets: Sets) -> _Known:
    """Cosines and spreads of every allowed paper that has a vector."""
    snapshot = collection.space.snapshot()
    meanings = every(sets)
    vectors = _vectors(collection, snapshot, question, meanings)
    cosines = products(np.asarray(snapshot.vectors), np.stack([vectors[each] for each in meanings]))
    live = np.flatnonzero(snapshot.live)
    chance = cosines[live[:: max(1, -(-len(live) // _SAMPLE))]]
    mask = snapshot.mask(question.allowed)
    rows = live if mask is None else np.flatnonzero(mask)
    if not np.isfinite(cosines[rows]).all():
        raise CollectionError("vectors of the Space are damaged: run sync to rebuild it")
    order = np.argsort(snapshot.numbers[rows], kind="stable")
    rows = rows[order]
    known = _Known(snapshot.numbers[rows])
    for place, each in enumerate(meanings):
        known.cosines[each] = cosines[rows, place].astype(np.float64)
        known.spreads[each] = standing(cosines[rows, place], chance[:, place])
    return known


def _vectors(
    collection: Collection, snapshot: Snapshot, question: Question, meanings: Iterable[Meaning]
) -> dict[Meaning, Vectors]:
    """A unit vector (dim,) for each meaning: the mean of its examples'."""
    texts = list(dict.fromkeys(text for each in meanings if not each.named for text in each.examples))
    rows = collection.encoder.encode(texts, role="query") if texts else np.empty((0, 0), np.float32)
    of = dict(zip(texts, rows, strict=True))
    made: dict[Meaning, Vectors] = {}
    for each in meanings:
        if each == _GIVEN:
            held = question.vectors
        elif each.named:
            held = snapshot.of(np.array([int(each.examples[0])], dtype=np.int64))
        else:
            held = np.stack([of[text] for text in each.examples])
        made[each] = unit(held.mean(axis=0, keepdims=True))[0]
    return made


class _Words:
    """The words of each meaning: the best papers by them (``lists``), and their BM25 in any papers."""

    def __init__(self, collection: Collection, meanings: Iterable[Meaning], allowed: Rows | None) -> None:
        self._lexicon = collection.lexicon
        self.failure: BroadsheetError | None = None
        self.lists: dict[Meaning, Rows] = {}
        texts = [each for each in meanings if not each.named]
        most = max(_LEAST_BY_WORDS, _BY_WORDS // max(1, len(texts)))
        try:
            self._terms = {each: self._lexicon.terms(each.text) for each in texts}
            found = {each: self._lexicon.search(terms, most, allowed=allowed) for each, terms in self._terms.items()}
            self._highest = {each: scores for each, (_, scores) in found.items()}
            if allowed is not None:  # what is best does not depend on the conditions
                self._highest = {each: self._lexicon.search(terms, 10)[1] for each, terms in self._terms.items()}
            self.lists = {each: numbers for each, (numbers, _) in found.items()}
        except BroadsheetError as error:
            self.failure = error

    def scores(self, meaning: Meaning, numbers: Rows) -> Floats:
        """Return the BM25 (n,) of a meaning's words in these papers (ascending); zeros without words."""
        out = np.zeros(len(numbers))
        if meaning in self.lists and len(numbers):
            found, scores = self._lexicon.search(self._terms[meaning], len(numbers), allowed=numbers)
            out[np.searchsorted(numbers, found)] = scores
        return out

    def share(self, meaning: Meaning, scores: Floats) -> Floats:
        """Return scores as shares of the best of the Collection."""
        return share_of_best(scores, self._highest[meaning]) if meaning in self.lists else np.zeros(len(scores))

    def shares(self, meaning: Meaning, numbers: Rows) -> Floats:
        """Return the shares (n,) of a meaning in papers (ascending), as far as its words are read down their list."""
        out = np.zeros(len(numbers))
        if meaning in self.lists and len(numbers):
            found, scores = self._lexicon.search(self._terms[meaning], _DEEP)
            places = np.minimum(np.searchsorted(numbers, found), len(numbers) - 1)
            here = numbers[places] == found
            out[places[here]] = self.share(meaning, scores[here])
        return out


def _ranked(sets: Sets, known: _Known, words: _Words, names: Mapping[Meaning, str]) -> tuple[Ranking, int]:
    """The whole list, and how many papers were left out of it."""
    unwanted = {each: WORDS * words.shares(each, known.numbers) for each, wanted in leaves(sets) if not wanted}
    first = combined(sets, lambda each: known.spread(each) + unwanted.get(each, 0.0))
    by_meaning = np.flatnonzero(first.held)
    by_meaning = by_meaning[np.lexsort((known.numbers[by_meaning], -first.values[by_meaning]))]
    head = _head(sets, known, known.numbers[by_meaning[:_BY_MEANING]], words, names)
    rest = by_meaning[~np.isin(known.numbers[by_meaning], head.numbers)]
    out = len(known.numbers) - int(first.held.sum())
    if not known.spreads:
        return Ranking(head), 0
    tail = weakest(sets, known.cosines.__getitem__)[rest].astype(np.float32)
    floor = float(head.fused.scores[-1]) if len(head.numbers) else 0.0
    return Ranking(head, Alone(known.numbers[rest], tail, floor=floor)), out


def _head(sets: Sets, known: _Known, nearest: Rows, words: _Words, names: Mapping[Meaning, str]) -> _Head:
    """The papers nearest in meaning and the best by words, by both."""
    wanted = {each for each, is_wanted in leaves(sets) if is_wanted}
    numbers = np.unique(np.concatenate([nearest, *(own for each, own in words.lists.items() if each in wanted)]))
    numbers = numbers.astype(np.int64)
    own = _placed(known, numbers)
    bm25 = {each: words.scores(each, numbers) for each in every(sets)}
    added = {each: WORDS * words.share(each, scores) for each, scores in bm25.items()}
    result = combined(sets, lambda each: own.spread(each) + added[each])
    meaning = _sum(numbers, result, {each: own.spread(each) for each in bm25})
    by_words = _sum(numbers, result, added)
    bm25_wanted = sum((scores for each, scores in bm25.items() if each in wanted), np.zeros(len(numbers)))
    cosines = weakest(sets, own.cosines.__getitem__) if known.spreads else np.full(len(numbers), np.nan)
    ranks = np.zeros(len(numbers), dtype=np.int64)
    sides = {
        "lexical": Side(bm25_wanted.astype(np.float32), ranks, by_words),
        "semantic": Side(cosines.astype(np.float32), ranks, meaning),
    }
    signs = dict(leaves(sets))
    columns = [
        _Column(
            text=names.get(each, each.text),
            wanted=signs.get(each, True),
            cosines=own.cosine(each),
            words=bm25[each],
            adds=weights * (own.spread(each) + added[each]),
        )
        for each, weights in result.weights.items()
    ]
    keep = np.flatnonzero(result.held)
    held = {name: side.taken(keep) for name, side in sides.items() if name != "semantic" or known.spreads}
    return _Head(Fused.of(numbers[keep], held), numbers, columns)


def _placed(known: _Known, numbers: Rows) -> _Known:
    """What is known of these papers (ascending); of one without a vector, what chance gives."""
    places = np.searchsorted(known.numbers, numbers)
    inside = places < len(known.numbers)
    inside[inside] = known.numbers[places[inside]] == numbers[inside]
    out = _Known(numbers)
    for each, spreads in known.spreads.items():
        out.spreads[each], out.cosines[each] = np.zeros(len(numbers)), np.full(len(numbers), np.nan)
        out.spreads[each][inside] = spreads[places[inside]]
        out.cosines[each][inside] = known.cosines[each][places[inside]]
    return out


def _sum(numbers: Rows, result: Combined, of: Mapping[Meaning, Floats]) -> Floats:
    """The sum over meanings of their scores, each with its weight."""
    total = np.zeros(len(numbers))
    for each, weights in result.weights.items():
        total += of[each] * weights
    return total
