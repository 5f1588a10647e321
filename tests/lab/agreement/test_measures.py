"""Measures of two spaces against independent implementations, and what they must not see: rotation and scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import spatial, stats

from broadsheet.core.errors import UsageError
from broadsheet.lab.agreement import measures
from broadsheet.lab.agreement.measures import cka, jaccard, procrustes, rank_overlap, rsa

SEEDS = st.integers(0, 2**20)


def spaces(seed: int, n: int = 30, d: int = 5, other: int = 7) -> tuple[np.ndarray, np.ndarray]:
    """Two spaces that share a part."""
    random = np.random.default_rng(seed)
    shared = random.normal(size=(n, 3))
    one = shared @ random.normal(size=(3, d)) + random.normal(size=(n, d))
    return one, shared @ random.normal(size=(3, other)) + random.normal(size=(n, other))


def rotation(seed: int, d: int) -> np.ndarray:
    return stats.ortho_group.rvs(d, random_state=seed)


def by_kernels(one: np.ndarray, other: np.ndarray) -> float:
    """Centred kernel alignment by the kernels themselves: tr(KHLH)."""
    n = len(one)
    centring = np.eye(n) - 1 / n
    k, m = centring @ one @ one.T @ centring, centring @ other @ other.T @ centring
    return float(np.trace(k @ m) / np.sqrt(np.trace(k @ k) * np.trace(m @ m)))


def unbiased_by_sums(one: np.ndarray, other: np.ndarray) -> float:
    """The estimate of Song et al. as a formula of kernels without their diagonals."""

    def hsic(k: np.ndarray, m: np.ndarray) -> float:
        n, ones = len(k), np.ones(len(k))
        k, m = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
        first = np.trace(k @ m) + (ones @ k @ ones) * (ones @ m @ ones) / ((n - 1) * (n - 2))
        return float(first - 2 / (n - 2) * (ones @ k @ m @ ones)) / (n * (n - 3))

    k, m = one @ one.T, other @ other.T
    return hsic(k, m) / np.sqrt(hsic(k, k) * hsic(m, m))


@settings(max_examples=25)
@given(SEEDS)
def test_cka_is_that_of_the_kernels(seed: int) -> None:
    one, other = spaces(seed)
    assert cka(one, other) == pytest.approx(by_kernels(one, other), abs=1e-10)
    assert cka(one, other, unbiased=True) == pytest.approx(unbiased_by_sums(one, other), abs=1e-10)


@settings(max_examples=25)
@given(SEEDS, st.floats(0.01, 100))
def test_rotation_shift_and_scale_change_nothing(seed: int, scale: float) -> None:
    one, other = spaces(seed)
    turned = scale * one @ rotation(seed, 5) + np.arange(5)
    for measure in (cka, procrustes):
        assert measure(turned, other) == pytest.approx(measure(one, other), abs=1e-9)
    assert cka(one, turned) == pytest.approx(1)
    assert cka(one, turned, unbiased=True) == pytest.approx(1)
    assert procrustes(one, turned) == pytest.approx(0, abs=1e-9)
    assert rsa(one, scale * one @ rotation(seed, 5)) == pytest.approx(1)


@settings(max_examples=25)
@given(SEEDS)
def test_both_directions_are_equal(seed: int) -> None:
    one, other = spaces(seed)
    for measure in (cka, procrustes, rsa):
        assert measure(one, other) == pytest.approx(measure(other, one), abs=1e-12)


def test_unrelated_spaces_are_at_zero_only_without_bias() -> None:
    random = np.random.default_rng(0)
    pairs = [(random.normal(size=(100, 100)), random.normal(size=(100, 100))) for _ in range(20)]
    assert 0.4 < np.mean([cka(*pair) for pair in pairs]) < 0.6  # d / (n + d)
    assert abs(np.mean([cka(*pair, unbiased=True) for pair in pairs])) < 0.01


@settings(max_examples=15)
@given(SEEDS)
def test_the_residual_is_that_of_scipy(seed: int) -> None:
    one, other = spaces(seed)
    padded = np.hstack([one, np.zeros((len(one), 2))])
    assert procrustes(one, other) == pytest.approx(spatial.procrustes(padded, other)[2], abs=1e-9)


def test_rsa_is_the_correlation_of_scipys_distances() -> None:
    one, other = spaces(3)
    expected = stats.spearmanr(spatial.distance.pdist(one, "cosine"), spatial.distance.pdist(other, "cosine"))
    assert rsa(one, other) == pytest.approx(expected.statistic, abs=1e-12)
    assert rsa(*spaces(3, n=400), pairs=20_000) == pytest.approx(rsa(*spaces(3, n=400), pairs=10**6), abs=0.02)


def overlap_by_sets(one: list[int], other: list[int], p: float) -> float:
    """Equation 32 of Webber et al. by sets."""
    k = len(one)
    shared = [len(set(one[:d]) & set(other[:d])) for d in range(1, k + 1)]
    return shared[-1] / k * p**k + (1 - p) / p * sum(shared[d - 1] / d * p**d for d in range(1, k + 1))


@settings(max_examples=30)
@given(SEEDS, st.sampled_from([0.5, 0.9, 0.98]))
def test_overlaps_are_those_of_sets(seed: int, p: float) -> None:
    random = np.random.default_rng(seed)
    one, other = (np.array([random.permutation(12)[:6] for _ in range(9)]) for _ in range(2))
    pairs = list(zip(one.tolist(), other.tolist(), strict=True))
    assert rank_overlap(one, other, persistence=p) == pytest.approx([overlap_by_sets(*pair, p) for pair in pairs])
    assert jaccard(one, other) == pytest.approx([len(set(a) & set(b)) / len(set(a) | set(b)) for a, b in pairs])


def test_equal_and_disjoint_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "_CELLS", 30)  # several blocks
    same, others = np.arange(20).reshape(4, 5), np.arange(20, 40).reshape(4, 5)
    assert rank_overlap(same, same) == pytest.approx(1)
    assert jaccard(same, same).tolist() == [1] * 4
    assert rank_overlap(same, others).tolist() == jaccard(same, others).tolist() == [0] * 4


def test_the_first_places_weigh_most() -> None:
    lists = np.array([[1, 2, 3, 4]])
    assert rank_overlap(lists, np.array([[1, 2, 9, 8]])) > rank_overlap(lists, np.array([[8, 9, 3, 4]]))


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (np.ones((5, 2)), np.ones((4, 2)), "same texts"),
        (np.eye(3), np.eye(3), "at least 4"),
        (np.ones((5, 2)), np.eye(5), "same vector"),
        (np.full((5, 2), np.nan), np.eye(5), "not numbers"),
    ],
)
def test_spaces_that_cannot_be_compared(one: np.ndarray, other: np.ndarray, words: str) -> None:
    for measure in (cka, rsa, procrustes):
        with pytest.raises(UsageError, match=words):
            measure(one, other)


def test_neighbours_that_cannot_be_compared() -> None:
    with pytest.raises(UsageError, match="one shape"):
        jaccard(np.ones((2, 3), int), np.ones((2, 4), int))
    with pytest.raises(UsageError, match="between 0 and 1"):
        rank_overlap(np.ones((2, 3), int), np.ones((2, 3), int), persistence=1)
