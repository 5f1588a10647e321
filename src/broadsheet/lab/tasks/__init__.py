"""The kinds of task, a file each: what makes a Task of a set. ``broadsheet evaluate --tasks`` lists them."""

from __future__ import annotations

from collections.abc import Callable

from broadsheet.core.errors import UsageError, nearest
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Task
from broadsheet.lab.tasks import aspects, entities, evalrank, outliers, senses, sts

KINDS: dict[str, Callable[[Set], Task]] = {
    "aspects": aspects.Aspects,
    "entities": entities.Entities,
    "evalrank": evalrank.EvalRank,
    "outliers": outliers.Outliers,
    "senses": senses.Senses,
    "sts": sts.Sts,
}


def task_of(data: Set) -> Task:
    """Make the task of a set. UsageError for an unknown kind."""
    if data.kind not in KINDS:
        raise UsageError(f"The set {data.name!r} is of the kind {data.kind!r}. {nearest(data.kind, KINDS)}")
    return KINDS[data.kind](data)
