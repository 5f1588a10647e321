"""Tasks of the lab on sets written for a test, and on the real ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.sets import known, own
from broadsheet.lab.statistics import statistic
from broadsheet.lab.subject import Dense, RandomEncoder
from broadsheet.lab.task import Row, Subject, Task
from broadsheet.lab.tasks import task_of

HASH = Dense(HashEncoder(), "hash")
RANDOM = Dense(RandomEncoder(), "random")


def written(folder: Path, about: str, files: Mapping[str, Iterable[Mapping[str, Any]]]) -> Task:
    """The task of a folder with these files of JSON lines, described by ``about``."""
    for name, rows in files.items():
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (folder / "task.toml").write_text(f"files = {json.dumps(list(files))}\n{about}", encoding="utf-8")
    return task_of(own(folder))


def real(data: Path, name: str) -> Task:
    """The task of a set of the package's table."""
    return task_of(known(data)[name])


@lru_cache(maxsize=8)
def _rows(task: Task, subject: Subject) -> tuple[Row, ...]:
    return tuple(task.rows(subject))


def rows_of(task: Task, subject: Subject, figure: str) -> list[Row]:
    return [row for row in _rows(task, subject) if row.figure == figure]


def value(task: Task, subject: Subject, figure: str) -> float:
    """The value of a figure, as a report has it."""
    chosen = next(each for each in task.figures if each.name == figure)
    return statistic(chosen.statistic)(np.array([row.numbers for row in rows_of(task, subject, figure)]))
