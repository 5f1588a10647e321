"""The label of the nearest labelled texts is the prediction."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.subjects.lexical import Bm25
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.label_retrieval import LabelRetrieval
from task_kit import LABELLED, described, numbers, values

ABOUT = 'kind = "label-retrieval"\ncolumns = { text = "text", label = "label" }\n'


def test_neighbours_vote_and_the_nearer_decides_a_tie(tmp_path: Path) -> None:
    task = task_of(described(tmp_path, LABELLED, ABOUT))
    assert isinstance(task, LabelRetrieval)
    found = numbers(task, Dense(HashEncoder(), "hash"))
    encoder = HashEncoder()
    scores = encoder.encode([each.text for each in task.read()]) @ encoder.encode([each.text for each in task.train]).T
    labels = [text.label for text in task.train]
    for place, text in enumerate(task.read()):
        near = [labels[row] for row in (-scores[place]).argsort(kind="stable")[:5]]
        assert found["macro F1@1"][place].tolist() == [near[0], text.label]
        assert found["accuracy@5"][place] == (Counter(near).most_common(1)[0][0] == text.label)


def test_it_works_for_what_only_ranks(tmp_path: Path) -> None:
    found = values(task_of(described(tmp_path, LABELLED, ABOUT)), Bm25())
    assert found["accuracy@1"] >= 2 / 3
