from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from broadsheet.core.concepts import DAMPED, axes
from broadsheet.core.vectors import unit

RANDOM = np.random.default_rng(5)
TEXTS = unit(RANDOM.normal(size=(60, 12)) + 1.5)
MEAN = TEXTS.mean(axis=0)


def test_concepts_and_what_all_share_sum_to_the_cosine_where_they_span_everything() -> None:
    made = axes(unit(RANDOM.normal(size=(200, 12)) + 1.5), MEAN)
    one, other = TEXTS[:2]
    whole = made.shared(one, other) + float((made.of(one) * made.of(other)).sum())
    assert whole == pytest.approx(float(one @ other), abs=0.01)


def test_axes_are_the_damped_symmetric_orthogonalisation() -> None:
    """By the inverse root of the Gram matrix, as SciPy has it."""
    concepts = unit(RANDOM.normal(size=(6, 12)))
    made = axes(concepts, np.zeros(12, np.float32))
    gram = concepts.astype(np.float64) @ concepts.T
    root = np.linalg.inv(scipy.linalg.sqrtm(gram + DAMPED * np.eye(6)).real)
    assert made.rows == pytest.approx(root @ concepts, abs=1e-6)


def test_a_concept_without_a_direction_of_its_own_says_nothing() -> None:
    made = axes(np.stack([MEAN, TEXTS[0]]), MEAN)
    assert not made.rows[0].any()
    assert made.of(TEXTS[0])[1] > 0


def test_turned_up_a_concept_is_said_more_and_the_length_stays_one() -> None:
    made = axes(TEXTS[:5], MEAN)
    up, down = made.turned(TEXTS[9], [2], 0.5), made.turned(TEXTS[9], [2], -0.5)
    assert made.of(up)[2] > made.of(TEXTS[9])[2] > made.of(down)[2]
    assert np.linalg.norm(up) == pytest.approx(1.0, abs=1e-6)


def test_turned_off_nothing_is_said_of_a_concept_and_what_is_left_is_a_vector() -> None:
    made = axes(TEXTS[:5], MEAN)
    off = made.without(TEXTS[9], [1, 3])
    assert made.of(off)[[1, 3]] == pytest.approx([0, 0], abs=1e-6)
    only = (made.rows[1] / np.linalg.norm(made.rows[1])).astype(np.float32)
    assert made.without(only, [1]) == pytest.approx(only)
    assert made.turned(TEXTS[9], [], 0.5) == pytest.approx(TEXTS[9])


def test_without_texts_nothing_is_shared() -> None:
    made = axes(TEXTS[:2], np.zeros(12, np.float32))
    assert made.shared(TEXTS[0], TEXTS[1]) == 0.0
