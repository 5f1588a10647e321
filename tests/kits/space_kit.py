"""Rows of a Space that are always the same for a number."""

from __future__ import annotations

import hashlib

import numpy as np

from broadsheet.core.types import Manifest
from broadsheet.core.vectors import unit
from broadsheet.space.space import Space

MANIFEST = Manifest(encoder="test", version="1", weights="none", dim=16)


def vectors(*numbers: int) -> np.ndarray:
    """One vector a number, always the same."""
    return unit(np.array([np.random.default_rng(abs(n)).normal(size=16) for n in numbers]).reshape(-1, 16))


def key(number: int) -> str:
    return hashlib.blake2b(str(number).encode(), digest_size=16).hexdigest()


def add(space: Space, *numbers: int, change: int) -> None:
    space.append(numbers, vectors(*numbers), [key(n) for n in numbers], np.zeros(len(numbers), dtype=bool))
    space.commit(change)
