"""The prior of trending: what readers of this Collection vote for, learned from the texts of past days.

past days with their votes; the stored vectors, the lengths and the words of their papers
-> a ridge, and the worth of each word -> the Store, with where it came from
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.space import Snapshot
from broadsheet.trending.score import Ridge, train
from broadsheet.trending.wording import Words, lengths, words

SETTLED = 3  # days after which the votes of a day are learned from
ENOUGH = 20  # days with votes that a prior needs
STALE = timedelta(days=7)  # after which it is learned again
_FACT = "trending.prior"
_AT_ONCE = 1_000  # papers whose texts are in memory
_GONE = Document(id="gone", title="")

Row = tuple[date, int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """A ridge on stored vectors and wording, and where it came from: the key of the vectors' manifest, the days from
    ``first`` to ``last``, how many papers, and when."""

    ridge: Ridge
    manifest: str
    first: date
    last: date
    days: int
    papers: int
    learned: datetime


def learn(collection: Collection, *, now: datetime) -> Prior:
    """Train the prior on the Collection's settled days, and keep it in the Store.

    UsageError when there are fewer than ENOUGH such days; CollectionError without a synced Space.
    """
    space = collection.space.snapshot()
    voted = _voted(collection, now.date() - timedelta(days=SETTLED))
    placed = space.rows(np.array([number for _, number, _ in voted], dtype=np.int64))
    rows = sorted(row for row, place in zip(voted, placed, strict=True) if place >= 0)
    days = [day for day, _, _ in rows]
    if len(set(days)) < ENOUGH:
        raise UsageError(
            f"a prior needs {ENOUGH} days with votes, synced and older than {SETTLED} days; there are {len(set(days))}"
        )
    features, spoken = read(collection, space, [number for _, number, _ in rows])
    ridge = train(features, np.array([votes for _, _, votes in rows]), days, papers=spoken)
    prior = Prior(ridge=ridge, manifest=space.manifest.key, first=days[0], last=days[-1], days=len(set(days)),
                  papers=len(rows), learned=now)  # fmt: skip
    collection.store.journal.set_fact(_FACT, _to_json(prior))
    return prior


def read(collection: Collection, space: Snapshot, numbers: Sequence[int]) -> tuple[NDArray[np.float64], list[Words]]:
    """Read what a prior judges papers by: features (n, dim + 2), and the words of each. All must have a vector; a paper
    deleted meanwhile has no words."""
    long, spoken = [np.empty((0, 2))], []
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        documents = collection.store.papers.by_numbers(part)
        papers = [documents.get(number, _GONE) for number in part]
        long.append(lengths([each.shown_title for each in papers], [each.shown_text for each in papers]))
        spoken += [words(each.content) for each in papers]
    return np.hstack([space.of(np.array(numbers, dtype=np.int64)), np.concatenate(long)]), spoken


def _voted(collection: Collection, last: date) -> list[Row]:
    """Day, number and votes of the papers to learn from, up to a day: papers whose votes a source counts, and papers
    that people here voted for; for days on which only people here voted, all papers that were there then."""
    store = collection.store
    numbers = store.days.between(date.min, last)
    here = {number: len(people) for number, people in store.reactions.ballots(numbers).items()}
    standing = [each for each in store.days.placements(numbers) if each.day]
    counted = {each.day for each in standing if each.votes is not None}
    voted_here = {each.day for each in standing if each.number in here} - counted
    seen = store.days.news([each.number for each in standing if each.day in voted_here])
    return [
        (each.day, each.number, float((each.votes or 0) + here.get(each.number, 0)))
        for each in standing
        if each.day and (each.votes is not None or each.number in here or each.number in seen)
    ]


def why_not_due(collection: Collection, *, now: datetime) -> str:
    """Say why there is nothing to learn now; empty when it is time to learn."""
    if not collection.space.ready:
        return "nothing to learn before the first sync"
    known = prior(collection)
    if known and known.manifest == collection.space.snapshot().manifest.key and abs(now - known.learned) < STALE:
        return f"the prior of {known.learned:%Y-%m-%d} is less than a week old"
    return ""


def prior(collection: Collection) -> Prior | None:
    """Return the prior that was learned last, or None, whether or not it fits today's Space.

    A prior from before wording counted is ignored: a new one is learned in its place.
    """
    stored = collection.store.journal.fact(_FACT)
    return None if stored is None or "worth" not in stored else _from_json(stored)


def current_prior(collection: Collection) -> Prior | None:
    """Return the prior if it was learned from vectors of today's Space, else None."""
    known = prior(collection)
    fits = known and collection.space.ready and known.manifest == collection.space.snapshot().manifest.key
    return known if fits else None


def _to_json(prior: Prior) -> dict[str, object]:
    ridge = prior.ridge
    return {
        "mean": ridge.mean.tolist(), "weights": ridge.weights.tolist(), "scale": ridge.scale, "penalty": ridge.penalty,
        "agreement": ridge.agreement, "worth": json.dumps(dict(ridge.worth)), "usual": ridge.usual,
        "manifest": prior.manifest, "first": prior.first.isoformat(), "last": prior.last.isoformat(),
        "days": prior.days, "papers": prior.papers, "learned": prior.learned.isoformat(),
    }  # fmt: skip


def _from_json(stored: Mapping[str, object]) -> Prior:
    facts = dict(stored)
    agreement = facts.get("agreement")
    ridge = Ridge(np.array(facts["mean"]), np.array(facts["weights"]), float(str(facts["scale"])),
                  float(str(facts["penalty"])), None if agreement is None else float(str(agreement)),
                  _worth(str(facts["worth"])), float(str(facts["usual"])))  # fmt: skip
    return Prior(
        ridge=ridge,
        manifest=str(facts["manifest"]),
        first=date.fromisoformat(str(facts["first"])),
        last=date.fromisoformat(str(facts["last"])),
        days=int(str(facts["days"])),
        papers=int(str(facts["papers"])),
        learned=datetime.fromisoformat(str(facts["learned"])),
    )


@lru_cache(maxsize=4)
def _worth(kept: str) -> dict[str, float]:
    """What words are worth, parsed once rather than at each look at a prior."""
    return dict(json.loads(kept))
