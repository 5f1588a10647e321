"""Seams lie in the dips of a curve; a scale or a rotation of the vectors moves none of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from broadsheet.core.errors import UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.corpus.seams import curve, dips, seams
from corpus_kit import texts


def by_means(vectors: np.ndarray, window: int) -> list[float]:
    """The curve by the means themselves."""
    values = []
    for gap in range(1, len(vectors)):
        one, other = (part.mean(axis=0) for part in (vectors[max(0, gap - window) : gap], vectors[gap : gap + window]))
        values.append(float(one @ other / np.linalg.norm(one) / np.linalg.norm(other)))
    return values


def by_climbing(values: list[float]) -> list[float]:
    """Hearst's depth score, a gap at a time."""
    deep = []
    for gap, value in enumerate(values):
        total = 0.0
        for step in (-1, 1):
            peak, at = value, gap
            while 0 <= at + step < len(values) and values[at + step] >= peak:
                at += step
                peak = values[at]
            total += peak - value
        deep.append(total)
    return deep


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(3, 40), st.integers(1, 6))
def test_curve_and_dips_are_those_of_their_definitions(seed: int, n: int, window: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, 5)).astype(np.float32)
    values = curve(vectors, window=window)
    assert values == pytest.approx(by_means(vectors.astype(float), window), abs=1e-5)
    coarse = np.round(values, 1)  # with plateaus
    assert dips(coarse) == pytest.approx(by_climbing(coarse.tolist()), abs=1e-12)
    turned = 3 * vectors @ stats.ortho_group.rvs(5, random_state=seed)
    assert curve(turned, window=window) == pytest.approx(values, abs=1e-5)


def test_joins_of_fields_are_found() -> None:
    parts = [texts("bees", 8), texts("stars", 9), texts("rivers", 7), texts("bees", 8, seed=2)]
    joins = (np.cumsum([len(part) for part in parts])[:-1] - 1).tolist()
    values = curve(HashEncoder(256).encode([text for part in parts for text in part]))
    assert seams(values, 3).tolist() == joins
    assert set(joins) <= set(seams(values).tolist())
    assert len(seams(values)) <= 5


def test_no_two_seams_are_next_to_each_other() -> None:
    found = seams(np.random.default_rng(0).normal(size=200), 60)
    assert (np.diff(found) >= 2).all()
    assert len(seams(np.ones(20))) == len(seams(np.ones(20), 4)) == 0


def test_what_has_no_seams() -> None:
    with pytest.raises(UsageError, match="at least 3 sentences"):
        curve(np.ones((2, 3), np.float32))
    with pytest.raises(UsageError, match="window 0"):
        curve(np.ones((9, 3), np.float32), window=0)
    with pytest.raises(UsageError, match="not numbers"):
        curve(np.full((9, 3), np.nan, np.float32))
