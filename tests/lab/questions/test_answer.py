"""A question is answered by what was measured: yes and no only where the half that did not choose agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from scipy import stats

from broadsheet.core.errors import UsageError
from broadsheet.lab.intervals import Sample
from broadsheet.lab.questions.answer import answered, correlation
from broadsheet.lab.questions.table import QUESTIONS
from broadsheet.lab.task import Figure

SETS = ("rivers", "dunes", "reefs")
ITEMS = tuple(f"q{number}" for number in range(120))


def samples(gains: Mapping[str, Sequence[float]], *, noise: float = 0.1) -> dict[str, list[Sample]]:
    """Values of each variant on each set: those of the base, a gain, and noise of its own."""
    random = np.random.default_rng(7)
    base = {name: random.uniform(0, 1, len(ITEMS)) for name in SETS}
    return {
        label: [
            Sample(label, name, Figure("nDCG@10"), ITEMS,
                   (base[name] + gain + noise * random.standard_normal(len(ITEMS)))[:, None])
            for name, gain in zip(SETS, own, strict=True)
        ]
        for label, own in gains.items()
    }  # fmt: skip


@pytest.mark.parametrize(
    ("gains", "begins"),
    [
        ({"base": (0, 0, 0), "a": (0.1, 0.1, 0.1), "b": (0, 0, 0)}, "Yes: a gains +0.1"),
        (
            {"base": (0, 0, 0), "a": (-0.2, -0.2, -0.2), "b": (-0.1, -0.1, -0.1)},
            "No: even the best variant, b, changes -0.1",
        ),
        ({"base": (0, 0, 0), "a": (0, 0, 0), "b": (0, 0, 0)}, "It cannot be told here"),
    ],
)
def test_the_sentence_says_what_the_values_show(gains: Mapping[str, Sequence[float]], begins: str) -> None:
    found = answered(QUESTIONS["whitening"], samples(gains))
    assert found.sentence.startswith(begins)
    assert [each.one for each in found.table] == ["a", "b"]


def test_a_variant_that_loses_on_a_set_is_named_with_it() -> None:
    found = answered(QUESTIONS["whitening"], samples({"base": (0, 0, 0), "a": (0.3, 0.3, -0.2)}))
    assert found.sentence.startswith("Yes")
    assert "loses on reefs" in found.sentence


def test_the_best_of_many_equal_variants_is_not_called_better() -> None:
    """The winner of ten twins is lucky on the half that chose it, and on the other half no more than others."""
    wrong = 0
    for seed in range(12):
        random = np.random.default_rng(seed)
        twins = {
            f"v{number}": [Sample(f"v{number}", "rivers", Figure("nDCG@10"), ITEMS, random.uniform(0, 1, (120, 1)))]
            for number in range(10)
        }
        wrong += answered(QUESTIONS["pooling"], twins, seed=seed).sentence.startswith("Yes")
    assert wrong <= 2


def test_a_question_without_variants_or_sets_is_refused() -> None:
    with pytest.raises(UsageError, match="needs a base"):
        answered(QUESTIONS["pooling"], {"base": []})


def test_the_correlation_is_the_mean_of_spearmans_over_the_sets() -> None:
    random = np.random.default_rng(3)
    reached = {f"v{number}": random.uniform(0, 1, 4).tolist() for number in range(12)}
    facts = {label: (np.array(own) + random.uniform(0, 1, 4)).tolist() for label, own in reached.items()}
    value, low, high = correlation(reached, facts)
    table = np.array(list(reached.values())), np.array(list(facts.values()))
    assert value == pytest.approx(
        np.mean([stats.spearmanr(table[0][:, each], table[1][:, each])[0] for each in range(4)])
    )
    assert low < value < high
