"""Jobs: work that is repeated, each job under a lock across processes, and when it is due.

run: take the job's lock, or say that another process is running it -> note the start -> work -> note the result or the
error. A failure is reported and affects no other job. Killed at any instant, the next run finds a start without an end.

The last run and the wall clock decide what is due, never a sleep: for a machine that was suspended, a clock that was
set forward and a process that was stopped for days, a job is simply overdue.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from broadsheet import pictures
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import BroadsheetError, ModelError, SourceError, UsageError, on_disk
from broadsheet.core.protocols import Progress, Usage
from broadsheet.core.types import Run
from broadsheet.daily import summaries
from broadsheet.digest.plan import plan, waiting
from broadsheet.digest.returned import read_box
from broadsheet.digest.send import send
from broadsheet.ingest import no_progress
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.relevance import own as relevance
from broadsheet.locks import attempted, is_held
from broadsheet.mail.returning import is_door
from broadsheet.search.stages.holding import reached as weights_reached
from broadsheet.sources.payload import shown_names
from broadsheet.store.journal import JobRun
from broadsheet.sync import Synced, sync
from broadsheet.topics import tree
from broadsheet.trending import table
from broadsheet.wiring import sources
from broadsheet.wiring.mail import letterhead, mailer
from broadsheet.wiring.submissions import settle_submissions

RETRY = timedelta(minutes=10)  # before a failed job is tried again; longer for jobs that are seldom due
SKEW = timedelta(minutes=5)  # a last run further in the future means that the clock was set back
_OFTEN = 5 / 60  # hours between two checks for digests that are due
_MANY = 2_000  # digests due per process: with more, another process is started
_MOST_HOURS = 24 * 366
_TRIES, _WAIT = 120, 1.0  # of a sync behind another one, and seconds between them
_MOST_FAILURES = 3  # failed sources that are listed with their reasons
_log = logging.getLogger("broadsheet.jobs")
_log.addHandler(logging.NullHandler())  # a command prints the result of its job itself


class StoppedError(KeyboardInterrupt):
    """The process must end: raised between two steps of a job, which goes on from there the next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a job works on. ``progress`` takes the steps done and to do, and raises StoppedError to end the job.
    ``first_days`` are read of a rolling feed at its first reading."""

    collection: Collection
    settings: Settings
    now: datetime
    progress: Progress = no_progress
    first_days: int = sources.FIRST_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """``work`` does the job and returns a line about it; a BroadsheetError means that it failed.

    It is due ``hours`` after it last began (0: at once, None: never by itself), if it is ``wanted`` at all.
    """

    name: str
    work: Callable[[Round], str]
    hours: Callable[[Settings], float | None]
    wanted: Callable[[Round], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a job: what it ``said``, its ``error`` (empty on success) with the exit code of its kind, or that
    another process was ``busy`` with it."""

    job: str
    said: str = ""
    error: str = ""
    code: int = 0
    busy: bool = False


def fetch(round_: Round) -> str:
    """Read every followed source; SourceError, after trying all, when any failed."""
    followed = [each.name for each in round_.collection.store.journal.sources()]
    if not followed:
        return "no source is followed: start with `broadsheet sources add arxiv:cs.IR`"
    runs = [_read(name, round_) for name in followed]
    failed = [run for run in runs if run.error]
    new, changed = sum(run.new for run in runs), sum(run.changed for run in runs)
    summary = f"{new:,} new and {changed:,} changed papers from {len(runs) - len(failed)} of {len(runs)} sources"
    if failed:
        shown = shown_names(run.source for run in runs)
        reasons = "; ".join(f"{shown[run.source]}: {run.error}" for run in failed[:_MOST_FAILURES])
        more = f"; and {len(failed) - _MOST_FAILURES} more" if len(failed) > _MOST_FAILURES else ""
        raise SourceError(f"{summary}; failed: {reasons}{more}")
    return summary


def _read(name: str, round_: Round) -> Run:
    """Read one source. A source that cannot even be opened counts as a failed run."""
    collection, store = round_.collection, round_.collection.store
    try:
        reader = sources.source(name, collection, round_.settings)
    except BroadsheetError as error:
        run = Run(source=name, started=round_.now, ended=round_.now, error=str(error))
        store.journal.note_run(store.journal.start_run(name, now=round_.now), run)
        return run
    return sources.ingest(
        collection, reader, now=round_.now, progress=round_.progress, name=name, first_days=round_.first_days
    )


def bring_up(round_: Round) -> str:
    """Sync the Collection, unless another process does. ModelError, after the papers, when learned weights cannot be
    made."""
    if is_held(round_.collection.lock):
        return "another process is syncing"
    done = sync(round_.collection, progress=round_.progress)
    if done.note:
        raise ModelError(f"{synced_words(done)}; {done.note}")
    return synced_words(done)


def synced_words(done: Synced) -> str:
    """Describe a sync in one line."""
    if not (done.indexed or done.encoded or done.removed):
        return "everything was up to date"
    papers = f"{done.indexed:,} paper{'' if done.indexed == 1 else 's'}"
    read = f", {Usage(done.tokens, done.estimated)} read by the model server" if done.tokens else ""
    return f"{papers} indexed, {done.encoded:,} encoded, {done.removed:,} removed{read}"


def is_behind(round_: Round) -> bool:
    """Tell whether Lexicon, Space, token vectors or learned weights lack changes of the Store."""
    collection = round_.collection
    reached = [collection.lexicon.change, collection.space.change]
    if collection.token_bits and collection.tokens.exists:
        reached.append(collection.tokens.change)
    if (weights := weights_reached(collection)) is not None:
        reached.append(weights)
    return collection.store.papers.last_change() > min(reached)


def find_topics(round_: Round) -> str:
    """Place new papers in topics, and find topics when they are missing or outgrown."""
    return tree.words(tree.bring_up(round_.collection, now=round_.now, progress=round_.progress))


def tend(round_: Round) -> str:
    """Learn what readers vote for, if it is time to, and store the scores of the last days."""
    return table.tend(round_.collection, now=round_.now)


def choose_summaries(round_: Round) -> str:
    """Choose with the encoder which sentence says what a new paper does, where its text leaves that open."""
    count = summaries.bring_up(round_.collection, progress=round_.progress)
    return f"another sentence was chosen for {count:,} paper{'' if count == 1 else 's'}"


def fit_relevance(round_: Round) -> str:
    """Fit the probabilities of relevance to the Collection's own papers again."""
    collection = round_.collection
    encoder = CachedEncoder.under(collection.encoder, collection.cache / "relevance")
    made = relevance.fit(collection, relevance.mined(collection), encoder, now=round_.now)
    return f"fitted to {made.queries:,} questions of {', '.join(made.data)}; error {made.facts['error']:.3f}"


def digest(round_: Round) -> str:
    """Plan the digests that are due, and send planned ones; for very many readers with a process on each core."""
    count = waiting(round_.collection, now=round_.now, zone=round_.settings.time_zone)
    shares = max(1, min(os.cpu_count() or 1, count // _MANY))
    others = [_start_share(round_, place, shares) for place in range(1, shares)]
    try:
        return share_of_digest(round_, 0, shares)
    finally:
        for other in others:
            other.wait()


def share_of_digest(round_: Round, place: int, shares: int) -> str:
    """Plan the digests of every ``shares``-th reader, starting at ``place`` (from 0), and send planned ones, whichever
    process planned them."""
    collection, settings = round_.collection, round_.settings
    head, way = letterhead(settings), mailer(collection, settings)
    planned = plan(collection, now=round_.now, zone=settings.time_zone, share=(place, shares))

    def going() -> bool:
        round_.progress(0, None)  # raises when the process must end
        return True

    sent = send(collection, way, head, clock=lambda: datetime.now(UTC), going=going)
    return f"{planned:,} planned; {sent}"


def fetch_pictures(round_: Round) -> str:
    """Fetch pictures that papers still need; UsageError if the site shows none."""
    collection, settings = round_.collection, round_.settings
    if not settings.pictures:
        raise UsageError("papers are shown without pictures: put pictures = true into broadsheet.toml")
    client = sources.client(collection, settings, pictures.LIMITS)
    return pictures.fetch(collection, client, now=round_.now, progress=round_.progress).words


def read_returned(round_: Round) -> str:
    """Read the returned email in the mailbox that the settings name, and act on it."""
    settings = round_.settings
    if not settings.mail_returned or is_door(settings.mail_returned):
        return "no mailbox is read: set mail_returned to its path"
    box = Path(settings.mail_returned).expanduser()
    counts = read_box(round_.collection.store, box, settings.mail_bounces, settings.mail_leaving, now=round_.now)
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items()) or "no new returned email"


def _start_share(round_: Round, place: int, shares: int) -> subprocess.Popen[bytes]:
    """Start another process for its share. What it leaves undone is done the next time."""
    code = "from broadsheet.cli import main; main()"
    command = ["digest", "send", "--share", f"{place + 1}/{shares}", "--data", str(round_.collection.path)]
    # one process per core: threads of a matrix product would only wait for each other
    known = {
        "OPENBLAS_NUM_THREADS": "1",
        **os.environ,
        "BROADSHEET_ADDRESS": letterhead(round_.settings).address,
    }
    return subprocess.Popen([sys.executable, "-c", code, *command], env=known, stdout=subprocess.DEVNULL)  # noqa: S603


def _hours(number: int) -> float | None:
    return min(number, _MOST_HOURS) if number > 0 else None


JOBS: tuple[Job, ...] = (
    Job(name="fetch", work=fetch, hours=lambda settings: _hours(settings.fetch_hours)),
    Job(name="sync", work=bring_up, hours=lambda _: 0.0, wanted=is_behind),
    Job(name="topics", work=find_topics, hours=lambda _: 0.0, wanted=lambda each: tree.is_behind(each.collection)),
    Job(
        name="summaries",
        work=choose_summaries,
        hours=lambda _: 0.0,
        wanted=lambda each: summaries.is_behind(each.collection),
    ),
    Job(
        name="relevance",
        work=fit_relevance,
        hours=lambda _: 24.0,
        wanted=lambda each: relevance.is_stale(each.collection),
    ),
    Job(name="trending", work=tend, hours=lambda settings: _hours(settings.trending_hours)),
    Job(
        name="submissions",
        work=lambda each: settle_submissions(each.collection, each.settings, now=each.now),
        hours=lambda _: 1.0,
        wanted=lambda each: bool(each.collection.store.desk.submissions("queued")),
    ),
    Job(
        name="bounces",
        work=read_returned,
        hours=lambda _: 1.0,
        wanted=lambda each: bool(each.settings.mail_returned) and not is_door(each.settings.mail_returned),
    ),
    Job(
        name="pictures",
        work=fetch_pictures,
        hours=lambda _: 0.0,
        wanted=lambda each: each.settings.pictures and pictures.is_behind(each.collection, now=each.now),
    ),
    Job(
        name="digest",
        work=digest,
        hours=lambda _: _OFTEN,
        wanted=lambda each: each.collection.store.mail.digests_wanted(),
    ),
)
"""Every job, in the order in which due jobs run. A new daily task is one more entry."""


def is_due(job: Job, last: JobRun | None, round_: Round) -> bool:
    """Tell whether a job must run now, given its last run."""
    hours = job.hours(round_.settings)
    if hours is None or not job.wanted(round_):
        return False
    if last is None:
        return True
    every = timedelta(hours=hours)
    well = last.ended is not None and not last.error
    elapsed = round_.now - last.started
    return elapsed < -SKEW or elapsed >= (every if well else max(RETRY, every / 4))


def run(job: Job, round_: Round, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Outcome:
    """Run a job unless another process is running it. Every error is in the Outcome, except an interruption."""
    collection = round_.collection
    try:
        with on_disk(collection.path), attempted(collection.cache / "jobs" / f"{job.name}.lock") as ours:
            if not ours:
                return Outcome(job.name, _busy(job, collection), busy=True)
            return _run(job, round_, clock)
    except BroadsheetError as error:
        _log.warning("%s cannot be run: %s", job.name, error)
        return Outcome(job.name, error=str(error), code=error.exit_code)


def run_now(
    collection: Collection, settings: Settings, *names: str, now: datetime, first_days: int = sources.FIRST_DAYS
) -> list[Outcome]:
    """Run the wanted jobs of these names one after another, whether they are due or not."""
    round_ = Round(collection=collection, settings=settings, now=now, first_days=first_days)
    known = {job.name: job for job in JOBS}
    return [run(known[name], round_) for name in names if known[name].wanted(round_)]


def catch_up(collection: Collection, settings: Settings, *, now: datetime) -> None:
    """Sync and find topics until nothing is behind: a sync that runs already does not see what came meanwhile. Stop at
    an error, and after two minutes of waiting for another process."""
    round_ = Round(collection=collection, settings=settings, now=now)
    for _ in range(_TRIES):
        outcomes = run_now(collection, settings, "sync", "topics", now=now)
        if any(each.error for each in outcomes) or not is_behind(round_):
            return
        time.sleep(_WAIT)


def _busy(job: Job, collection: Collection) -> str:
    last = collection.store.journal.job_run(job.name)
    since = f" since {last.started.astimezone():%Y-%m-%d %H:%M}" if last and not last.ended else ""
    return f"another process is running it{since}"


def _run(job: Job, round_: Round, clock: Callable[[], datetime]) -> Outcome:
    store, begun = round_.collection.store, time.monotonic()
    before = store.journal.begin_job(job.name, now=round_.now)
    outcome = Outcome(job.name, error="interrupted; the next run goes on from there")
    try:
        outcome = _work(job, round_)
        if before and not before.ended:
            note = f"the previous run, of {before.started.astimezone():%Y-%m-%d %H:%M}, did not end"
            outcome = replace(outcome, said="; ".join(filter(None, (outcome.said, note))))
    finally:
        seconds = time.monotonic() - begun
        _log.log(
            logging.WARNING if outcome.error else logging.INFO,
            "%s (%.1f s): %s", job.name, seconds, " - ".join(filter(None, (outcome.said, outcome.error))),
        )  # fmt: skip
        store.journal.end_job(job.name, outcome.said, error=outcome.error, now=clock(), seconds=seconds)
    return outcome


def _work(job: Job, round_: Round) -> Outcome:
    try:
        return Outcome(job.name, job.work(round_))
    except BroadsheetError as error:
        return Outcome(job.name, error=str(error), code=error.exit_code)
    except Exception as error:
        _log.exception("%s failed", job.name)
        return Outcome(job.name, error=f"an unforeseen {type(error).__name__}; see the log", code=1)
