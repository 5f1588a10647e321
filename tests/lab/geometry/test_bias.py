"""Bias is found where it is, and chance is not taken for it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from broadsheet.lab.geometry.bias import correlations, lift, properties, script

TEXTS = [" ".join(["common"] * (n % 17 + 1) + [f"rare{n}"] * (n % 5)) for n in range(200)]


def test_properties_are_lengths_and_frequencies() -> None:
    found = properties(["the cat", "the the", "dog", ""])
    assert found["length"].tolist() == [2, 2, 1, 0]
    assert found["frequency of words"].tolist() == pytest.approx(
        [(np.log(0.5) + np.log(0.25)) / 2, np.log(0.5), np.log(0.25), 0]
    )


def test_a_correlation_is_that_of_scipy() -> None:
    fact = np.random.default_rng(0).normal(size=200) + 0.3 * properties(TEXTS)["length"]
    found = {(each.property, each.fact): each.found for each in correlations(TEXTS, {"fact": fact})}
    own = found["length", "fact"]
    assert own.value == pytest.approx(spearmanr(properties(TEXTS)["length"], fact)[0], abs=1e-9)
    assert 0.3 < own.low < own.value < own.high


def test_chance_is_within_the_interval_of_nothing() -> None:
    inside = 0
    for seed in range(20):
        fact = np.random.default_rng(seed).normal(size=200)
        found = correlations(TEXTS, {"fact": fact})[0].found
        inside += found.low <= 0 <= found.high
    assert inside >= 16


def test_few_texts_say_nothing() -> None:
    assert correlations(TEXTS[:10], {"fact": np.zeros(10)}) == []


def test_neighbours_of_one_label_are_counted_against_chance() -> None:
    own = ["a"] * 50 + ["b"] * 50
    clustered = lift("source", own, [[label] * 9 + ["c"] for label in own])
    assert clustered is not None
    assert clustered.found.value == pytest.approx(0.9)
    assert clustered.chance == pytest.approx(2 * 50 * 49 / (100 * 99))
    random = np.random.default_rng(0)
    mixed = lift("source", own, [list(random.choice(["a", "b"], 10)) for _ in own])
    assert mixed is not None
    assert mixed.found.low < mixed.chance < mixed.found.high
    assert lift("source", ["a"] * 50, [["a"]] * 50) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("Hello мир", "LATIN"), ("Привет", "CYRILLIC"), ("東京", "CJK"), ("12 + 3", ""), ("", ""), ("नमस्ते", "DEVANAGARI")],
)
def test_scripts(text: str, name: str) -> None:
    assert script(text) == name
