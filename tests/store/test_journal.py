"""Runs, their bad records, the sources that are followed, and facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from broadsheet.core.types import BadRecord, Run
from broadsheet.store import Store
from broadsheet.store.journal import ConfiguredSource, JobRun

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(seconds=9)


def test_runs_newest_first_and_a_killed_one_without_an_end(store: Store) -> None:
    first = store.journal.start_run("page:a", now=NOW)
    ended = Run(source="page:a", started=NOW, ended=LATER, new=1, changed=2, same=3, bad=4, error="cut off")
    store.journal.note_run(first, ended)
    store.journal.start_run("page:b", now=LATER)
    assert store.journal.runs() == [Run(source="page:b", started=LATER), ended]
    assert len(store.journal.runs(1)) == 1


def test_a_bad_record_is_kept_once(store: Store) -> None:
    bad = BadRecord("line 3", "no title", "{...")
    store.journal.add_problem(store.journal.start_run("jsonl:a", now=NOW), bad, bad, BadRecord("line 4", "no title"))
    store.journal.add_problem(store.journal.start_run("jsonl:a", now=LATER), bad)
    store.journal.add_problem(store.journal.start_run("jsonl:b", now=LATER), bad)
    problems = store.journal.problems()
    assert [(p.source, p.record.where, p.seen) for p in problems] == [
        ("jsonl:b", "line 3", LATER),
        ("jsonl:a", "line 3", LATER),
        ("jsonl:a", "line 4", NOW),
    ]
    assert problems[0].record == bad
    assert len(store.journal.problems(1)) == 1


def test_a_flood_of_bad_records_is_bounded(store: Store) -> None:
    run = store.journal.start_run("jsonl:a", now=NOW)
    for start in range(0, 3_000, 700):
        store.journal.add_problem(
            run, *(BadRecord(f"line {n}", "r" * 5_000, "x" * 5_000) for n in range(start, start + 700))
        )
    problems = store.journal.problems(10_000)
    assert len(problems) == 1_000
    assert {(len(p.record.reason), len(p.record.raw)) for p in problems} == {(1_000, 2_000)}


def test_sources_are_followed_until_removed(store: Store) -> None:
    assert store.journal.add_source("arxiv:cs.IR", now=NOW)
    assert not store.journal.add_source("arxiv:cs.IR", now=LATER)
    assert store.journal.sources() == [ConfiguredSource("arxiv:cs.IR", NOW, None)]
    store.journal.start_run("arxiv:cs.IR", now=LATER)
    assert store.journal.sources()[0].last_run == Run(source="arxiv:cs.IR", started=LATER)
    assert store.journal.remove_source("arxiv:cs.IR")
    assert not store.journal.remove_source("arxiv:cs.IR")
    assert store.journal.sources() == []


def test_facts_are_json(store: Store) -> None:
    assert store.journal.fact("language") is None
    store.journal.set_fact("language", {"name": "english", "n": [1, 2]})
    store.journal.set_fact("language", {"name": "english", "n": [1]})
    assert store.journal.fact("language") == {"name": "english", "n": [1]}
    store.journal.set_fact("language", None)
    assert store.journal.fact("language") is None


def test_a_job_remembers_its_last_good_end(store: Store) -> None:
    assert store.journal.begin_job("fetch", now=NOW) is None
    assert store.journal.job_run("fetch") == JobRun("fetch", NOW, None, "", "", None, None)
    store.journal.end_job("fetch", "read two", now=LATER, seconds=9.0)
    assert store.journal.begin_job("fetch", now=LATER) == JobRun("fetch", NOW, LATER, "read two", "", LATER, 9.0)
    store.journal.end_job("fetch", "", error="x" * 3_000, now=LATER + timedelta(hours=1), seconds=1.0)
    (last,) = store.journal.job_runs()
    assert (last.well, last.seconds, len(last.error)) == (LATER, 9.0, 2_000)
    assert store.journal.job_run("sync") is None


def test_an_outage_lasts_from_the_first_failure_to_the_next_good_run(store: Store) -> None:
    def ran(hours: int, error: str = "", source: str = "feed:a") -> None:
        at = NOW + timedelta(hours=hours)
        store.journal.note_run(
            store.journal.start_run(source, now=at), Run(source=source, started=at, ended=at, error=error)
        )

    ran(0)
    assert store.journal.outage_of("feed:a") is None
    ran(1, "down")
    ran(2, "down")
    ran(2, source="feed:b")
    outage = store.journal.outage_of("feed:a")
    assert outage is not None
    assert (outage.since, outage.times) == (NOW + timedelta(hours=1), 2)
    assert store.journal.last_good_run_of("feed:a") == NOW
    store.journal.start_run("feed:a", now=NOW + timedelta(hours=3))  # killed: it says nothing
    assert store.journal.outage_of("feed:a") == outage
    ran(4)
    assert store.journal.outage_of("feed:a") is None


def test_the_shelf_and_a_library_are_no_good_run(store: Store) -> None:
    for source in ("shelf", "shelf:starter", "library:refs.bib"):
        run = store.journal.start_run(source, now=NOW)
        store.journal.note_run(run, Run(source=source, started=NOW, ended=LATER))
    assert store.journal.good_runs(1) == []
    run = store.journal.start_run("jsonl:a", now=NOW)
    store.journal.note_run(run, Run(source="jsonl:a", started=NOW, ended=LATER))
    assert [good.source for good in store.journal.good_runs(2)] == ["jsonl:a"]
    assert store.journal.runs_between(NOW, LATER) == store.journal.runs()[::-1]
    assert store.journal.runs_between(LATER, LATER + timedelta(days=1)) == []
