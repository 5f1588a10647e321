"""Two corpora are told apart when they differ and not when they do not; what moved is named."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import pdist, squareform
from sklearn.linear_model import LogisticRegression

from broadsheet.core.errors import UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.corpus.drift import classifier, drift, held, log_odds, mmd, moved
from corpus_kit import FIELDS, cloud, texts


def by_sums(one: np.ndarray, other: np.ndarray) -> float:
    """Equation 3 of Gretton et al. by the whole kernel."""
    apart = squareform(pdist(np.concatenate([one, other]).astype(float), "sqeuclidean"))
    kernel = np.exp(-apart / np.median(apart[np.triu_indices(len(apart), 1)]))
    n, m = len(one), len(other)
    inside = (kernel[:n, :n].sum() - n) / (n * (n - 1)) + (kernel[n:, n:].sum() - m) / (m * (m - 1))
    return float(inside - 2 * kernel[:n, n:].mean())


def test_mmd_is_that_of_the_whole_kernel() -> None:
    one, other = cloud(30, seed=1), cloud(45, seed=2, shift=0.5)
    assert mmd(one, other, rounds=19).value == pytest.approx(by_sums(one, other), abs=1e-5)


def test_mmd_keeps_its_level_and_sees_a_shift() -> None:
    same = [mmd(cloud(30, seed=s), cloud(30, seed=5_000 + s), rounds=99, seed=s).p <= 0.05 for s in range(300)]
    assert 0.02 < np.mean(same) < 0.085
    assert mmd(cloud(40, seed=1), cloud(40, seed=2, shift=0.6)).p < 0.01


def test_the_classifier_keeps_its_level_and_is_as_good_as_another() -> None:
    same = [classifier(cloud(60, seed=s), cloud(60, seed=5_000 + s), seed=s).p <= 0.05 for s in range(300)]
    assert 0.015 < np.mean(same) < 0.085
    one, other = cloud(400, seed=1), cloud(400, seed=2, shift=0.7)
    found = classifier(one, other)
    learned = LogisticRegression().fit(np.concatenate([one[:200], other[:200]]), [0] * 200 + [1] * 200)
    expected = learned.score(np.concatenate([one[200:], other[200:]]), [0] * 200 + [1] * 200)
    assert found.value == pytest.approx(expected, abs=0.04)
    assert found.p < 1e-6
    assert found.p == pytest.approx(stats.norm.sf((found.value - 0.5) / np.sqrt(1 / (4 * 400))))


def test_the_smaller_corpus_does_not_make_guessing_easier() -> None:
    found = [classifier(cloud(200, seed=s), cloud(40, seed=7_000 + s), seed=s).value for s in range(60)]
    assert abs(np.mean(found) - 0.5) < 0.03


def test_log_odds_are_those_of_the_formula() -> None:
    [word] = log_odds(Counter(bee=30), Counter(bee=10), 100, 100)
    prior = 100 * 40 / 200
    cells = np.array([[30 + prior, 200 - 30 - prior], [10 + prior, 200 - 10 - prior]])
    left, right = cells[:, 0] / cells[:, 1]
    assert word.z == pytest.approx(np.log(right / left) / np.sqrt((1 / cells).sum()))
    assert (word.one, word.other) == (0.3, 0.1)
    assert log_odds(Counter(the=100), Counter(the=50), 100, 50) == []
    assert log_odds(Counter(the=100), Counter(the=40), 100, 50)[0].z < 0
    assert 0 < log_odds(Counter(the=246), Counter(the=250), 250, 250)[0].z < 2  # four texts of 250 more say little


def test_words_that_moved_are_named_and_others_are_not() -> None:
    one, other = texts("bees", 80), [*texts("bees", 40, seed=1), *texts("stars", 40)]
    found = moved(one, other, count=5)
    assert {word.word for word in found if word.z > 0} <= set(FIELDS["stars"])
    assert all(word.z < 0 for word in found[-3:])
    assert held(["Bees, bees and 12 a Bees"]) == {"bees": 1, "and": 1}


def test_a_topic_that_came_is_found() -> None:
    encoder = HashEncoder(128)
    one, other = texts("bees", 90), [*texts("bees", 50, seed=1), *texts("stars", 40)]
    found = drift((one, encoder.encode(one)), (other, encoder.encode(other)), count=2)
    assert found.mmd.p < 0.02 > found.classifier.p
    came = found.topics[0]
    assert came.moved
    assert came.other == pytest.approx(40 / 90, abs=0.02) or came.one == pytest.approx(1, abs=0.02)
    assert found.to_json()["one"] == 90


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (cloud(5, seed=1), cloud(40, seed=1), "at least 20"),
        (cloud(40, seed=1), cloud(40, seed=1, dim=5), "one dimension"),
        (np.full((40, 12), np.nan, np.float32), cloud(40, seed=1), "not numbers"),
    ],
)
def test_corpora_that_cannot_be_compared(one: np.ndarray, other: np.ndarray, words: str) -> None:
    for test in (mmd, classifier):
        with pytest.raises(UsageError, match=words):
            test(one, other)
