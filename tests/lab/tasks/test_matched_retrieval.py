"""Retrieval at one difficulty: wrong documents are as near by words as the right one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks.matched_retrieval import MatchedRetrieval
from judged_kit import RANDOM, rows_of, value, written

ABOUT = 'kind = "matched-retrieval"\nnegatives = 2\ncolumns = { one = "about", other = "text" }\n'
WORDS = ["boat", "lake", "bread", "oven", "owl", "night", "rope", "knot", "mill", "tide"]


def test_words_alone_are_near_chance_and_no_right_text_is_wrong(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = [
        {"about": f"q{number} {' '.join(random.choice(WORDS, 4))}", "text": " ".join(random.choice(WORDS, 6))}
        for number in range(80)
    ]
    twice = {"about": rows[0]["about"], "text": "another right one of boat and lake"}
    task = written(tmp_path, ABOUT, {"pairs.jsonl": [*rows, twice]})
    assert isinstance(task, MatchedRetrieval)
    assert len(task._choices) == 80
    assert all(len(each.wrong) == 2 and each.right not in each.wrong for each in task._choices)
    assert twice["text"] not in task._choices[0].wrong
    words = Dense(HashEncoder(4_096), "hash:4096")
    assert abs(value(task, words, "accuracy") - 0.5) < 0.1
    assert abs(value(task, RANDOM, "accuracy") - 0.5) < 0.12
    assert {row.numbers[0] for row in rows_of(task, RANDOM, "Success@1")} <= {0.0, 1.0}
