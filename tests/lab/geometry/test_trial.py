"""A repair is kept only where held-out queries leave no doubt; a control changes nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import skew

from broadsheet.core.errors import UsageError
from broadsheet.core.vectors import unit
from broadsheet.lab.geometry import trial
from broadsheet.lab.geometry.trial import CONTROL, Pool, Trial, fitted, moments_of, recipes, try_repairs


def pool(n: int = 240, noise: float = 0.35, rogue: float = 0.0, seed: int = 0) -> Pool:
    """Documents, each with one query near it; ``rogue`` is how far chance moves one axis of every vector."""
    random = np.random.default_rng(seed)
    documents = random.normal(size=(n, 24))
    queries = documents + noise * random.normal(size=(n, 24)) * 4
    for side in (documents, queries):
        side[:, 0] += rogue * random.normal(size=n)
    return Pool("near", unit(queries), unit(documents), [{row: 1} for row in range(n)])


@pytest.fixture(scope="module")
def sound() -> Trial:
    return try_repairs(pool())


@pytest.fixture(scope="module")
def spoiled() -> Trial:
    return try_repairs(pool(rogue=12))


def test_a_control_changes_nothing(sound: Trial) -> None:
    control = next(each for each in sound.repairs if each.name == CONTROL)
    assert control.value == pytest.approx(sound.value, abs=1e-3)
    assert control.name not in {each.name for each in sound.chosen}


def test_even_vectors_are_kept_as_they_are(sound: Trial) -> None:
    assert sound.kept == ()
    assert sound.sentence.startswith("Keep as it is: on 120 held-out queries")
    assert [each.map for each in sound.chosen] == [True, False]


def test_a_rogue_axis_is_repaired(spoiled: Trial) -> None:
    best = spoiled.chosen[0]
    assert best.map
    assert best.name in spoiled.kept
    assert best.above.low > 0.05
    assert best.name in spoiled.sentence
    dropped = next(each for each in spoiled.repairs if each.name == "drop:outliers")
    assert dropped.above.low > 0


def test_the_choice_is_made_on_the_first_half(spoiled: Trial) -> None:
    assert spoiled.chosen[0].first == max(each.first for each in spoiled.repairs if each.map and each.name != CONTROL)
    assert spoiled.chosen[1].first == max(each.first for each in spoiled.repairs if not each.map)
    assert (spoiled.queries, spoiled.held_out) == (240, 120)


def test_equal_repairs_are_seldom_kept() -> None:
    """Where answers are drawn by chance, no repair can help: at most one run in twenty should keep one."""
    kept = 0
    for seed in range(12):
        random, lost = np.random.default_rng(seed), pool(n=40, seed=seed)
        answers = [{int(random.integers(40)): 1} for _ in range(40)]
        kept += bool(try_repairs(Pool("lost", lost.queries, lost.documents, answers), seed=seed).kept)
    assert kept <= 2


def test_what_does_not_fit_is_skipped_with_its_reason(sound: Trial) -> None:
    assert any("No axis is an outlier" in each for each in sound.skipped)
    assert len(sound.repairs) == len(recipes(24)) - len(sound.skipped) + 6


def test_hubness_is_that_of_the_results() -> None:
    small = pool(n=60)
    found = try_repairs(small, seed=3)
    second = np.sort(np.random.default_rng(3).permutation(60)[30:])
    first = np.argsort(-(small.queries[second] @ small.documents.T), axis=1)[:, :10]
    assert found.hubness == pytest.approx(skew(np.bincount(first.ravel(), minlength=60)), abs=1e-6)


def test_blocks_change_nothing(sound: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "_BLOCK", 1_000)
    again = try_repairs(pool())
    by_name = {each.name: each for each in again.repairs}
    for each in sound.repairs:  # scores of one query do not depend on those of others
        assert by_name[each.name].value == pytest.approx(each.value, abs=1e-6), each.name


def test_maps_see_no_held_out_query() -> None:
    """A map is fitted to the documents and the first half: other queries in the second half change nothing."""
    whole, other = pool(n=60), pool(n=60, seed=9)
    second = np.sort(np.random.default_rng(0).permutation(60)[30:])
    queries = whole.queries.copy()
    queries[second] = other.queries[second]
    changed = Pool("near", queries, whole.documents, whole.judged)
    first, again = (fitted(each, "whiten:1") for each in (whole, changed))
    assert first.digest == again.digest
    assert first.digest != fitted(other, "whiten:1").digest


def test_moments_are_those_of_numpy() -> None:
    rows = pool().documents
    found = moments_of(rows)
    np.testing.assert_allclose(found.covariance, np.cov(rows.T.astype(float), bias=True), atol=1e-9)
    np.testing.assert_allclose(found.mean, rows.mean(axis=0), atol=1e-6)


def test_alignment_is_that_of_the_best_answers(sound: Trial) -> None:
    near = pool()
    expected = np.square(near.queries - near.documents).sum(axis=1).mean()
    assert sound.alignment.value == pytest.approx(expected, abs=1e-6)
    assert sound.uniformity.low < sound.uniformity.value < 0


def test_it_is_json(sound: Trial) -> None:
    found = json.loads(json.dumps(sound.to_json()))
    assert found["sentence"] == sound.sentence
    assert {"name", "map", "first", "value", "above", "hubness"} == set(found["repairs"][0])


def test_tasks_that_say_nothing_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="at least 20"):
        try_repairs(pool(n=10))
    whole = pool(n=40)
    with pytest.raises(UsageError, match="without a relevant document"):
        try_repairs(Pool("x", whole.queries, whole.documents, [{0: 0}] * 40))
    monkeypatch.setattr(trial, "MOST", 30)
    with pytest.raises(UsageError, match="expected 2 to 30"):
        try_repairs(whole)
