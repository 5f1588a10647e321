"""Models for stages, of a few lines: words counted as weights, words shared as a score."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from broadsheet.core.protocols import SparseVectors
from broadsheet.core.types import Manifest
from broadsheet.core.vectors import Vectors

SIZE = 1_000


def words(text: str) -> list[int]:
    """The words of a text as numbers that are the same in every run."""
    return [sum(ord(sign) * 31**at for at, sign in enumerate(word)) % SIZE for word in re.findall(r"\w+", text.lower())]


class Counted:
    """A sparse encoder: how often each word is there."""

    def __init__(self, version: str = "1") -> None:
        self.manifest = Manifest(encoder="counted", version=version, weights="none", dim=SIZE)
        self.read: list[str] = []

    def sparse_vectors(self, texts: list[str], *, role: str = "document") -> SparseVectors:
        self.read += texts if role == "document" else []
        counts = [Counter(words(text)) for text in texts]
        starts = np.cumsum([0, *(len(each) for each in counts)])
        terms = [term for each in counts for term in sorted(each)]
        weights = [each[term] for each in counts for term in sorted(each)]
        return SparseVectors(starts, np.array(terms, "i4"), np.array(weights, "f4"), SIZE)


class Shared:
    """A pair scorer: how many words of the query a text has. ``calls`` counts batches."""

    def __init__(self) -> None:
        self.calls = 0
        self.worst = float("inf")

    def score(self, query: str, texts: list[str]) -> Vectors:
        self.calls += 1
        asked = set(words(query))
        return np.minimum([len(asked & set(words(text))) for text in texts], self.worst).astype("f4")


@pytest.fixture
def scorers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Any], None]:
    """Gives a name to a model, as a package of one's own would."""
    known: dict[str, Any] = {}
    monkeypatch.setattr("broadsheet.names.scorer", lambda name, **_: known[name])
    return known.__setitem__
