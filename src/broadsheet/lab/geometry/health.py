"""The report on a set of vectors: every figure with what it means and whether something is to be done.

Rows -> survey (one pass) -> whole rows, spread, axes
     -> sample -> neighbourhood (a second pass) -> hubs, near duplicates, intrinsic dimension
     -> the sample alone -> uniformity, the caution about cosines;  with texts -> bias
each figure -> a Finding: value, interval, verdict, words
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.maps import Floats, principal
from broadsheet.core.protocols import Progress
from broadsheet.core.vectors import Rows as Places
from broadsheet.core.vectors import Vectors, unit
from broadsheet.lab.geometry import bias, neighbours, rescaling, spread
from broadsheet.lab.geometry.moments import Survey, survey
from broadsheet.lab.geometry.neighbours import Estimate, Neighbourhood, neighbourhood, occurrences
from broadsheet.lab.geometry.rows import Rows, drawn

Verdict = Literal["fine", "look", "act", "fact", "absent"]
SAMPLE = 2_000  # rows
HUBS = 1.4  # skewness of k-occurrence that calls for a look; rows drawn by chance give 0.3
_COMMON = 0.5  # mean cosine, and share of it from three axes, that call for a look
_UNEVEN = 0.05  # IsoScore that calls for a look
_TIED = 0.3  # rank correlation that calls for a look
_REPEATED = 0.01  # share of duplicates that calls for a look
_ROWS_AN_AXIS = 10  # below which IsoScore is biased (Rudman and Eickhoff 2024)
_SHARES = (1, 3, 10, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One figure of the report: its ``value`` (None when ``verdict`` is absent, and ``meaning`` says why) with a 95 %
    interval where it comes from a sample. ``fact`` judges nothing; ``look`` and ``act`` come with a way out."""

    group: str
    name: str
    value: float | None
    verdict: Verdict
    meaning: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The report on ``rows`` vectors of ``dim`` numbers; neighbours come from ``sample`` of them, drawn with ``seed``.
    ``spectrum`` has the shares of the variance along the principal axes, strongest first."""

    name: str
    rows: int
    dim: int
    sample: int
    seed: int
    findings: tuple[Finding, ...]
    spectrum: tuple[float, ...]

    def to_json(self) -> dict[str, Any]:
        """Return JSON values; a value that does not exist is null."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is known about the texts behind the vectors: ``texts`` of some rows, and ``labels`` of some rows by the
    name of the label (``source`` ...). Places count the rows of the set."""

    texts: Callable[[Places], Sequence[str]]
    labels: Mapping[str, Callable[[Places], Sequence[str]]]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the figures are made of. ``vectors`` are the sampled rows as stored."""

    seen: Survey
    variances: Floats
    found: Neighbourhood
    sample: Places
    vectors: Vectors


def health(
    rows: Rows,
    *,
    sample: int = SAMPLE,
    exact: bool = False,
    seed: int = 0,
    words: Words | None = None,
    pairs: Rows | None = None,
    progress: Callable[[str], Progress] | None = None,
) -> Health:
    """Report on a set of vectors in two passes, or, with ``exact``, in one more for each 2,000 rows.

    ``words`` adds bias, ``pairs`` (row i of it means the same as row i of ``rows``) adds alignment. SourceError when
    nothing can be measured, UsageError for pairs of another shape.
    """
    begin = progress or (lambda _title: lambda _done, _total: None)
    seen = survey(rows, progress=begin("Reading the vectors"))
    places = drawn(seen.moments.count, min(sample, SAMPLE), seed)
    among = drawn(seen.moments.count, seen.moments.count if exact else sample, seed)
    found = neighbourhood(rows, seen.whole, among, progress=begin("Finding neighbours"))
    vectors = rows.some(np.flatnonzero(seen.whole)[places]).astype(np.float32)
    parts = _Parts(seen, principal(seen.moments.covariance)[0], found, places, vectors)
    findings = [
        *_whole(parts), *_spread(parts), *_axes(parts), *_neighbours(parts), _aligned(rows, pairs),
        *_caution(parts), *_bias(parts, words),
    ]  # fmt: skip
    shares = parts.variances / max(parts.variances.sum(), 1e-300)
    return Health(name=rows.name, rows=rows.count, dim=rows.dim, sample=len(found.sample), seed=seed,
                  findings=tuple(findings), spectrum=tuple(shares.tolist()))  # fmt: skip


def _finding(
    group: str, name: str, value: float, meaning: str, *, verdict: Verdict = "fact", found: Estimate | None = None
) -> Finding:
    if not np.isfinite(value):
        return Finding(group=group, name=name, value=None, verdict="absent", meaning=f"Too few rows. {meaning}")
    low, high = (found.low, found.high) if found and found.low < found.high else (None, None)
    return Finding(group=group, name=name, value=float(value), verdict=verdict, meaning=meaning,
                   low=_finite(low), high=_finite(high))  # fmt: skip


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _judged(bad: bool, verdict: Verdict = "look") -> Verdict:
    return verdict if bad else "fine"


def _whole(parts: _Parts) -> list[Finding]:
    seen, group = parts.seen, "rows"
    shortest, _, longest = seen.lengths
    repeats = float("nan") if seen.repeats is None else seen.repeats
    far = seen.repeats is not None and seen.repeats > _REPEATED * seen.moments.count
    near = neighbours.near_duplicates(parts.found)
    return [
        _finding(group, "not finite", seen.not_finite, _means(
            seen.not_finite, "Rows with NaN or infinity; they are left out below. Encode those texts again.",
            "No row has NaN or infinity."), verdict=_judged(seen.not_finite > 0, "act")),
        _finding(group, "zero", seen.zero, _means(
            seen.zero, "Rows of zeros have no direction; they are left out below. Look for empty texts.",
            "No row is all zeros."), verdict=_judged(seen.zero > 0, "act")),
        _finding(group, "longest / shortest", longest / shortest, _means(
            not seen.unit, "Lengths differ, so cosine and dot product rank differently: decide for one of them.",
            "All rows have length 1: cosine and dot product agree."), verdict=_judged(not seen.unit)),
        _finding(group, "equal rows", repeats, _means(
            far, "Rows equal to another one: texts that are there twice, or cut to the same beginning.",
            "Rows equal to another one."), verdict=_judged(far)),
        _finding(group, "near duplicates", near.value, _means(
            near.low > _REPEATED, f"Share of rows with a neighbour of cosine {neighbours.ALIKE} or more: they crowd "
            "each other out of result lists.", f"Share of rows with a neighbour of cosine {neighbours.ALIKE} or more."),
            verdict=_judged(near.low > _REPEATED), found=near),
    ]  # fmt: skip


def _means(bad: object, yes: str, no: str) -> str:
    return yes if bad else no


def _spread(parts: _Parts) -> list[Finding]:
    variances, dim, group = parts.variances, len(parts.variances), "spread"
    score, cosine = spread.isoscore(variances), parts.seen.mean_cosine
    even = neighbours.uniformity(unit(parts.vectors))
    return [
        _finding(group, "IsoScore", score, _means(
            score < _UNEVEN, "Nearly all variance is in a few axes (1: all axes alike, 0: one axis). `--try` tells "
            "whether evening it out helps; often it does not.",
            "How evenly the axes are used: 1 when all are alike, 0 for one. A low value alone is not a fault.")
            + _means(parts.seen.moments.count < _ROWS_AN_AXIS * dim, " With so few rows an axis it reads low.", ""),
            verdict=_judged(score < _UNEVEN)),
        _finding(group, "effective rank", spread.effective_rank(variances), f"How many of {dim} axes are in use, "
                 "weighted by how much."),
        _finding(group, "axes for 90 %", spread.axes_for(variances, 0.9), "Principal axes that hold 90 % of the "
                 "variance: about this many dimensions would do."),
        _finding(group, "mean cosine", cosine, _means(
            cosine > _COMMON, "Any two rows are alike: all share a direction, and cosines fill a narrow band. Ranks "
            "need not suffer; `--try` tests `centre`.",
            "Of two random rows. Any shift changes it: it says where the mean is, not how space is used."),
            verdict=_judged(cosine > _COMMON)),
        _finding(group, "uniformity", even.value, "How evenly directions cover the sphere: lower is more even, 0 when "
                 f"all are one, {-4 * (1 - 2 / dim):.1f} or close to it at best.", found=even),
    ]  # fmt: skip


def _axes(parts: _Parts) -> list[Finding]:
    seen, group = parts.seen, "axes"
    pull = np.square(seen.mean_direction)
    strongest = np.argsort(-pull)[:3]
    outliers = seen.moments.outliers
    dominated = bool(pull[strongest].sum() > _COMMON and seen.mean_cosine > 0.1)
    return [
        _finding(group, "dead", len(seen.dead), _means(
            len(seen.dead), f"Axes that never change ({_listed(seen.dead)}): they cost memory and say nothing.",
            "No axis is constant."), verdict=_judged(len(seen.dead) > 0)),
        _finding(group, "share of three", pull[strongest].sum(), _means(
            dominated, f"Axes {_listed(strongest)} make most of the mean cosine (Timkey and van Schijndel 2021): "
            "`--try` tests `standardise` and `drop:outliers`.",
            f"What the three strongest axes ({_listed(strongest)}) add to the mean cosine."),
            verdict=_judged(dominated)),
        _finding(group, "outliers", len(outliers), _means(
            len(outliers), f"Axes far from the others in mean or spread: {_listed(outliers)}.",
            "No axis is far from the others in mean or spread.")),
        *(_finding(group, f"variance of the first {count}", parts.variances[:count].sum() / parts.variances.sum(),
                   f"Share of the variance along the {count} strongest principal axes.") for count in _SHARES
          if count < len(parts.variances)),
    ]  # fmt: skip


def _listed(axes: Sequence[int] | Places) -> str:
    shown = ", ".join(str(int(axis)) for axis in axes[:10])
    return f"{shown} and {len(axes) - 10} more" if len(axes) > 10 else shown


def _neighbours(parts: _Parts) -> list[Finding]:
    found, group = parts.found, "neighbours"
    hubs, bent = neighbours.hubness(found), neighbours.dimension(found)
    counts = occurrences(found.nearest, found.count)
    first = int(counts.argmax())
    place = int(np.flatnonzero(parts.seen.whole)[first])
    return [
        _finding(group, "hubness", hubs.value, _means(
            hubs.low > HUBS, f"Skewness of how often a row is among the {found.nearest.shape[1]} nearest: a few rows "
            "are near everything and crowd results. `--try` tests CSLS, inverted softmax and centring.",
            f"Skewness of how often a row is among the {found.nearest.shape[1]} nearest: chance gives 0.3."),
            verdict=_judged(hubs.low > HUBS), found=hubs),
        _finding(group, "largest hub", counts[first] / len(found.sample),
                 f"Row {place:,} is among the nearest of this share of the rows that were looked at."),
        _finding(group, "intrinsic dimension", bent.value, "How many numbers would tell a row from its neighbours "
                 "(TwoNN). Far fewer than the axes: shorter vectors may do.", found=bent),
    ]  # fmt: skip


def _aligned(rows: Rows, pairs: Rows | None) -> Finding:
    if pairs is None:
        return Finding(group="pairs", name="alignment", value=None, verdict="absent",
                       meaning="It needs pairs that mean the same: --pairs FILE, or `--try`, which pairs titles with "
                       "abstracts.")  # fmt: skip
    if (pairs.count, pairs.dim) != (rows.count, rows.dim):
        shapes = f"{pairs.count:,} x {pairs.dim} and {rows.count:,} x {rows.dim}"
        raise UsageError(f"Pairs are row i of both files; {pairs.name} and {rows.name} have the shapes {shapes}.")
    near = _alignment(rows, pairs)
    return _finding("pairs", "alignment", near.value, "Mean squared distance of pairs that mean the same: 0 at best. "
                    "Read it with uniformity: both low is good.", found=near)  # fmt: skip


def _alignment(rows: Rows, pairs: Rows) -> Estimate:
    places = drawn(rows.count, 10 * SAMPLE, 0)
    one, other = rows.some(places), pairs.some(places)
    sound = np.isfinite(one).all(axis=1) & np.isfinite(other).all(axis=1) & one.any(axis=1) & other.any(axis=1)
    return neighbours.alignment(unit(one[sound]), unit(other[sound]))


def _caution(parts: _Parts) -> list[Finding]:
    if len(parts.vectors) <= 2 * neighbours.K:
        return []
    return [
        _finding("cosine", words, found.value, f"Share of the {neighbours.K} nearest in the sample that stay. "
                 + _REASONS.get(words, "How much neighbours depend on the scale of the axes."), found=found)
        for words, found in rescaling.kept(parts.vectors, parts.seen.moments).items()
    ]  # fmt: skip


_REASONS = {
    "turned (a control)": "It must be 1: a rotation changes no cosine.",
    "centred": "How much neighbours depend on where the origin is.",
}


def _bias(parts: _Parts, words: Words | None) -> list[Finding]:
    if words is None:
        return [Finding(group="bias", name="length, words, source", value=None, verdict="absent",
                        meaning="It needs the texts: give a Space of a Collection, or --texts FILE.")]  # fmt: skip
    places = np.flatnonzero(parts.seen.whole)
    texts = words.texts(places[parts.sample])
    counts = occurrences(parts.found.nearest, parts.found.count)[parts.sample]
    facts = {
        "similarity to everything": unit(parts.vectors) @ parts.seen.mean_direction,
        "being a neighbour of many": counts,
    }
    tied = bias.correlations(texts, {name: np.asarray(each, np.float64) for name, each in facts.items()})
    return [*map(_tied, tied), *(found for name, of in words.labels.items() if (found := _lifted(parts, name, of)))]


def _tied(each: bias.Correlation) -> Finding:
    strong = min(abs(each.found.low), abs(each.found.high)) > _TIED and each.found.low * each.found.high > 0
    return _finding("bias", f"{each.property}: {each.fact}", each.found.value, _means(
        strong, "Rank correlation: this property of a text decides where its vector lies. Compare texts of one kind.",
        "Rank correlation; 0 is no bias."), verdict=_judged(strong), found=each.found)  # fmt: skip


def _lifted(parts: _Parts, name: str, of: Callable[[Places], Sequence[str]]) -> Finding | None:
    places, rows = np.flatnonzero(parts.seen.whole), np.searchsorted(parts.found.sample, parts.sample)
    nearest = parts.found.nearest[rows]
    labels = dict(zip(*(lambda known: (known.tolist(), of(places[known])))(np.unique(nearest)), strict=True))
    found = bias.lift(name, of(places[parts.sample]), [[labels[each] for each in row] for row in nearest.tolist()])
    if found is None:
        return None
    meaning = (
        f"Share of neighbours with the row's own {name}; chance gives {found.chance:.2f}. More is bias only where "
    )
    return _finding("bias", f"same {name}", found.found.value, f"{meaning}{name} should not matter.", found=found.found)
