"""Sets of our own for the kinds of task: a few texts in a folder that describes itself."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from broadsheet.lab.sets import Set, own
from broadsheet.lab.statistics import STATISTICS
from broadsheet.lab.task import Subject, Task

TOPICS = {
    "rope": ["rope bridges sway in mountain wind", "the fibres of a rope carry the load", "knots weaken every rope",
             "a rope of hemp holds the boat", "she ties the rope with two knots"],
    "soup": ["soup tastes of what boils longest", "cold soup for hot days", "a broth is a soup without pieces",
             "the soup boils in a deep pot", "he salts the soup and the broth"],
    "owls": ["owls hear mice beneath the snow", "the flight of owls makes no sound", "night birds like owls hunt prey",
             "an owl nests in the old barn", "two owls hunt mice at night"],
}  # fmt: skip
LABELLED = [{"text": text, "label": label} for label, texts in TOPICS.items() for text in texts]


def described(folder: Path, rows: Iterable[Mapping[str, Any]], about: str) -> Set:
    """A set of JSON lines, with what its ``task.toml`` says besides the file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (folder / "task.toml").write_text(f'files = ["rows.jsonl"]\n{about}', "utf-8")
    return own(folder)


def numbers(task: Task, subject: Subject, *, seed: int = 0) -> dict[str, np.ndarray]:
    """The numbers of each figure, a row for each item; every item has one for each figure, and only one."""
    found: defaultdict[str, dict[str, tuple[float, ...]]] = defaultdict(dict)
    for row in task.rows(subject, seed=seed):
        assert row.item not in found[row.figure]
        found[row.figure][row.item] = row.numbers
    assert list(found) == [figure.name for figure in task.figures]
    assert len({tuple(items) for items in found.values()}) == 1
    return {name: np.array(list(items.values())) for name, items in found.items()}


def values(task: Task, subject: Subject, *, seed: int = 0) -> dict[str, float]:
    """The value of each figure."""
    rows = numbers(task, subject, seed=seed)
    return {figure.name: STATISTICS[figure.statistic](rows[figure.name]) for figure in task.figures}
