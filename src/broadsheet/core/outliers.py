"""Which members of a small group do not belong: by how near each is to the mean of the others.

nearness of each member: the cosine with the mean of the others -> the median, and the usual distance from it (MAD)
-> how far below the median each is, in such distances (Iglewicz and Hoaglin 1993, "modified z-score")
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.vectors import Vectors

FAR = 3.5
"""The modified z-score from which a member does not belong, as Iglewicz and Hoaglin recommend."""
_MAD = 0.6745  # of a normal distribution's standard deviation


def nearness(vectors: Vectors) -> NDArray[np.float64]:
    """Return the cosine (n,) of each unit vector (n, dim) with the mean of the others; 0 of a single one."""
    rows = vectors.astype(np.float64)
    others = rows.sum(axis=0) - rows
    lengths = np.linalg.norm(others, axis=1)
    return np.asarray(np.divide(np.vecdot(rows, others), lengths, out=np.zeros(len(rows)), where=lengths > 1e-9))


def distances(near: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far below the median each nearness (n,) is, in usual distances: 0 for what is not below, or where all
    are alike."""
    middle = np.median(near) if len(near) else 0.0
    usual = float(np.median(np.abs(near - middle))) if len(near) else 0.0
    below = np.maximum(middle - near, 0.0)
    return np.asarray(_MAD * below / usual if usual > 1e-9 else np.zeros(len(near)))
