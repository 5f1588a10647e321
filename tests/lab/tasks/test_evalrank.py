"""EvalRank: the rank of a counterpart among all texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import SourceError
from broadsheet.core.metrics import parse
from broadsheet.lab.tasks.evalrank import EvalRank
from judged_kit import HASH, RANDOM, real, rows_of, value, written

ABOUT = 'kind = "evalrank"\nshare = 0.5\ncolumns = { one = "one", other = "other", gold = "gold" }\n'
PAIRS = [
    {"one": "A boat drifts on the lake", "other": "A boat is drifting over the lake", "gold": 5},
    {"one": "Two girls paint a fence", "other": "A fence is painted by two girls", "gold": 4},
    {"one": "The lake freezes early", "other": "A dog sleeps", "gold": 1},
    {"one": "He opens a window", "other": "They sell apples", "gold": 0},
]


def test_the_best_graded_pairs_are_found_in_both_directions(tmp_path: Path) -> None:
    task = written(tmp_path, ABOUT, {"pairs.jsonl": PAIRS})
    assert isinstance(task, EvalRank)
    rows = rows_of(task, HASH, "MRR")
    assert [row.item for row in rows] == ["1 >", "1 <", "2 >", "2 <"]
    assert [row.group for row in rows] == ["1", "1", "2", "2"]
    assert value(task, HASH, "Hits@1") == value(task, HASH, "MRR") == 1.0


def test_real_pairs_agree_with_the_reciprocal_rank_of_a_ranking(data_dir: Path) -> None:
    task = real(data_dir, "stsb-en-evalrank")
    texts, positives = task._ranked()  # type: ignore[attr-defined]
    vectors = RANDOM.features(texts).astype(np.float64)
    vectors -= vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = {row.item: row.numbers[0] for row in rows_of(task, RANDOM, "MRR")}
    assert len(rows) == len(positives) > 4_000
    for one, other, item in positives[:10]:
        order = [str(row) for row in np.argsort(-(vectors @ vectors[one]), kind="stable") if row != one]
        assert rows[item] == pytest.approx(parse("RR")(order, {str(other): 1}), rel=0.05)


def test_equal_grades_have_no_best(tmp_path: Path) -> None:
    task = written(tmp_path, ABOUT, {"pairs.jsonl": [{**pair, "gold": 3} for pair in PAIRS]})
    with pytest.raises(SourceError, match="of one grade"):
        list(task.rows(HASH))
