"""Measuring names of topics: diversity, coherence, and agreement with labels."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from benchmark_kit import benchmark

bench = benchmark("topics_names")


def test_npmi_adds_up_to_the_mutual_information_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    one = random.random(200) < 0.4
    other = (random.random(200) < 0.3) | (one & (random.random(200) < 0.5))
    total = 0.0
    for a in (one, ~one):
        for b in (other, ~other):
            share = float((a & b).mean())
            total += share * bench.npmi(set(np.flatnonzero(a)), set(np.flatnonzero(b)), 200) * -log(share)
    assert total == pytest.approx(mutual_info_score(one, other))


def test_npmi_at_its_ends() -> None:
    assert bench.npmi({1, 2}, {1, 2}, 10) == pytest.approx(1)
    assert bench.npmi({1, 2}, {3}, 10) == -1
    assert bench.npmi({0, 1}, {0, 2}, 4) == pytest.approx(0)
    assert bench.npmi({0, 1}, {0, 1}, 2) == 1


def test_coherence_is_the_mean_over_pairs() -> None:
    texts = ["word embeddings of parsers", "the parser has word embeddings", "embeddings", "rivers"]
    together, apart, alone = bench.coherence([["word", "parser"], ["parser", "river"], ["word"]], texts)
    assert (together, apart, alone) == (pytest.approx(1), -1, 0)
    both = bench.coherence([["word", "embed", "river"]], texts)[0]
    assert both == pytest.approx((bench.npmi({0, 1}, {0, 1, 2}, 4) - 2) / 3)


def test_lists_of_phrases_are_compared_by_their_first_ten_words() -> None:
    assert bench.ten_words(["Word embeddings", "parsers", "embedding of words"]) == ["word", "embed", "parser"]
    assert len(bench.ten_words([f"word{number}" for number in range(20)])) == 10


def test_diversity_is_the_share_of_distinct_entries() -> None:
    assert bench.diversity([["word", "parser"], ["parser", "river"]]) == pytest.approx(3 / 4)


def test_names_agree_with_labels_by_a_word_that_says_something() -> None:
    assert bench.shares_word(["Dependency parsing"], "Parsed trees")
    assert not bench.shares_word(["Time series analysis"], "Applications and analysis")
    assert bench.clean("Machine Learning II") == bench.clean("machine learning 3") == "machine learning"


def test_the_baseline_weighs_words_as_class_based_tf_idf_does() -> None:
    papers = [bench.Row("1", "bees bees wax", "", "", ()), bench.Row("2", "rivers wax", "", "", ())]
    listed = bench.words_and_pairs(papers, [0, 1], [0, 0])
    assert listed[0][0] == "bees"  # 2/5 * log(1 + 4/2); each topic has four words or pairs on average
    assert listed[1][1].index("rivers") < listed[1][1].index("wax")  # as often, but in one topic alone
