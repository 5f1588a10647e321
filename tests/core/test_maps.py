"""Maps of vectors do what their papers say, come back, and are stored as they are."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

from broadsheet.core import maps
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.maps import Moments, VectorMap, fit, from_npz, principal
from broadsheet.core.vectors import unit

REVERSIBLE = ["centre", "whiten:0.25", "whiten:1", "standardise", "rotate:3", "centre+rotate:1", "whiten:0.5+rotate:2"]


def rows_of(seed: int, n: int = 400, dim: int = 12) -> np.ndarray:
    """Unit rows with a common direction and uneven axes, as encoders give them."""
    random = np.random.default_rng(seed)
    return unit(random.normal(size=(n, dim)) * np.linspace(0.2, 2, dim) + 0.5)


def moments(rows: np.ndarray) -> Moments:
    wide = rows.astype(np.float64)
    return Moments(len(wide), wide.mean(axis=0), np.cov(wide.T, bias=True))


@pytest.mark.parametrize("recipe", REVERSIBLE)
def test_the_way_back(recipe: str) -> None:
    rows = rows_of(0)
    made = fit(recipe, moments(rows))
    assert made.invertible
    np.testing.assert_allclose(made.inverse(made.apply(rows)), rows, atol=1e-5)


@given(st.integers(0, 10_000), st.sampled_from(REVERSIBLE))
@settings(max_examples=25, deadline=None)
def test_the_way_back_for_any_rows(seed: int, recipe: str) -> None:
    rows = rows_of(seed, n=60, dim=6)
    made = fit(recipe, moments(rows))
    np.testing.assert_allclose(made.inverse(made.apply(rows)), rows, atol=1e-5)


@pytest.mark.parametrize("recipe", ["top:2", "drop:3", "axes:5"])
def test_no_way_back_where_directions_are_lost(recipe: str) -> None:
    made = fit(recipe, moments(rows_of(0)))
    assert not made.invertible
    with pytest.raises(UsageError, match="cannot be undone"):
        made.inverse(made.apply(rows_of(0)))


def test_whitening_gives_the_identity() -> None:
    rows = rows_of(1, n=2_000)
    linear = fit("whiten:1", moments(rows)).linear(rows)
    np.testing.assert_allclose(np.cov(linear.T, bias=True), np.eye(12), atol=1e-3)
    np.testing.assert_allclose(linear.mean(axis=0), 0, atol=1e-9)


def test_half_whitening_takes_the_root_of_the_variances() -> None:
    rows = rows_of(1, n=2_000)
    before = principal(moments(rows).covariance)[0]
    after = principal(np.cov(fit("whiten:0.5", moments(rows)).linear(rows).T, bias=True))[0]
    np.testing.assert_allclose(after, np.sqrt(before), rtol=1e-6)


def test_whitening_does_not_blow_up_what_is_empty() -> None:
    rows = np.hstack([rows_of(2), np.zeros((400, 2), np.float32)])
    for recipe in ("whiten:1", "standardise"):
        made = fit(recipe, moments(rows))
        assert np.abs(made.matrix).max() < 1e3
        np.testing.assert_allclose(made.inverse(made.apply(rows)), rows, atol=1e-5)


def test_standardising_is_that_of_scikit_learn() -> None:
    rows = rows_of(3)
    expected = StandardScaler().fit_transform(rows.astype(np.float64))
    np.testing.assert_allclose(fit("standardise", moments(rows)).linear(rows), expected, atol=1e-9)


def test_axes_and_top_are_those_of_scikit_learn() -> None:
    rows = rows_of(4).astype(np.float64)
    pca = PCA(5).fit(rows)
    np.testing.assert_allclose(
        np.abs(fit("axes:5", moments(rows)).linear(rows)), np.abs(pca.transform(rows)), atol=1e-8
    )
    centred = rows - rows.mean(axis=0)
    expected = centred - centred @ pca.components_[:3].T @ pca.components_[:3]
    np.testing.assert_allclose(fit("top:3", moments(rows)).linear(rows), expected, atol=1e-8)


def test_a_rotation_changes_no_cosine() -> None:
    rows = rows_of(5)
    turned = fit("rotate:7", moments(rows)).apply(rows)
    np.testing.assert_allclose(turned @ turned.T, rows @ rows.T, atol=1e-5)
    assert not np.allclose(turned, rows, atol=0.1)


def test_clusters_are_those_of_scikit_learn() -> None:
    rows = np.vstack([rows_of(seed, n=150) + 3 * np.eye(12)[seed] for seed in range(3)])
    made = fit("clusters:3,2", moments(rows), rows)
    start = rows[np.sort(np.random.default_rng(0).choice(len(rows), 3, replace=False))]
    theirs = KMeans(3, init=start, n_init=1, tol=0).fit(rows)
    np.testing.assert_allclose(made.centres, theirs.cluster_centers_, atol=1e-6)
    linear = made.linear(rows)
    for each in range(3):
        own = rows[theirs.labels_ == each].astype(np.float64)
        pca = PCA(2).fit(own)
        expected = own - own.mean(axis=0)
        expected -= expected @ pca.components_.T @ pca.components_
        np.testing.assert_allclose(linear[theirs.labels_ == each], expected, atol=1e-6)
    assert not made.invertible
    assert from_npz(made.to_npz(), "x").digest == made.digest


def test_clusters_need_rows_and_stand_alone() -> None:
    rows = rows_of(0)
    for recipe, given_rows, message in (
        ("clusters:3,1", None, "fitted to vectors"), ("clusters:0,1", rows, "from 1"), ("clusters:3", rows, "from 0"),
        ("centre+clusters:3,1", rows, "Unknown step"), ("clusters:3,12", rows, "from 0 to 11"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=message):
            fit(recipe, moments(rows), given_rows)


def test_steps_are_fitted_one_after_the_other() -> None:
    rows = rows_of(6)
    first = fit("drop:11", moments(rows))
    second = fit("axes:4", moments(first.linear(rows)))
    both = fit("drop:11+axes:4", moments(rows))
    assert both.recipe == "drop:11+axes:4"
    np.testing.assert_allclose(both.linear(rows), second.linear(first.linear(rows)), atol=1e-9)


def test_outliers_are_dropped_by_number() -> None:
    rows = rows_of(7, dim=40).astype(np.float64)
    rows[:, 17] += 3
    made = fit("drop:outliers", moments(rows))
    assert made.recipe == "drop:17"
    assert not made.apply(rows)[:, 17].any()


@pytest.mark.parametrize(
    ("recipe", "message"),
    [("topp:3", "Did you mean top"), ("top:12", "from 1 to 11"), ("whiten:1.5", "from 0 to 1"), ("axes:0", "from 1"),
     ("drop:12", "from 0 to 11"), ("drop:x", "from 0"), ("whiten:", "strength"), ("", "Unknown step"),
     ("drop:outliers", "No axis is an outlier")],
)  # fmt: skip
def test_a_wrong_step_is_named(recipe: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fit(recipe, moments(rows_of(8)))


def test_vectors_of_another_size_are_refused() -> None:
    with pytest.raises(UsageError, match="takes vectors of 12"):
        fit("centre", moments(rows_of(0))).apply(rows_of(0, dim=5))


def test_too_few_vectors_are_refused() -> None:
    with pytest.raises(UsageError, match="at least two"):
        fit("centre", Moments(1, np.zeros(3), np.zeros((3, 3))))


def test_a_stored_map_is_the_same() -> None:
    made = fit("whiten:0.5+axes:6", moments(rows_of(9)))
    again = from_npz(made.to_npz(), "x.npz")
    assert (again.recipe, again.digest, again.dim) == (made.recipe, made.digest, 6)
    np.testing.assert_array_equal(again.apply(rows_of(9)), made.apply(rows_of(9)))
    assert fit("whiten:0.5+axes:5", moments(rows_of(9))).digest != made.digest


def test_a_damaged_map_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = fit("centre", moments(rows_of(0))).to_npz()
    for broken in (b"", data[:200], b"x" * 500, data.replace(b"PK", b"KP")):
        with pytest.raises(ModelError, match=r"x\.npz"):
            from_npz(broken, "x.npz")
    monkeypatch.setattr(maps, "LARGEST", 100)
    with pytest.raises(ModelError, match="at most"):
        from_npz(data, "x.npz")


def stored(**values: object) -> bytes:
    file = io.BytesIO()
    whole = {"format": np.int64(1), "recipe": np.str_("centre"), "matrix": np.eye(3)[None], "offset": np.zeros((1, 3)),
             "centres": np.zeros((1, 3))}  # fmt: skip
    np.savez(file, **{name: value for name, value in (whole | values).items() if value is not None})  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.parametrize(
    ("values", "message"),
    [({"offset": None}, "lacks offset"), ({"format": np.int64(2)}, "not 1"), ({"matrix": np.eye(2)[None]}, "expected"),
     ({"matrix": np.full((1, 3, 3), np.nan)}, "finite"), ({"matrix": np.eye(3, dtype=np.float32)[None]}, "float64"),
     ({"recipe": np.str_("x" * 3_000)}, "recipe"), ({"offset": np.array([None, 1, 2], dtype=object)}, "not a stored")],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        from_npz(stored(**values), "x.npz")


def test_a_zip_that_claims_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "LARGEST", 10_000_000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("matrix.npy", bytes(maps.LARGEST + 1))
    with pytest.raises(ModelError, match="Do not trust"):
        from_npz(file.getvalue(), "x.npz")


def test_shapes_are_checked() -> None:
    with pytest.raises(ModelError, match="expected"):
        VectorMap("x", np.zeros((1, 0, 3)), np.zeros((1, 3)), np.zeros((1, 0)))
