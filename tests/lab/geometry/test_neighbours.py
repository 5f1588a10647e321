"""Neighbours are exact; hubness, duplicates, dimension and uniformity agree with scipy, scikit-learn and theory."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import pareto, skew
from sklearn.neighbors import NearestNeighbors

from broadsheet.core.vectors import unit
from broadsheet.lab.geometry import neighbours
from broadsheet.lab.geometry.neighbours import (
    alignment,
    dimension,
    hubness,
    near_duplicates,
    neighbourhood,
    occurrences,
    skewness,
    two_nn,
    uniformity,
)
from broadsheet.lab.geometry.rows import Rows, drawn


def gaussian(n: int, dim: int, seed: int = 0) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(n, dim)))


def found_in(rows: np.ndarray, places: np.ndarray) -> neighbours.Neighbourhood:
    return neighbourhood(Rows(rows, name="m"), np.isfinite(rows).all(axis=1) & rows.any(axis=1), places)


def test_neighbours_are_those_of_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "CHUNK", 70)
    rows = gaussian(9_000, 12)
    places = drawn(9_000, 150, 1)
    found = found_in(rows, places)
    theirs = NearestNeighbors(n_neighbors=11, algorithm="brute", metric="cosine").fit(rows)
    far, near = theirs.kneighbors(rows[places])
    np.testing.assert_allclose(found.cosines, 1 - far[:, 1:], atol=1e-5)
    assert (found.nearest == near[:, 1:]).mean() > 0.999  # rows of equal cosines apart


def test_broken_rows_are_nobodys_neighbours() -> None:
    rows = gaussian(400, 6)
    rows[[0, 7]] = np.nan
    rows[13] = 0
    whole = np.delete(rows, [0, 7, 13], axis=0)
    ours, theirs = found_in(rows, np.arange(397)), found_in(whole, np.arange(397))
    np.testing.assert_array_equal(ours.nearest, theirs.nearest)
    assert ours.complete


def test_equal_cosines_go_to_the_earlier_row() -> None:
    found = found_in(np.tile(gaussian(1, 4), (30, 1)), np.arange(30))
    assert found.nearest[0].tolist() == list(range(1, 11))
    assert found.nearest[20].tolist() == list(range(10))


def test_skewness_of_all_rows_is_that_of_scipy() -> None:
    counts = occurrences(found_in(gaussian(500, 30), np.arange(500)).nearest, 500)
    assert counts.sum() == 5_000
    assert skewness(counts, 500) == pytest.approx(skew(counts), abs=1e-9)


def test_the_hubness_of_a_sample_is_that_of_the_whole() -> None:
    """The mean of the estimates of many samples is the value of all rows, which the counts of a sample are not."""
    random = np.random.default_rng(0)
    rows = unit(random.normal(size=(3_000, 40)) * np.linspace(0.1, 1, 40) + 0.3)  # with hubs, as encoders have them
    whole = found_in(rows, np.arange(3_000))
    truth = skew(occurrences(whole.nearest, 3_000))
    estimates, naive, inside = [], [], 0
    for seed in range(60):
        places = drawn(3_000, 600, seed)
        part = neighbours.Neighbourhood(places, whole.nearest[places], whole.cosines[places], 3_000)
        estimate = hubness(part)
        estimates.append(estimate.value)
        naive.append(skew(occurrences(part.nearest, 3_000)))
        inside += estimate.low <= truth <= estimate.high
    assert truth > 1
    assert np.mean(estimates) == pytest.approx(truth, rel=0.04)
    assert abs(np.mean(naive) - truth) > 3 * abs(np.mean(estimates) - truth)
    assert inside >= 48  # of 60


def test_hubness_of_all_rows_has_no_interval() -> None:
    found = hubness(found_in(gaussian(300, 5), np.arange(300)))
    assert found.low == found.value == found.high


def test_near_duplicates_have_an_interval() -> None:
    rows = gaussian(2_000, 20)
    rows[1_000:1_200] = unit(rows[:200] + 0.001)
    share = near_duplicates(found_in(rows, np.arange(2_000)))
    assert share.value == share.low == pytest.approx(0.2)
    some = near_duplicates(found_in(rows, drawn(2_000, 500, 0)))
    assert some.low < 0.2 < some.high


@pytest.mark.parametrize("true", [2, 5, 10])
def test_the_dimension_of_a_flat_patch_is_its_own(true: int) -> None:
    """Points of a small patch of ``true`` dimensions, turned into 30."""
    random = np.random.default_rng(0)
    flat = np.hstack([random.random((4_000, true)) * 3, np.full((4_000, 1), 5.0), np.zeros((4_000, 29 - true))])
    rows = unit(flat @ np.linalg.qr(random.normal(size=(30, 30)))[0])
    found = dimension(found_in(rows, drawn(4_000, 2_000, 0)))
    assert found.value == pytest.approx(true, rel=0.15)
    assert found.low < found.value < found.high


def test_two_nn_agrees_with_a_fit_of_its_distribution() -> None:
    """Ratios of distances follow a Pareto law, whose shape is the dimension: scipy's maximum likelihood is close."""
    ratios = pareto.rvs(7, size=20_000, random_state=0)
    shape = pareto.fit(ratios, floc=0, fscale=1)[0]
    assert two_nn(np.log(ratios)) == pytest.approx(shape, rel=0.03)


def test_too_few_rows_have_no_dimension() -> None:
    assert np.isnan(dimension(found_in(gaussian(15, 3), np.arange(15))).value)
    assert np.isnan(dimension(found_in(np.tile(gaussian(1, 3), (40, 1)), np.arange(40))).value)


def test_uniformity_is_its_definition() -> None:
    rows = gaussian(1_500, 8)
    squares = np.square(rows[:, None, :200] - rows[None, :200]).sum(axis=2)
    expected = np.log(np.exp(-2 * squares)[~np.eye(1_500, 200, dtype=bool)].mean())
    found = uniformity(rows)
    assert found.value == pytest.approx(expected, abs=0.02)
    assert found.low < found.value < found.high
    pairs = np.square(rows[:, None] - rows[None, :400]).sum(axis=2)[np.triu_indices(1_500, 1, 400)]
    assert np.log(np.exp(-2 * pairs).mean()) == pytest.approx(found.value, abs=0.02)


def test_collapsed_vectors_have_the_worst_uniformity() -> None:
    spread_out, cone = uniformity(gaussian(500, 16)), uniformity(unit(gaussian(500, 16) + 2))
    one = uniformity(np.tile(gaussian(1, 16), (500, 1)))
    assert spread_out.value < cone.value < one.value
    assert one.value == pytest.approx(0, abs=1e-5)


def test_alignment_is_the_mean_squared_distance() -> None:
    one, other = gaussian(200, 6, 0), gaussian(200, 6, 1)
    assert alignment(one, other).value == pytest.approx(np.square(one - other).sum(axis=1).mean(), abs=1e-6)
    assert alignment(one, one).value == pytest.approx(0, abs=1e-12)
