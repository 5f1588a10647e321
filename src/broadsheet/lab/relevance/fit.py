"""The fit of a calibration to judged lists, and its cutoff.

the first 100 places of every list, each set counting the same -> the curves of a paper
the answerable queries and others -> the curve of a query
what the relevant papers of the lists are worth -> the cutoff
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from broadsheet.core.conformal import MISSED, cutoff, least_queries
from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats
from broadsheet.core.relevance import Calibration, Curve, Scale, Shape, worth
from broadsheet.lab.relevance.lists import JudgedList
from broadsheet.lab.relevance.logistic import fitted

FIRST = 100  # places of each list that the curves are fitted to
ANSWERED = 0.8  # of queries, the share that is taken to be about something here
Sets = Mapping[str, Sequence[JudgedList]]


def curves(sets: Sets, scale: Scale | None, *, words: bool = True) -> tuple[Curve, Curve]:
    """Fit the curve of a paper by its cosine alone, and that with its words; each set counts the same, and each query
    of it. Without ``words`` the second one has the features of the first. UsageError without relevant papers."""
    rows = [(each, 1 / len(lists)) for lists in sets.values() for each in lists]
    found: dict[str, list[Floats]] = {"height": [], "lead": [], "words": [], "truth": [], "counts": []}
    for each, share in rows:
        seen = each.scaled(scale)
        some = np.flatnonzero(np.isfinite(seen.cosines[:FIRST]))
        own = seen.shape.features(seen.cosines[some], np.zeros(len(some)) if seen.words is None else seen.words[some])
        own |= {"truth": each.relevant[some].astype(np.float64), "counts": np.full(len(some), share)}
        for name, values in own.items():
            found[name].append(values)
    if not rows:
        raise UsageError("A calibration needs judged queries; got 0 of them.")
    joined = {name: np.concatenate(parts) for name, parts in found.items()}
    truth, counts = joined.pop("truth"), joined.pop("counts")
    alone = {name: joined[name] for name in ("height", "lead")}
    meaning = fitted(alone, truth, counts, rising=joined)
    return meaning, fitted(joined, truth, counts, rising=joined) if words else meaning


def answer(here: Mapping[str, Sequence[Shape]], elsewhere: Mapping[str, Sequence[Shape]]) -> Curve:
    """Fit the curve of a query from Shapes of queries that are about something here, by set, and of others; of both
    each set counts the same, and the first ``ANSWERED`` of all."""
    rows, truth, counts = [], [], []
    for kind, sets in ((1.0, here), (0.0, elsewhere)):
        for shapes in sets.values():
            rows += [each.about for each in shapes]
            truth += [kind] * len(shapes)
            counts += [(ANSWERED if kind else 1 - ANSWERED) / len(sets) / len(shapes)] * len(shapes)
    features = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return fitted(features, np.array(truth), np.array(counts), rising=("reach",))


def ended(made: Calibration, lists: Sequence[JudgedList], *, alpha: float = MISSED) -> Calibration:
    """Return a calibration with a cutoff for queries that are exchangeable with those of these lists, to which it was
    not fitted. Too few queries, or too many relevant papers that are missing from the lists: no cutoff."""
    if len(lists) < least_queries(alpha):
        return replace(made, cutoff=None)
    edge = cutoff(relevant_worths(made, lists, made.power), alpha=alpha)
    return replace(made, missed=alpha, cutoff=edge if np.isfinite(edge) else None)


def relevant_worths(made: Calibration, lists: Sequence[JudgedList], power: float) -> list[Floats]:
    """Return, for each list, the worth of the places of its relevant papers; minus infinity for those not in it."""
    return [
        np.append(worth(each.under(made).places, power)[each.relevant], np.full(each.missing, -np.inf))
        for each in lists
    ]


def calibrated(sets: Sets, base: Calibration, *, made: date, facts: Mapping[str, Any] | None = None) -> Calibration:
    """Fit the curves of a paper to judged sets, in the scale and for the vectors of ``base``, whose curve of a query
    stays; there is no cutoff yet."""
    meaning, both = curves(sets, base.scale)
    done = replace(base, meaning=meaning, both=both, made=made, cutoff=None)
    return replace(done, data=tuple(sets), queries=sum(map(len, sets.values())), facts=dict(facts or {}))
