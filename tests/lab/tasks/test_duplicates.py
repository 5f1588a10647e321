"""Duplicate detection: a duplicate's score against that of the best other text."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import SourceError
from broadsheet.lab.tasks.duplicates import Duplicates
from judged_kit import HASH, real, rows_of, value, written

PAIRED = 'kind = "duplicates"\ncolumns = { one = "one", other = "other", label = "label" }\n'
JOINED = 'kind = "duplicates"\nkey = "title"\ntext = "abstract"\nbackground = 1\n'
PAIRS = [
    {"one": "A boat drifts on the lake", "other": "A boat drifts on the lake today", "label": 1},
    {"one": "Two girls paint a fence", "other": "A boat drifts near the lake", "label": 0},
    {"one": "He opens a window", "other": "He is opening a window", "label": 1},
]


def test_each_query_leaves_its_duplicate_and_the_best_other_text(tmp_path: Path) -> None:
    task = written(tmp_path, PAIRED, {"pairs.jsonl": PAIRS})
    assert isinstance(task, Duplicates)
    rows = rows_of(task, HASH, "AP")
    assert [row.numbers[1] for row in rows] == [0, 1, 0, 0, 1]
    assert all(row.item.startswith(row.group) for row in rows)
    scores = HASH.pairs([PAIRS[0]["one"]] * 2, [PAIRS[1]["other"], PAIRS[0]["other"]])
    assert [row.numbers[0] for row in rows[:2]] == pytest.approx(scores.tolist(), abs=1e-6)
    assert value(task, HASH, "Success@1") == 1.0


def test_rows_of_two_files_are_duplicates_where_the_key_is_equal(tmp_path: Path) -> None:
    one = [{"title": "On Boats.", "abstract": "Boats drift over lakes"}, {"title": "Bread", "abstract": "Bread rises"},
           {"title": "twice", "abstract": "x"}, {"title": "Twice", "abstract": "y"}]  # fmt: skip
    other = [{"title": "on  boats", "abstract": "Boats drift on lakes"}, {"title": "Owls", "abstract": "Owls hunt"},
             {"title": "twice", "abstract": "z"}]  # fmt: skip
    task = written(tmp_path, JOINED, {"a.jsonl": one, "b.jsonl": other})
    assert len(rows_of(task, HASH, "Success@1")) == 1
    assert len([row for row in rows_of(task, HASH, "AP") if row.numbers[1] == 0]) == 2
    assert value(task, HASH, "Success@1") == 1.0


def test_without_a_duplicate_nothing_can_be_found(tmp_path: Path) -> None:
    task = written(tmp_path, PAIRED, {"pairs.jsonl": [{**pair, "label": 0} for pair in PAIRS]})
    with pytest.raises(SourceError, match="0 duplicates in 3 documents"):
        list(task.rows(HASH))


def test_real_paraphrases_are_read_with_their_labels(data_dir: Path) -> None:
    lists = real(data_dir, "mrpc-duplicates")._lists  # type: ignore[attr-defined]
    assert sum(len(each) for each in lists.twins.values()) == 1_147
    assert all(twin in lists.documents for each in lists.twins.values() for twin in each)
