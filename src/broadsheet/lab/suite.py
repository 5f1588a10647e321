"""A suite: which subjects are measured on which tasks, and the measuring, which goes on where it was interrupted.

names of sets, kinds, folders or a suite -> tasks;  names of encoders, settings and controls -> subjects
every task's data is read and checked before anything is encoded
for each subject, the cheapest first, and each task that it can do, and each seed where the task draws at random:
    rows, item by item, to the file of results
the first encoder once more: not one number may differ
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError, nearest
from broadsheet.core.protocols import Encoder, Progress, Scorer, SparseEncoder
from broadsheet.lab import sets
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.cost import Meter, Metered, MeteredSubject, MeteredTerms, bytes_a_vector
from broadsheet.lab.leaks import leaks
from broadsheet.lab.mine import Absent, Questions, questions_of
from broadsheet.lab.reduction import REDUCED, reduced
from broadsheet.lab.runs import Run, Runs
from broadsheet.lab.sets import Set
from broadsheet.lab.subjects import CONTROLS, WRAPPED, encoder_of, require_subject, subject_of
from broadsheet.lab.task import Task
from broadsheet.lab.tasks import task_of, tasks_of
from broadsheet.lab.tasks.classification import Classification
from broadsheet.lab.tasks.label_retrieval import LabelRetrieval
from broadsheet.lab.tasks.mine import MINE, Mine
from broadsheet.lab.tasks.retrieval import Retrieval

FULL = "full"
TWIN = "twin:"
_COUNTED = (Encoder, SparseEncoder)
"""What counts the documents that it encodes itself."""
SEEDS = 3  # runs of a task that draws at random
Clock = Callable[[], datetime]
Begin = Callable[[str], Progress]


@dataclass(frozen=True, slots=True)
class Choice:
    """A task that was chosen, and the word by which it is found again: a set's name or a folder."""

    task: Task
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A set that can be measured on: whether it is ``present`` and how many ``items`` it has; the suites it is in."""

    kind: str
    name: str
    present: bool
    items: int | None
    language: str
    licence: str
    suites: tuple[str, ...]


def offers(data: Path | None) -> list[Offer]:
    """Return the sets of the package's table, by kind; those whose files are in the folder ``data`` are counted."""
    lists = suites()
    found = [
        Offer(
            kind=each.kind, name=each.name, present=bool(data) and each.present,
            items=each.items,
            language=each.language, licence=each.licence,
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
    found: dict[str, Choice] = {}
    for name in names:
        for task in _named(name, data):
            folder = Path(name).expanduser()
            found.setdefault(task.name, Choice(task, str(folder.resolve()) if folder.is_dir() else task.name))
    absent: list[str] = []
    for each in _suite(suite, data) if suite else ():
        if not data or not each.present:
            absent.append(each.name)
        else:
            found.setdefault(each.name, Choice(task_of(each), each.name))
    if not found:
        raise NotFoundError(f"No files of these sets are here. {_where(data)}")
    notes = [f"Left out, their files are not here: {', '.join(absent)}."] if absent else []
    return list(found.values()), notes


def cut_down(chosen: Sequence[Choice], note: Callable[[str], None]) -> list[Choice]:
    """Return the tasks with a share of their texts each; ``note`` is told which can only be run whole."""
    made = [reduced(choice.task) for choice in chosen]
    whole = [choice.task.name for choice, task in zip(chosen, made, strict=True) if task is None]
    if whole:
        note(f"Run whole, since a part of them is another task: {', '.join(whole)}.")
    return [
        choice if task is None else Choice(task, choice.origin + REDUCED)
        for choice, task in zip(chosen, made, strict=True)
    ]


def mine(collection: Collection, names: Sequence[str], note: Callable[[str], None]) -> list[Choice]:
    """Return the tasks that a Collection makes of itself: all for the name ``mine``, else those named. ``note`` is told
    why one is left out. NotFoundError for an unknown one, and when nothing can be made."""
    made = questions_of(collection)
    known = [each.name for each in made]
    if unknown := [name for name in names if name not in (*known, MINE)]:
        raise NotFoundError(f"{unknown[0]!r} is not a task of your own papers. {nearest(unknown[0], known)}")
    wanted = [each for each in made if MINE in names or each.name in names]
    for each in wanted:
        if isinstance(each, Absent):
            note(f"{each.name} is left out. {each.reason}")
    tasks = [Choice(Mine(each), each.name) for each in wanted if isinstance(each, Questions)]
    if not tasks:
        raise NotFoundError("Your papers do not say enough to make a task of: ingest more, with abstracts.")
    return tasks


def _named(name: str, data: Path | None) -> list[Task]:
    if Path(name).expanduser().is_dir():
        return tasks_of(str(Path(name).expanduser()), Path())
    try:
        return tasks_of(name, data or Path("BROADSHEET_DATA"))
    except NotFoundError as error:
        raise NotFoundError(f"{error} {_where(data)}") from None
    except UsageError as error:
        raise NotFoundError(f"{error} See `broadsheet evaluate --tasks`.") from None


def _suite(name: str, data: Path | None) -> list[Set]:
    known = sets.known(data or Path())
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
    """Makes subjects of names; encoders with weights, and those of a service, keep their vectors under ``cache``."""

    def __init__(self, make: Callable[[str], Encoder | Scorer], cache: Path) -> None:
        self._make, self._cache = make, cache

    def subject(self, name: str, *, now: datetime) -> MeteredSubject:
        """Return the subject of a name, whose work is counted. UsageError when it is unknown."""
        meter = Meter()
        made: list[Encoder | Scorer] = []

        def model(name: str) -> Encoder | Scorer:
            made.append(self._make(name))
            each = made[-1]
            if isinstance(each, Encoder):
                return self._counted(each, meter)
            return MeteredTerms(each, meter) if isinstance(each, SparseEncoder) else each

        subject = subject_of(name, model, now=now)
        return MeteredSubject(subject, meter, counts_documents=not any(isinstance(each, _COUNTED) for each in made))

    def encoder(self, name: str) -> Encoder:
        """Return the encoder of a name, its vectors kept."""
        return self._counted(encoder_of(self._make(name), name), Meter())

    def _counted(self, encoder: Encoder, meter: Meter) -> Encoder:
        meter.bytes_a_vector = bytes_a_vector(encoder)
        metered: Encoder = Metered(encoder, meter)
        dear = getattr(getattr(encoder, "manifest", None), "weights", "") or hasattr(encoder, "usage")
        return CachedEncoder.under(metered, self._cache) if dear else metered


def require(subjects: Sequence[str]) -> None:
    """Raise UsageError unless each is the name of a subject whose models are of registered kinds. Load nothing."""
    for name in subjects:
        require_subject(name)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: ``subjects`` by name on ``tasks``; a task that draws at random has three runs from ``seed``
    on. ``controls``: next to the controls, and the first encoder twice."""

    tasks: Sequence[Choice]
    subjects: Sequence[str]
    seed: int = 0
    controls: bool = True

    @property
    def names(self) -> list[str]:
        """Return the names of all subjects, in the order in which they are measured, the cheapest first."""
        own = [name for name in dict.fromkeys(self.subjects) if name not in CONTROLS]
        if not self.controls:
            return list(dict.fromkeys(self.subjects))
        plain = [name for name in own if name.partition(":")[0] not in WRAPPED]
        return list(dict.fromkeys([*reversed(CONTROLS), *own, *(TWIN + name for name in plain[:1])]))


def measure(plan: Plan, encoders: Encoders, runs: Runs, *, clock: Clock, begin: Begin) -> Iterator[Run]:
    """Measure, and yield each run when it has ended; what ``runs`` knows is not measured again. ``begin`` makes a
    Progress of the name of a step. All data of what is not known yet is read and checked first."""
    require(plan.names)
    for name in plan.names:
        subject = encoders.subject(name, now=clock())
        yield from measure_one(subject, plan, runs, clock=clock, begin=begin)


def measure_one(subject: MeteredSubject, plan: Plan, runs: Runs, *, clock: Clock, begin: Begin) -> Iterator[Run]:
    """Measure one subject on the tasks of a plan that it can do, and yield each run when it has ended. All data of
    the plan is read and checked before anything is measured."""
    notes: dict[str, Sequence[str]] = {}
    for choice in plan.tasks:
        if choice.task.needs in subject.abilities:
            for seed in seeds_of(choice.task, plan.seed):
                run = runs.begin(choice.task, subject, seed=seed, now=clock(), origin=choice.origin)
                if not run.ended:
                    notes = notes or {each.task.name: _notes(each.task, runs) for each in plan.tasks}
                    run = _one(choice.task, subject, run, runs, clock=clock, progress=begin(_title(run)))
                    runs.note(run, notes[run.task])
                yield runs.get(run.number)


def _notes(task: Task, runs: Runs) -> Sequence[str]:
    """What is known about a task's data from an earlier run, else from reading it."""
    known = [run for run in runs.all(task=task.name) if run.ended and run.data == task.data and not run.foreign]
    return known[-1].notes if known else notes_of(task)


def notes_of(task: Task) -> list[str]:
    """Read a task's data, and return what a reader of its values should know: what is odd about it, and how many of
    its test texts are in what is learned from, or quoted in what is searched."""
    found = list(task.warnings)
    if isinstance(task, Classification | LabelRetrieval):
        seen = leaks([each.text for each in task.read()], [each.text for each in task.train])
    elif isinstance(task, Retrieval):
        seen = leaks(*task.texts, what="documents", within=True)
    else:
        return found
    return [*found, f"{task.name}: {seen.sentence}."] if seen.matches else found


def seeds_of(task: Task, seed: int) -> range:
    """Return the seeds of a task's runs: three from ``seed`` on where it draws at random, else 0 alone."""
    return range(seed, seed + SEEDS) if getattr(task, "seeded", False) else range(1)


def _title(run: Run) -> str:
    return f"{run.task}: {run.subject}" + (f", seed {run.seed}" if run.seed else "")


def _one(task: Task, subject: MeteredSubject, run: Run, runs: Runs, *, clock: Clock, progress: Progress) -> Run:
    """Measure one subject on one task; progress counts texts encoded and items measured."""
    meter, known = subject.meter, runs.known(run)
    meter.reset()
    meter.watch = lambda texts: progress(texts, None)
    for items in runs.take(run, task.rows(subject, known=known, seed=run.seed)):
        progress(meter.documents.texts + len(known) + items, None)
    if not runs.rows(run):
        raise UsageError(f"{task.name} has no items: check its files and which of their rows count.")
    twin = subject.name.startswith(TWIN)
    runs.end(run, now=clock(), cost=None if twin else meter.numbers())
    return run
