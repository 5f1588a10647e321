"""A logistic curve by weighted maximum likelihood with a small ridge; some of its weights never fall below 0.

features brought to one scale -> Newton's steps until they are tiny -> such a weight below 0: without its feature, again
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.core.relevance import Curve

_RIDGE = 1e-5  # on weights of standardised features
_STEPS, _TINY = 100, 1e-9


def fitted(features: Mapping[str, Floats], truth: Floats, counts: Floats, *, rising: Collection[str] = ()) -> Curve:
    """Return the curve that fits ``truth`` (n,), 0 or 1, from ``features``, each (n,); a row counts ``counts`` (n,).

    The weight of a feature in ``rising`` is 0 rather than negative. UsageError when all are alike, or not finite.
    """
    names = list(features)
    if not len(truth) or truth.min() == truth.max():
        raise UsageError("A curve needs both relevant and other papers; all of these are of one kind.")
    rows = np.stack([features[name] for name in names], axis=1).astype(np.float64)
    if not np.isfinite(rows).all():
        raise UsageError("A curve needs finite features; some of these are NaN or infinite.")
    while True:
        constant, weights = _newton(rows, truth.astype(np.float64), counts / counts.sum())
        lowest = min(
            (w, place) for place, w in enumerate([*weights, np.inf]) if place == len(names) or names[place] in rising
        )
        if lowest[0] >= 0:
            return Curve(constant, dict(zip(names, weights.tolist(), strict=True)))
        rows[:, lowest[1]] = 0.0


def _newton(rows: Floats, truth: Floats, shares: Floats) -> tuple[float, Floats]:
    """Constant and weights (features,) of the curve."""
    mean = shares @ rows
    spread = np.sqrt(shares @ (rows - mean) ** 2)
    spread[spread < 1e-12] = np.inf  # a constant feature tells nothing
    scaled = np.column_stack([(rows - mean) / spread, np.ones(len(rows))])
    ridge = np.diag([*np.full(rows.shape[1], _RIDGE), 0.0])
    found = np.zeros(scaled.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(scaled @ found, -50, 50)))
        slope = scaled.T @ (shares * (chance - truth)) + ridge @ found
        bend = (scaled * (shares * chance * (1 - chance) + 1e-15)[:, None]).T @ scaled + ridge
        step = np.linalg.solve(bend, slope)
        found -= step
        if np.abs(step).max() < _TINY:
            break
    weights = found[:-1] / spread
    return float(found[-1] - weights @ mean), weights
