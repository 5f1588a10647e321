"""Results: what the rows of runs say: values with intervals, which cannot be told apart, and who leads.

runs of a task -> a Value for each figure and subject, over seeds where there are several
all pairs of subjects on the main figure, corrected over the table -> letters: who shares one cannot be told apart
values of the main figures -> the mean over kinds -> a leaderboard;  costs -> numbers next to it

What is slow to compute of rows that do not change is stored next to them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any

import numpy as np

from broadsheet.core.metrics import Floats, spearman
from broadsheet.lab.comparison import Comparison, across_seeds, compare, corrected, matched, ties
from broadsheet.lab.controls import Control, twins
from broadsheet.lab.intervals import Sample, estimate, sample
from broadsheet.lab.runs import REPORTED, Run, Runs
from broadsheet.lab.subjects import CONTROLS, LEXICAL
from broadsheet.lab.suite import TWIN
from broadsheet.lab.task import Figure

_STATISTICS = 2  # raised when the same rows give another interval
_FEWEST = 5  # encoders from which a correlation with an attribute is shown
_ORDERS = 10_000
_ATTRIBUTES: dict[str, Callable[[Mapping[str, Any]], float | None]] = {
    "bytes of a vector": lambda cost: cost["bytes_a_vector"],
    "documents a second": lambda cost: cost["documents"]["a_second"],
    "queries a second": lambda cost: cost["queries"]["a_second"],
    "peak memory": lambda cost: cost["peak_megabytes"],
}
_Z = 1.959964  # of a normal interval at 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a subject reached on a task: ``value`` of a ``figure`` with its 95 % interval by ``method`` over ``items``.

    ``letters``: subjects that share one cannot be told apart on this task (main figure only). ``runs``: the keys of
    the runs that it is made of, a hash of all that they depend on, one for each of ``seeds``.
    """

    task: str
    kind: str
    figure: str
    main: bool
    higher: bool
    subject: str
    value: float
    low: float
    high: float
    error: float
    method: str
    items: int
    groups: int
    seeds: tuple[int, ...]
    runs: tuple[str, ...]
    letters: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A place on the leaderboard: the ``mean`` over kinds of task of the main figures (an error counts as 1 - error)
    with its 95 % interval, None where the subject cannot do all tasks; in how many tasks nothing is better (``first``)
    of those it did (``tasks``)."""

    subject: str
    control: bool
    mean: float | None
    low: float | None
    high: float | None
    kinds: Mapping[str, float]
    first: int
    tasks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """How the mean over kinds goes with an ``attribute`` over so many ``subjects``: Spearman's correlation, and ``p``,
    the share of random orders with one at least as far from 0."""

    attribute: str
    spearman: float
    p: float
    subjects: int


class Results:
    """The runs of one table that have ended; of several on other data or of another form of a subject, those that began
    last. The same ``seed`` gives the same intervals."""

    def __init__(self, runs: Runs, table: Iterable[Run], *, seed: int = 0) -> None:
        self._runs, self._seed = runs, seed
        self._table: dict[tuple[str, str], list[Run]] = {}
        for run in _newest([run for run in table if run.ended]):
            self._table.setdefault((run.task, run.subject), []).append(run)
        self._samples: dict[tuple[str, str], Sample] = {}
        self._comparisons: list[Comparison] | None = None

    @property
    def tasks(self) -> list[str]:
        """Return the names of the tasks, in the order in which they were measured."""
        return list(dict.fromkeys(task for task, _ in self._table))

    def subjects(self, task: str = "") -> list[str]:
        """Return the names of subjects, of a ``task`` if given, without the one that was measured twice."""
        return list(dict.fromkeys(
            subject for own, subject in self._table if task in ("", own) and not subject.startswith(TWIN)
        ))  # fmt: skip

    def values(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> list[Value]:
        """Return all values, by task, main figure first, best subject first."""
        letters = self.letters(self.comparisons(progress))
        found = [
            replace(value, letters=letters.get((task, subject), "") if value.main else "")
            for (task, subject), runs in self._table.items()
            if not subject.startswith(TWIN)
            for value in self._values(runs)
        ]
        order = {task: place for place, task in enumerate(self.tasks)}
        return sorted(_flagged(found), key=lambda each: (
            order[each.task], not each.main, each.figure, -each.value if each.higher else each.value, each.subject
        ))  # fmt: skip

    def _values(self, runs: Sequence[Run]) -> Iterable[Value]:
        first = runs[0]
        for place, figure in enumerate(first.figures):
            name = f"value {figure.name} {_keys(runs)}"
            numbers = self._known(first, name, partial(self._value, runs, figure))
            yield Value(
                task=first.task, kind=first.kind, figure=figure.name, main=not place, higher=figure.higher,
                subject=first.subject, seeds=tuple(run.seed for run in runs), runs=tuple(run.key for run in runs),
                **{**numbers, "warnings": tuple(dict.fromkeys([*first.notes, *numbers["warnings"]]))},
            )  # fmt: skip

    def _value(self, runs: Sequence[Run], figure: Figure) -> dict[str, Any]:
        samples = [self._sample(run, figure) for run in runs]
        made = estimate(samples[0], seed=self._seed)
        names = ("value", "low", "high", "error", "method", "items", "groups", "warnings")
        numbers = {name: getattr(made, name) for name in names}
        if len(runs) > 1:
            seeds = across_seeds(samples, seed=self._seed)
            numbers |= {"value": seeds.mean, "low": seeds.low, "high": seeds.high, "method": "seeds and items"}
            numbers["error"] = (seeds.high - seeds.low) / (2 * _Z)
        return numbers

    def comparisons(self, progress: Callable[[int, int], None] = lambda _done, _total: None) -> list[Comparison]:
        """Return all pairs of subjects on the main figure of each task, corrected over the table."""
        if self._comparisons is not None:
            return self._comparisons
        pairs = [(task, *pair) for task in self.tasks for pair in combinations(self._itemised(task), 2)]
        found = []
        for done, (task, one, other) in enumerate(pairs):
            progress(done, len(pairs))
            found.append(self._compared(task, one, other, len(pairs)))
        self._comparisons = corrected(found)
        return self._comparisons

    def _itemised(self, task: str) -> list[str]:
        """The subjects of a task that were measured on the same items as the first of them."""
        known = [
            each for each in self.subjects(task) if not self._table[task, each][0].subject_key.startswith(REPORTED)
        ]
        return [each for each in known if set(self.of(task, each).items) == set(self.of(task, known[0]).items)]

    def _compared(self, task: str, one: str, other: str, family: int) -> Comparison:
        first, second = self._table[task, one], self._table[task, other]
        name = f"comparison {_keys(second)} {family}"
        return Comparison(**self._known(
            first[0], name,
            lambda: asdict(compare(self.of(task, one), self.of(task, other), seed=self._seed, family=family)),
        ))  # fmt: skip

    def of(self, task: str, subject: str) -> Sample:
        """Return the rows of the main figure: of means, the means over the seeds; else those of the first seed."""
        if (task, subject) not in self._samples:
            runs = self._table[task, subject]
            figure = runs[0].figures[0]
            first = self._sample(runs[0], figure)
            if len(runs) > 1 and first.statistic.columns == ("value",):
                numbers: list[Floats] = [matched(first, self._sample(run, figure)).numbers for run in runs]
                first = replace(first, numbers=np.mean(numbers, axis=0))
            self._samples[task, subject] = first
        return self._samples[task, subject]

    def _sample(self, run: Run, figure: Figure) -> Sample:
        return sample(self._runs.rows(run, figure.name), figure, subject=run.subject, set=run.task)

    def letters(self, comparisons: Sequence[Comparison]) -> dict[tuple[str, str], str]:
        """Return a letter for each group of subjects of a task that cannot be told apart, ``a`` the best."""
        found: dict[tuple[str, str], str] = {}
        for task in self.tasks:
            for place, group in enumerate(self.groups(task, comparisons)):
                for subject in group:
                    found[task, subject] = found.get((task, subject), "") + chr(ord("a") + min(place, 25))
        return found

    def groups(self, task: str, comparisons: Sequence[Comparison]) -> list[tuple[str, ...]]:
        """Return the groups of subjects of a task that cannot be told apart, the best first."""

        def worth(subject: str) -> float:
            measured = self.of(task, subject)
            return -measured.value if measured.figure.higher else measured.value

        return ties(sorted(self._itemised(task), key=worth), [each for each in comparisons if each.set == task])

    def twins(self) -> list[Control]:
        """Return for each task whether the subject that was measured twice gave the same numbers."""
        return [
            twins(self.of(task, subject.removeprefix(TWIN)), replace(self.of(task, subject)))
            for task, subject in self._table
            if subject.startswith(TWIN) and (task, subject.removeprefix(TWIN)) in self._table
        ]

    def leaderboard(self, values: Sequence[Value]) -> list[Standing]:
        """Return the subjects, best mean first; those that cannot do all tasks follow."""
        main = [value for value in values if value.main]
        found = [self._standing(subject, [each for each in main if each.subject == subject])
                 for subject in self.subjects()]  # fmt: skip
        return sorted(found, key=lambda each: (each.mean is None, -(each.mean or 0), -each.first, each.subject))

    def _standing(self, subject: str, own: Sequence[Value]) -> Standing:
        kinds: dict[str, list[Value]] = {}
        for value in own:
            kinds.setdefault(value.kind, []).append(value)
        means = {kind: float(np.mean([_worth(each) for each in each_kind])) for kind, each_kind in kinds.items()}
        mean, wide = None, 0.0
        if len(own) == len(self.tasks):
            mean = float(np.mean(list(means.values())))
            errors = [each.error / (len(kinds[each.kind]) * len(kinds)) for each in own]
            wide = _Z * float(np.sqrt(np.sum(np.square(errors))))
        return Standing(
            subject=subject, control=subject in CONTROLS, mean=mean, low=None if mean is None else mean - wide,
            high=None if mean is None else mean + wide, kinds=means,
            first=sum("a" in each.letters for each in own), tasks=len(own),
        )  # fmt: skip

    def costs(self) -> list[dict[str, Any]]:
        """Return for each subject what its texts took, summed over the runs that encoded any, with the machine of the
        newest; subjects whose vectors were all known have no row."""
        found = []
        for subject in self.subjects():
            runs = [run for (_, name), own in self._table.items() if name == subject for run in own]
            bodies = [cost.body for run in runs for cost in self._runs.costs(run)]
            if bodies:
                found.append({"subject": subject, **_total(bodies)})
        return found

    def traits(self, standings: Sequence[Standing]) -> list[Trait]:
        """Return how means go with what encoders cost, over at least five encoders that have both."""
        costs = {each["subject"]: each for each in self.costs()}
        own = [each for each in standings if each.mean is not None and not each.control and each.subject in costs]
        found = []
        for name, read in _ATTRIBUTES.items():
            pairs = [(each.mean or 0.0, value) for each in own if (value := read(costs[each.subject])) is not None]
            if len(pairs) >= _FEWEST and len({value for _, value in pairs}) > 1:
                found.append(_trait(name, pairs, self._seed))
        return found

    def _known(self, run: Run, name: str, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What was computed before of rows that do not change, else what is computed now."""
        name = f"{_STATISTICS} {self._seed} {name}"
        stored: dict[str, Any] | None = self._runs.answer(run, name)
        if stored is None:
            self._runs.remember(run, name, compute())
            stored = self._runs.answer(run, name)
        assert stored is not None
        return stored


def to_json(results: Results, *, costs: bool = False) -> dict[str, Any]:
    """Return everything as JSON values: the same runs give the same text, except for ``costs``."""
    values = results.values()
    found: dict[str, Any] = {
        "values": [asdict(value) for value in values],
        "leaderboard": [asdict(each) for each in results.leaderboard(values)],
        "comparisons": [each.to_json() for each in results.comparisons()],
        "controls": [asdict(each) for each in results.twins()],
    }
    if costs:
        traits = [asdict(each) for each in results.traits(results.leaderboard(values))]
        found |= {"costs": results.costs(), "traits": traits}
    return found


def _trait(name: str, pairs: Sequence[tuple[float, float]], seed: int) -> Trait:
    means, values = (np.array(each, dtype=np.float64) for each in zip(*pairs, strict=True))
    seen, random = spearman(means, values), np.random.default_rng(seed)
    far = sum(abs(spearman(means, random.permutation(values))) >= abs(seen) - 1e-12 for _ in range(_ORDERS))
    return Trait(attribute=name, spearman=seen, p=(far + 1) / (_ORDERS + 1), subjects=len(pairs))


def _newest(runs: Sequence[Run]) -> list[Run]:
    """Those on the newest data of their task, by the newest code, of the newest form of their subject."""
    data = {run.task: (run.data, run.version) for run in runs}
    form = {(run.task, run.subject): run.subject_key for run in runs if (run.data, run.version) == data[run.task]}
    return [
        run for run in runs
        if (run.data, run.version) == data[run.task] and run.subject_key == form[run.task, run.subject]
    ]  # fmt: skip


def _flagged(values: Sequence[Value]) -> list[Value]:
    """Warn of each encoder and setting that is below the words alone (Tang and Yang 2025, "FinMTEB")."""
    words = {(each.task, each.subject): each for each in values if each.main and each.subject in LEXICAL}
    found = []
    for value in values:
        near = [words[value.task, name] for name in LEXICAL if (value.task, name) in words]
        below = [each for each in near if value.main and _worth(value) < _worth(each)]
        if below and value.subject not in CONTROLS:
            best = max(below, key=_worth)
            told = ", though they cannot be told apart" if set(best.letters) & set(value.letters) else ""
            message = f"{value.subject} is below {best.subject}, which only counts words{told}."
            value = replace(value, warnings=(*value.warnings, message))
        found.append(value)
    return found


def _worth(value: Value) -> float:
    return value.value if value.higher else 1 - value.value


def _keys(runs: Sequence[Run]) -> str:
    return "+".join(run.key for run in runs)


def _total(bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Sum costs, and say them a text: documents and queries a second, seconds and joules per 1,000."""
    newest = bodies[-1]
    found: dict[str, Any] = {
        "bytes_a_vector": newest["bytes_a_vector"], "peak_megabytes": max(each["peak_megabytes"] for each in bodies),
        "energy": newest["energy"], "machine": newest["machine"], "versions": newest["versions"],
    }  # fmt: skip
    for what in ("documents", "queries"):
        spent = {name: sum(each[what][name] for each in bodies) for name in newest[what]}
        texts, seconds = spent["texts"], spent["seconds"]
        found[what] = {
            "texts": texts,
            "a_second": round(texts / seconds, 1) if texts and seconds else None,
            "processor_seconds_per_1000": round(1000 * spent["processor_seconds"] / texts, 3) if texts else None,
            "joules_per_1000": round(1000 * spent["joules"] / texts, 2) if texts else None,
        }
    return found
