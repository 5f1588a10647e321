"""The kinds of task, a file each: what makes a Task of a set. ``broadsheet evaluate --tasks`` lists them."""

from __future__ import annotations

from collections.abc import Callable

from broadsheet.core.errors import UsageError, nearest
from broadsheet.lab.sets import Set
from broadsheet.lab.task import Task
from broadsheet.lab.tasks import (
    aspects,
    conditions,
    descriptions,
    duplicates,
    entities,
    evalrank,
    foryou,
    hard_bitext,
    outliers,
    probes,
    questions,
    senses,
    sts,
    trending,
)

KINDS: dict[str, Callable[[Set], Task]] = {
    "aspects": aspects.Aspects,
    "conditions": conditions.Conditions,
    "descriptions": descriptions.Descriptions,
    "duplicates": duplicates.Duplicates,
    "entities": entities.Entities,
    "evalrank": evalrank.EvalRank,
    "foryou": foryou.ForYou,
    "outliers": outliers.Outliers,
    "probes": probes.Probes,
    "questions": questions.Questions,
    "senses": senses.Senses,
    "sts": sts.Sts,
    "trending": trending.Trending,
    "xsim++": hard_bitext.HardBitext,
}


def task_of(data: Set) -> Task:
    """Make the task of a set. UsageError for an unknown kind."""
    if data.kind not in KINDS:
        raise UsageError(f"The set {data.name!r} is of the kind {data.kind!r}. {nearest(data.kind, KINDS)}")
    return KINDS[data.kind](data)
