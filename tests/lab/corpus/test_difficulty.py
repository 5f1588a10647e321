"""Queries of two sets are measured and matched; what remains of a gap is what their difficulty does not explain."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.neighbors import NearestNeighbors

from broadsheet.core.errors import UsageError
from broadsheet.lab.corpus.difficulty import MEASURES, Judged, difficulty, match, matched

DOCUMENTS = ["bees count bees", "rivers carry sand far away", "honey and bees and wax", "sand castles"]


def test_the_measures_of_a_query() -> None:
    made = difficulty(Judged(["bees count", "sand of rivers"], DOCUMENTS, [[0], [1, 3]]))
    one, other = (dict(zip(MEASURES, row, strict=True)) for row in made.tolist())
    assert one["query length"] == 2
    assert one["document length"] == pytest.approx(np.log2(4))
    assert one["word length"] == pytest.approx((4 + 5 + 4) / 3)
    assert one["repetition"] == pytest.approx(1 / 3)
    assert one["shared words"] == 1
    assert one["hard negatives"] == 0
    assert other["shared words"] == pytest.approx(2 / 3)
    assert other["document length"] == pytest.approx(np.log2(1 + 3.5))


def test_close_negatives_are_counted_by_words() -> None:
    documents = ["bees fly", "bees fly", "bees fly", "stars shine"]
    made = difficulty(Judged(["bees fly"], documents, [[0]]))
    assert made[0, MEASURES.index("hard negatives")] == pytest.approx(np.log2(3))


def test_a_query_without_relevant_documents_is_refused() -> None:
    with pytest.raises(UsageError, match="no relevant document"):
        difficulty(Judged(["bees"], DOCUMENTS, [[]]))


def test_pairs_are_near_and_used_once() -> None:
    random = np.random.default_rng(0)
    one, other = random.normal(size=(60, 3)), random.normal(loc=0.5, size=(80, 3))
    left, right = matched(one, other, caliper=0.5)
    assert len(set(left)) == len(left) == len(set(right)) == len(right) > 20
    spread = np.sqrt((one.var(axis=0) + other.var(axis=0)) / 2)
    apart, nearest = NearestNeighbors(n_neighbors=1).fit(other / spread).kneighbors(one / spread)
    first = int(apart.argmin())
    assert (left[0], right[0]) == (first, int(nearest[first, 0]))
    gaps = np.sqrt(np.square((one[left] - other[right]) / spread).mean(axis=1))
    assert (gaps <= 0.5).all()
    assert (np.diff(gaps) >= 0).all()


def hard(count: int, *, shift: float, field: float, seed: int) -> tuple[np.ndarray, list[float]]:
    """A set whose scores fall with difficulty, which is ``shift`` higher on average, and by ``field`` more."""
    random = np.random.default_rng(seed)
    measures = random.normal(loc=shift, size=(count, 2))
    return measures, (0.6 - 0.15 * measures[:, 0] - field + 0.05 * random.normal(size=count)).tolist()


def test_a_gap_that_difficulty_explains_goes_away_and_another_stays() -> None:
    easy, harder = hard(400, shift=0.0, field=0.0, seed=1), hard(300, shift=1.0, field=0.0, seed=2)
    found = match(easy, harder, names=("a", "b"), caliper=0.2)
    assert found.gap[0].low > 0.1
    assert found.gap[1].low < 0.03
    assert found.gap[1].value < 0.25 * found.gap[0].value
    assert found.balanced
    assert all(abs(each.after) < abs(each.before) for each in found.balance)
    stays = match(easy, hard(300, shift=1.0, field=0.2, seed=3), names=("a", "b"), caliper=0.2)
    assert stays.gap[1].low > 0.15
    assert stays.to_json()["pairs"] == stays.pairs


def test_the_interval_of_the_gap_is_welchs() -> None:
    one, other = hard(50, shift=0, field=0, seed=4), hard(40, shift=0, field=0.1, seed=5)
    found = match(one, other, names=("a", "b")).gap[0]
    expected = stats.ttest_ind(one[1], other[1], equal_var=False).confidence_interval()
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.002)


def test_sets_that_have_nothing_in_common() -> None:
    with pytest.raises(UsageError, match="cannot be compared at equal difficulty"):
        match(hard(40, shift=0, field=0, seed=1), hard(40, shift=30, field=0, seed=2), names=("a", "b"))
