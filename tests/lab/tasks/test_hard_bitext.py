"""Bitext among edits: an error with them is one without them or an edit's doing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from broadsheet.lab.negatives import KINDS
from broadsheet.lab.tasks.hard_bitext import HardBitext
from judged_kit import HASH, real, rows_of, value, written

ABOUT = 'kind = "xsim++"\nleast = 4\ncolumns = { one = "one", other = "other", gold = "gold" }\n'
PAIRS = [
    {"one": "two boats are on the lake", "other": "two boats were seen on the lake", "gold": 5},
    {"one": "the window is open", "other": "an open window", "gold": 4},
    {"one": "he sells apples", "other": "a dog sleeps", "gold": 0},
]


def test_only_pairs_of_a_high_grade_count(tmp_path: Path) -> None:
    task = written(tmp_path, ABOUT, {"pairs.jsonl": PAIRS})
    assert isinstance(task, HardBitext)
    assert [row.item for row in rows_of(task, HASH, "xSIM")] == ["1", "2"]
    assert value(task, HASH, "xSIM") == 0.0
    assert "made by rule" in task.warnings[0]


def test_on_real_pairs_edits_raise_the_error_and_each_kind_is_counted(data_dir: Path) -> None:
    task = real(data_dir, "stsb-en-hard")
    plain, hard = value(task, HASH, "xSIM"), value(task, HASH, "xSIM++")
    drawn = [value(task, HASH, f"drawn away by {kind}") for kind in KINDS]
    assert plain < hard
    assert all(each > 0 for each in drawn)
    assert hard <= plain + sum(drawn) + 1e-12
    pairs = task._pairs  # type: ignore[attr-defined]
    targets = list(dict.fromkeys(other for _, other in pairs.values()))
    scores = HASH.features([one for one, _ in pairs.values()]) @ HASH.features(targets).T
    nearest = [targets[row] for row in np.argmax(scores, axis=1)]
    wrong = [found != other for found, (_, other) in zip(nearest, pairs.values(), strict=True)]
    assert plain == np.mean(wrong)
