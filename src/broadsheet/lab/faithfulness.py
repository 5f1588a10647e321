"""Is an explanation true of the model: does the similarity fall without the words that it names, and stay with them?

importance of each unit of a text -> the units, most important first, up to a share of the words -> the text without
them, and the text of them alone -> comprehensiveness, sufficiency, the areas of the deletion and insertion curves

DeYoung et al. 2020, "ERASER" (comprehensiveness and sufficiency, over shares of the words); Petsiuk et al. 2018, "RISE"
(deletion and insertion). Shares are of words, so that a frequent unit is not a cheap one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.metrics import Floats
from broadsheet.core.units import Units

SHARES = (0.05, 0.1, 0.2, 0.5)
"""The shares of a text's words that are taken out, or left alone."""


class Faithfulness(NamedTuple):
    """How true an explanation of one text is: ``comprehensiveness`` is how far the similarity falls without its words
    (more is better), ``sufficiency`` how far it falls when nothing else is left (less is better), ``deletion`` and
    ``insertion`` the areas under both curves, from 0 to 1 of the words (less, and more, is better)."""

    comprehensiveness: float
    sufficiency: float
    deletion: float
    insertion: float


def chosen(units: Units, importance: Floats, share: float) -> NDArray[np.bool_]:
    """Return which units (units,) come first by importance, as many as fit in a share of the words, at least one."""
    counts = units.counts
    out, room = np.zeros(len(counts), dtype=np.bool_), max(share * counts.sum(), 1.0)
    for each in np.argsort(-importance, kind="stable"):
        if counts[each] <= room or not out.any():
            out[each] = True
            room -= counts[each]
        if room < 1:
            break
    return out


def texts(units: Units, importance: Floats, shares: Sequence[float] = SHARES) -> list[str]:
    """Return the texts whose similarity ``judged`` needs: without the first units for each share, then of these alone,
    then the whole text."""
    first = [chosen(units, importance, share) for share in shares]
    return [*(units.only(~each) for each in first), *(units.only(each) for each in first), units.text]


def judged(values: Floats, shares: Sequence[float] = SHARES) -> Faithfulness:
    """Return the Faithfulness that the similarities (2 * shares + 1,) of ``texts`` show; the empty text counts 0."""
    count, whole = len(shares), float(values[-1])
    without, alone = values[:count], values[count : 2 * count]
    at = np.array([0.0, *shares, 1.0])
    return Faithfulness(
        comprehensiveness=float((whole - without).mean()),
        sufficiency=float((whole - alone).mean()),
        deletion=float(np.trapezoid([whole, *without, 0.0], at)),
        insertion=float(np.trapezoid([0.0, *alone, whole], at)),
    )


def measured(similarity: Callable[[Sequence[str]], Floats], units: Units, importance: Floats) -> Faithfulness:
    """Measure the faithfulness of one explanation; ``similarity`` returns that of each text (n,)."""
    return judged(similarity(texts(units, importance)))
