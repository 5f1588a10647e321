"""Late interaction is the sum of the largest products, however many tokens there are."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.core import maxsim
from broadsheet.core.codes import packed, unpacked
from broadsheet.core.maxsim import coded_max_sims, contributions, max_sims, of_words, stacked
from broadsheet.core.protocols import TokenVectors

RANDOM = np.random.default_rng(3)


def rows(count: int) -> np.ndarray:
    return RANDOM.normal(size=(count, 8)).astype(np.float32).astype(np.float16).astype(np.float32)


@pytest.mark.parametrize("at_once", [1, 7, 1 << 15])
def test_it_is_the_sum_of_the_largest_products(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(maxsim, "_AT_ONCE", at_once)
    texts = [rows(count) for count in (5, 0, 1, 30, 2, 0)]
    query = rows(4)
    expected = np.array([sum(max(q @ t for t in text) for q in query) if len(text) else 0 for text in texts])
    matrix = stacked(texts, 8)
    np.testing.assert_allclose(max_sims(query, matrix), expected, rtol=1e-5)
    only = np.array([3, 1, 0])
    np.testing.assert_allclose(max_sims(query, matrix, only), expected[only], rtol=1e-5)
    assert (matrix.texts, matrix.rows.dtype) == (6, np.float16)


def test_without_texts_and_without_tokens_of_the_query() -> None:
    assert max_sims(rows(3), stacked([], 8)).shape == (0,)
    assert max_sims(rows(0), stacked([rows(2)], 8)).tolist() == [0]


def coded(texts: list[np.ndarray], dim: int) -> tuple[np.ndarray, np.ndarray]:
    starts = np.cumsum([0, *(len(text) for text in texts)])
    return packed(np.concatenate([np.empty((0, dim), np.float32), *texts]), 1), starts


def test_coded_tokens_are_summed_as_what_they_stand_for() -> None:
    texts = [rows(count) for count in (5, 0, 700, 1, 300)]
    query = rows(6) * np.array([[3], [0.5], [1], [1], [2], [1]], np.float32)
    codes, starts = coded(texts, 8)
    shown = [unpacked(packed(text, 1), 8, 1) for text in texts]
    expected = [float(sum(max(q @ t for t in text) for q in query)) if len(text) else 0.0 for text in shown]
    made = coded_max_sims(query, codes, starts, lambda part: unpacked(part, 8, 1))
    np.testing.assert_allclose(made, expected, rtol=1e-5)
    np.testing.assert_allclose(made, max_sims(query, stacked(shown, 8)), rtol=1e-3)


def test_contributions_sum_to_the_similarity() -> None:
    texts, query = [rows(40), rows(1), rows(0)], rows(9)
    codes, starts = coded(texts, 8)
    sums = coded_max_sims(query, codes, starts, lambda part: unpacked(part, 8, 1))
    for text, total in zip(texts, sums, strict=True):
        shown = unpacked(packed(text, 1), 8, 1)
        places, adds = contributions(query, shown)
        assert adds.sum() == pytest.approx(total, rel=1e-6, abs=1e-6)
        for token, place, add in zip(query, places, adds, strict=True):
            assert place == -1 or add == pytest.approx(max(shown @ token), rel=1e-5)


def test_what_is_called_between_may_end_it() -> None:
    codes, starts = coded([rows(3_000)], 8)
    calls: list[int] = []

    def between() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        coded_max_sims(rows(2), codes, starts, lambda part: unpacked(part, 8, 1), between=between)


def test_only_parts_of_words_are_left() -> None:
    names = ("[CLS]", "graph", "##s", ",", "(", "3", "[SEP]")
    spans = np.array([(0, 0), (0, 5), (5, 6), (6, 7), (8, 9), (9, 10), (0, 0)])
    left = of_words(TokenVectors(rows(7), names, spans))
    assert left.tokens == ("graph", "##s", "3")
    assert left.spans.tolist() == [[0, 5], [5, 6], [9, 10]]
    assert of_words(TokenVectors(rows(1), ("[CLS]",), np.zeros((1, 2), np.int64))).vectors.shape == (0, 8)
