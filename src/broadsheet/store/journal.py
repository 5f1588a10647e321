"""What happened and what is configured: runs of sources, their bad records, the sources to follow, facts."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from broadsheet.core.records import clean
from broadsheet.core.types import BadRecord, Run
from broadsheet.store.clashes import Clash
from broadsheet.store.database import Part
from broadsheet.store.people import moment

_MOST_PROBLEMS = 1_000  # kept of one run; its count says how many there were
_JOB = "job, started, ended, said, error, well, seconds"
_MOST_CLASHES = 1_000  # stored of one run
_RUN = "source, started, ended, new, changed, same, bad, clashes, error"


@dataclass(frozen=True, slots=True)
class Problem:
    """A bad record that was kept: of which source, and when that was last read."""

    source: str
    record: BadRecord
    seen: datetime


@dataclass(frozen=True, slots=True)
class SourceClash:
    """A record whose identifier is another paper's: of which source, and when that was last read."""

    source: str
    clash: Clash
    seen: datetime


@dataclass(frozen=True, slots=True)
class ConfiguredSource:
    """A source that is followed: since when, and its newest run (None before the first)."""

    name: str
    added: datetime
    last_run: Run | None


@dataclass(frozen=True, slots=True)
class JobRun:
    """The last run of a job: ``ended`` is None while it runs and when it was killed; ``said`` tells what it did,
    ``error`` what went wrong; ``well`` is when one last ended well, after so many ``seconds``."""

    job: str
    started: datetime
    ended: datetime | None
    said: str
    error: str
    well: datetime | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Outage:
    """A source that has failed ``times`` times in a row, first at ``since``."""

    since: datetime
    times: int


class Journal(Part):
    """Record runs of sources with their bad records, the followed sources, runs of jobs, and facts."""

    def start_run(self, source: str, *, now: datetime) -> int:
        """Record the start of a run of a source; return its number. A run that was killed stays without an end."""
        with self._db.writing() as db:
            row = db.execute("INSERT INTO runs (source, started) VALUES (?, ?)", (clean(source), _moment(now)))
            return int(row.lastrowid or 0)

    def note_run(self, run: int, result: Run) -> None:
        """Note how far a run has come or, with an ``ended``, how it ended."""
        ended = result.ended.isoformat() if result.ended else None
        with self._db.writing() as db:
            db.execute(
                "UPDATE runs SET ended = ?, new = ?, changed = ?, same = ?, bad = ?, clashes = ?, error = ?"
                " WHERE run = ?",
                (
                    ended,
                    result.new,
                    result.changed,
                    result.same,
                    result.bad,
                    result.clashes,
                    clean(result.error),
                    run,
                ),
            )

    def runs(self, limit: int = 20) -> list[Run]:
        """Return the newest runs, newest first."""
        with self._db.reading() as db:
            rows = db.execute(f"SELECT {_RUN} FROM runs ORDER BY run DESC LIMIT ?", (limit,)).fetchall()
        return [_run(row) for row in rows]

    def runs_between(self, since: datetime, until: datetime) -> list[Run]:
        """Return the runs that started from ``since`` to before ``until``, oldest first."""
        sql = f"SELECT {_RUN} FROM runs WHERE started >= ? AND started < ? ORDER BY run"
        with self._db.reading() as db:
            return [_run(row) for row in db.execute(sql, (_moment(since), _moment(until)))]

    def good_runs(self, limit: int) -> list[Run]:
        """Return the newest runs that ended well, newest first, without the starter shelf and imports of libraries."""
        sql = (
            f"SELECT {_RUN} FROM runs WHERE ended IS NOT NULL AND error = ''"
            " AND source NOT LIKE 'shelf%' AND source NOT LIKE 'library:%' ORDER BY started DESC LIMIT ?"
        )
        with self._db.reading() as db:
            return [_run(row) for row in db.execute(sql, (limit,))]

    def add_problem(self, run: int, *bad: BadRecord) -> None:
        """Keep bad records of a run, at most its first 1,000; one that an earlier run met too is kept once."""
        with self._db.writing() as db:
            kept = db.execute("SELECT count(*) FROM problems WHERE run = ?", (run,)).fetchone()[0]
            db.executemany(
                "INSERT INTO problems SELECT source, ?, ?, ?, run FROM runs WHERE run = ?"
                " ON CONFLICT DO UPDATE SET run = excluded.run, raw = excluded.raw",
                [(*_written(b), run) for b in bad[: max(0, _MOST_PROBLEMS - kept)]],
            )

    def problems(self, limit: int = 100) -> list[Problem]:
        """Return the latest bad records, newest run first."""
        with self._db.reading() as db:
            rows = db.execute(
                "SELECT problems.source, place, reason, raw, started FROM problems JOIN runs USING (run)"
                " ORDER BY run DESC, problems.source, place, reason LIMIT ?",
                (limit,),
            ).fetchall()
        return [Problem(source, BadRecord(*record), datetime.fromisoformat(seen)) for source, *record, seen in rows]

    def add_clash(self, run: int, *clashes: Clash) -> None:
        """Keep records of a run whose identifier is another paper's, at most its first 1,000; one that an earlier run
        met too is kept once."""
        with self._db.writing() as db:
            kept = db.execute("SELECT count(*) FROM clashes WHERE run = ?", (run,)).fetchone()[0]
            db.executemany(
                "INSERT INTO clashes SELECT source, ?, ?, ?, run FROM runs WHERE run = ?"
                " ON CONFLICT DO UPDATE SET run = excluded.run, reason = excluded.reason",
                [(c.name, c.id, c.reason, run) for c in clashes[: max(0, _MOST_CLASHES - kept)]],
            )

    def clashes(self, limit: int = 100) -> list[SourceClash]:
        """Return the latest records whose identifier is another paper's, newest run first, of papers still stored."""
        rows = self._db.rows(
            "SELECT clashes.source, name, clashes.id, reason, started FROM clashes JOIN runs USING (run)"
            " JOIN documents ON documents.id = clashes.id AND deleted = 0"
            " ORDER BY run DESC, clashes.source, name, clashes.id LIMIT ?",
            (limit,),
        )
        return [SourceClash(source, Clash(*clash), datetime.fromisoformat(seen)) for source, *clash, seen in rows]

    def add_source(self, name: str, *, now: datetime) -> bool:
        """Follow a source; return False when it is already followed."""
        with self._db.writing() as db:
            row = db.execute(
                "INSERT OR IGNORE INTO sources (name, added) VALUES (?, ?)", (clean(name), now.isoformat())
            )
            return row.rowcount == 1

    def remove_source(self, name: str) -> bool:
        """Stop following a source but keep its papers; return False when it was not followed."""
        with self._db.writing() as db:
            return db.execute("DELETE FROM sources WHERE name = ?", (clean(name),)).rowcount == 1

    def sources(self) -> list[ConfiguredSource]:
        """Return the followed sources, by name."""
        with self._db.reading() as db:
            rows = db.execute("SELECT name, added FROM sources ORDER BY name").fetchall()
            newest = f"SELECT {_RUN} FROM runs WHERE source = ? ORDER BY run DESC LIMIT 1"
            runs = {name: db.execute(newest, (name,)).fetchone() for name, _ in rows}
        return [
            ConfiguredSource(name, datetime.fromisoformat(added), _run(runs[name]) if runs[name] else None)
            for name, added in rows
        ]

    def fact(self, key: str) -> Any:
        """Return the JSON value stored under a key, or None."""
        with self._db.reading() as db:
            row = db.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return json.loads(row[0]) if row else None

    def set_fact(self, key: str, value: Any) -> None:
        """Store a JSON value under a key; None removes it."""
        with self._db.writing() as db:
            if value is None:
                db.execute("DELETE FROM facts WHERE key = ?", (key,))
            else:
                db.execute("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", (key, json.dumps(value)))

    def begin_job(self, job: str, *, now: datetime) -> JobRun | None:
        """Record the start of a job; return its previous run. Only the holder of the job's lock may call it."""
        before = self.job_run(job)
        sql = (
            "INSERT INTO jobs (job, started) VALUES (?, ?) ON CONFLICT (job)"
            " DO UPDATE SET started = excluded.started, ended = NULL, said = '', error = ''"
        )
        self._db.write(sql, (job, moment(now)))
        return before

    def end_job(self, job: str, said: str, *, error: str = "", now: datetime, seconds: float) -> None:
        """Note how a job ended, after how many seconds; without an ``error`` it ended well."""
        sql = "UPDATE jobs SET ended = ?, said = ?, error = ? WHERE job = ?"
        with self._db.writing() as db:
            db.execute(sql, (moment(now), said[:2_000], error[:2_000], job))
            if not error:
                db.execute("UPDATE jobs SET well = ?, seconds = ? WHERE job = ?", (moment(now), seconds, job))

    def job_run(self, job: str) -> JobRun | None:
        """Return the last run of a job, or None before the first."""
        found = self._db.rows(f"SELECT {_JOB} FROM jobs WHERE job = ?", (job,))
        return _job_run(found[0]) if found else None

    def job_runs(self) -> list[JobRun]:
        """Return the last run of every job, by name."""
        return [_job_run(row) for row in self._db.rows(f"SELECT {_JOB} FROM jobs ORDER BY job")]

    def last_good_run_of(self, source: str) -> datetime | None:
        """Return when the newest successful run of a source began, however long ago."""
        sql = "SELECT max(started) FROM runs WHERE source = ? AND ended IS NOT NULL AND error = ''"
        return _when(self._db.column(sql, (source,))[0])

    def outage_of(self, source: str) -> Outage | None:
        """Return since when a source has failed; None when its newest finished run was successful."""
        good = "SELECT coalesce(max(run), 0) FROM runs WHERE source = ? AND ended IS NOT NULL AND error = ''"
        sql = f"SELECT min(started), count(*) FROM runs WHERE source = ? AND error <> '' AND run > ({good})"
        since, times = self._db.rows(sql, (source, source))[0]
        return Outage(datetime.fromisoformat(since), times) if times else None


def _written(bad: BadRecord) -> tuple[str, str, str]:
    """Place, reason and text of a bad record as they are kept; names of files need not be UTF-8."""
    return clean(bad.where)[:500], clean(bad.reason)[:1_000], clean(bad.raw)[:2_000]


def _moment(value: datetime) -> str:
    """Return a moment as text in the form of the journal; these texts sort by time."""
    return value.astimezone(UTC).isoformat()


def _run(row: Sequence[Any]) -> Run:
    source, started, ended, new, changed, same, bad, clashes, error = row
    return Run(
        source=source,
        started=datetime.fromisoformat(started),
        ended=datetime.fromisoformat(ended) if ended else None,
        new=new,
        changed=changed,
        same=same,
        bad=bad,
        clashes=clashes,
        error=error,
    )


def _job_run(row: Any) -> JobRun:
    job, started, ended, said, error, well, seconds = row
    return JobRun(job, datetime.fromisoformat(started), _when(ended), said, error, _when(well), seconds)


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
