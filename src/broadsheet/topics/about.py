"""What a topic or field is: its own words, its weeks, who writes in it, its papers and its neighbours.

a number -> the living topic that it stands for -> its papers, the nearest to the centre first -> how many a week, the
most central, the latest and the most voted of them, and their authors;  the centres of all topics -> its neighbours
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError, NotFoundError
from broadsheet.core.recent import Recent
from broadsheet.core.topic import Level, Topic
from broadsheet.core.vectors import Vectors, best, cosines, unit
from broadsheet.store.topics import Member
from broadsheet.topics.clusters import LEAST
from broadsheet.topics.papers import ordered

WEEKS = 52
_NEIGHBOURS, _AUTHORS, _PAPERS = 8, 10, 10  # at most
_OFTEN = 2  # papers from which on an author is named
_MOST_REMEMBERED, _ROOM = 600, 4_000_000  # topics whose authors are remembered, and roughly their bytes
_Authors = tuple[tuple[str, int], ...]
_Memory = Recent[int, tuple[int, int, _Authors]]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A living topic or field.

    ``field`` is that of a topic; ``topics`` are those of a field, the largest first. ``neighbours`` are others of its
    level with the cosine of their centres, the nearest first; empty where there are no centres under the present
    encoder. ``weeks`` are Mondays and the papers of their weeks, the oldest first, by the day on which a paper is
    listed, else the one on which it was published, where it is known exactly. ``authors`` are those of at least two of
    its papers, who wrote the most first. ``central``, ``latest`` and ``voted`` are row numbers, without papers that an
    editor has hidden; ``voted`` has only papers with votes.
    """

    topic: Topic
    field: Topic | None
    topics: tuple[Topic, ...]
    neighbours: tuple[tuple[Topic, float], ...]
    weeks: tuple[tuple[date, int], ...]
    authors: _Authors
    central: tuple[int, ...]
    latest: tuple[int, ...]
    voted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A field and its topics, the largest first; ``field`` is None for topics without one."""

    field: Topic | None
    topics: tuple[Topic, ...]


def about(collection: Collection, topic: int, *, now: datetime) -> About:
    """Return what there is to say of a topic or field; ``now`` is in the time zone of the reader's weeks.

    A number that was merged into another one gives that; NotFoundError for one that was never given.
    """
    known = {each.id: each for each in collection.store.topics.all()}
    living = collection.store.topics.living(topic)
    if living is None or living not in known:
        raise NotFoundError(f"There is no topic {topic} on this site. /topics lists all that there are.")
    found, papers, homes = known[living], collection.store.topics.shown(living), collection.store.topics.homes()
    parts = _largest(each for each in known.values() if each.parent == living)
    return About(
        topic=found,
        field=known.get(found.parent) if found.parent is not None else None,
        topics=parts,
        neighbours=_neighbours(collection, found, known, homes),
        weeks=_weeks(papers, now.date()),
        authors=_authors(collection, living, papers),
        central=_central(papers, parts, homes),
        latest=tuple(ordered(papers, "newest")[:_PAPERS]),
        voted=tuple(ordered((each for each in papers if each.votes > 0), "votes")[:_PAPERS]),
    )


def centres(
    collection: Collection, known: Mapping[int, Topic], homes: Mapping[int, int], *, level: Level = "topic"
) -> dict[int, Vectors]:
    """Return the centre (dim,), of length 1, of each of the ``known`` topics or fields under the present encoder: what
    was merged into one counts too, as ``homes`` tells. Empty without a Space."""
    try:
        leaves, vectors = collection.store.topics.centres(collection.space.snapshot().manifest.key)
    except CollectionError:
        return {}
    sums: dict[int, Vectors] = {}
    for leaf, vector in zip(leaves.tolist(), vectors, strict=True):
        home = known.get(homes.get(leaf, 0))
        owner = None if home is None else home.parent if level == "field" else home.id
        if owner is not None:
            sums[owner] = sums.get(owner, 0) + vector
    return {owner: unit(total[None])[0] for owner, total in sums.items()}


def listing(collection: Collection) -> tuple[Group, ...]:
    """Return every living field with its topics, the largest first; topics without a field come last."""
    known = collection.store.topics.all()
    fields = _largest(each for each in known if each.level == "field")
    groups = [Group(field, _largest(each for each in known if each.parent == field.id)) for field in fields]
    held = {field.id for field in fields}
    loose = _largest(each for each in known if each.level == "topic" and each.parent not in held)
    return (*groups, *([Group(None, loose)] if loose else []))


def reason(collection: Collection) -> str:
    """Say in a sentence or two why there are no topics yet; empty where there are."""
    if collection.store.topics.next_number() > 1:
        return ""
    try:
        papers = collection.space.snapshot().count
    except CollectionError:
        papers = 0
    if not papers:
        return "There are no topics yet. They are made from the vectors of papers: run `broadsheet sync` to make those."
    if papers < LEAST:
        have = "1 paper has" if papers == 1 else f"{papers} papers have"
        return f"There are no topics yet: only {have} a vector, and topics are made of {LEAST} or more."
    return "There are no topics yet. They are made in the background after a sync, unless all papers say the same."


def _largest(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    return tuple(sorted(topics, key=lambda each: (-each.papers, each.id)))


def _central(papers: Sequence[Member], parts: Sequence[Topic], homes: Mapping[int, int]) -> tuple[int, ...]:
    """The nearest to the centre of a topic; of a field, the nearest one in each of its topics, the largest first."""
    if not parts:
        return tuple(each.number for each in papers[:_PAPERS])
    chosen: dict[int, int] = {}
    for each in papers:
        chosen.setdefault(homes.get(each.topic, each.topic), each.number)
    return tuple(chosen[part.id] for part in parts if part.id in chosen)[:_PAPERS]


def _weeks(papers: Iterable[Member], today: date) -> tuple[tuple[date, int], ...]:
    """The last weeks, this one included, and how many papers each has."""
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    counts = Counter((each.day - first.toordinal()) // 7 for each in papers if each.day is not None)
    return tuple((first + timedelta(weeks=week), counts[week]) for week in range(WEEKS))


def _authors(collection: Collection, topic: int, papers: Sequence[Member]) -> _Authors:
    """Who writes in a topic, remembered while its papers and their texts stay: names are read out of the records."""
    memory: _Memory = collection.memory("authors of topics", lambda: Recent(_MOST_REMEMBERED, size=_ROOM))
    numbers = [each.number for each in papers]
    change, members = collection.store.papers.last_change(), hash(tuple(numbers))
    known = memory.get(topic)
    if known is None or known[:2] != (change, members):
        authors = tuple(collection.store.papers.writers(numbers, least=_OFTEN, most=_AUTHORS))
        known = change, members, authors
        memory.keep(topic, known, size=100 * (1 + len(authors)))
    return known[2]


def _neighbours(
    collection: Collection, topic: Topic, known: Mapping[int, Topic], homes: Mapping[int, int]
) -> tuple[tuple[Topic, float], ...]:
    """Others of the level of a topic by the cosine of their centres."""
    middles = centres(collection, known, homes, level=topic.level)
    if topic.id not in middles:
        return ()
    others = [each for id_, each in known.items() if id_ in middles and id_ != topic.id and each.papers]
    if not others:
        return ()
    nearness = cosines(np.array([middles[each.id] for each in others]), middles[topic.id])
    rows, values = best(nearness, _NEIGHBOURS)
    return tuple((others[row], float(value)) for row, value in zip(rows.tolist(), values, strict=True))
