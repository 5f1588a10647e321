"""What words and meaning find, and their one order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from broadsheet.core.errors import ModelError
from broadsheet.search.question import read
from broadsheet.search.sides import find, fused, ordered, query_vector


def test_both_sides_find_and_are_joined_in_one_order(collection):
    lists = find(collection, read(collection, "car road"), "hybrid", 10)
    assert (lists.mode, lists.notes) == ("hybrid", [])
    order = ordered(lists, fused(collection, lists, "hybrid"))
    assert {order[place].number for place in range(len(order))} == set(lists.semantic[0].tolist())
    scores = [order[place].score for place in range(len(order))]
    assert scores == sorted(scores, reverse=True)


def test_where_one_side_fails_the_other_answers_and_a_note_says_so(collection):
    collection.lexicon.clear()
    lists = find(collection, read(collection, "car road"), "hybrid", 10)
    assert lists.mode == "semantic"
    assert lists.notes[0].startswith("Only the meaning was searched, not the words")


def test_allowed_numbers_hold_for_both_sides(collection):
    numbers = sorted(collection.store.papers.numbers(["made:002", "made:003"]).values())
    lists = find(collection, read(collection, "car plants doctor", among=numbers), "hybrid", 10)
    assert set(lists.lexical[0].tolist()) | set(lists.semantic[0].tolist()) == set(numbers)


def test_the_vector_of_a_query_has_length_one(collection):
    vector = query_vector(collection, "car road")
    assert vector.shape == (32,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_words_that_the_encoder_does_not_know_are_searched_by_words_alone(collection, monkeypatch):
    known = {"car", "road"}
    unread = lambda texts: np.array([not known & set(text.split()) for text in texts])  # noqa: E731
    monkeypatch.setattr(collection.encoder, "unread", unread, raising=False)
    lists = find(collection, read(collection, "doctor"), "hybrid", 10)
    assert lists.mode == "lexical"
    assert lists.notes == ["The encoder words does not know any of these words, so their meaning was not searched."]
    assert len(lists.lexical[0])
    assert find(collection, read(collection, "car doctor"), "hybrid", 10).notes == []


def test_vectors_of_a_model_that_changed_are_not_compared_with_a_query(collection, monkeypatch):
    monkeypatch.setattr(collection.encoder, "manifest", replace(collection.encoder.manifest, weights="others"))
    lists = find(collection, read(collection, "car road"), "hybrid", 10)
    assert lists.mode == "lexical"
    assert lists.notes[0].startswith("Only the words were searched, not their meaning: ")
    assert "contains vectors of words" in lists.notes[0]
    with pytest.raises(ModelError, match="run sync --rebuild"):
        query_vector(collection, "car road")
