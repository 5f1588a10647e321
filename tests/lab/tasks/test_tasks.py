"""Names stand for tasks: of the table, of a kind, of a folder. Nothing is read before it is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.sets import known
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import KINDS, task_of, tasks_of
from broadsheet.lab.tasks.judged import Judged
from task_kit import LABELLED, described, values

PACK = """language = "de"
licence = "CC BY 4.0"

[saetze]
kind = "sts"
files = ["paare.tsv"]
header = ["one", "other", "gold"]
columns = { one = "one", other = "other", gold = "gold" }

[themen]
kind = "clustering"
files = ["rows.jsonl"]
columns = { text = "text", label = "label" }
"""


def test_every_set_of_the_table_makes_a_task_and_reads_nothing(tmp_path: Path) -> None:
    for data in known(tmp_path).values():
        task = task_of(data)
        assert (task.name, task.kind) == (data.name, data.kind)


def test_a_folder_that_describes_itself_is_a_pack_of_tasks(tmp_path: Path) -> None:
    """A language is added with a folder, without a line of code."""
    described(tmp_path, LABELLED, 'kind = "clustering"\n')
    (tmp_path / "task.toml").write_text(PACK)
    (tmp_path / "paare.tsv").write_text('ein "Seil\tdas Seil\t4\nein Seil\teine Suppe\t0.5\nEule\tEulen\t3\n')
    tasks = tasks_of(str(tmp_path), tmp_path)
    assert [(task.name, task.kind) for task in tasks] == [("saetze", "sts"), ("themen", "clustering")]
    found = [values(task, Dense(HashEncoder(), "hash")) for task in tasks]
    assert found[0]["Spearman"] > 0
    assert 0 < found[1]["V-measure"] <= 1


def test_names_that_stand_for_nothing_are_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean stsb-en"):
        tasks_of("stsb-eng", tmp_path)
    with pytest.raises(NotFoundError, match=r"en\.jsonl\.gz is not there"):
        tasks_of("stsb-en", tmp_path)
    with pytest.raises(NotFoundError, match=r"has no task\.toml"):
        tasks_of(str(tmp_path), tmp_path)
    assert tasks_of("sts", tmp_path) == []


@pytest.mark.data
def test_every_kind_has_a_set_whose_files_are_at_hand(data_dir: Path) -> None:
    missing = {kind for kind in KINDS if not tasks_of(kind, data_dir)}
    assert missing <= {"mine", "senses"}, "of the reader's own Collection, and of Debian's wordnet-base"


@pytest.mark.data
@pytest.mark.parametrize("name", ["stsb-en", "mrpc", "cranfield", "trecqa", "banking77", "tatoeba-deu", "ws353"])
def test_the_table_counts_items_as_their_tasks_do(data_dir: Path, name: str) -> None:
    (task,) = tasks_of(name, data_dir)
    assert isinstance(task, Judged)
    assert len(task.read()) == known(data_dir)[name].items
