"""Sets are ordered by how they resemble a corpus, and measures that disagree are said to."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from broadsheet.core.errors import UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.corpus.likeness import MEASURES, Texts, cross_entropy, divergence, likeness, lines
from corpus_kit import texts


def held(*fields: tuple[str, int], seed: int = 0) -> Texts:
    """Texts of fields with their vectors."""
    own = [text for field, count in fields for text in texts(field, count, seed=seed)]
    return own, HashEncoder(64).encode(own)


def sets() -> dict[str, Texts]:
    return {
        "bees": held(("bees", 800), seed=3),
        "half": held(("bees", 400), ("rivers", 400), seed=4),
        "rivers": held(("rivers", 800), seed=5),
        "small": held(("rivers", 50), seed=6),
    }


def test_the_nearest_comes_first() -> None:
    found = likeness(held(("bees", 800)), sets())
    assert [each.set for each in found.sets] == ["bees", "half", "rivers"]
    assert found.sets[0].first == 1
    assert found.left_out == {"small": "has 400 words"}
    assert found.agreement == pytest.approx(1)
    assert "nearest to your texts: bees, half" in found.sentence
    assert len(found.correlations) == 21
    assert len(lines(found)[0]) == len(lines(found)[1][0]) == len(MEASURES) + 4
    assert found.to_json()["texts"] == 500


def test_measures_that_disagree_are_said_to() -> None:
    """Vectors of another order than the words: each set has the vectors of another one."""
    own = sets()
    swapped = {
        "bees": (own["bees"][0], own["rivers"][1]),
        "half": own["half"],
        "rivers": (own["rivers"][0], own["bees"][1]),
    }
    found = likeness(held(("bees", 800)), swapped)
    assert found.agreement == pytest.approx(-1)
    assert "disagree" in found.sentence
    assert "by vectors rivers is the nearest, by words bees" in found.sentence


def test_the_divergence_is_scipys() -> None:
    one, other = Counter("aabbbc"), Counter("abccdd")
    shares = [[each[name] / 6 for name in "abcd"] for each in (one, other)]
    assert divergence(one, other) == pytest.approx(jensenshannon(*shares, base=2) ** 2)
    assert divergence(one, one) == pytest.approx(0)
    assert divergence(one, Counter("xyz")) == pytest.approx(1)


def test_bits_of_words_are_those_of_the_formula() -> None:
    model, text = list("abab"), list("abx")
    first = 0.5 * 1 + 0.4 * 0.5 + 0.1 / 3  # b after a
    second = 0.5 * 0 + 0.4 * 0 + 0.1 / 3  # x after b
    assert cross_entropy(text, model) == pytest.approx(-(np.log2(first) + np.log2(second)) / 2)
    assert cross_entropy(list("abab"), model) < cross_entropy(list("bbaa"), model)


def test_what_is_too_small() -> None:
    with pytest.raises(UsageError, match="has 10 texts"):
        likeness(held(("bees", 10)), sets())
    with pytest.raises(UsageError, match="has 400 words"):
        likeness(held(("bees", 50)), sets())
    with pytest.raises(UsageError, match="Only 1"):
        likeness(held(("bees", 800)), {"bees": sets()["bees"]})
