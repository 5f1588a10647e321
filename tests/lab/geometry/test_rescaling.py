"""A change of scale is seen where it changes neighbours, and a rotation changes none."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from broadsheet.core.vectors import unit
from broadsheet.lab.geometry.rescaling import K, kept, nearest
from broadsheet.lab.geometry.trial import moments_of


def test_the_nearest_are_those_of_scikit_learn() -> None:
    rows = np.random.default_rng(0).normal(size=(300, 9))
    theirs = (
        NearestNeighbors(n_neighbors=K + 1, metric="cosine", algorithm="brute").fit(rows).kneighbors(rows)[1][:, 1:]
    )
    for ours, expected in zip(nearest(rows), theirs, strict=True):
        assert set(np.flatnonzero(ours).tolist()) == set(expected.tolist())


def test_even_axes_are_robust_and_uneven_ones_are_not() -> None:
    random = np.random.default_rng(0)
    even, uneven = unit(random.normal(size=(600, 20))), unit(random.normal(size=(600, 20)) * np.geomspace(0.05, 1, 20))
    robust, fragile = kept(even, moments_of(even)), kept(uneven, moments_of(uneven))
    for found in (robust, fragile):
        assert found["turned (a control)"].value == pytest.approx(1, abs=1e-3)
        assert all(0 <= each.low <= each.value <= each.high <= 1 for each in found.values())
    assert robust["axes standardised"].low > 0.9
    assert fragile["axes standardised"].high < 0.5
    assert "ranked by dot product" not in robust


def test_the_scale_of_a_linear_model_changes_its_cosines_and_not_its_products() -> None:
    """Steck et al. 2024: P D and Q / D are the same model as P and Q. Its dot products stay; its cosines do not."""
    random = np.random.default_rng(1)
    counts = random.poisson(random.random((80, 6)) @ random.random((6, 200)) * 3).astype(float)
    left, sizes, right = np.linalg.svd(counts, full_matrices=False)
    users, items = left[:, :8] * sizes[:8] ** 0.5, right[:8].T * sizes[:8] ** 0.5
    scale = np.geomspace(0.1, 10, 8)
    np.testing.assert_allclose(users @ items.T, (users * scale) @ (items / scale).T)
    same = (nearest(items) & nearest(items / scale)).sum(axis=1) / K
    assert same.mean() < 0.7
    assert kept(items, moments_of(items))["principal axes whitened"].high < 0.7
    assert kept(items, moments_of(items))["ranked by dot product"].high < 1
