"""Sets are read as their description says, and say what is wrong with them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.lab.sets import known, own

ABOUT = (
    'kind = "sts"\nfiles = ["rows.jsonl.gz"]\ncolumns = { one = "s1", gold = "score" }\nwhere = { split = "test" }\n'
)


def made(where: Path, rows: str = '{"s1": "a", "score": 1, "split": "test"}\n', about: str = ABOUT) -> Path:
    with gzip.open(where / "rows.jsonl.gz", "wt") as file:
        file.write(rows)
    (where / "task.toml").write_text(about)
    return where


def test_only_the_rows_that_count_are_read_under_the_tasks_names(tmp_path: Path) -> None:
    data = own(made(tmp_path, '{"s1": "a", "score": 1, "split": "test"}\n{"s1": "b", "score": 2, "split": "dev"}\n'))
    assert list(data.rows()) == [{"one": "a", "gold": 1}]
    assert list(data.rows(split="dev")) == [{"one": "b", "gold": 2}]


def test_the_hash_changes_with_the_data_and_with_what_counts(tmp_path: Path) -> None:
    first = own(made(tmp_path)).data
    assert own(made(tmp_path)).data == first
    assert own(made(tmp_path, about=ABOUT.replace("test", "dev"))).data != first
    assert own(made(tmp_path, '{"s1": "c", "score": 1, "split": "test"}\n')).data != first


@pytest.mark.parametrize(
    ("rows", "message"), [("{", "cannot be read"), ('{"s": "a", "score": 1, "split": "test"}', "row 1 has no 's1'")]
)
def test_rows_that_cannot_be_read_are_named(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        list(own(made(tmp_path, rows)).rows())


def test_a_folder_without_a_description_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"task\.toml"):
        own(tmp_path)
    (tmp_path / "task.toml").write_text("files = []")
    with pytest.raises(UsageError, match="no kind"):
        own(tmp_path)


def test_every_set_of_the_table_has_a_kind_and_files(tmp_path: Path) -> None:
    sets = known(tmp_path)
    assert sets
    assert all(each.kind and each.files for each in sets.values())
    assert not any(each.present for each in sets.values() if each.folder.is_relative_to(tmp_path))
