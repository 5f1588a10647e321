"""Aspect retrieval: NDCG%20 is CSFCube's, and the sentences of an aspect are what is compared."""

from __future__ import annotations

from math import log2
from pathlib import Path

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.lab.csfcube import Cube
from broadsheet.lab.sets import known
from broadsheet.lab.tasks.aspects import ndcg_of_pool
from judged_kit import RANDOM, real, rows_of, value, written


def test_ndcg_is_that_of_the_program_which_csfcube_uses() -> None:
    """The example is from the documentation of its ``ndcg_at_k``: [2, 1, 2, 0] at 4 gives 0.9203032077642922."""
    assert ndcg_of_pool([2, 1, 2, 0] + [0] * 16) == pytest.approx(0.9203032077642922, abs=1e-12)
    assert ndcg_of_pool([0] * 20) == 0.0


def csfcube_ndcg(grades: list[int]) -> float:
    """The same in plain words: the first grade whole, the others by log2 of their rank."""
    k = int(0.2 * len(grades))

    def gain(row: list[int]) -> float:
        return row[0] + sum(grade / log2(rank) for rank, grade in enumerate(row[1:], 2))

    return gain(grades[:k]) / gain(sorted(grades, reverse=True)[:k])


def test_real_papers_agree_with_a_ranking_made_apart(data_dir: Path) -> None:
    task = real(data_dir, "csfcube-aspect-sentences")
    rows = {row.item: row for row in rows_of(task, RANDOM, "NDCG%20")}
    assert len(rows) == 50
    cube = Cube(known(data_dir)["csfcube-aspect-sentences"])
    for pool in cube.pools[:5]:
        query = RANDOM.features([cube.text(pool.paper, pool.aspect)])[0]
        scored = [(-float(RANDOM.features([cube.text(name, pool.aspect)])[0] @ query), name) for name in pool.grades]
        grades = [pool.grades[name] for _, name in sorted(scored)]
        assert rows[pool.query].numbers[0] == pytest.approx(csfcube_ndcg(grades), abs=2e-3)
        assert rows[pool.query].group == pool.paper
    each = [value(task, RANDOM, f"NDCG%20 {name}") for name in ("background", "method", "result")]
    assert value(task, RANDOM, "NDCG%20") == pytest.approx((16 * each[0] + 17 * each[1] + 17 * each[2]) / 50)


def test_an_unknown_view_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the view is 'half'"):
        written(tmp_path, 'kind = "aspects"\nview = "half"\n', {"queries.jsonl.gz": []})
