"""A suite: which subjects are measured on which tasks, and the measuring, which goes on where it was interrupted.

names of sets, kinds, folders or a suite -> tasks;  names of encoders and controls -> subjects
for each subject, the cheapest first, so that bad data is found before anything is encoded
    for each task that it can do, and each seed where the task draws at random: rows, item by item, to the file
the first encoder once more: not one number may differ
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path

from broadsheet.core.errors import NotFoundError, UsageError, nearest
from broadsheet.core.protocols import Encoder, Progress
from broadsheet.lab import sets
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.cost import Meter, Metered, MeteredSubject, bytes_a_vector
from broadsheet.lab.mteb import sets_in
from broadsheet.lab.runs import Run, Runs
from broadsheet.lab.sets import Set
from broadsheet.lab.subject import Dense
from broadsheet.lab.subjects import CONTROLS, subject_of
from broadsheet.lab.task import Task
from broadsheet.lab.tasks import KINDS, task_of

FULL = "full"
SEEDS = 3  # runs of a task that draws at random
AGAIN = " (again)"
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Choice:
    """A task that was chosen, the set that it is of, and the word that chose it: a set's name or a folder."""

    task: Task
    set: Set
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A set that can be measured on: how many ``items`` it has (0: not known), and whether its files are here."""

    kind: str
    name: str
    items: int
    present: bool
    language: str
    licence: str
    suites: tuple[str, ...]


def offers(data: Path | None) -> list[Offer]:
    """Return the sets of the package's table, by kind."""
    lists = suites()
    found = [
        Offer(
            kind=each.kind, name=each.name, items=each.items,
            present=bool(data) and each.present, language=each.language, licence=each.licence,
            suites=tuple(name for name, own in lists.items() if each.name in own),
        )
        for each in sets.known(data or Path()).values()
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.kind, each.name))


def suites() -> dict[str, list[str]]:
    """Return the named suites: the names of their sets."""
    table = tomllib.loads(resources.files(__package__).joinpath("suites.toml").read_text("utf-8"))
    return {name: list(values) for name, values in table.items()}


def choices(names: Sequence[str], *, data: Path | None, suite: str = "") -> tuple[list[Choice], list[str]]:
    """Return the tasks of sets, kinds and folders, and of a ``suite``, each once; and what is left out, in words.

    ``data`` is the folder of the sets' files. A set or folder that was named must be there (NotFoundError); of a kind
    or a suite what is not there is left out. UsageError for a name that is not known.
    """
    known = sets.known(data or Path())
    found: dict[str, Choice] = {}
    missing: list[str] = []
    for name in names:
        for each, origin in _named(name, known, data):
            found.setdefault(each.name, Choice(task_of(each), each, origin))
    for each in _suite(suite, known) if suite else ():
        if each.present and data:
            found.setdefault(each.name, Choice(task_of(each), each, each.name))
        else:
            missing.append(each.name)
    if not found:
        raise NotFoundError(f"No files of these sets are here. {_where(data)}")
    left_out = [f"Left out, because their files are not here: {', '.join(missing)}."] if missing else []
    return list(found.values()), left_out


def _named(name: str, known: dict[str, Set], data: Path | None) -> Iterator[tuple[Set, str]]:
    folder = Path(name).expanduser()
    if folder.is_dir():
        yield from ((each, str(folder.resolve())) for each in sets_in(folder))
    elif name in known:
        if not data or not known[name].present:
            raise NotFoundError(f"The files of the set {name!r} are not in {known[name].folder}. {_where(data)}")
        yield known[name], name
    elif name in KINDS:
        own = [each for each in known.values() if each.kind == name and data and each.present]
        if not own:
            raise NotFoundError(f"No files of a set of the kind {name!r} are here. {_where(data)}")
        yield from ((each, each.name) for each in own)
    else:
        hint = nearest(name, [*known, *KINDS])
        raise NotFoundError(
            f"{name!r} is not a set, a kind of task or a folder. {hint} See `broadsheet evaluate --tasks`."
        )


def _suite(name: str, known: dict[str, Set]) -> list[Set]:
    if name == FULL:
        return list(known.values())
    if name not in suites():
        raise UsageError(f"Unknown suite {name!r}. {nearest(name, [*suites(), FULL])}")
    return [known[each] for each in suites()[name]]


def _where(data: Path | None) -> str:
    if data is None:
        return "Set BROADSHEET_DATA to the folder that holds the sets, or name a folder with a set of your own."
    return f"BROADSHEET_DATA is {data}; name a folder there, or one with a set of your own."


class Encoders:
    """Makes subjects of names; encoders with weights keep their vectors under ``cache``."""

    def __init__(self, make: Callable[[str], Encoder], cache: Path) -> None:
        self._make, self._cache = make, cache

    def subject(self, name: str) -> MeteredSubject:
        """Return the subject of a name: a control, else an encoder. UsageError when it is unknown."""
        meter = Meter()
        subject = subject_of(name, lambda own: self._encoder(own, meter))
        return MeteredSubject(subject, meter, counts_documents=name in CONTROLS or not isinstance(subject, Dense))

    def _encoder(self, name: str, meter: Meter) -> Encoder:
        encoder = self._make(name)
        metered: Encoder = Metered(encoder, meter)
        meter.bytes_a_vector = bytes_a_vector(encoder)
        weights = getattr(getattr(encoder, "manifest", None), "weights", "")
        return CachedEncoder.under(metered, self._cache) if weights else metered


class Again:
    """A subject under another name and key: the same, measured a second time."""

    def __init__(self, subject: MeteredSubject) -> None:
        self.name, self.key = subject.name + AGAIN, f"{subject.key} again"
        self.abilities, self.meter = subject.abilities, subject.meter
        self.pairs, self.corpus, self.features = subject.pairs, subject.corpus, subject.features


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: ``names`` of subjects on ``tasks``; a task that draws at random has three runs from ``seed``
    on. ``twin``: the first name that is not a control is measured twice."""

    tasks: Sequence[Choice]
    names: Sequence[str]
    seed: int = 0
    twin: bool = True


def measure(
    plan: Plan, encoders: Encoders, runs: Runs, *, clock: Clock, begin: Callable[[str], Progress]
) -> Iterator[Run]:
    """Measure, and yield each run when it has ended; what ``runs`` knows is not measured again. ``begin`` makes a
    Progress of the name of a step."""
    ordered = [*CONTROLS, *(name for name in dict.fromkeys(plan.names) if name not in CONTROLS)]
    first = next((name for name in ordered if name not in CONTROLS), "")
    for name in ordered:
        subject = encoders.subject(name)
        yield from _all(plan, subject, runs, clock=clock, begin=begin)
        if plan.twin and name == first:
            yield from _all(plan, Again(subject), runs, clock=clock, begin=begin)


def _all(
    plan: Plan, subject: MeteredSubject | Again, runs: Runs, *, clock: Clock, begin: Callable[[str], Progress]
) -> Iterator[Run]:
    for choice in plan.tasks:
        if choice.task.needs in subject.abilities:
            for seed in seeds_of(choice.task, plan.seed):
                run = runs.begin(choice.task, subject, seed=seed, now=clock(), origin=choice.origin)
                if not run.ended:
                    run = _one(choice.task, subject, run, runs, clock=clock, progress=begin(_title(run)))
                yield run


def seeds_of(task: Task, seed: int) -> range:
    """Return the seeds of a task's runs: three from ``seed`` on where it draws at random, else ``seed`` 0 alone."""
    return range(seed, seed + SEEDS) if getattr(task, "seeded", False) else range(1)


def _title(run: Run) -> str:
    return f"{run.task}: {run.subject}" + (f", seed {run.seed}" if run.seed else "")


def _one(task: Task, subject: MeteredSubject | Again, run: Run, runs: Runs, *, clock: Clock, progress: Progress) -> Run:
    """Measure one subject on one task; progress counts texts encoded and items measured."""
    meter, known = subject.meter, runs.known(run)
    meter.reset()
    meter.watch = lambda texts: progress(texts, None)
    for items in runs.take(run, task.rows(subject, known=known, seed=run.seed)):
        progress(meter.documents.texts + len(known) + items, None)
    if not runs.rows(run):
        raise UsageError(f"{task.name} has no items: check its files and which of their rows count.")
    runs.end(run, now=clock(), cost=None if isinstance(subject, Again) else meter.numbers())
    return runs.get(run.number)
