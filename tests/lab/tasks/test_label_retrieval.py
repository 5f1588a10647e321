"""The label of the nearest labelled texts is the prediction."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.sets import own
from broadsheet.lab.subject import Dense
from broadsheet.lab.subjects.lexical import Bm25
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.label_retrieval import LabelRetrieval, switched
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


def test_a_dictionary_mixes_the_language_of_the_texts(tmp_path: Path) -> None:
    assert switched("Owls hunt mice, and owls SLEEP.", {"owls": "Eulen", "mice": "Mäuse", "sleep": "schlafen"}) == (
        "Eulen hunt mice, and Eulen SLEEP."
    )
    data = described(tmp_path, LABELLED, ABOUT + 'switch = "words.tsv"\n')
    (tmp_path / "words.tsv").write_text("src\ttgt\na\tein\nrope\tSeil\nsoup\tSuppe\nowls\tEulen\n")
    task, plain = task_of(data), task_of(described(tmp_path / "plain", LABELLED, ABOUT))
    mixed, before = (numbers(each, Dense(HashEncoder(), "hash")) for each in (task, plain))
    assert mixed["accuracy@1"].mean() <= before["accuracy@1"].mean()
    first = task.data
    (tmp_path / "words.tsv").write_text("src\ttgt\nxyzzy\tnichts\n")
    changed = task_of(own(tmp_path))
    assert changed.data != first
    list(changed.rows(Dense(HashEncoder(), "hash")))
    assert any("3 texts have no word that the dictionary has" in each for each in changed.warnings)


def test_it_works_for_what_only_ranks(tmp_path: Path) -> None:
    found = values(task_of(described(tmp_path, LABELLED, ABOUT)), Bm25())
    assert found["accuracy@1"] >= 2 / 3
