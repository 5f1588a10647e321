"""The schedule: a job that fails costs no other one, and a stop ends between two steps."""

from __future__ import annotations

import logging
import re

import pytest

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.wiring.jobs import Round, StoppedError
from broadsheet.wiring.schedule import Schedule
from jobs_kit import NOW, broken, made


def test_what_fails_costs_no_other_job(collection: Collection, caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []

    def unforeseen(_: Round) -> str:
        raise ZeroDivisionError("a secret of somebody")

    def well(_: Round) -> str:
        done.append("well")
        return "did it"

    work = [made("one", broken), made("two", unforeseen), made("three", well)]
    with caplog.at_level(logging.INFO, "broadsheet"):
        Schedule(collection, Settings(), clock=lambda: NOW, jobs=work).look()
    assert done == ["well"]
    ends = {run.job: run.error for run in collection.store.journal.job_runs()}
    assert ends == {
        "one": "the wire was cut", "two": "an unforeseen ZeroDivisionError; see the log", "three": "",
    }  # fmt: skip
    assert re.search(r"one \(\d+\.\d s\): the wire was cut", caplog.text)


def test_a_stop_ends_a_job_between_two_steps(collection: Collection) -> None:
    reached: list[int] = []

    def long(round_: Round) -> str:
        for step in range(1_000):
            reached.append(step)
            if step == 2:
                schedule._stopping.set()
            round_.progress(step, 1_000)
        return "too far"

    schedule = Schedule(collection, Settings(), clock=lambda: NOW, jobs=[made("long", long), made("next", broken)])
    with pytest.raises(StoppedError):
        schedule.look()
    assert reached == [0, 1, 2]
    kept = {run.job: run for run in collection.store.journal.job_runs()}
    assert list(kept) == ["long"]
    assert kept["long"].error == "interrupted; the next run goes on from there"


def test_a_thread_stops_while_it_waits(collection: Collection) -> None:
    schedule = Schedule(collection, Settings(), clock=lambda: NOW, jobs=[], tick=600)
    schedule.start()
    schedule.stop()
    assert not schedule.is_alive()
