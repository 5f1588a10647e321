"""A Collection's own calibration: fitted to judged sets, or to what the Collection knows of its papers, and stored.

retrieval tasks, each searched in a Collection of its own with this one's encoder -> judged lists
one half of the queries -> the curves; the other half -> how far they can be believed, and where a list may end
mined questions in the order of their days -> do later queries look like the earlier ones?
-> the fact ``relevance`` of the Store, with its data, its date and the vectors that it is for
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.conformal import martingale, p_values
from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Encoder
from broadsheet.core.relevance import Calibration
from broadsheet.lab.mine import Questions, questions_of
from broadsheet.lab.relevance.fit import FIRST, Sets, calibrated, ended
from broadsheet.lab.relevance.lists import JudgedList, filled, flat, lists_of
from broadsheet.lab.relevance.measures import brier, calibration_error
from broadsheet.lab.tasks.mine import MINE, Mine
from broadsheet.lab.tasks.retrieval import Retrieval
from broadsheet.search.relevance import FACT, calibration_of, own

LEAST = 40  # queries: fewer say too little of where a curve lies
OUTGROWN = 2.0  # times as many papers as it was fitted with, from which it is fitted again


@dataclass(frozen=True, slots=True)
class State:
    """The calibration in use (``made``), whether it is the Collection's own (``fitted``), and why it should be fitted
    again (``stale``; empty: it should not)."""

    made: Calibration
    fitted: bool
    stale: str


def mined(collection: Collection) -> list[Retrieval]:
    """Return the tasks that a Collection makes of what it knows of its papers, both halves of each. Titles, whose words
    are taken out of what is searched, count only where it knows nothing else: with them, words never help."""
    halves = [questions_of(collection, half=half) for half in ("earlier", "later")]
    tasks = [Mine(each) for half in halves for each in half if isinstance(each, Questions)]
    others = [each for each in tasks if each.name != f"{MINE}/titles"]
    return list(others or tasks)


def fit(
    collection: Collection, tasks: Sequence[Retrieval], encoder: Encoder, *, now: datetime, seed: int = 0
) -> Calibration:
    """Fit a calibration for the vectors of a Collection to tasks, and store it. ``encoder`` is the Collection's own,
    perhaps with a cache in front of it. UsageError for too few judged queries; CollectionError without a Space."""
    snapshot = collection.space.snapshot()
    sets: dict[str, list[JudgedList]] = {}
    for task in tasks:
        with filled(task, encoder, now=now) as of_task:
            sets.setdefault(task.name, []).extend(lists_of(task, of_task))
    sets = {name: lists for name, lists in sets.items() if lists}
    count = sum(map(len, sets.values()))
    if count < LEAST:
        raise UsageError(
            f"{count} judged queries with something relevant were searched; a calibration needs {LEAST}. Name a "
            "judged set, for example `broadsheet relevance fit scifact`, or give papers keywords, votes or lists first."
        )
    base = calibration_of(collection, snapshot)
    base = replace(base, weights=snapshot.manifest.weights, space=snapshot.manifest.key)
    made = _fitted(sets, base, now, seed)
    collection.store.journal.set_fact(FACT, replace(made, facts={**made.facts, "papers": snapshot.count}).to_json())
    return made


def _fitted(sets: Sets, base: Calibration, now: datetime, seed: int) -> Calibration:
    """The calibration of one half of the lists; the other half says how far it can be believed, and where lists end:
    a promise that holds only for what the curves did not see."""
    random = np.random.default_rng(seed)
    orders = {name: random.permutation(len(lists)) for name, lists in sets.items()}
    half = {name: [sets[name][at] for at in order[: -(-len(order) // 2)]] for name, order in orders.items()}
    rest = [sets[name][at] for name, order in orders.items() for at in order[-(-len(order) // 2) :]]
    made = calibrated(half, base, made=now.date())
    chances, truth = flat(rest, made, FIRST)
    facts = {
        "error": round(calibration_error(chances, truth), 4),
        "brier": round(brier(chances, truth), 4),
        "drift": round(_drift(sets, base), 3),
    }
    return replace(ended(made, rest), queries=sum(map(len, sets.values())), facts=facts)


def _drift(sets: Sets, base: Calibration) -> float:
    """The highest wealth of a bet that later queries of a set are unlike its earlier ones, the mean over the sets: such
    a mean is itself a fair bet. Sets that are not in the order of their days say nothing in particular."""
    found = [0.0]
    for lists in sets.values():
        reach = np.array([each.scaled(base.scale).shape.about["reach"] for each in lists])
        middle = len(reach) // 2
        found.append(float(martingale(p_values(reach[:middle], reach[middle:], seed=0)).max(initial=0)) / len(sets))
    return sum(found)


def state(collection: Collection) -> State:
    """Return the calibration in use, and whether it should be fitted again. CollectionError without a Space."""
    snapshot, stored = collection.space.snapshot(), own(collection)
    made = calibration_of(collection, snapshot)
    if stored is None:
        damaged = collection.store.journal.fact(FACT) is not None
        return State(made, False, "The stored calibration cannot be read." if damaged else "")
    if stored.space != snapshot.manifest.key:
        return State(made, False, "It was fitted for the vectors of another model, so the shipped one is used.")
    before = int(stored.facts.get("papers", 0))
    grown = before and not before / OUTGROWN < snapshot.count < before * OUTGROWN
    return State(
        made, True, f"It was fitted with {before:,} papers; there are {snapshot.count:,} now." if grown else ""
    )


def is_stale(collection: Collection) -> bool:
    """Tell whether a Collection was fitted once to its own papers and should be fitted to them again."""
    if collection.store.journal.fact(FACT) is None or not collection.space.exists:
        return False
    found = own(collection)
    return bool(state(collection).stale) and (found is None or any(each.startswith(MINE) for each in found.data))
