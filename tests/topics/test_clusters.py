"""Topics are what scikit-learn's k-means finds, they keep their ids, and what fits nowhere becomes a new one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, v_measure_score
from threadpoolctl import threadpool_limits

from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.topics.clusters import LEAST, Tree, fit, grow, match, place, renumbered, split

DIM = 24


def papers(fields: int, each: int, *, seed: int = 0, noise: float = 0.35) -> tuple[Vectors, Rows]:
    """Return vectors around ``4 * fields`` middles, four to a field, and the middle of each."""
    random = np.random.default_rng(seed)
    broad = np.repeat(unit(random.normal(size=(fields, DIM))), 4, axis=0)
    fine = unit(broad + 0.7 * unit(random.normal(size=broad.shape)))
    label = np.repeat(np.arange(len(fine)), each)
    return unit(fine[label] + noise * unit(random.normal(size=(len(label), DIM)))), label


def test_a_tree_holds_what_lies_together() -> None:
    vectors, label = papers(5, 40)
    tree = fit(vectors)
    topics, nearness = place(tree, vectors)
    other = KMeans(len(tree), n_init=4, random_state=0).fit_predict(vectors)
    assert v_measure_score(label, topics) >= v_measure_score(label, other) - 0.02
    assert len(tree) == round(0.8 * np.sqrt(len(vectors)))
    assert np.allclose(np.linalg.norm(tree.centres, axis=1), 1, atol=1e-5)
    cosines = vectors @ tree.centres.T
    assert np.allclose(nearness, cosines.max(axis=1), atol=1e-5)
    assert set(topics.tolist()) == set(tree.fields)


def test_fields_hold_topics_and_share_no_id_with_them() -> None:
    vectors, label = papers(5, 40)
    tree = fit(vectors, first=7)
    fields = set(tree.fields.values())
    assert sorted(fields | set(tree.fields)) == list(range(7, 7 + len(fields) + len(tree)))
    assert not fields & set(tree.fields)
    topics, _ = place(tree, vectors)
    broad = [tree.fields[topic] for topic in topics.tolist()]
    assert adjusted_rand_score(label // 4, broad) > 0.8


def test_equal_vectors_make_the_equal_tree_in_any_number_of_threads() -> None:
    vectors, _ = papers(6, 60)
    one = fit(vectors, seed=3)
    with threadpool_limits(1):
        other = fit(vectors.copy(), seed=3)
    assert np.array_equal(one.centres, other.centres)
    assert one.fields == other.fields


@pytest.mark.parametrize(
    "vectors",
    [
        np.empty((0, DIM), dtype=np.float32),
        papers(1, 1)[0][:3],
        np.tile(papers(1, 1)[0][:1], (500, 1)),
        np.tile(papers(1, 1)[0][:1], (500, 1)) * (1 + 1e-7 * np.arange(500)[:, None]),
        np.full((100, DIM), np.nan, dtype=np.float32),
        np.zeros((100, DIM), dtype=np.float32),
    ],
    ids=["none", "three", "alike", "almost alike", "not numbers", "zero"],
)
def test_no_topics_yet(vectors: Vectors) -> None:
    tree = fit(vectors)
    assert len(tree) == len(tree.centres) == len(tree.topics) == 0
    topics, nearness = place(tree, vectors)
    assert topics.tolist() == nearness.tolist() == [0] * len(vectors)
    assert len(grow(tree, vectors, topics, first=1)) == 0


def test_rows_without_direction_are_left_out_and_lie_nowhere() -> None:
    vectors, _ = papers(5, 40)
    bad = np.array(vectors)
    bad[::50] = np.nan
    bad[1::50] = 0
    tree = fit(bad)
    topics, nearness = place(tree, bad)
    lost = np.isin(np.arange(len(bad)) % 50, (0, 1))
    assert np.isfinite(tree.centres).all()
    assert not topics[lost].any()
    assert not nearness[lost].any()
    assert topics[~lost].all()


def test_few_different_vectors_give_few_topics() -> None:
    vectors = np.repeat(papers(1, 1)[0][:3], 100, axis=0)
    tree = fit(vectors)
    assert len(tree) == 3
    assert len(set(place(tree, vectors)[0].tolist())) == 3
    assert len(vectors) >= LEAST


def test_a_vector_that_is_far_from_all_lies_nowhere() -> None:
    vectors, _ = papers(5, 40)
    tree = fit(vectors)
    away = unit(-vectors.mean(axis=0, keepdims=True))
    topics, nearness = place(tree, away)
    assert topics.tolist() == [0]
    assert nearness[0] == pytest.approx(float((away @ tree.centres.T).max()), abs=1e-5)


def test_a_merged_topic_has_two_centres() -> None:
    tree = Tree(np.eye(3, dtype=np.float32), np.array([5, 5, 6]), {5: 1, 6: 1})
    topics, nearness = place(tree, np.eye(3, dtype=np.float32))
    assert topics.tolist() == [5, 5, 6]
    assert nearness.tolist() == [1, 1, 1]


def test_an_absent_field_gets_topics_and_the_old_ones_stay() -> None:
    vectors, label = papers(6, 40)
    absent = label // 4 == 5
    tree = fit(vectors[~absent])
    topics, _ = place(tree, vectors)
    first = max(*tree.fields, *tree.fields.values()) + 1
    grown = grow(tree, vectors, topics, first=first)
    assert np.array_equal(grown.centres[: len(tree)], tree.centres)
    assert np.array_equal(grown.topics[: len(tree)], tree.topics)
    assert tree.fields.items() < grown.fields.items()
    assert min(set(grown.fields) - set(tree.fields)) == first
    after, _ = place(grown, vectors)
    assert (after[absent] >= first).mean() > 0.9
    assert (after[~absent] == topics[~absent]).mean() > 0.98


def test_nothing_grows_where_all_fits() -> None:
    vectors, _ = papers(5, 40)
    tree = fit(vectors)
    topics, _ = place(tree, vectors)
    assert grow(tree, vectors, topics, first=100) is tree


def test_a_split_parts_two_kinds() -> None:
    vectors, _ = papers(2, 60)
    some = np.concatenate([vectors[:60], vectors[-30:], np.full((1, DIM), np.nan, dtype=np.float32)])
    leaves = split(some)
    assert leaves.tolist() == [False] * 60 + [True] * 30 + [False]
    assert not split(np.repeat(vectors[:1], 9, axis=0)).any()
    assert not split(vectors[:1]).any()
    assert split(vectors[:0]).shape == (0,)


def test_a_match_shares_the_most_papers_one_to_one() -> None:
    random = np.random.default_rng(2)
    before = random.integers(0, 8, 2_000)
    swap = random.permutation(9)
    after = np.where(random.random(2_000) < 0.2, random.integers(0, 9, 2_000), swap[before])
    found = match(before, after)
    table = np.zeros((9, 9))
    np.add.at(table, (before, after), 1)
    rows, columns = linear_sum_assignment(table[1:, 1:], maximize=True)
    wanted = {int(j) + 1: int(i) + 1 for i, j in zip(rows, columns, strict=True)}
    assert found.items() <= wanted.items()
    assert all(swap[old] == new for new, old in found.items())
    assert len(found) >= 6


def test_topics_that_share_too_few_papers_do_not_match() -> None:
    before, after = np.array([1] * 10 + [2] * 10), np.array([3] * 10 + [4] * 2 + [3] * 8)
    assert match(before, after) == {3: 1}
    assert match(before, np.zeros(20, dtype=np.int64)) == {}


def test_other_ids() -> None:
    tree = Tree(np.eye(2, dtype=np.float32), np.array([3, 4]), {3: 1, 4: 2})
    again = renumbered(tree, {3: 13, 1: 11})
    assert again.topics.tolist() == [13, 4]
    assert again.fields == {13: 11, 4: 2}
    assert again.centres is tree.centres
