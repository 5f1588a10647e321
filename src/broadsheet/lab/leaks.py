"""Leaks: which test texts a model or a threshold may have seen before, and which a corpus holds to the letter.

test and train texts -> folded: the same;  runs of five characters: nearly the same;  vectors: the same in meaning
queries and documents -> runs of four words: quoted
judged queries of two splits -> which share a relevant document;  pairs of texts -> which text, or pair, is in both

Nearly the same are texts that share 0.8 of their runs (Jaccard; Broder 1997). Two such texts share one of the rarest
runs of each, so only these are indexed, and no match is missed (Bayardo, Ma and Srikant 2007). Time grows with the
number of texts, not with their pairs; vectors alone are compared by all pairs, in blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.core.text import plain
from broadsheet.core.vectors import Rows, Vectors

Hashes = NDArray[np.uint64]

NEAR = 0.8  # share of the runs of both texts together from which they are nearly the same
WITHIN = 0.5  # share of a query's runs of words that one document holds, from which the query is quoted
CLOSE = 0.95  # cosine from which two texts say the same
_CHARACTERS, _WORDS = 5, 4  # of a run
_FEW_CHARACTERS, _FEW_WORDS = 10, 4  # runs of a text below which it shares them by accident: only the same text counts
_LONGEST = 20_000  # characters that are read of a text
_BLOCK = 1_024  # test vectors at once
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Match:
    """A test text (by row) and the train text most like it: ``how`` (same, near, within or close), and how much, in
    [0, 1]."""

    test: int
    train: int
    how: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaks:
    """The test texts that have a ``match`` in ``what`` they are compared with, each once, by its strongest kind."""

    what: str
    tests: int
    trains: int
    matches: tuple[Match, ...]

    def count(self, how: str) -> int:
        """Return how many test texts have a match of a kind."""
        return sum(match.how == how for match in self.matches)

    @property
    def sentence(self) -> str:
        """Return what was found in one line."""
        kinds = {"same": "the same", "near": "nearly the same", "within": "quoted", "close": "the same in meaning"}
        parts = [f"{count:,} {words}" for how, words in kinds.items() if (count := self.count(how))]
        detail = f" ({', '.join(parts)})" if parts else ""
        return f"{len(self.matches):,} of {self.tests:,} test texts are in the {self.trains:,} {self.what}{detail}"


def leaks(
    test: Sequence[str],
    train: Sequence[str],
    *,
    what: str = "train texts",
    vectors: tuple[Vectors, Vectors] | None = None,
    within: bool = False,
) -> Leaks:
    """Find test texts that are in ``train``: the same after folding, nearly the same, and, with the unit ``vectors``
    of both (n, dim), the same in meaning.

    ``within``: train texts are documents that may hold a test text somewhere. UsageError when vectors do not fit.
    """
    ours, theirs = [plain(text[:_LONGEST]) for text in test], [plain(text[:_LONGEST]) for text in train]
    found = {match.test: match for match in _same(ours, theirs)}
    open_rows = [row for row in range(len(ours)) if row not in found]
    found |= {match.test: match for match in (_within if within else _near)(ours, theirs, open_rows)}
    if vectors is not None:
        rest = np.array([row for row in range(len(ours)) if row not in found], dtype=np.int64)
        found |= {match.test: match for match in _close(vectors, rest, (len(ours), len(theirs)))}
    matches = tuple(found[row] for row in sorted(found))
    return Leaks(what=what, tests=len(ours), trains=len(theirs), matches=matches)


def _same(test: Sequence[str], train: Sequence[str]) -> Iterator[Match]:
    places: dict[str, int] = {}
    for row, text in enumerate(train):
        places.setdefault(text, row)
    yield from (Match(row, places[text], "same", 1.0) for row, text in enumerate(test) if text and text in places)


def _near(test: Sequence[str], train: Sequence[str], rows: Sequence[int]) -> Iterator[Match]:
    """The train text that shares most runs of characters with each test text, where that is enough."""
    own = _characters([test[row] for row in rows])
    index = _Index(_characters(train), share=NEAR)
    for place, row in enumerate(rows):
        runs = own.of(place)
        if len(runs) >= _FEW_CHARACTERS:
            texts = index.candidates(runs)
            common = index.runs.common(runs, texts)
            yield from _best(row, texts, common / (len(runs) + index.runs.lengths[texts] - common), ("near", NEAR))


def _within(test: Sequence[str], train: Sequence[str], rows: Sequence[int]) -> Iterator[Match]:
    """The document that holds most runs of words of each test text, where that is enough."""
    numbers: dict[str, int] = {}
    own = _words([test[row] for row in rows], numbers)
    index = _Index(_words(train, numbers))
    for place, row in enumerate(rows):
        runs = own.of(place)
        if len(runs) >= _FEW_WORDS:
            texts = index.candidates(runs)
            yield from _best(row, texts, index.runs.common(runs, texts) / len(runs), ("within", WITHIN))


def _best(row: int, texts: Rows, shares: Floats, least: tuple[str, float]) -> Iterator[Match]:
    if len(texts) and shares.max() >= least[1]:
        yield Match(row, int(texts[shares.argmax()]), least[0], float(shares.max()))


class _Runs:
    """The distinct runs of each text, as hashes."""

    def __init__(self, codes: Sequence[NDArray[np.unsignedinteger]], length: int) -> None:
        hashes = [np.unique(_rolled(each.astype(np.uint64), length)) for each in codes]
        self.lengths = np.array([len(each) for each in hashes], dtype=np.int64)
        self.flat = np.concatenate([*hashes, np.empty(0, np.uint64)])
        self._ends = np.cumsum(self.lengths)

    def of(self, text: int) -> Hashes:
        """Return the runs of a text, sorted."""
        return self.flat[self._ends[text] - self.lengths[text] : self._ends[text]]

    def common(self, own: Hashes, texts: Rows) -> Floats:
        """Return how many of ``own`` runs each of the texts has."""
        lengths = self.lengths[texts]
        starts = np.cumsum(lengths) - lengths
        places = np.arange(int(lengths.sum())) + np.repeat(self._ends[texts] - lengths - starts, lengths)
        runs = self.flat[places]
        hits = own[np.minimum(np.searchsorted(own, runs), len(own) - 1)] == runs
        counts = np.bincount(np.repeat(np.arange(len(texts)), lengths), weights=hits, minlength=len(texts))
        return np.asarray(counts, dtype=np.float64)


def _characters(texts: Sequence[str]) -> _Runs:
    codes = [np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4") for text in texts]
    return _Runs(codes, _CHARACTERS)


def _words(texts: Sequence[str], numbers: dict[str, int]) -> _Runs:
    """Runs of words; ``numbers`` has the number of each word, and gets those of new ones."""
    codes = [np.array([numbers.setdefault(word, len(numbers)) for word in text.split()], np.uint32) for text in texts]
    return _Runs(codes, _WORDS)


def _rolled(codes: Hashes, length: int) -> Hashes:
    """A hash of each run of so many codes."""
    count = max(0, len(codes) - length + 1)
    hashes = np.zeros(count, dtype=np.uint64)
    for place in range(length):
        hashes = (hashes ^ codes[place : place + count]) * _MIX
        hashes ^= hashes >> np.uint64(29)
    return hashes


class _Index:
    """Texts by their runs. With a ``share``, only by so many of the rarest runs of each that two texts which share that
    much of their runs have one of these in common."""

    def __init__(self, runs: _Runs, share: float = 0.0) -> None:
        self.runs, self._share = runs, share
        texts = np.repeat(np.arange(len(runs.lengths), dtype=np.int64), runs.lengths)
        self._known, inverse, self._often = np.unique(runs.flat, return_inverse=True, return_counts=True)
        order = np.lexsort((inverse, self._often[inverse], texts))
        texts, inverse = texts[order], inverse[order]
        firsts = np.cumsum(runs.lengths) - runs.lengths
        rank = np.arange(len(texts)) - firsts[texts]
        rare = rank < _needed(runs.lengths, share)[texts]
        by_run = np.argsort(inverse[rare], kind="stable")
        self._texts, self._places = texts[rare][by_run], inverse[rare][by_run]

    def candidates(self, own: Hashes) -> Rows:
        """Return the texts that may share enough with one that has these runs."""
        at = np.minimum(np.searchsorted(self._known, own), len(self._known) - 1)
        known = self._known[at] == own if len(self._known) else np.zeros(len(own), bool)
        often = np.where(known, self._often[at], 0) if len(self._known) else np.zeros(len(own), np.int64)
        rarest = np.lexsort((at, often))[: int(_needed(np.array([len(own)]), self._share)[0])]
        places = at[rarest[known[rarest]]]
        starts, ends = (np.searchsorted(self._places, places, side) for side in ("left", "right"))
        lists = [self._texts[start:end] for start, end in zip(starts, ends, strict=True)]
        texts = np.unique(np.concatenate([*lists, np.empty(0, np.int64)]))
        lengths = self.runs.lengths[texts]
        return np.asarray(texts[(lengths >= self._share * len(own)) & (lengths * self._share <= len(own))])


def _needed(lengths: Rows, share: float) -> Rows:
    """How many of the rarest runs of a text must be looked up."""
    return np.asarray(lengths - np.ceil(share * lengths - 1e-9).astype(np.int64) + 1)


def _close(vectors: tuple[Vectors, Vectors], rows: Rows, counts: tuple[int, int]) -> Iterator[Match]:
    """The nearest train text by cosine, where it is near enough."""
    test, train = vectors
    if (len(test), len(train)) != counts or test.shape[1] != train.shape[1]:
        raise UsageError(f"{counts[0]} and {counts[1]} texts need as many vectors of one dimension; got the shapes "
                         f"{test.shape} and {train.shape}.")  # fmt: skip
    if not len(train):
        return
    for start in range(0, len(rows), _BLOCK):
        part = rows[start : start + _BLOCK]
        scores = test[part] @ train.T
        nearest = scores.argmax(axis=1)
        for row, place, score in zip(part.tolist(), nearest.tolist(), scores.max(axis=1).tolist(), strict=True):
            if score >= CLOSE:
                yield Match(row, place, "close", min(1.0, float(score)))


def shared_documents(
    test: Mapping[str, Mapping[str, int]], train: Mapping[str, Mapping[str, int]]
) -> dict[str, tuple[str, ...]]:
    """Return the test queries that share relevant documents with train queries, and which documents, from judgements
    {query: {document: grade}}."""
    known = {document for grades in train.values() for document, grade in grades.items() if grade > 0}
    shared = {
        query: tuple(document for document, grade in grades.items() if grade > 0 and document in known)
        for query, grades in test.items()
    }
    return {query: documents for query, documents in shared.items() if documents}


@dataclass(frozen=True)
class PairLeaks:
    """Test pairs whose two texts are a train pair (``pairs``), and whose ``one`` text, or ``both``, are in some other
    train pair; each by the row of the test pair, the same after folding, in either order."""

    tests: int
    trains: int
    pairs: tuple[int, ...]
    both: tuple[int, ...]
    one: tuple[int, ...]
    what: str = field(default="train pairs")

    @cached_property
    def sentence(self) -> str:
        """Return what was found in one line."""
        return (
            f"{self.tests:,} test pairs against {self.trains:,} {self.what}: the pair is in them {len(self.pairs):,} "
            f"times, both texts {len(self.both):,} times, one text {len(self.one):,} times"
        )


def pair_leaks(test: Sequence[tuple[str, str]], train: Sequence[tuple[str, str]]) -> PairLeaks:
    """Find test pairs, or their texts, among train pairs."""
    known = [frozenset((plain(one), plain(other))) for one, other in train]
    pairs, texts = set(known), {text for pair in known for text in pair}
    found: dict[str, list[int]] = {"pairs": [], "both": [], "one": []}
    for row, (one, other) in enumerate(test):
        pair = frozenset((plain(one), plain(other)))
        hits = len(pair & texts)
        kind = "pairs" if pair in pairs else "both" if hits == len(pair) else "one" if hits else ""
        if kind:
            found[kind].append(row)
    return PairLeaks(len(test), len(known), tuple(found["pairs"]), tuple(found["both"]), tuple(found["one"]))
