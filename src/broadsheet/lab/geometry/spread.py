"""How evenly a set of vectors uses its space, from its covariance alone.

    variances along the principal axes -> IsoScore, effective rank, axes that hold 90 % of the variance

IsoScore is the one figure of isotropy here, because the other ones measure something else: the average cosine measures
how far the mean is from 0 and any shift changes it; the partition score (Mu and Viswanath 2018) depends on the mean and
the scale; the intrinsic dimension tells how a surface bends, not how the space is filled (Rudman et al. 2022, table 1).
"""

from __future__ import annotations

import numpy as np

from broadsheet.core.maps import Floats


def isoscore(variances: Floats) -> float:
    """Return IsoScore of the variances (dim,) along the principal axes, in [0, 1]: 1 when all axes have the same
    variance, 0 when one has it all (Rudman, Gillman, Rayne and Eickhoff 2022, "IsoScore", algorithm 1).

    It does not change when the vectors are moved, turned or scaled. One dimension has no isotropy: NaN.
    """
    n = len(variances)
    size = np.linalg.norm(variances)
    if n < 2 or not size > 0:
        return float("nan")
    scaled = np.sqrt(n) * variances / size
    defect = np.linalg.norm(scaled - 1) / np.sqrt(2 * (n - np.sqrt(n)))
    share = (n - defect**2 * (n - np.sqrt(n))) ** 2 / n**2
    return float(np.clip((n * share - 1) / (n - 1), 0, 1))


def effective_rank(variances: Floats) -> float:
    """Return the effective rank: e to the entropy of the normalised singular values (Roy and Vetterli 2007).

    The singular values of the centred vectors are the square roots of ``variances`` (dim,), up to one factor.
    """
    sizes = np.sqrt(np.maximum(variances, 0))
    shares = sizes[sizes > 0] / sizes.sum()
    return float(np.exp(-(shares * np.log(shares)).sum())) if len(shares) else 0.0


def axes_for(variances: Floats, share: float) -> int:
    """Return how many principal axes (variances (dim,), strongest first) hold this share of the variance."""
    return int(np.searchsorted(np.cumsum(variances) / variances.sum(), share - 1e-12) + 1)
