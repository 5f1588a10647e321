"""Entity matching, on records written for it and on restaurants."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from broadsheet.lab.tasks.entities import record_text
from judged_kit import HASH, real, rows_of, value, written

ABOUT = """kind = "entities"
columns = { one = "left", other = "right", gold = "label" }
where = { split = "test" }
tune = { split = "valid" }
"""


def test_a_record_is_read_as_its_values() -> None:
    assert record_text({"name": "Blue Door", "price": "", "year": 1999}) == "Blue Door 1999"
    assert record_text("a text") == "a text"


def test_the_threshold_comes_from_the_other_split(tmp_path: Path) -> None:
    pairs = [("valid", "Blue Door", "Blue Door", 1), ("valid", "Blue Door", "Green Gate", 0),
             ("test", "Old Mill Inn", "Old Mill Inn", 1), ("test", "Old Mill Inn", "Harbour View", 0)]  # fmt: skip
    rows = [{"split": split, "left": {"name": one}, "right": {"name": other}, "label": label}
            for split, one, other, label in pairs]  # fmt: skip
    task = written(tmp_path, ABOUT, {"pairs.jsonl": rows})
    assert value(task, HASH, "F1, tuned") == value(task, HASH, "AP") == 1.0
    assert len(rows_of(task, HASH, "AP")) == 2


def test_real_restaurants_agree_with_scikit_learn(data_dir: Path) -> None:
    task = real(data_dir, "fodors-zagats")
    numbers = np.array([row.numbers for row in rows_of(task, HASH, "AP")])
    assert len(numbers) == 189
    expected = metrics.average_precision_score(numbers[:, 1], numbers[:, 0])
    assert value(task, HASH, "AP") == pytest.approx(expected, abs=1e-9)
    chosen = np.array([row.numbers for row in rows_of(task, HASH, "F1, tuned")])
    assert value(task, HASH, "F1, tuned") == pytest.approx(metrics.f1_score(chosen[:, 1], chosen[:, 0]), abs=1e-9)
