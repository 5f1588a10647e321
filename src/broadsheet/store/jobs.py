"""The Store's half that knows the jobs: when each last ran, what it did, what failed; and which sources are down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from broadsheet.store.database import Database
from broadsheet.store.people import moment

_JOB = "job, started, ended, said, error, well, seconds"


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


class Jobs(Database):
    """The last run of every job."""

    def begin_job(self, job: str, *, now: datetime) -> JobRun | None:
        """Note that a job begins; returns its run before. Only who holds the job's lock may call it."""
        before = self.job_run(job)
        sql = (
            "INSERT INTO jobs (job, started) VALUES (?, ?) ON CONFLICT (job)"
            " DO UPDATE SET started = excluded.started, ended = NULL, said = '', error = ''"
        )
        self._write(sql, (job, moment(now)))
        return before

    def end_job(self, job: str, said: str, *, error: str = "", now: datetime, seconds: float) -> None:
        """Note how a job ended, after how many seconds; without an ``error`` it ended well."""
        sql = "UPDATE jobs SET ended = ?, said = ?, error = ? WHERE job = ?"
        with self.writing() as db:
            db.execute(sql, (moment(now), said[:2_000], error[:2_000], job))
            if not error:
                db.execute("UPDATE jobs SET well = ?, seconds = ? WHERE job = ?", (moment(now), seconds, job))

    def job_run(self, job: str) -> JobRun | None:
        """The last run of a job, or None before the first."""
        found = self._rows(f"SELECT {_JOB} FROM jobs WHERE job = ?", (job,))  # noqa: S608 - a constant of this file
        return _job_run(found[0]) if found else None

    def job_runs(self) -> list[JobRun]:
        """The last run of every job, by name."""
        return [_job_run(row) for row in self._rows(f"SELECT {_JOB} FROM jobs ORDER BY job")]  # noqa: S608 - as above

    def last_good_run_of(self, source: str) -> datetime | None:
        """When the newest run of a source that ended well began, however long ago that is."""
        sql = "SELECT max(started) FROM runs WHERE source = ? AND ended IS NOT NULL AND error = ''"
        return _when(self._column(sql, (source,))[0])

    def outage_of(self, source: str) -> Outage | None:
        """Since when a source fails; None when its newest run that ended did so well."""
        good = "SELECT coalesce(max(run), 0) FROM runs WHERE source = ? AND ended IS NOT NULL AND error = ''"
        sql = f"SELECT min(started), count(*) FROM runs WHERE source = ? AND error <> '' AND run > ({good})"  # noqa: S608
        since, times = self._rows(sql, (source, source))[0]
        return Outage(datetime.fromisoformat(since), times) if times else None

    def mail_states(self) -> dict[str, int]:
        """How many deliveries there are in each state."""
        return dict(self._rows("SELECT state, count(*) FROM deliveries GROUP BY state ORDER BY state"))


def _job_run(row: Any) -> JobRun:
    job, started, ended, said, error, well, seconds = row
    return JobRun(job, datetime.fromisoformat(started), _when(ended), said, error, _when(well), seconds)


def _when(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
