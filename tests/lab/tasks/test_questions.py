"""Question-question matching, against ir-measures."""

from __future__ import annotations

from pathlib import Path

import ir_measures
import pytest

from broadsheet.lab.tasks.questions import Questions
from judged_kit import HASH, rows_of, value, written

ABOUT = """kind = "questions"
columns = { text = "text", label = "label" }
where = { split = "test" }
train = { split = "train" }
"""
QUESTIONS = [
    ("train", "When does my card arrive?", "card"), ("train", "Has my card been sent?", "card"),
    ("train", "How do I change my code?", "code"), ("train", "My code is wrong", "code"),
    ("test", "When will the card arrive?", "card"), ("test", "I want to change the code of my card", "code"),
]  # fmt: skip


def test_questions_of_one_intent_are_right(tmp_path: Path) -> None:
    rows = [{"split": split, "text": text, "label": label} for split, text, label in QUESTIONS]
    task = written(tmp_path, ABOUT, {"questions.jsonl": rows})
    assert isinstance(task, Questions)
    train, test = QUESTIONS[:4], QUESTIONS[4:]
    texts = [text for _, text, _ in train]
    run = {str(number): {str(row): float(score) for row, score in enumerate(HASH.pairs([text] * 4, texts))}
           for number, (_, text, _) in enumerate(test, 1)}  # fmt: skip
    judged = {str(number): {str(row): 1 for row, known in enumerate(train) if known[2] == label}
              for number, (_, _, label) in enumerate(test, 1)}  # fmt: skip
    found = ir_measures.calc_aggregate([ir_measures.nDCG @ 10, ir_measures.AP, ir_measures.P @ 1], judged, run)
    assert {"nDCG@10", "AP", "P@1"} <= {str(name) for name in found}
    for name, expected in found.items():
        assert value(task, HASH, str(name)) == pytest.approx(expected, abs=1e-6)
    assert len(rows_of(task, HASH, "RR")) == 2
