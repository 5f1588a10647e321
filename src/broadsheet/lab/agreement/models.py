"""Which encoders see a corpus alike: every pair on the same texts, with intervals, a tree, and where two differ.

    texts -> a sample of at most so many, the same for all -> the vectors of each encoder -> its nearest neighbours
    each pair of encoders -> the measures of ``measures`` -> an interval of each by resampling texts
    1 - a measure -> the tree of ``tree``;  the texts whose neighbours two encoders share least, to look at

Intervals: of means over texts (the neighbours), the bootstrap. Of measures of whole spaces, random halves of the texts
without replacement (the delete-half jackknife of Shao and Wu 1989): a text that is drawn twice, as a bootstrap draws
it, would be a pair of texts on which all encoders agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.index.neighbours import neighbours
from broadsheet.core.metrics import Floats, bootstrap
from broadsheet.core.protocols import Encoder, Progress
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.lab.agreement.measures import cka, jaccard, procrustes, rank_overlap, rsa
from broadsheet.lab.agreement.tree import Join, joins

DEPTHS = (1, 10, 50)  # nearest neighbours that are compared
TREE = "unbiased CKA"  # the measure of the tree
_LEAST = 20  # texts
_HALVES = 16  # random halves of an interval
_ROUNDS = 2_000  # of the bootstrap
_AT_ONCE = 512  # texts encoded between two reports of progress


@dataclass(frozen=True, slots=True)
class Value:
    """A measure of two encoders with its 95 % interval over texts."""

    measure: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two encoders and how alike they are by each measure."""

    one: str
    other: str
    values: tuple[Value, ...]

    def value(self, measure: str) -> Value:
        """Return the value of a measure by its name. StopIteration for an unknown one."""
        return next(each for each in self.values if each.measure == measure)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A text on which two encoders differ: the rank-biased ``overlap`` of its neighbours in both, and the nearest of
    them to each."""

    text: str
    overlap: float
    one: str
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What ``agreement`` measured on ``texts`` of ``total`` texts: pairs in the order of ``names``, the tree by
    ``TREE``, and for each pair the texts on which it differs most."""

    names: tuple[str, ...]
    texts: int
    total: int
    pairs: tuple[Pair, ...]
    tree: tuple[Join, ...]
    apart: Mapping[tuple[str, str], tuple[Disagreement, ...]]

    def matrix(self, measure: str) -> list[list[float]]:
        """Return a measure of all pairs as rows of a symmetric table, in the order of ``names``."""
        return _table(self.names, self.pairs, measure).tolist()  # type: ignore[no-any-return]

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values, with a table for each measure to draw as a heat map."""
        measures = [each.measure for each in self.pairs[0].values]
        return {
            "names": list(self.names),
            "texts": self.texts,
            "total": self.total,
            "pairs": [asdict(pair) for pair in self.pairs],
            "matrices": {measure: self.matrix(measure) for measure in measures},
            "tree": [asdict(join) for join in self.tree],
            "apart": [
                {"one": one, "other": other, "texts": [asdict(each) for each in found]}
                for (one, other), found in self.apart.items()
            ],
        }


def agreement(
    texts: Iterable[str],
    encoders: Mapping[str, Encoder],
    *,
    most: int = 2_000,
    shown: int = 3,
    seed: int = 0,
    progress: Callable[[str], Progress] | None = None,
) -> Agreement:
    """Compare ``encoders``, at least two, on a random sample of at most ``most`` different ``texts``.

    ``shown`` is how many texts to give on which each pair differs most; ``progress`` makes a Progress from the name of
    an encoder. UsageError for fewer than two encoders or 20 texts, or vectors that are not numbers.
    """
    if len(encoders) < 2:
        raise UsageError(f"Agreement is between encoders; got {len(encoders)}, expected at least two names.")
    chosen, total = sample(texts, most=most, seed=seed)
    if len(chosen) < _LEAST:
        raise UsageError(f"Agreement needs at least {_LEAST} different texts that are not empty; got {len(chosen)}.")
    spaces = {}
    for name, encoder in encoders.items():
        spaces[name] = encode(chosen, encoder, progress=progress(name) if progress else None)
    depth = min(max(DEPTHS), len(chosen) - 1)
    nearest = {name: neighbours(space, depth)[0] for name, space in spaces.items()}
    couples = list(combinations(spaces, 2))
    pairs = tuple(
        Pair(one, other, (*_whole(spaces[one], spaces[other], seed), *_near(nearest[one], nearest[other], seed)))
        for one, other in couples
    )
    names = tuple(spaces)
    return Agreement(
        names=names, texts=len(chosen), total=total, pairs=pairs,
        tree=tuple(joins(names, 1 - _table(names, pairs, TREE))),
        apart={each: _apart(chosen, nearest[each[0]], nearest[each[1]], shown) for each in couples},
    )  # fmt: skip


def sample(texts: Iterable[str], *, most: int, seed: int = 0) -> tuple[list[str], int]:
    """Return at most ``most`` different texts that are not empty, each as likely, in their order, and how many there
    were (Vitter 1985, algorithm R). No more than the sample and a key for each text is held in memory."""
    random = np.random.default_rng(seed)
    kept: list[tuple[int, str]] = []
    seen = set[int]()
    for text in texts:
        if not text.strip() or (key := hash(text)) in seen:
            continue
        seen.add(key)
        if len(kept) < most:
            kept.append((len(seen), text))
        elif (place := int(random.integers(len(seen)))) < most:
            kept[place] = (len(seen), text)
    return [text for _, text in sorted(kept)], len(seen)


def encode(texts: Sequence[str], encoder: Encoder, *, progress: Progress | None = None) -> Vectors:
    """Return the vectors (n, dim) of texts as documents, some at a time; ``progress`` counts them. UsageError for
    vectors that are not numbers."""
    parts = []
    for start in range(0, len(texts), _AT_ONCE):
        parts.append(encoder.encode(texts[start : start + _AT_ONCE], role="document"))
        if progress:
            progress(min(start + _AT_ONCE, len(texts)), len(texts))
    vectors = np.concatenate(parts)
    if bad := int((~np.isfinite(vectors).all(axis=1)).sum()):
        raise UsageError(f"The encoder gave {bad:,} vectors of {len(texts):,} that are not numbers: check its weights.")
    return vectors


def _whole(one: Vectors, other: Vectors, seed: int) -> list[Value]:
    """Measures of whole spaces."""
    measures: dict[str, Callable[[Vectors, Vectors], float]] = {
        "CKA": cka,
        TREE: lambda a, b: cka(a, b, unbiased=True),
        "RSA": lambda a, b: rsa(a, b, seed=seed),
        "Procrustes residual": procrustes,
    }
    random = np.random.default_rng(seed)
    halves = [random.permutation(len(one))[: len(one) // 2] for _ in range(_HALVES)]
    found = []
    for name, measure in measures.items():
        value = measure(one, other)
        drawn = np.array([measure(one[half], other[half]) for half in halves])
        found.append(Value(name, value, *_around(value, drawn)))
    return found


def _around(value: float, drawn: Floats) -> tuple[float, float]:
    """An interval around a value from values of random halves, whose spread is that of the whole."""
    width = 2.13 * float(drawn.std(ddof=1))  # Student's t with 15 degrees of freedom
    return max(value - width, -1.0), min(value + width, 1.0)


def _near(one: Rows, other: Rows, seed: int) -> list[Value]:
    """Means of measures of the nearest neighbours of each text."""
    overlaps = {f"Jaccard@{k}": jaccard(one[:, :k], other[:, :k]) for k in DEPTHS if k <= one.shape[1]}
    overlaps["RBO"] = rank_overlap(one, other)
    return [
        Value(name, float(each.mean()), *bootstrap(each, seed=seed, rounds=_ROUNDS)) for name, each in overlaps.items()
    ]


def _apart(texts: Sequence[str], one: Rows, other: Rows, shown: int) -> tuple[Disagreement, ...]:
    overlaps = rank_overlap(one, other)
    return tuple(
        Disagreement(texts[row], float(overlaps[row]), texts[one[row, 0]], texts[other[row, 0]])
        for row in np.argsort(overlaps, kind="stable")[:shown]
    )


def _table(names: Sequence[str], pairs: Sequence[Pair], measure: str) -> Floats:
    same = 0.0 if measure == "Procrustes residual" else 1.0
    table = np.full((len(names), len(names)), same)
    for pair in pairs:
        at = names.index(pair.one), names.index(pair.other)
        table[at] = table[at[::-1]] = pair.value(measure).value
    return table
