"""A recommended threshold is the best one there is, is sure where it is sharp, and is judged on other pairs."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from broadsheet.core.errors import UsageError
from broadsheet.lab.intervals import Sample, estimate, sample
from broadsheet.lab.task import Figure, Row
from broadsheet.lab.threshold import classified, decided, recommend


def made(count: int, seed: int, *, gap: float = 1.5, name: str = "ap") -> Sample:
    random = np.random.default_rng(seed)
    label = (random.random(count) < 0.4).astype(float)
    score = (random.normal(size=count) + gap * label).round(2)
    return sample([Row("it", f"p{i}", pair) for i, pair in enumerate(zip(score, label, strict=True))],
                  Figure("it", name), subject="a", set="s")  # fmt: skip


def test_no_other_threshold_is_better() -> None:
    measured = made(300, 1)
    score, label = measured.numbers.T
    every = [(score >= edge) for edge in np.append(np.unique(score), 99)]
    for aim, judge in (("accuracy", metrics.accuracy_score), ("f1", metrics.f1_score)):
        found = recommend(measured, aim=aim)  # type: ignore[arg-type]
        assert found.reached == pytest.approx(max(judge(label, calls) for calls in every))
        assert judge(label, score >= found.score) == pytest.approx(found.reached)
        assert found.low <= found.score <= found.high


def test_more_pairs_and_sharper_scores_make_it_surer() -> None:
    few, many = recommend(made(100, 2)), recommend(made(3_000, 2))
    sharp = recommend(made(100, 2, gap=6))
    assert many.high - many.low < few.high - few.low
    assert sharp.reached > few.reached
    assert (few.items, many.items) == (100, 3_000)


def test_the_interval_has_the_threshold_that_is_best_for_all() -> None:
    """Two normal distributions with shares 0.6 and 0.4 and a distance d cross at d / 2 + ln(0.6 / 0.4) / d."""
    best = 1.5 / 2 + np.log(0.6 / 0.4) / 1.5
    found = [recommend(made(400, seed), seed=seed) for seed in range(20)]
    assert sum(each.low <= best <= each.high for each in found) >= 17


def test_accuracy_is_of_other_pairs() -> None:
    chosen, other = recommend(made(500, 3)), made(500, 4)
    score, label = other.numbers.T
    found = estimate(decided(other, chosen.score))
    assert found.value == pytest.approx(metrics.accuracy_score(label, score >= chosen.score))
    assert estimate(classified(other, chosen.score)).value == pytest.approx(
        metrics.f1_score(label, score >= chosen.score, average="macro")
    )


def test_what_cannot_be_decided_is_refused() -> None:
    with pytest.raises(UsageError, match=r"needs rows of \(score, label\)"):
        recommend(made(30, 1, name="spearman"))
    measured = sample([Row("it", f"p{i}", (float(i), 1.0)) for i in range(9)], Figure("it", "ap"))
    with pytest.raises(UsageError, match="same label"):
        recommend(measured)
