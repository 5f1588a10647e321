"""What a report shows: values with their intervals, costs, ties, resolutions, likeness and geometry, as plain rows.

rows of many subjects on many sets -> each set's main figure, best first -> the mean over the sets of a kind
a mean and a cost of each subject -> the front: subjects that no other one beats on both
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import sqrt

LETTERS = "abcdefghijklmnopqrstuvwxyz"
_NORMAL = 1.96  # standard errors of a 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The ``value`` of a figure for a subject on a set of ``items``: its 95 % interval from ``low`` to ``high``, its
    standard ``error``. ``main``: the figure by which the set ranks subjects. ``control``: the subject is there to
    compare with."""

    set: str
    kind: str
    figure: str
    subject: str
    value: float
    low: float
    high: float
    error: float
    items: int
    higher: bool = True
    main: bool = True
    control: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def gain(self) -> float:
        """Return the value so that more is better."""
        return self.value if self.higher else -self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a subject costs on this machine; None where it was not measured. Queries and texts a second are those of
    many at once; ``query_ms`` is the median time of a single query, ``query_ms_high`` that of the slowest in twenty;
    ``memory`` is bytes of model and vectors; ``joules`` are for 1,000 queries, and ``estimated`` says that they were
    not measured."""

    subject: str
    queries_a_second: float | None = None
    query_ms: float | None = None
    query_ms_high: float | None = None
    texts_a_second: float | None = None
    vector_bytes: float | None = None
    memory: float | None = None
    joules: float | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Groups of subjects that cannot be told apart on a set, best first; each subject is in at least one."""

    set: str
    figure: str
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The resolution of a set: the difference that it finds in 80 % of cases with its ``items``; the median over pairs
    of subjects, from ``low`` to ``high``."""

    set: str
    figure: str
    value: float
    low: float
    high: float
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike subjects see the same ``texts``: ``rows`` is a symmetric table of a ``measure`` (1 = the same), in the
    order of ``names``, near ones next to each other; ``groups`` are its clusters."""

    measure: str
    names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    texts: int
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The geometry of a subject's vectors: named ``numbers``, and the ``spectrum``, the share of variance that each
    principal axis has, largest first."""

    subject: str
    vectors: int
    numbers: Mapping[str, float]
    spectrum: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean of a figure over all ``sets`` of a kind, with the interval of items drawn within each set."""

    kind: str
    figure: str
    subject: str
    value: float
    low: float
    high: float
    sets: tuple[str, ...]
    items: int
    control: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that a report shows. ``facts`` are pairs of a name and a value: the machine, versions, hashes of the data."""

    title: str
    made: datetime
    entries: Sequence[Entry]
    costs: Sequence[Cost] = ()
    ties: Sequence[Ties] = ()
    sights: Sequence[Sight] = ()
    likeness: Likeness | None = None
    shapes: Sequence[Shape] = ()
    facts: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def main(self) -> list[Entry]:
        """Return the entries of main figures."""
        return [each for each in self.entries if each.main]

    @property
    def sets(self) -> list[str]:
        """Return the names of the sets, those of a kind next to each other."""
        kinds = list(dict.fromkeys(each.kind for each in self.main))
        return list(dict.fromkeys(each.set for kind in kinds for each in self.main if each.kind == kind))

    @property
    def subjects(self) -> list[str]:
        """Return the names of the subjects: candidates by their mean place over the sets, best first, then controls."""
        places: dict[str, list[float]] = {}
        for name in self.sets:
            ranked = self.ranked(name)
            for place, each in enumerate(ranked):
                places.setdefault(each.subject, []).append(place / len(ranked))
        controls = {each.subject for each in self.main if each.control}
        return sorted(places, key=lambda name: (name in controls, sum(places[name]) / len(places[name])))

    def ranked(self, name: str) -> list[Entry]:
        """Return the main entries of a set, best first."""
        return sorted((each for each in self.main if each.set == name), key=lambda each: -each.gain)

    def cost(self, subject: str) -> Cost | None:
        """Return the cost of a subject, None if it is not known."""
        return next((each for each in self.costs if each.subject == subject), None)

    def groups(self, name: str) -> list[tuple[str, ...]]:
        """Return the groups of a set that cannot be told apart, the best first; a subject on its own is one, too."""
        return [group for each in self.ties if each.set == name for group in each.groups]

    def best(self, name: str) -> frozenset[str]:
        """Return the best subject of a set with all that cannot be told from it."""
        ranked = self.ranked(name)
        if not ranked:
            return frozenset()
        leader = ranked[0].subject
        return frozenset({leader}).union(*(group for group in self.groups(name) if leader in group))

    def means(self, kind: str) -> list[Mean]:
        """Return the means over all sets of a kind, best first, of subjects that were measured on all of them.

        The interval is that of independent samples, one for each set: it is about these sets, not about others.
        """
        own = [each for each in self.main if each.kind == kind]
        figure = next((each.figure for each in own), "")
        own = [each for each in own if each.figure == figure]
        sets = tuple(dict.fromkeys(each.set for each in own))
        made = [
            _mean([each for each in own if each.subject == subject], sets)
            for subject in dict.fromkeys(each.subject for each in own)
            if len({each.set for each in own if each.subject == subject}) == len(sets)
        ]
        higher = all(each.higher for each in own)
        return sorted(made, key=lambda each: -each.value if higher else each.value)

    @property
    def kinds(self) -> list[str]:
        """Return the kinds of tasks, in the order of the sets."""
        return list(dict.fromkeys(each.kind for each in self.main))


def _mean(own: Sequence[Entry], sets: tuple[str, ...]) -> Mean:
    value = sum(each.value for each in own) / len(own)
    low, high = own[0].low, own[0].high
    if len(own) > 1:
        width = _NORMAL * sqrt(sum(each.error**2 for each in own)) / len(own)
        low, high = value - width, value + width
    return Mean(
        kind=own[0].kind, figure=own[0].figure, subject=own[0].subject, value=value, low=low, high=high, sets=sets,
        items=sum(each.items for each in own), control=own[0].control,
    )  # fmt: skip


def front(points: Mapping[str, tuple[float, float]]) -> list[str]:
    """Return the names that no other one beats on both of (quality, speed), most speed first: the Pareto front.

    Equal points are both on it.
    """

    def beaten(name: str) -> bool:
        quality, speed = points[name]
        return any(other[0] >= quality and other[1] >= speed and other != (quality, speed) for other in points.values())

    return sorted((name for name in points if not beaten(name)), key=lambda name: -points[name][1])


def letters(groups: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return a letter for each group of ties, as the letters of each of its subjects: who share one are a tie."""
    found: dict[str, str] = {}
    for place, group in enumerate(groups):
        for name in group:
            found[name] = found.get(name, "") + LETTERS[place % len(LETTERS)]
    return found
