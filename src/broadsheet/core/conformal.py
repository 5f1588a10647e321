"""Where a list may end: a cutoff with a guarantee, and a test whether the guarantee still holds.

what the relevant papers of n queries got -> the highest cutoff that misses a share of at most alpha of the next one's
values of n queries, then of recent ones -> p-values, uniform if all are alike -> a martingale that grows if not

The guarantee is about the mean over queries that are exchangeable with those of the calibration: in any order they
would be as probable. With one relevant paper for each query it is split conformal prediction (Vovk, Gammerman and
Shafer 2005; Angelopoulos and Bates 2021; Rouzrokh et al. 2024, "CONFLARE"); with several it is conformal risk control
of the share that is missed (Angelopoulos et al. 2022).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Floats

MISSED = 0.1  # the share of what could matter that a cutoff may miss
ALARM = 100.0  # a martingale that high is seen at most once in 100 streams of exchangeable queries (Ville 1939)
_JUMP = 0.01  # how often the bet changes its side
_BETS = np.array([-1.0, 0.0, 1.0])  # on low p-values, on nothing, on high ones


def cutoff(values: Sequence[Floats], *, alpha: float = MISSED) -> float:
    """Return the highest cutoff for which the next query misses a mean share of at most ``alpha`` of what is relevant.

    ``values`` are, for each query of the calibration, those of its relevant papers, higher ones earlier in the list,
    minus infinity for a paper that is not in the list. What has the cutoff or more is shown. Minus infinity: everything
    must be shown, because the queries are too few (fewer than 1 / alpha - 1) or papers are missing from the lists.
    UsageError for no queries, a query without relevant papers, NaN, or an ``alpha`` outside 0 to 1.
    """
    if not 0 < alpha < 1:
        raise UsageError(f"The share that may be missed is {alpha}; expected a number between 0 and 1, like {MISSED}.")
    if not values or any(not len(each) for each in values):
        raise UsageError("A cutoff needs queries that each have at least one relevant paper.")
    flat = np.concatenate(values).astype(np.float64)
    if np.isnan(flat).any():
        raise UsageError("A value of a relevant paper is NaN; expected numbers, or minus infinity for one not listed.")
    shares = np.repeat([1 / len(each) for each in values], [len(each) for each in values])
    steps, place = np.unique(flat, return_inverse=True)
    at_step = np.bincount(place, weights=shares, minlength=len(steps))
    missed = np.cumsum(at_step) - at_step  # below each value, in queries
    allowed = alpha * (len(values) + 1) - 1
    within = steps[missed <= allowed + 1e-9]
    return float(within[-1]) if allowed >= -1e-9 and len(within) else -np.inf


def least_queries(alpha: float = MISSED) -> int:
    """Return how many queries a cutoff needs at least, so that anything at all may be left out."""
    return int(np.ceil(1 / alpha - 1 - 1e-9))


def p_values(before: Floats, recent: Floats, *, seed: int) -> Floats:
    """Return the p-value of each recent value (m,) among all that came before it, the calibration's (n,) first.

    If all are exchangeable, these are independent and uniform on 0 to 1; ties are broken at random, from ``seed``
    (Vovk, Nouretdinov and Gammerman 2003). Low: the value is higher than most. UsageError for values that are not
    finite.
    """
    known, later = np.asarray(before, dtype=np.float64), np.asarray(recent, dtype=np.float64)
    if not (np.isfinite(known).all() and np.isfinite(later).all()):
        raise UsageError("The values of queries that are compared must be finite numbers.")
    random, every, start = np.random.default_rng(seed), np.concatenate([known, later]), len(known)
    out = np.empty(len(later))
    for place in range(len(later)):
        so_far, own = every[: start + place + 1], later[place]
        out[place] = ((so_far > own).sum() + random.random() * (so_far == own).sum()) / len(so_far)
    return out


def martingale(chances: Floats) -> Floats:
    """Return the wealth (m,) after each p-value of someone who bets against uniform ones, beginning with 1.

    The simple jumper (Vovk et al. 2021, "Retrain or not retrain"): bets on low, on high and on no p-values, between
    which the wealth moves slowly. At or above ``ALARM`` exchangeability can be given up.
    """
    wealth, out = np.full(3, 1 / 3), np.empty(len(chances))
    for place, chance in enumerate(chances):
        wealth = (1 - _JUMP) * wealth + _JUMP * wealth.sum() / 3
        wealth = wealth * (1 + _BETS * (chance - 0.5))
        out[place] = wealth.sum()
    return out
