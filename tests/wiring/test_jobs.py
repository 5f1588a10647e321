"""Jobs: under a lock, their ends kept, due by the clock, and none costs another anything."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.config import Settings
from broadsheet.core.errors import CollectionError, SourceError
from broadsheet.core.types import Document
from broadsheet.doctor import Place, examine
from broadsheet.locks import attempted
from broadsheet.search import stages
from broadsheet.search.stages.model import name_model
from broadsheet.store.journal import JobRun
from broadsheet.wiring import jobs, sources
from broadsheet.wiring.jobs import is_due
from fakes import paper
from jobs_kit import BY_NAME, HOUR, NOW, papers, round_of
from stages_kit import Counted, scorers
from topic_kit import SUBJECTS
from topic_kit import papers as topical

assert scorers


def test_a_source_that_fails_is_told_and_the_others_go_on(collection: Collection, tmp_path: Path) -> None:
    for name in (
        papers(tmp_path, "a", "Tea", "Milk"),
        "jsonl:absent.jsonl",
        "nobody:knows",
        papers(tmp_path, "z", "X"),
    ):
        collection.store.journal.add_source(name, now=NOW)
    outcome = jobs.run(BY_NAME["fetch"], round_of(collection), clock=lambda: NOW + HOUR)
    assert "3 new and 0 changed papers from 2 of 4 sources; failed: jsonl:absent.jsonl: File not found" in outcome.error
    assert "nobody:knows: Unknown source" in outcome.error
    assert outcome.code == SourceError.exit_code
    assert collection.store.papers.count() == 3
    kept = collection.store.journal.job_run("fetch")
    assert kept
    assert (kept.started, kept.ended, kept.error, kept.well) == (NOW, NOW + HOUR, outcome.error, None)


def test_what_comes_during_another_sync_is_caught_up_with(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection.store.journal.add_source(papers(tmp_path, "a", "Tea"), now=NOW)
    jobs.run(BY_NAME["fetch"], round_of(collection))
    monkeypatch.setattr(jobs, "_WAIT", 0.02)
    with attempted(collection.lock) as ours:
        assert ours
        waiting = threading.Thread(target=jobs.catch_up, args=(collection, Settings()), kwargs={"now": NOW})
        waiting.start()
        waiting.join(timeout=0.2)
        assert waiting.is_alive(), "the other sync is running"
    waiting.join(timeout=30)
    assert not jobs.is_behind(round_of(collection))


def test_fetch_then_sync_then_nothing_is_left(collection: Collection, tmp_path: Path) -> None:
    collection.store.journal.add_source(papers(tmp_path, "a", "Tea"), now=NOW)
    assert not jobs.is_behind(round_of(collection))
    assert jobs.run(BY_NAME["fetch"], round_of(collection)).said == "1 new and 0 changed papers from 1 of 1 sources"
    assert jobs.is_behind(round_of(collection))
    assert jobs.run(BY_NAME["sync"], round_of(collection)).said == "1 paper indexed, 1 encoded, 0 removed"
    assert not jobs.is_behind(round_of(collection))
    kept = collection.store.journal.job_run("sync")
    assert kept
    assert kept.well == kept.ended
    assert kept.seconds is not None


def test_learned_weights_count_as_behind_and_the_job_says_why_they_fail(
    collection: Collection, scorers: Callable[[str, Any], None]
) -> None:
    collection.store.papers.put([paper(1, "Kites")], now=NOW)
    assert not jobs.run(BY_NAME["sync"], round_of(collection)).error
    scorers("splade:counted", Counted())
    name_model(collection, "splade:counted")
    stages.choose(collection, "sparse")
    assert jobs.is_behind(round_of(collection))
    jobs.run(BY_NAME["sync"], round_of(collection))
    assert not jobs.is_behind(round_of(collection))
    broken = Counted(version="2")
    scorers("splade:broken", broken)
    name_model(collection, "splade:broken")
    broken.manifest = replace(broken.manifest, dim=3)
    outcome = jobs.run(BY_NAME["sync"], round_of(collection))
    assert "everything was up to date; Learned weights are not up to date: counted returned terms" in outcome.error
    assert jobs.is_behind(round_of(collection))
    assert collection.space.change == collection.store.papers.last_change()


def test_a_young_collection_is_no_failure(collection: Collection, tmp_path: Path) -> None:
    assert "before the first sync" in jobs.run(BY_NAME["trending"], round_of(collection)).said
    jobs.run(BY_NAME["sync"], round_of(collection))
    outcome = jobs.run(BY_NAME["trending"], round_of(collection))
    assert "nothing to learn from yet: a prior needs" in outcome.said
    assert not outcome.error
    assert "no source is followed" in jobs.run(BY_NAME["fetch"], round_of(collection)).said


def test_a_second_process_says_that_the_first_is_at_it(collection: Collection) -> None:
    collection.store.journal.begin_job("fetch", now=NOW)
    with attempted(collection.cache / "jobs" / "fetch.lock"):
        outcome = jobs.run(BY_NAME["fetch"], round_of(collection, NOW + HOUR))
        found = {each.name: each.finding for each in examine(Place(collection.path, Settings()), "collection")}
    assert outcome.busy
    assert outcome.said == f"another process is running it since {NOW.astimezone():%Y-%m-%d %H:%M}"
    assert not outcome.error
    kept = collection.store.journal.job_run("fetch")
    assert kept
    assert kept.started == NOW, "who does nothing writes nothing"
    assert found["jobs"].level == "ok"
    assert "fetch has been running since" in found["jobs"].said


HANG = """
import sys
from datetime import UTC, datetime
from broadsheet.wiring import jobs
from broadsheet.collection import open_collection
from broadsheet.config import Settings

def hang(_):
    print("in", flush=True)
    sys.stdin.read()

with open_collection(sys.argv[1]) as collection:
    job = jobs.Job(name="fetch", work=hang, hours=lambda _: 6)
    jobs.run(job, jobs.Round(collection=collection, settings=Settings(), now=datetime.now(UTC)))
"""


def test_after_a_kill_the_next_run_says_that_the_last_did_not_end(collection: Collection) -> None:
    command = [sys.executable, "-c", HANG, str(collection.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        assert jobs.run(BY_NAME["fetch"], round_of(collection)).busy
        process.kill()
    found = {each.name: each.finding for each in examine(Place(collection.path, Settings()), "collection")}
    assert found["jobs"].level == "warn"
    assert "did not end" in found["jobs"].said
    outcome = jobs.run(BY_NAME["fetch"], round_of(collection))
    assert outcome.said.endswith("did not end")
    assert not outcome.error


def last(ago: timedelta, *, ended: bool = True, error: str = "") -> JobRun:
    return JobRun("fetch", NOW - ago, NOW - ago if ended else None, "", error, None, None)


@pytest.mark.parametrize(
    ("before", "hours", "expected"),
    [
        (None, 6, True),
        (None, 0, False),
        (last(5 * HOUR), 6, False),
        (last(6 * HOUR), 6, True),
        (last(90 * 24 * HOUR), 6, True),  # stopped, suspended, or set forward
        (last(timedelta(seconds=-20)), 6, False),  # a clock that is being adjusted
        (last(-24 * HOUR), 6, True),  # set back by a day
        (last(HOUR, error="down"), 6, False),
        (last(1.5 * HOUR, error="down"), 6, True),
        (last(timedelta(minutes=9), ended=False), 1, False),
        (last(timedelta(minutes=15), ended=False), 1, True),
        (last(HOUR), 10**30, False),
        (last(HOUR), -3, False),
    ],
)
def test_the_clock_on_the_wall_says_what_is_due(
    collection: Collection, before: JobRun | None, hours: int, expected: bool
) -> None:
    assert is_due(BY_NAME["fetch"], before, round_of(collection, fetch_hours=hours)) == expected


def test_a_sync_is_due_when_something_has_changed(collection: Collection) -> None:
    before = JobRun("sync", NOW - HOUR, NOW - HOUR, "", "", NOW, 1.0)
    assert not is_due(BY_NAME["sync"], before, round_of(collection))
    collection.store.papers.put([Document(id="a", title="A", source="s")], now=NOW)
    assert is_due(BY_NAME["sync"], before, round_of(collection))


class Feed:
    """A feed that is down until somebody repairs it; notes from which day on it was asked."""

    name, rolling = "feed:far", True

    def __init__(self) -> None:
        self.up, self.asked = True, []

    def fetch(self, since: date | None = None) -> Iterable[Document]:
        self.asked.append(since)
        if not self.up:
            raise SourceError("example.org cannot be reached: Connection refused; tried 4 times, try again later")
        return []


def test_a_source_that_was_down_for_days_is_asked_for_all_of_them(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = Feed()
    monkeypatch.setattr(sources, "source", lambda *_: feed)
    collection.store.journal.add_source("feed:far", now=NOW)
    fetch = BY_NAME["fetch"]
    jobs.run(fetch, round_of(collection))
    feed.up = False
    for day in range(1, 41):
        outcome = jobs.run(fetch, round_of(collection, NOW + timedelta(days=day)))
        assert "example.org cannot be reached" in outcome.error
    found = {each.name: each.finding for each in examine(Place(collection.path, Settings()), "collection")}
    begun = (NOW + timedelta(days=1)).astimezone()
    assert f"feed:far has been failing since {begun:%Y-%m-%d %H:%M} (40 times)" in found["sources"].said
    feed.up = True
    assert not jobs.run(fetch, round_of(collection, NOW + timedelta(days=41))).error
    assert feed.asked[-1] == NOW.date() - timedelta(days=3)
    jobs.run(fetch, round_of(collection, NOW - timedelta(days=365)))  # the clock was set back a year
    assert feed.asked[-1] == (NOW - timedelta(days=368)).date()
    assert collection.store.journal.outage_of("feed:far") is None


def test_a_store_that_another_program_keeps_locked_is_tried_again(collection: Collection, tmp_path: Path) -> None:
    collection.store.journal.add_source(papers(tmp_path, "a", "Tea"), now=NOW)
    stranger = sqlite3.connect(collection.path / "store.db", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    outcome = jobs.run(BY_NAME["fetch"], round_of(collection))
    assert "store.db is being written by another process: wait for it to end, or stop it" in outcome.error
    assert outcome.code == CollectionError.exit_code
    stranger.close()
    assert not jobs.run(BY_NAME["fetch"], round_of(collection)).error
    assert collection.store.papers.count() == 1


def test_a_full_disk_is_told_and_fills_nothing_else(
    collection: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = papers(tmp_path, "many", *(f"On Tea, Part {n}, {'with much milk ' * 20}" for n in range(2_000)))
    collection.store.journal.add_source(many, now=NOW)
    collection.close()
    with open_collection(collection.path, encoder="hash") as full:
        connect = full.store._connect

        def limited() -> sqlite3.Connection:
            db = connect()
            db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0] + 40}")
            return db

        full.store.close()
        full.store._closed = False
        monkeypatch.setattr(full.store, "_connect", limited)
        outcome = jobs.run(BY_NAME["fetch"], round_of(full))
        assert "the disk is full: free some space and run the command again" in outcome.error
    with open_collection(collection.path) as free:
        outcome = jobs.run(BY_NAME["fetch"], round_of(free))
        assert not outcome.error
        assert free.store.papers.count() == 2_000


def test_a_mailbox_is_read_where_the_settings_name_one(collection: Collection, tmp_path: Path) -> None:
    box, job = tmp_path / "box", BY_NAME["bounces"]
    box.write_text("From x Mon Mar  2 06:00:00 2026\nFrom: a@example.org\nTo: b@example.org\n\nhello\n")
    assert not is_due(job, None, round_of(collection))
    assert not is_due(job, None, round_of(collection, mail_returned="127.0.0.1:8024"))
    assert jobs.run(job, round_of(collection)).said == "no mailbox is read: set mail_returned to its path"
    asked = round_of(collection, mail_returned=str(box), mail_bounces="bounces@example.org")
    assert is_due(job, None, asked)
    assert jobs.run(job, asked).said == "no new returned email"
    gone = jobs.run(job, round_of(collection, mail_returned=str(tmp_path / "gone")))
    assert "does not exist" in gone.error


def test_topics_follow_a_sync_and_wait_for_it(collection: Collection) -> None:
    job, asked = BY_NAME["topics"], round_of(collection)
    assert not job.wanted(asked)
    collection.store.papers.put(topical(SUBJECTS, 6), now=NOW)
    assert not is_due(job, None, asked), "the sync comes first"
    jobs.run(BY_NAME["sync"], asked)
    assert is_due(job, None, asked)
    assert jobs.run(job, asked).said.startswith("Topics: ")
    assert not is_due(job, collection.store.journal.job_run("topics"), round_of(collection, NOW + HOUR))
    names = [each.name for each in jobs.JOBS]
    assert names.index("topics") == names.index("sync") + 1


def test_jobs_are_run_now_in_the_order_they_are_named_where_they_are_wanted(
    collection: Collection, tmp_path: Path
) -> None:
    def ran(*names: str) -> list[str]:
        return [each.job for each in jobs.run_now(collection, Settings(), *names, now=NOW)]

    collection.store.journal.add_source(papers(tmp_path, "sand", "Grain"), now=NOW)
    assert ran("sync") == [], "nothing is behind"
    assert ran("fetch", "sync", "submissions") == ["fetch", "sync"]
    assert collection.store.papers.count() == 1
    assert ran("fetch", "sync") == ["fetch"]


def test_summaries_follow_a_sync_and_wait_for_it(collection: Collection) -> None:
    job, asked = BY_NAME["summaries"], round_of(collection)
    assert not job.wanted(asked)
    collection.store.papers.put(topical(SUBJECTS, 2), now=NOW)
    assert not is_due(job, None, asked), "the sync comes first"
    jobs.run(BY_NAME["sync"], asked)
    assert is_due(job, None, asked)
    assert jobs.run(job, asked).said.startswith("another sentence was chosen for ")
    assert not is_due(job, collection.store.journal.job_run("summaries"), round_of(collection, NOW + HOUR))
