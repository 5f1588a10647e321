"""Topics are the clusters that scikit-learn finds, with the share of each corpus and their words."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from broadsheet.core.errors import UsageError
from broadsheet.core.vectors import unit
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.corpus.topics import clusters, topics
from corpus_kit import FIELDS, texts


def test_clusters_are_as_near_as_another_programs() -> None:
    random = np.random.default_rng(4)
    vectors = unit(random.normal(size=(5, 10))[random.integers(0, 5, 300)] + 0.5 * random.normal(size=(300, 10)))
    centres = clusters(vectors, 5)
    assert np.allclose(np.linalg.norm(centres, axis=1), 1, atol=1e-5)
    other = KMeans(5, n_init=10, random_state=0).fit(vectors)
    assert adjusted_rand_score(other.labels_, (vectors @ centres.T).argmax(axis=1)) > 0.9
    theirs = (vectors @ unit(other.cluster_centers_).T).max(axis=1).sum()
    assert (vectors @ centres.T).max(axis=1).sum() >= 0.995 * theirs


def test_shares_words_and_intervals() -> None:
    encoder = HashEncoder(128)
    one = [*texts("bees", 60), *texts("rivers", 30)]
    other = [*texts("bees", 30, seed=1), *texts("rivers", 60, seed=1)]
    found = topics((one, encoder.encode(one)), (other, encoder.encode(other)), count=2)
    assert sum(topic.one for topic in found) == pytest.approx(1)
    common = {"study", "model", "data"}  # to all texts
    said = [set(" ".join(topic.words).lower().split()) - common for topic in found]
    bees = next(topic for topic, words in zip(found, said, strict=True) if words <= set(FIELDS["bees"]))
    assert all(words <= set(FIELDS["bees"]) or words <= set(FIELDS["rivers"]) for words in said)
    assert (bees.one, bees.other) == pytest.approx((2 / 3, 1 / 3), abs=0.03)
    assert bees.low < bees.change < bees.high < 0
    assert bees.moved
    assert bees.example in (*one, *other)


def test_equal_corpora_have_topics_that_did_not_move() -> None:
    encoder = HashEncoder(128)
    wrong = 0
    for seed in range(20):
        halves = [
            [*texts("bees", 40, seed=2 * seed + side), *texts("rivers", 40, seed=2 * seed + side)] for side in (0, 1)
        ]
        one, other = [(half, encoder.encode(half)) for half in halves]
        wrong += any(topic.moved for topic in topics(one, other, count=3, seed=seed))
    assert wrong <= 4


def test_few_different_texts_give_few_topics() -> None:
    encoder, some = HashEncoder(64), ["bees and honey"] * 30 + ["a river in spring"] * 10
    found = topics((some, encoder.encode(some)), (some, encoder.encode(some)), count=5)
    assert sorted(topic.one for topic in found) == [0.25, 0.75]


def test_an_impossible_number_of_topics() -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(5, 3)))
    for count in (1, 6):
        with pytest.raises(UsageError, match="expected 2 to 5"):
            clusters(vectors, count)
