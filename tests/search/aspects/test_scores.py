"""Vectors of aspects, cosines, and pairs of sentences."""

from __future__ import annotations

import numpy as np
import pytest

from aspect_kit import DATA, METHODS, TASKS
from broadsheet.core.alignment import Weighed, transported
from broadsheet.core.vectors import unit
from broadsheet.search.aspects.scores import Asked, alike, aspect_scores, aspect_vectors, weighed


def numbers(collection, *ids):
    return np.array([collection.store.papers.number(f"made:{each:03}") for each in ids])


def test_the_vector_of_an_aspect_is_the_mean_by_probability(collection):
    state = collection.sentences.snapshot()
    rows = aspect_vectors(state, numbers(collection, 11, 91), "method")
    (parts,) = state.of(numbers(collection, 11))
    by_hand = unit((parts.vectors * parts.roles[:, 1:2]).sum(axis=0, keepdims=True))[0]
    assert rows[0] == pytest.approx(by_hand, abs=1e-6)
    assert np.isnan(rows[1]).all()
    assert weighed(parts, "data").weights.argmax() == 2


def test_cosines_of_whole_and_aspect(collection):
    asked, state = numbers(collection, 11), collection.sentences.snapshot()
    snapshot = collection.space.snapshot()
    sentences = weighed(state.of(asked)[0], "method")
    others = numbers(collection, 11, 31, 41, 91)
    of_whole, of_aspect = aspect_scores(collection, Asked(snapshot.of(asked)[0], sentences), "method", others)
    assert of_whole[0] == pytest.approx(1, abs=1e-5)
    assert of_aspect[0] > of_aspect[1] > of_aspect[2] + 0.2
    by_hand = transported(sentences, [weighed(each, "method") for each in state.of(others)])
    assert of_aspect[:3] == pytest.approx(by_hand[:3], abs=1e-5)
    alone = transported(sentences, [Weighed(snapshot.of(others[3:]), np.ones(1))])
    assert of_aspect[3] == pytest.approx(alone[0], abs=1e-5), "without sentences it is one sentence"


def test_pairs_of_sentences(collection):
    state, papers = collection.sentences.snapshot(), collection.store.papers
    named = numbers(collection, 11, 31, 92, 91).tolist()
    one, other, short, bare = ((each, papers.by_numbers([each])[each]) for each in named)
    assert [pair.found for pair in alike(state, one, other, "method")] == [METHODS["graphs"]]
    assert [pair.asked for pair in alike(state, one, other, "data")] == [DATA]
    (pair,) = alike(state, one, short, "task") or [None]
    assert pair is None or pair.asked == TASKS["tides"]
    assert alike(state, one, bare, "method") == alike(state, bare, one, "method") == []
    assert alike(state, short, one, "result") == []
