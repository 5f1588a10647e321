"""Runs: what was measured, item by item, in one SQLite file, so that nothing that is known is measured again.

the file, made when it is missing -> the run of a key, new or known -> each item's rows, one transaction an item
an item with rows for every figure is known;  the task came to its end -> the run has ended

It is derived: delete it, and everything is measured again. ``docs/FORMAT.md`` describes its tables.
"""

from __future__ import annotations

import hashlib
import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from broadsheet.core.errors import CollectionError, NotFoundError, UsageError
from broadsheet.lab.task import Figure, Row
from broadsheet.locks import held
from broadsheet.store.faults import explained

NAME = "lab.sqlite"
IMPORTED, REPORTED = "imported:", "reported:"
"""How the key of a subject begins that is known by its results alone: by items, or by whole values."""
_APPLICATION = 0x42724C42  # "BrLB"
_FORMAT = 1
_PATIENCE = 60.0  # seconds that a write waits for another process
_MOST_ROWS = 20_000_000  # of one run
_LONGEST = 2_000  # characters of an item's name
_TABLES = """
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, task TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
    subject TEXT NOT NULL, subject_key TEXT NOT NULL, seed INTEGER NOT NULL, version INTEGER NOT NULL,
    figures TEXT NOT NULL, origin TEXT NOT NULL, started TEXT NOT NULL, ended TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '[]'
);
CREATE TABLE rows (
    run INTEGER NOT NULL REFERENCES runs, figure TEXT NOT NULL, item TEXT NOT NULL, numbers TEXT NOT NULL,
    family TEXT NOT NULL, PRIMARY KEY (run, figure, item)
) WITHOUT ROWID;
CREATE TABLE costs (run INTEGER NOT NULL REFERENCES runs, at TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE answers (run INTEGER NOT NULL REFERENCES runs, name TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (run, name)) WITHOUT ROWID;
"""


class Named(Protocol):
    """What is known of a subject in the file."""

    @property
    def name(self) -> str: ...
    @property
    def key(self) -> str: ...


class Reporting(Protocol):
    """What is known of a task in the file."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def figures(self) -> tuple[Figure, ...]: ...
    @property
    def data(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One subject on one task. ``data`` and ``subject_key`` name all that the result depends on, with ``seed`` and
    ``version`` (of the task's code); ``key`` is a hash of them. ``origin`` is the set's name or folder, as it was
    requested; ``ended`` is empty while items may be missing. ``notes``: what a reader of its values should know."""

    number: int
    key: str
    task: str
    kind: str
    data: str
    subject: str
    subject_key: str
    seed: int
    version: int
    figures: tuple[Figure, ...]
    origin: str
    started: str
    ended: str = ""
    notes: tuple[str, ...] = ()

    @property
    def foreign(self) -> bool:
        """Return whether another program measured it."""
        return self.subject_key.startswith((IMPORTED, REPORTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What it cost to encode texts that were in no cache, measured ``at`` a moment; ``body`` has the numbers."""

    at: str
    body: Mapping[str, Any] = field(default_factory=dict)


def key_of(task: Reporting, subject: Named, seed: int) -> str:
    """Return a hash of all that the results of a subject on a task depend on, 16 hex digits."""
    facts = [task.name, task.data, subject.name, subject.key, seed, version_of(task)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def version_of(task: Reporting) -> int:
    """Return the version of a task's code, which a task raises when its results change."""
    return int(getattr(task, "version", 1))


class Runs:
    """The file of results. Several processes may read it and write to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = _opened(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        with suppress(CollectionError), _locked(self.path):
            self._db.close()

    def begin(self, task: Reporting, subject: Named, *, seed: int, now: datetime, origin: str = "") -> Run:
        """Return the run of a subject on a task: the known one, else a new one."""
        key = key_of(task, subject, seed)
        figures = json.dumps([asdict(figure) for figure in task.figures])
        with self._writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO runs (key, task, kind, data, subject, subject_key, seed, version, figures, "
                "origin, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (key, task.name, task.kind, task.data, subject.name, subject.key, seed, version_of(task), figures,
                 origin or task.name, now.isoformat(timespec="microseconds")),
            )  # fmt: skip
        (run,) = self._runs("WHERE key = ?", key)
        return run

    def write(self, run: Run, rows: Sequence[Row]) -> None:
        """Store rows in one transaction, in place of those of the same items. UsageError for what is not finite."""
        lines = [(run.number, row.figure, _name(row.item), _numbers(run, row), _name(row.group)) for row in rows]
        with self._writing() as db:
            db.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?)", lines)

    def take(self, run: Run, rows: Iterable[Row]) -> Iterator[int]:
        """Store rows as they come, each item in one transaction, and yield how many items there are so far."""
        waiting: list[Row] = []
        items = 0
        for count, row in enumerate(rows):
            if count >= _MOST_ROWS:
                raise UsageError(f"{run.task} leaves more than {_MOST_ROWS:,} rows: name fewer items.")
            if waiting and row.item != waiting[-1].item:
                self.write(run, waiting)
                waiting, items = [], items + 1
                yield items
            waiting.append(row)
            if len(waiting) == len(run.figures):
                self.write(run, waiting)
                waiting, items = [], items + 1
                yield items
        if waiting:
            self.write(run, waiting)
            yield items + 1

    def end(self, run: Run, *, now: datetime, cost: Mapping[str, Any] | None = None) -> None:
        """Say that a run has all its items, and what it cost where something was encoded."""
        moment = now.isoformat(timespec="microseconds")
        with self._writing() as db:
            db.execute("UPDATE runs SET ended = ? WHERE run = ?", (moment, run.number))
            if cost:
                db.execute("INSERT INTO costs VALUES (?, ?, ?)", (run.number, moment, json.dumps(cost, sort_keys=True)))

    def note(self, run: Run, notes: Sequence[str]) -> None:
        """Store what a reader of a run's values should know about its data."""
        with self._writing() as db:
            db.execute("UPDATE runs SET notes = ? WHERE run = ?", (json.dumps(list(notes)), run.number))

    def known(self, run: Run) -> frozenset[str]:
        """Return the items that have a row for every figure of the task."""
        sql = "SELECT item FROM rows WHERE run = ? GROUP BY item HAVING count(*) >= ?"
        return frozenset(item for (item,) in self._read(sql, run.number, len(run.figures)))

    def all(self, *, task: str = "", subject: str = "") -> list[Run]:
        """Return the runs in the order in which they began, those of a ``task`` or a ``subject`` alone if given."""
        return self._runs(
            "WHERE (? = '' OR task = ?) AND (? = '' OR subject = ?) ORDER BY run", task, task, subject, subject
        )

    def get(self, number: int) -> Run:
        """Return the run with a number. NotFoundError when there is no such run."""
        found = self._runs("WHERE run = ?", number)
        if not found:
            raise NotFoundError(f"{self.path} has no run {number}.")
        return found[0]

    def rows(self, run: Run, figure: str = "") -> list[Row]:
        """Return the rows of a run, in the order of items' names, those of one ``figure`` if given."""
        sql = "SELECT figure, item, numbers, family FROM rows WHERE run = ? AND (? = '' OR figure = ?)"
        found = self._read(f"{sql} ORDER BY figure, item", run.number, figure, figure)
        return [Row(name, item, tuple(json.loads(numbers)), group) for name, item, numbers, group in found]

    def costs(self, run: Run) -> list[Cost]:
        """Return what a run cost, each time that it encoded texts, the oldest first."""
        found = self._read("SELECT at, body FROM costs WHERE run = ? ORDER BY at", run.number)
        return [Cost(at=at, body=json.loads(body)) for at, body in found]

    def answer(self, run: Run, name: str) -> Any:
        """Return what was computed of the rows of an ended run under a name (JSON), None if nothing was."""
        found = self._read("SELECT body FROM answers WHERE run = ? AND name = ?", run.number, name)
        return json.loads(found[0][0]) if found else None

    def remember(self, run: Run, name: str, value: Any) -> None:
        """Store under a name what was computed of the rows of a run that has ended."""
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (run.number, name, json.dumps(value)))

    def _runs(self, condition: str, *values: Any) -> list[Run]:
        columns = (
            "run, key, task, kind, data, subject, subject_key, seed, version, figures, origin, started, ended, notes"
        )
        return [_run(row) for row in self._read(f"SELECT {columns} FROM runs {condition}", *values)]  # noqa: S608

    def _read(self, sql: str, *values: Any) -> list[Any]:
        with _explained(self.path):
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _explained(self.path), _locked(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    self._db.execute("ROLLBACK")
                raise


def _run(row: Sequence[Any]) -> Run:
    number, key, task, kind, data, subject, subject_key, seed, version, figures, origin, started, ended, notes = row
    return Run(
        number=number, key=key, task=task, kind=kind, data=data, subject=subject, subject_key=subject_key, seed=seed,
        version=version, figures=tuple(Figure(**each) for each in json.loads(figures)), origin=origin,
        started=started, ended=ended, notes=tuple(json.loads(notes)),
    )  # fmt: skip


def _name(text: str) -> str:
    if len(text) > _LONGEST:
        raise UsageError(f"An item's name is longer than {_LONGEST:,} characters: {text[:60]!r} ...")
    return text


def _numbers(run: Run, row: Row) -> str:
    if not all(map(math.isfinite, row.numbers)):
        raise UsageError(f"{run.subject} on {run.task}: {row.figure} of the item {row.item!r} is {row.numbers}.")
    return json.dumps([float(number) for number in row.numbers])


def _opened(path: Path) -> sqlite3.Connection:
    with _explained(path), _locked(path):
        db = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE)
        try:
            db.execute("PRAGMA synchronous = NORMAL")  # a killed process loses nothing of it; a power cut, seconds
            (mark,), (version,) = (
                db.execute("PRAGMA application_id").fetchone(),
                db.execute("PRAGMA user_version").fetchone(),
            )
            _require(path, mark, version, empty=not db.execute("SELECT 1 FROM sqlite_master").fetchone())
            if not version:
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(
                    f"BEGIN; {_TABLES} PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {_FORMAT}; COMMIT"
                )
        except BaseException:
            with suppress(sqlite3.Error):
                db.close()
            raise
        return db


def _require(path: Path, mark: int, version: int, *, empty: bool) -> None:
    if mark not in (0, _APPLICATION) or (not empty and mark != _APPLICATION):
        raise CollectionError(f"{path} is another program's database, not a file of results: {_OUT}.")
    if version > _FORMAT:
        raise CollectionError(f"{path} has the format {version}, newer than {_FORMAT}: upgrade Broadsheet, or {_OUT}.")


_OUT = "name another file with --results"


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn errors of SQLite into a CollectionError that names the file and the way out."""
    try:
        with explained(path):
            yield
    except CollectionError as error:
        cause = getattr(error.__cause__, "sqlite_errorname", "")
        if cause.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise CollectionError(
                f"{path} is not a whole file of results ({error.__cause__}). Move it away, and what was in it is "
                f"measured again; or {_OUT}."
            ) from error.__cause__
        raise


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process write or close at a time: SQLite below 3.51.3 can lose a write that meets a checkpoint."""
    with held(path.with_name(path.name + ".lock"), timeout=_PATIENCE, what=str(path)):
        yield
