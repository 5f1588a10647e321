"""Interests: several are told apart, each has its say, and what is declined sinks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core.vectors import unit
from broadsheet.foryou import interests
from broadsheet.foryou.interests import (
    Interests,
    centre,
    clusters,
    common,
    find_interests,
    pick,
    scores,
    silhouette,
    ward,
)

DIM = 24


def bunches(sizes: list[int], *, seed: int = 0, spread: float = 0.5) -> np.ndarray:
    """Unit rows around as many directions, at right angles, as there are sizes."""
    random = np.random.default_rng(seed)
    rows = [np.eye(DIM)[each] + random.normal(size=(size, DIM)) * spread / DIM**0.5 for each, size in enumerate(sizes)]
    return unit(np.concatenate(rows))


def likes(rows: np.ndarray, groups: list[str] | None = None, declined: np.ndarray | None = None) -> Interests:
    none = np.empty((0, DIM), dtype=np.float32)
    given = np.ones(len(rows))
    return find_interests(
        rows, weights=given, groups=groups or [""] * len(rows), declined=none if declined is None else declined
    )[0]


def test_bunches_are_told_apart() -> None:
    labels = clusters(bunches([9, 5, 4]))
    assert labels.max() == 2
    assert [len(set(part)) for part in np.split(labels, [9, 14])] == [1, 1, 1]


@pytest.mark.parametrize("rows", [bunches([1]), bunches([2]), bunches([1, 1]), unit(np.ones((8, DIM)))])
def test_what_cannot_be_told_apart_is_one(rows: np.ndarray) -> None:
    assert clusters(rows).tolist() == [0] * len(rows)


def test_no_more_than_the_bound_are_found() -> None:
    assert clusters(bunches([4] * 9)).max() + 1 <= interests.MOST


def test_many_are_clustered_by_some() -> None:
    labels = clusters(bunches([500, 300]))
    assert labels.max() == 1
    assert [len(set(part)) for part in np.split(labels, [500])] == [1, 1]


def test_ward_merges_what_raises_the_squares_least() -> None:
    """Against the definition: at each step the merge after which the squares within clusters have grown least."""
    rows = bunches([4, 3, 3], seed=5, spread=1.5)

    def within(labels: np.ndarray) -> float:
        return sum(
            float(np.square(rows[labels == each] - rows[labels == each].mean(axis=0)).sum()) for each in set(labels)
        )

    labels = np.arange(len(rows))
    cuts = {int(cut.max()) + 1: cut for cut in ward(rows, 5)}
    assert sorted(cuts) == [2, 3, 4, 5]
    while len(set(labels)) > 2:
        names = sorted(set(labels))
        merged = [np.where(labels == b, a, labels) for i, a in enumerate(names) for b in names[i + 1 :]]
        labels = min(merged, key=within)
        if len(set(labels)) in cuts:
            assert within(cuts[len(set(labels))]) == pytest.approx(within(labels), rel=1e-5)


def test_silhouette_by_hand() -> None:
    apart = np.abs(np.subtract.outer([0.0, 1.0, 10.0, 12.0], [0.0, 1.0, 10.0, 12.0]))
    by_hand = np.mean([(11 - 1) / 11, (10 - 1) / 10, (9.5 - 2) / 9.5, (11.5 - 2) / 11.5])
    assert silhouette(apart, np.array([0, 0, 1, 1])) == pytest.approx(by_hand)
    assert silhouette(apart[:3, :3], np.array([0, 0, 1])) == pytest.approx(np.mean([0.9, 8 / 9, 0]))


def test_groups_are_interests_by_themselves_and_come_first() -> None:
    rows = bunches([6, 6, 2])
    groups = [""] * 12 + ["ropes", "soups"]
    own, order = find_interests(rows, weights=np.ones(14), groups=groups, declined=rows[:0])
    assert len(own) == 4
    assert [groups[place] for place in order[:2]] == ["ropes", "soups"]
    assert own.member.tolist() == [0, 1] + [2] * 6 + [3] * 6
    assert own.shares.sum() == pytest.approx(1)
    assert own.shares[2] / own.shares[0] == pytest.approx(6**interests.SMOOTH)
    np.testing.assert_allclose(own.liked, rows[order])
    np.testing.assert_allclose(own.centres[0], rows[12], atol=1e-6)


def test_weights_move_centres_and_shares() -> None:
    rows = bunches([2, 2], spread=1.0)
    heavy, _ = find_interests(rows, weights=np.array([9.0, 1, 1, 1]), groups=["a", "a", "b", "b"], declined=rows[:0])
    assert heavy.shares[0] > heavy.shares[1]
    assert heavy.centres[0] @ rows[0] > heavy.centres[0] @ rows[1]


def test_scores_by_hand() -> None:
    rows = bunches([3, 3])
    refused = unit(np.eye(DIM, dtype=np.float32)[[0, 7]] + np.eye(DIM, dtype=np.float32)[[7, 9]])
    own = likes(rows, ["a"] * 3 + ["b"] * 3, declined=refused)
    candidates = np.concatenate([bunches([2, 2], seed=1), refused])
    got = scores(own, candidates)
    close = (candidates @ rows.T)[:, 3:].mean(axis=1)
    expected = (candidates @ own.centres[1] + interests.CLOSE * close) / (1 + interests.CLOSE)
    expected -= interests.DECLINE * np.maximum((candidates @ refused.T).max(axis=1) - close, 0)
    np.testing.assert_allclose(got[:, 1], expected, atol=1e-6)
    untold = scores(likes(rows, ["a"] * 3 + ["b"] * 3), candidates)
    assert (got <= untold).all()
    np.testing.assert_allclose(got[:2, 0], untold[:2, 0])
    assert (got[4:, 0] < untold[4:, 0] - 0.05).all()


def test_no_interest_crowds_out_the_rest() -> None:
    """Nineteen likes of one kind, two of another, and a day full of better papers of the first kind."""
    own = likes(bunches([19, 2]), ["a"] * 19 + ["b"] * 2)
    rows = bunches([40, 4], seed=2)
    day = np.concatenate([rows[:40], unit(rows[40:] + 1.2 * np.eye(DIM)[5])])
    chosen, which = pick(scores(own, day), own.shares, day, 20)
    assert np.count_nonzero(which == 1) >= int(interests.SURE * own.shares[1] * 20) >= 2
    assert set(chosen[which == 1].tolist()) <= {40, 41, 42, 43}
    assert np.count_nonzero(which == 0) >= 14


def test_an_interest_without_anything_today_is_not_filled_with_chaff() -> None:
    own = likes(bunches([5, 5]), ["a"] * 5 + ["b"] * 5)
    day = bunches([12, 0, 12], seed=3)
    chosen, which = pick(scores(own, day), own.shares, day, 10, least=np.array([0.5, 0.5], dtype=np.float32))
    assert (chosen < 12).all()
    assert (which == 0).all()


def test_a_copy_of_a_pick_comes_later() -> None:
    own = likes(bunches([4]))
    day = np.eye(DIM, dtype=np.float32)[[0, 0, 1]]
    suits = np.array([[0.5], [0.5], [0.45]], dtype=np.float32)
    assert pick(suits, own.shares, day, 3)[0].tolist() == [0, 2, 1]
    assert pick(suits, own.shares, np.eye(3, DIM, dtype=np.float32), 3)[0].tolist() == [0, 1, 2]


def test_bands_say_how_few_papers_suit_as_well() -> None:
    own, sample = likes(bunches([5, 5])), unit(np.random.default_rng(0).normal(size=(2_000, DIM)))
    edges = interests.bands(own, sample)
    assert edges.shape == (len(own), 3)
    assert (np.diff(edges, axis=1) >= 0).all()
    shares = (scores(own, sample)[:, :, None] >= edges).mean(axis=0)
    np.testing.assert_allclose(shares, [[0.1, 0.02, 0.005]] * len(own), atol=0.002)


def test_a_shortlist_has_the_nearest_of_every_interest() -> None:
    cosines = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    got = interests.shortlist(cosines, 4)
    assert set(got.tolist()) == {int(row) for each in cosines.T for row in np.argsort(-each)[:4]}
    assert interests.shortlist(cosines, 50).tolist() == list(range(50))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 30), st.integers(0, 12), st.integers(0, 15), st.integers(0, 99))
def test_picks_are_distinct_and_as_many_as_there_are(liked: int, count: int, k: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    own = likes(unit(random.normal(size=(liked, DIM))))
    rows = unit(random.normal(size=(count, DIM)))
    chosen, which = pick(scores(own, rows), own.shares, rows, k)
    assert len(set(chosen.tolist())) == len(chosen) == len(which) == min(k, count)
    assert len(own) == 0 or ((which >= 0) & (which < len(own))).all()


def test_the_order_of_likes_does_not_matter() -> None:
    rows, day = bunches([6, 4, 5], seed=6), bunches([5, 5, 5], seed=7)
    shuffled = np.random.default_rng(0).permutation(15)
    one, other = (pick(scores(own, day), own.shares, day, 8)[0] for own in (likes(rows), likes(rows[shuffled])))
    assert one.tolist() == other.tolist()


def test_what_all_have_in_common_is_taken_off() -> None:
    rows = unit(bunches([60, 60]) + 2 * np.eye(DIM)[9])
    assert (rows[:60] @ rows[60:].T).mean() > 0.7
    freed = centre(rows, common(rows))
    assert (freed[:60] @ freed[60:].T).mean() < 0.4
    assert np.linalg.norm(common(rows[:2])) < 0.05
    assert common(rows[:0]).tolist() == [0.0] * DIM
