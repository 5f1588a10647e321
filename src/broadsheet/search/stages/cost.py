"""What each stage costs on this machine: a few of the Collection's own titles are searched, and the stages timed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median

from broadsheet.collection import Collection
from broadsheet.core.errors import BroadsheetError
from broadsheet.search.question import read
from broadsheet.search.sides import find, fused
from broadsheet.search.stages import STAGES, with_side
from broadsheet.search.stages.stage import Candidates, Deadline, LateError

_TITLES = 10
_PATIENT = 60.0  # seconds that a stage may take here, whatever its budget


def costs(collection: Collection, names: Sequence[str]) -> dict[str, float]:
    """Return the median time of each stage that can be done, in milliseconds, over searches for the newest titles,
    each stage after those before it. Empty for a Collection in which nothing can be searched."""
    taken: dict[str, list[float]] = {}
    papers = list(collection.store.papers.newest(_TITLES))
    for paper in papers[:1]:  # the first look loads what each stage needs
        _times(collection, paper.title, names)
    for paper in papers:
        for name, seconds in _times(collection, paper.title, names).items():
            taken.setdefault(name, []).append(1_000 * seconds)
    return {name: median(own) for name, own in taken.items()}


def _times(collection: Collection, title: str, names: Sequence[str]) -> dict[str, float]:
    """Seconds of each stage for one query."""
    taken: dict[str, float] = {}
    try:
        question = read(collection, title, None, among=None, typed=False)
        lists = find(collection, question, "hybrid", 1)
        head = fused(collection, lists, "hybrid")
    except BroadsheetError:
        return taken
    if head is None or lists.vector is None:
        return taken
    for name in names:
        candidates = Candidates(question.asked.words, lists.vector, head.numbers, head.scores, head.sides)
        begun = time.perf_counter()
        try:
            side = STAGES[name].look(collection, candidates, Deadline(_PATIENT))
        except (BroadsheetError, LateError):
            continue
        taken[name] = time.perf_counter() - begun
        head = head if side is None else with_side(head, name, side)
    return taken
