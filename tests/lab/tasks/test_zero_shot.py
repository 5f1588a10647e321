"""A text has the label whose description is nearest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.errors import SourceError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.subjects.lexical import Bm25
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.zero_shot import ZeroShot
from task_kit import LABELLED, described, numbers

ABOUT = 'kind = "zero-shot"\ncolumns = { text = "text", label = "label" }\n'
OWN = ABOUT + '[descriptions]\nrope = "ropes and knots"\nsoup = "soup and broth"\nowls = "owls and mice"\n'


def test_the_nearest_description_is_the_label(tmp_path: Path) -> None:
    found = numbers(task_of(described(tmp_path, LABELLED, OWN)), Dense(HashEncoder(), "hash"))
    encoder, labels = HashEncoder(), ["owls", "rope", "soup"]
    vectors = encoder.encode(["owls and mice", "ropes and knots", "soup and broth"])
    nearest = (encoder.encode([row["text"] for row in LABELLED]) @ vectors.T).argmax(axis=1)
    assert found["macro F1"][:, 0].tolist() == nearest.tolist()
    assert found["macro F1"][:, 1].tolist() == [labels.index(row["label"]) for row in LABELLED]
    assert found["accuracy"].mean() > 0.7


def test_a_label_without_words_in_the_text_is_not_given(tmp_path: Path) -> None:
    found = numbers(task_of(described(tmp_path, LABELLED, ABOUT)), Bm25())
    silent = np.array([not {"rope", "soup", "owls"} & set(row["text"].split()) for row in LABELLED])
    assert found["macro F1"][silent, 0].tolist() == [-1] * int(silent.sum())
    assert found["accuracy"][silent].sum() == 0


@pytest.mark.parametrize(
    ("line", "words"), [('ropes = "x"', "describes the label 'ropes'"), ('rope = "soup"', "the same description")]
)
def test_descriptions_that_do_not_fit_are_an_error(tmp_path: Path, line: str, words: str) -> None:
    task = task_of(described(tmp_path, LABELLED, f"{ABOUT}[descriptions]\n{line}\n"))
    assert isinstance(task, ZeroShot)
    with pytest.raises(SourceError, match=words):
        list(task.rows(Dense(HashEncoder(), "hash")))
