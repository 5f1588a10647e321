import numpy as np
import pytest

from broadsheet.core.fusion import reciprocal_ranks, z_scores, z_sum


def test_z_scores_have_no_scale():
    scores = np.array([1.0, 2.0, 6.0])
    assert np.allclose(z_scores(scores), z_scores(100 * scores + 7))
    assert z_scores(scores).mean() == pytest.approx(0)
    assert z_scores(np.array([3.0, 3.0])).tolist() == [0, 0]
    assert z_scores(np.array([])).size == 0


def test_sum_keeps_each_sides_say():
    lexical, semantic = z_sum(np.array([9.0, 0.0, 3.0]), np.array([0.2, 0.8, np.nan]), weight=0.5)
    assert lexical[0] > 0 > lexical[1]
    assert semantic[1] > 0
    assert semantic[2] == semantic[0]
    assert np.allclose(lexical.sum() + semantic.sum(), 0)


def test_reciprocal_ranks_skip_the_absent():
    assert reciprocal_ranks(np.array([1, 0, 2])).tolist() == [1 / 61, 0, 1 / 62]
