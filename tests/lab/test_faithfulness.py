from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from broadsheet.core.units import units
from broadsheet.lab.faithfulness import SHARES, chosen, judged, measured, texts

TEXT = " ".join(f"word{place}" for place in range(18)) + " truth truth"
OWN = units(TEXT)


def similarity(asked: Sequence[str]) -> np.ndarray:
    """A model that looks at one word: half for each time it is there."""
    return np.array([0.5 * text.split().count("truth") for text in asked])


def test_a_true_explanation_beats_a_false_one() -> None:
    true = np.array([float(name == "truth") for name in OWN.names])
    right, wrong = measured(similarity, OWN, true), measured(similarity, OWN, -true)
    assert right.comprehensiveness > wrong.comprehensiveness
    assert right.sufficiency < wrong.sufficiency
    assert right.deletion < wrong.deletion
    assert right.insertion > wrong.insertion


def test_measures_are_those_of_the_paper() -> None:
    """DeYoung et al. 2020: means over the shares of f(x) - f(x without r), and f(x) - f(r)."""
    values = np.array([0.5, 0.4, 0.3, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8])
    found = judged(values)
    assert found.comprehensiveness == pytest.approx(np.mean([0.3, 0.4, 0.5, 0.7]))
    assert found.sufficiency == pytest.approx(np.mean([0.6, 0.5, 0.3, 0.1]))
    assert found.deletion == pytest.approx(np.trapezoid([0.8, 0.5, 0.4, 0.3, 0.1, 0], [0, *SHARES, 1]))


def test_a_unit_that_is_too_frequent_is_passed_over_and_one_is_always_taken() -> None:
    order = np.array([float(name == "truth") for name in OWN.names])
    assert OWN.only(chosen(OWN, order, 0.05)) == "truth truth"
    assert chosen(OWN, -order, 0.1).sum() == 2
    assert len(texts(OWN, order)) == 2 * len(SHARES) + 1
