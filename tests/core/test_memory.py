"""A neighbour memory: right by descriptions, by examples and by both; exact when it forgets; sure where it may be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import KNeighborsRegressor, NearestCentroid

from broadsheet.core.errors import UsageError
from broadsheet.core.memory import REASONS, SHARE, SURE, Filing, Memory, vote
from broadsheet.core.vectors import Rows, Vectors, unit

DIM = 16


def directions(labels: int, seed: int = 0) -> Vectors:
    """Vectors that are far apart, one for each label."""
    return unit(np.random.default_rng(seed).normal(size=(labels, DIM)))


def drawn(centres: Vectors, each: int, seed: int = 1, spread: float = 0.15) -> tuple[Vectors, Rows]:
    """Vectors around centres, and whose each is."""
    random = np.random.default_rng(seed)
    of = np.repeat(np.arange(len(centres)), each)
    return unit(centres[of] + spread * random.normal(size=(len(of), DIM))), of


def none(labels: int) -> Vectors:
    return np.zeros((labels, DIM), dtype=np.float32)


def of_rows(*labels: int) -> Rows:
    return np.array(labels, dtype=np.int64)


def filed(memory: Memory, vectors: Vectors) -> list[Filing]:
    return list(memory.file(vectors))


def test_descriptions_alone_examples_alone_and_both_find_the_label() -> None:
    centres = directions(5)
    examples, of = drawn(centres, 4)
    asked, right = drawn(centres, 20, seed=2)
    nothing = np.empty((0, DIM), np.float32)
    for memory in (
        Memory(nothing, of_rows(), centres),
        Memory(examples, of, none(5)),
        Memory(examples, of, centres),
        Memory(examples[of > 1], of[of > 1], centres),
    ):
        answers = filed(memory, asked)
        assert np.mean([each.label == label for each, label in zip(answers, right, strict=True)]) > 0.95
        assert all(0 <= each.confidence <= 1 for each in answers)


def test_many_examples_and_no_description_agree_with_the_nearest_centroid() -> None:
    centres = directions(4)
    examples, of = drawn(centres, 6, spread=0.3)
    asked, _ = drawn(centres, 50, seed=3, spread=0.3)
    centroids = NearestCentroid().fit(examples, of)
    ours = np.array([each.label for each in filed(Memory(examples, of, none(4)), asked)])
    assert np.mean(ours == centroids.predict(asked)) > 0.95


def test_the_reasons_are_the_nearest_examples_of_the_label_with_their_cosines() -> None:
    centres = directions(3)
    examples, of = drawn(centres, 5)
    asked, _ = drawn(centres, 3, seed=4)
    cosines = cosine_similarity(asked, examples)
    for answer, row in zip(filed(Memory(examples, of, none(3)), asked), cosines, strict=True):
        own = np.flatnonzero(of == answer.label)
        nearest = own[np.argsort(-row[own])][:REASONS]
        assert [reason.row for reason in answer.because] == nearest.tolist()
        np.testing.assert_allclose([reason.cosine for reason in answer.because], row[nearest], atol=1e-6)


def test_a_described_label_has_no_examples_to_show() -> None:
    centres = directions(3)
    [answer] = filed(Memory(centres[:2], of_rows(0, 1), centres), centres[2:])
    assert (answer.label, answer.because) == (2, ())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_was_removed_has_no_influence(data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 10_000))
    labels = data.draw(st.integers(2, 5))
    centres = directions(labels, seed)
    examples, of = drawn(centres, 4, seed, spread=0.5)
    asked, _ = drawn(centres, 3, seed + 1, spread=0.5)
    gone = data.draw(st.sets(st.integers(0, len(of) - 1), min_size=1, max_size=len(of)))
    left = np.array([row not in gone for row in range(len(of))])
    never = [(examples[row], of[row]) for row in range(len(of)) if row not in gone]
    one = Memory(examples[left], of[left], centres)
    vectors = np.array([vector for vector, _ in never], dtype=np.float32).reshape(-1, DIM)
    other = Memory(vectors, np.array([label for _, label in never], dtype=np.int64), centres)
    assert filed(one, asked) == filed(other, asked)


def test_a_new_label_is_answered_without_training() -> None:
    centres = directions(4)
    examples, of = drawn(centres, 3)
    old = of < 3
    asked = centres[3:]
    [before] = filed(Memory(examples[old], of[old], none(3)), asked)
    [after] = filed(Memory(examples, of, none(4)), asked)
    assert not before.sure
    assert (after.label, after.sure) == (3, True)


def test_the_memory_is_unsure_of_what_it_does_not_know_and_between_two_labels() -> None:
    centres = unit(np.eye(4, DIM, dtype=np.float32))
    examples, of = drawn(centres[:3], 5, spread=0.1)
    memory = Memory(examples, of, none(3))
    known, unknown, between = filed(memory, np.stack([centres[0], centres[3], unit(centres[:1] + centres[1:2])[0]]))
    assert known.confidence > 0.9 > SURE > between.confidence
    assert unknown.confidence < SURE
    assert [label for label, _ in between.labels][2] == 2


def test_a_label_with_many_examples_does_not_draw_the_texts_of_a_described_one() -> None:
    """A mean of many examples is nearer to every text than one description is, and that says nothing."""
    random = np.random.default_rng(0)
    common = unit(random.normal(size=(1, DIM)))
    centres = unit(directions(2) + 0.8 * common)
    examples, of = drawn(centres[:1], 60, spread=0.15)
    asked, right = drawn(centres, 200, seed=5, spread=0.15)
    descriptions, _ = drawn(centres, 1, seed=6, spread=0.15)
    memory = Memory(examples, of, np.where([[False], [True]], descriptions, 0).astype(np.float32))
    given = np.array([each.label for each in filed(memory, asked)])
    assert np.mean(given == right) > 0.88
    assert abs(np.mean(given == 1) - 0.5) < 0.1


def test_one_label_is_compared_with_chance() -> None:
    centres = unit(np.eye(2, DIM, dtype=np.float32))
    examples, of = drawn(centres[:1], 5, spread=0.1)
    near, far = filed(Memory(examples, of, none(1)), centres)
    assert near.confidence > SURE > far.confidence


def test_the_order_of_examples_of_a_label_and_of_labels_between_does_not_matter() -> None:
    centres = directions(3)
    examples, of = drawn(centres, 3)
    order = np.argsort(np.tile(np.arange(3), 3), kind="stable")  # labels mixed, each label's own order as it was
    one, other = Memory(examples, of, centres), Memory(examples[order], of[order], centres)
    asked, _ = drawn(centres, 5, seed=9)
    for left, right in zip(filed(one, asked), filed(other, asked), strict=True):
        assert (left.labels, left.confidence) == (right.labels, right.confidence)
        assert [of[reason.row] for reason in left.because] == [of[order][reason.row] for reason in right.because]


@pytest.mark.parametrize(
    ("examples", "of", "descriptions", "words"),
    [
        (none(0), of_rows(), none(0), "no labels"),
        (directions(1), of_rows(), none(1), "1 examples and 0 labels"),
        (directions(1), of_rows(1), directions(1), "expected 0 to 0"),
        (directions(1), of_rows(-1), directions(1), "expected 0 to 0"),
        (directions(1), of_rows(0), none(2), "label 1 has neither"),
        (np.ones((1, 3), np.float32), of_rows(0), directions(1), "one encoder"),
        (np.full((1, DIM), np.nan, np.float32), of_rows(0), directions(1), "not numbers"),
    ],
)
def test_bad_input_is_named(examples: Any, of: Any, descriptions: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Memory(examples, of, descriptions)


def test_vectors_of_another_encoder_are_refused() -> None:
    memory = Memory(directions(2), of_rows(0, 1), none(2))
    with pytest.raises(UsageError, match="one encoder"):
        filed(memory, np.ones((1, 3), np.float32))
    with pytest.raises(UsageError, match="not numbers"):
        memory.scores(np.full((1, DIM), np.inf, np.float32))
    assert filed(memory, np.empty((0, DIM), np.float32)) == []


def test_votes_are_the_shares_that_scikit_learn_gives_and_the_voters_are_its_neighbours() -> None:
    examples, of = drawn(directions(4), 10, spread=0.4)
    labels = np.eye(4, dtype=np.bool_)[of] | (np.random.default_rng(0).random((40, 4)) < 0.2)
    asked, _ = drawn(directions(4), 10, seed=7, spread=0.4)
    model = KNeighborsRegressor(9, metric="cosine", weights=lambda far: np.maximum(1 - far, 1e-6) ** 4)
    model.fit(examples, labels.astype(float))
    shares = model.predict(asked)
    near = model.kneighbors(asked, return_distance=False)
    for found, expected, rows in zip(vote(asked, examples, labels, k=9), shares, near, strict=True):
        assert [each.row for each in found.voters] == rows.tolist()
        assert {label for label, _ in found.labels} == {*np.flatnonzero(expected >= SHARE), int(expected.argmax())}
        for label, share in found.labels:
            assert share == pytest.approx(expected[label], abs=1e-5)


def test_votes_need_examples_with_labels() -> None:
    for examples, labels in ((none(0), np.zeros((0, 2), bool)), (directions(1), np.zeros((1, 2), bool))):
        with pytest.raises(UsageError, match="at least one example"):
            list(vote(directions(1), examples, labels))
