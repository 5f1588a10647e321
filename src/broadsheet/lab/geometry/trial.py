"""Does a repair help? Chosen on one half of the queries, judged on the other, kept only when that half leaves no doubt.

queries split at random into two halves
first half:  every repair, fitted to the documents and these queries, without judgements -> the best of each kind
second half: the two chosen ones against the vectors as they are, paired -> kept if the interval excludes 0 and the
             randomisation test agrees, which is exact for few queries too
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.maps import Floats, Moments, VectorMap, fit
from broadsheet.core.metrics import Difference, Measure, difference
from broadsheet.core.protocols import Progress
from broadsheet.core.vectors import Rows as Places
from broadsheet.core.vectors import Vectors
from broadsheet.lab.geometry import neighbours, scores
from broadsheet.lab.geometry.rows import drawn

MEASURE = Measure("nDCG", 10)
FEWEST = 20  # queries
MOST = 200_000  # documents, whose scores with a block of queries fit into memory
CONTROL = "rotate:0"
CLUSTERED = 20_000  # vectors that clusters are fitted to at most
_BLOCK = 20_000_000  # scores at once
_LEVEL = 0.975  # each of two tests, so that both together err in 5 % (Bonferroni)


@dataclass(frozen=True, eq=False)
class Pool:
    """A validation task in vectors: unit rows of ``queries`` (q, dim) and ``documents`` (n, dim), and for each query
    the grades by place of a document."""

    name: str
    queries: Vectors
    documents: Vectors
    judged: Sequence[Mapping[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One repair: its mean on the half that chooses, its mean on the other half with the paired difference from the
    vectors ``as it is``, and the hubness of the results there. ``map`` is true for what a Space can carry."""

    name: str
    map: bool
    first: float
    value: float
    above: Difference
    hubness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The outcome on one task. ``alignment`` (of queries with their best documents) and ``uniformity`` (of documents)
    are those of the vectors as they are. ``chosen`` are the best map and the best correction of the first half, and
    ``kept`` the names of those that the second half confirms. ``skipped`` says which repairs do not fit, and why."""

    task: str
    measure: str
    queries: int
    documents: int
    held_out: int
    value: float
    hubness: float
    alignment: neighbours.Estimate
    uniformity: neighbours.Estimate
    repairs: tuple[Repair, ...]
    chosen: tuple[Repair, ...]
    kept: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say what is to be done."""
        if not self.kept:
            best = max(self.chosen, key=lambda each: each.above.mean)
            return (f"Keep as it is: on {self.held_out} held-out queries the best repair, {best.name}, gives "
                    f"{_gap(best.above)}.")  # fmt: skip
        said = [f"{each.name} ({_gap(each.above)})" for each in self.chosen if each.name in self.kept]
        return f"On {self.held_out} held-out queries it helps: {' and '.join(said)}."

    def to_json(self) -> dict[str, Any]:
        """Return JSON values."""
        return {**asdict(self), "sentence": self.sentence}


def _gap(above: Difference) -> str:
    return f"{above.mean:+.4f} {MEASURE!r} [{above.low:+.4f}, {above.high:+.4f}]"


def recipes(dim: int) -> tuple[str, ...]:
    """Return the maps that are tried on vectors of ``dim`` numbers; the first one is a control that changes nothing.

    The third number of ``top`` is the one that Mu and Viswanath 2018 advise, a hundredth of the dimensions.
    """
    tops = dict.fromkeys(f"top:{count}" for count in (1, 3, max(1, round(dim / 100))) if count < dim)
    strengths = [f"whiten:{strength}" for strength in (0.25, 0.5, 0.75, 1)]
    return (
        CONTROL,
        "centre",
        *tops,
        *strengths,
        "standardise",
        "drop:outliers",
        "clusters:5,1",
        f"axes:{max(1, dim // 2)}",
    )


def try_repairs(pool: Pool, *, seed: int = 0, progress: Progress | None = None) -> Trial:
    """Measure every repair on a task and return what is kept; UsageError for a task that is too small or too large."""
    _check(pool)
    first, second = _halves(len(pool.queries), seed)
    plain = _Plain(pool)
    base = plain.measured("cosine", first, second)
    maps, skipped = _fitted(pool, seed)
    steps = [*maps, *scores.CORRECTIONS]
    repairs = []
    for done, name in enumerate(steps, 1):
        own = _Plain(_mapped(pool, maps[name])) if name in maps else plain
        found = own.measured("cosine" if name in maps else name, first, second)
        repairs.append(_repair(name, found, base, name in maps))
        if progress:
            progress(done, len(steps))
    chosen = tuple(_best(repairs, of_maps) for of_maps in (True, False))
    kept = tuple(each.name for each in chosen if each.above.low > 0 and each.above.p <= 1 - _LEVEL)
    return Trial(task=pool.name, measure=repr(MEASURE), queries=len(pool.queries), documents=len(pool.documents),
                 held_out=len(second), value=float(base.second.mean()), hubness=base.hubness,
                 alignment=_alignment(pool), uniformity=_uniformity(pool), repairs=tuple(repairs),
                 chosen=chosen, kept=kept, skipped=tuple(skipped))  # fmt: skip


def moments_of(vectors: Vectors) -> Moments:
    """Return the mean and covariance of rows (n, dim) in memory."""
    wide = vectors.astype(np.float64)
    mean = wide.mean(axis=0)
    wide -= mean
    return Moments(len(wide), mean, wide.T @ wide / len(wide))


def _alignment(pool: Pool) -> neighbours.Estimate:
    best = [max(grades, key=lambda place: grades[place]) for grades in pool.judged]
    return neighbours.alignment(pool.queries, pool.documents[best])


def _uniformity(pool: Pool) -> neighbours.Estimate:
    return neighbours.uniformity(pool.documents[drawn(len(pool.documents), 2_000, 0)])


def _check(pool: Pool) -> None:
    if len(pool.queries) < FEWEST:
        raise UsageError(f"{pool.name} has {len(pool.queries)} queries; a repair needs at least {FEWEST} to be judged.")
    if not 2 <= len(pool.documents) <= MOST:
        raise UsageError(f"{pool.name} has {len(pool.documents):,} documents; expected 2 to {MOST:,}.")
    if not all(any(grade > 0 for grade in grades.values()) for grades in pool.judged):
        raise UsageError(f"{pool.name} has queries without a relevant document: leave them out.")


def _halves(n: int, seed: int) -> tuple[Places, Places]:
    order = np.random.default_rng(seed).permutation(n)
    return np.sort(order[: n // 2]), np.sort(order[n // 2 :])


def fitted(pool: Pool, recipe: str, *, seed: int = 0) -> VectorMap:
    """Fit a recipe to the documents and the queries of the first half; UsageError where it does not fit."""
    rows = np.vstack([pool.documents, pool.queries[_halves(len(pool.queries), seed)[0]]])
    return fit(recipe, moments_of(rows), rows[drawn(len(rows), CLUSTERED, seed)])


def _fitted(pool: Pool, seed: int) -> tuple[dict[str, VectorMap], list[str]]:
    made, skipped = {}, []
    for recipe in recipes(pool.documents.shape[1]):
        try:
            made[recipe] = fitted(pool, recipe, seed=seed)
        except UsageError as error:
            skipped.append(str(error))
    return made, skipped


def _mapped(pool: Pool, each: VectorMap) -> Pool:
    return Pool(pool.name, each.apply(pool.queries), each.apply(pool.documents), pool.judged)


@dataclass(frozen=True, eq=False, slots=True)
class _Found:
    """The values of both halves, and the hubness of the second half's results."""

    first: Floats
    second: Floats
    hubness: float


@dataclass(frozen=True, eq=False, slots=True)
class _Plain:
    """A pool whose queries are scored by a correction."""

    pool: Pool

    def measured(self, name: str, first: Places, second: Places) -> _Found:
        """The first half is corrected by its other fold, the second by the whole first half."""
        ranked: dict[int, Places] = {}
        for asked, bank in ((first[::2], first[1::2]), (first[1::2], first[::2]), (second, first)):
            ranked |= dict(zip(asked.tolist(), self._ranked(name, asked, bank), strict=True))
        values = [
            [_value(ranked[query], self.pool.judged[query]) for query in half.tolist()] for half in (first, second)
        ]
        counts = neighbours.occurrences(
            np.stack([ranked[query] for query in second.tolist()]), len(self.pool.documents)
        )
        return _Found(np.array(values[0]), np.array(values[1]), neighbours.skewness(counts, len(counts)))

    def _ranked(self, name: str, asked: Places, bank: Places) -> list[Places]:
        """The ten best documents of each query, best first, ties by place."""
        correct = scores.CORRECTIONS.get(name, scores.cosine)
        pool, found = self.pool, []
        size = max(1, _BLOCK // len(pool.documents))
        for start in range(0, len(asked), size):
            block = correct(pool.queries[asked[start : start + size]], pool.documents, pool.queries[bank])
            found += [_top(row, MEASURE.cutoff or 10) for row in block]
        return found


def _top(row: Floats, k: int) -> Places:
    k = min(k, len(row))
    edge = np.partition(row, -k)[-k]
    picked = np.flatnonzero(row >= edge)
    return np.asarray(picked[np.argsort(-row[picked], kind="stable")[:k]])


def _value(ranked: Places, judged: Mapping[int, int]) -> float:
    return MEASURE([str(place) for place in ranked.tolist()], {str(place): grade for place, grade in judged.items()})


def _repair(name: str, found: _Found, base: _Found, is_map: bool) -> Repair:
    above = difference(found.second, base.second, seed=0, level=_LEVEL)
    return Repair(name=name, map=is_map, first=float(found.first.mean()), value=float(found.second.mean()), above=above,
                  hubness=found.hubness)  # fmt: skip


def _best(repairs: Sequence[Repair], of_maps: bool) -> Repair:
    return max((each for each in repairs if each.map == of_maps and each.name != CONTROL), key=lambda each: each.first)
