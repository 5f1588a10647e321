"""A few examples of each label file the texts, and the memory is surer where it is right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from broadsheet.core.errors import SourceError
from broadsheet.core.memory import Memory
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.few_shot import FewShot
from task_kit import LABELLED, described, numbers, values

ABOUT = 'kind = "few-shot"\ncolumns = { text = "text", label = "label" }\neach = 2\n'


def test_texts_are_filed_as_a_memory_of_the_examples_files_them(tmp_path: Path) -> None:
    task = task_of(described(tmp_path, LABELLED, ABOUT))
    assert isinstance(task, FewShot)
    assert np.bincount([text.label for text in task.train]).max() == 2
    found = numbers(task, Dense(HashEncoder(), "hash"))
    encoder, of = HashEncoder(), np.array([text.label for text in task.train])
    memory = Memory(encoder.encode([text.text for text in task.train]), of, np.zeros((3, 256), np.float32))
    scores = memory.scores(encoder.encode([text.text for text in task.read()]))
    assert found["macro F1"][:, 0].tolist() == scores.argmax(axis=1).tolist()
    np.testing.assert_allclose(found["AUC of sureness"][:, 0], memory.confidences(scores))
    assert found["accuracy"].mean() >= 2 / 3


def test_its_auc_is_that_of_scikit_learn(tmp_path: Path) -> None:
    rows = [*LABELLED, *({**row, "text": f"{row['text']} of soup, rope and owls"} for row in LABELLED)]
    task = task_of(described(tmp_path, rows, ABOUT))
    sure = numbers(task, Dense(HashEncoder(), "hash"))["AUC of sureness"]
    if len({*sure[:, 1]}) == 2:
        value = values(task, Dense(HashEncoder(), "hash"))["AUC of sureness"]
        assert value == pytest.approx(roc_auc_score(sure[:, 1], sure[:, 0]))
    assert set(sure[:, 1]) <= {0.0, 1.0}


def test_a_label_without_an_example_is_an_error(tmp_path: Path) -> None:
    rows = [{**row, "split": "test" if row["label"] == "soup" else "train"} for row in LABELLED]
    task = task_of(described(tmp_path, rows, f'{ABOUT}where = {{ split = "test" }}\ntrain = {{ split = "train" }}\n'))
    with pytest.raises(SourceError, match="no example of the label 'soup'"):
        list(task.rows(Dense(HashEncoder(), "hash")))
