"""A suite cut down: the same order of encoders for a part of the time. ``broadsheet evaluate --reduce``.

retrieval -> some queries and a pool with hard negatives (``lab/tasks/pooled.py``)
tasks whose items are rows -> the rows whose text has a low hash, the same ones each time, learned from and judged
others stay whole
"""

from __future__ import annotations

from dataclasses import replace

from broadsheet.core.errors import UsageError
from broadsheet.lab.task import Task
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.judged import Judged
from broadsheet.lab.tasks.pooled import Pooled
from broadsheet.lab.tasks.retrieval import Retrieval

SHARE = 0.2  # of the characters of a task, for less than a quarter of the time; tuned on no set
REDUCED = "/reduced"
"""What the name of a task that was cut down ends with."""
BY_ROWS = (
    "sts", "word-similarity", "relatedness", "pair-classification", "classification", "zero-shot", "label-retrieval",
    "clustering", "bitext-mining", "xsim", "reranking",
)  # fmt: skip


def reduced(task: Task, share: float = SHARE) -> Task | None:
    """Return a task with about a ``share`` of its texts, between 0 and 1; None for one that can only be run whole."""
    if not 0 < share < 1:
        raise UsageError(f"The share of a reduced suite must be between 0 and 1; got {share:g}.")
    if isinstance(task, Retrieval):
        return Pooled(task, share, name=task.name + REDUCED)
    if task.kind in BY_ROWS and isinstance(task, Judged) and task.set.columns:
        return task_of(replace(task.set, name=task.name + REDUCED, share=share))
    return None
