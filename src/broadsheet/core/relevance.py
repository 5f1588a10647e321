"""The probability that a paper is relevant, from the shape of the query's own list of scores.

a query's best cosines, its cosines with papers at random -> its Shape
a paper's cosine and words against the Shape -> a few features -> a logistic curve -> a probability
down a list -> pooled where it would rise, so that an order never contradicts its words
the Shape alone -> the probability that anything here is about the query

A raw cosine means another thing for each query: 0.4 stands out in one list and is common in another. Rossi et al. 2024,
"Relevance Filtering for Embedding-based Retrieval", map it query by query with a trained adapter; here the mapping is a
logistic curve (Platt 1999) over features that can be read. Pooling: Ayer et al. 1955.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite, log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.core.types import Strength

EDGES = (0.1, 0.25, 0.5)
"""The probabilities from which a match is fair, good and strong: of such papers 1 in 10, 1 in 4, 1 in 2 is relevant."""
NEAR = 10  # the best cosines whose mean a paper's lead is measured from
VERSION = 1  # raised when a feature means something else; a calibration of another version is not used
_FIRM = 50  # papers at random, below which what pairs of papers have fills up
_LEAST = 1e-3  # a spread, below which all cosines are equal
_FIRST = 3  # places that what is below them is compared with
_FAINTEST = 1e-12  # a probability
_STEEPEST = 50.0  # log-odds, beyond which a probability is 0 or 1

Scale = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a query's own list of scores looks like: its best cosine (``top``), the mean of its ten best (``near``),
    ``mean`` and ``spread`` of its cosines with papers at random. ``scale`` is zero and unit of all of them: where
    cosines of texts that have nothing to do with one another lie, and how far apart they are."""

    top: float
    near: float
    mean: float
    spread: float
    scale: Scale

    @property
    def about(self) -> dict[str, float]:
        """Return the features of the query: ``reach``, how high its best paper is; ``width``, how far it tells papers
        at random apart; ``ground``, how high these are."""
        zero, unit = self.scale
        return {"reach": (self.top - zero) / unit, "width": self.spread / unit, "ground": (self.mean - zero) / unit}

    def features(self, cosines: NDArray[np.floating], words: NDArray[np.floating] | None = None) -> dict[str, Floats]:
        """Return the features (n,) of papers: ``height``, their cosine in units; ``lead``, by how much it is above the
        mean of the ten best; ``words``, their score for words as a share of the list's best, where it is given."""
        zero, unit = self.scale
        own = np.asarray(cosines, dtype=np.float64)
        found = {"height": (own - zero) / unit, "lead": (own - self.near) / unit}
        return found if words is None else found | {"words": np.asarray(words, dtype=np.float64)}


def shape(best: NDArray[np.floating], random: NDArray[np.floating], scale: Scale) -> Shape:
    """Return the Shape of a query from its best cosines (k,), best first, and its cosines with papers at random (m,).

    Fewer than 50 papers at random are filled up with what the ``scale`` says; cosines that are not finite are left out.
    """
    zero, unit = float(scale[0]), max(float(scale[1]), _LEAST)
    own, known = (np.asarray(each, dtype=np.float64) for each in (best, random))
    own, known = own[np.isfinite(own)][:NEAR], known[np.isfinite(known)]
    count, more = len(known), max(0, _FIRM - len(known))
    mean = (known.sum() + more * zero) / (count + more)
    around = ((known - mean) ** 2).sum() + more * (unit**2 + (zero - mean) ** 2)
    return Shape(
        top=float(own[0]) if len(own) else zero,
        near=float(own.mean()) if len(own) else zero,
        mean=float(mean),
        spread=max(float(np.sqrt(around / (count + more))), _LEAST),
        scale=(zero, unit),
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve: the log-odds are a ``constant`` and a ``weight`` times each feature."""

    constant: float
    weights: Mapping[str, float]

    def odds(self, features: Mapping[str, Any]) -> Any:
        """Return the log-odds of features, numbers or arrays (n,)."""
        return sum((weight * features[name] for name, weight in self.weights.items()), self.constant)

    def __call__(self, features: Mapping[str, Any]) -> Any:
        """Return the probability of features, numbers or arrays (n,)."""
        return 1 / (1 + np.exp(-np.clip(self.odds(features), -_STEEPEST, _STEEPEST)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How scores become probabilities, for the vectors of one encoder (``weights``, its SHA-256; empty: of any).

    ``meaning`` is the curve of a paper's cosine alone, ``both`` that with its words, ``answer`` that of a query.
    ``scale`` is zero and unit of cosines, None for those of pairs of papers of the Collection. ``cutoff`` is the worth
    (``worth``, with this ``power``) down to which a list must be read to miss a mean share of at most ``missed``; None
    where that is not known. ``made`` on the judged ``data`` of so many ``queries``; ``space`` is the key of the
    vectors' manifest, where it was fitted for one Collection; ``facts`` are measured values.
    """

    meaning: Curve
    both: Curve
    answer: Curve
    scale: Scale | None = None
    cutoff: float | None = None
    power: float = 1.0
    missed: float = 0.1
    weights: str = ""
    space: str = ""
    made: date | None = None
    data: tuple[str, ...] = ()
    queries: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)

    def probabilities(
        self, shape: Shape, cosines: NDArray[np.floating], words: NDArray[np.floating] | None = None
    ) -> Floats:
        """Return the probability (n,) that papers are relevant, from their cosines and, where they are given, their
        scores for words as a share of the best in the list. A cosine that is not finite gives 0.

        What a list of its own would be worth is multiplied by how probable it is that anything is about the query.
        """
        curve = self.meaning if words is None else self.both
        found = np.asarray(curve(shape.features(cosines, words))) * self.answerable(shape)
        return np.where(np.isfinite(found), found, 0.0)

    def answerable(self, shape: Shape) -> float:
        """Return the probability that anything here is about the query."""
        return float(self.answer(shape.about))

    def edges(self, shape: Shape) -> tuple[float, float, float]:
        """Return the cosines from which a match by meaning alone is fair, good and strong for a query; infinity for
        what it does not reach."""
        fair, good, strong = (self.cosine(shape, edge) for edge in EDGES)
        return fair, good, strong

    def cosine(self, shape: Shape, probability: float) -> float:
        """Return the cosine from which a paper has this probability by meaning alone; infinity where none has."""
        share = probability / max(self.answerable(shape), 1e-12)
        slope = (self.meaning.weights["height"] + self.meaning.weights["lead"]) / shape.scale[1]
        if share >= 1 or slope <= 0:
            return float("inf")
        at_zero = float(self.meaning.odds({name: float(each[0]) for name, each in shape.features(np.zeros(1)).items()}))
        return (log(share / (1 - share)) - at_zero) / slope if share > 0 else -float("inf")

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values, which ``calibration`` reads."""
        curves = {name: {"constant": each.constant, **each.weights} for name, each in self._curves.items()}
        rest = {
            "scale": self.scale and list(self.scale),
            "cutoff": self.cutoff,
            "power": self.power,
            "missed": self.missed,
            "weights": self.weights,
            "space": self.space,
            "made": self.made and self.made.isoformat(),
            "data": list(self.data),
            "queries": self.queries,
            "facts": dict(self.facts),
        }
        return {"version": VERSION, **curves, **rest}

    @property
    def _curves(self) -> dict[str, Curve]:
        return {"meaning": self.meaning, "both": self.both, "answer": self.answer}


_FEATURES: Mapping[str, tuple[str, ...]] = {
    "meaning": ("height", "lead"),
    "both": ("height", "lead", "words"),
    "answer": ("reach", "width", "ground"),
}
"""Features of each curve."""


def calibration(values: Any) -> Calibration:
    """Return the calibration that JSON values describe. UsageError names what is missing, not a number or of another
    version; so that a damaged one is never used."""
    if not isinstance(values, dict) or values.get("version") != VERSION:
        raise UsageError(
            f"A calibration of version {VERSION} is expected: fit it again with `broadsheet relevance fit`."
        )
    try:
        curves = {name: _curve(values[name], names) for name, names in _FEATURES.items()}
        made, scale, edge = values.get("made"), values.get("scale"), values.get("cutoff")
        return Calibration(
            **curves,
            scale=(_number(scale[0]), _number(scale[1])) if scale else None,
            cutoff=None if edge is None else _number(edge),
            power=_number(values.get("power", 1.0)),
            missed=_number(values.get("missed", 0.1)),
            weights=str(values.get("weights", "")),
            space=str(values.get("space", "")),
            made=date.fromisoformat(made) if made else None,
            data=tuple(map(str, values.get("data", ()))),
            queries=int(values.get("queries", 0)),
            facts=dict(values.get("facts", {})),
        )
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise UsageError(f"The calibration cannot be read ({error!r}): fit it again.") from error


def _curve(values: Mapping[str, Any], names: tuple[str, ...]) -> Curve:
    weights = {name: _number(values.get(name, 0.0)) for name in names}
    if any(weights.get(name, 0.0) < 0 for name in ("height", "lead", "words")):
        raise ValueError(f"a probability must not fall with {names}")
    return Curve(_number(values["constant"]), weights)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise ValueError(f"{value!r} is not a finite number")
    return float(value)


def strength(probability: float) -> Strength:
    """Return the word for a probability: strong from 1 in 2, good from 1 in 4, fair from 1 in 10, else weak."""
    return Strength.of(probability, EDGES)


def figure(probability: float) -> str:
    """Return a probability as readers see it: ``0.41``. It is rounded down, so that 0.249 never reads as the 0.25 from
    which a match is called good; never 0 or 1, which no probability here is."""
    if not 0.01 <= probability <= 0.99:
        return "<0.01" if probability < 0.01 else ">0.99"
    return f"{int(100 * probability + 1e-6) / 100:.2f}"


def falling(values: NDArray[np.floating]) -> Floats:
    """Return the sequence (n,) that never rises and is nearest to ``values`` (n,) by squares: where they would rise,
    neighbours are pooled to their mean (pool adjacent violators; Ayer et al. 1955)."""
    means: list[float] = []
    sizes: list[int] = []
    for value in np.asarray(values, dtype=np.float64).tolist():
        mean, size = value, 1
        while means and means[-1] < mean:
            before = sizes.pop()
            mean = (means.pop() * before + mean * size) / (before + size)
            size += before
        means.append(mean)
        sizes.append(size)
    return np.repeat(means, sizes) if means else np.empty(0)


def worth(places: Floats, power: float) -> Floats:
    """Return what it is worth to read on to each place (n,) of a list, from its probabilities, which never rise: the
    logarithm of the probability as a share of the mean of the first three, less ``power`` times that of the place.

    A list is read as far as its worth is above a cutoff. The share makes queries comparable that have much, or little,
    that is relevant; the place keeps long flat lists short. With an endless ``power`` only the place counts.
    """
    steps = np.log(np.arange(1, len(places) + 1))
    if power == float("inf"):
        return -steps
    likely = np.log(np.maximum(places, _FAINTEST))
    return likely - np.log(max(float(places[:_FIRST].mean()), _FAINTEST)) - power * steps if len(places) else likely
