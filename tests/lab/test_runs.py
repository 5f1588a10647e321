"""Results are kept item by item: a killed run goes on, two processes write, a bad file is an error with a way out."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

import suite_kit
from broadsheet.core.errors import CollectionError, NotFoundError, UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.runs import Runs, key_of
from broadsheet.lab.subject import Dense
from broadsheet.lab.task import Row
from suite_kit import NOW, Questions, into


def started(path: Path, log: Path, name: str) -> subprocess.Popen[bytes]:
    paths = os.pathsep.join(each for each in sys.path if each)
    return subprocess.Popen(
        [sys.executable, suite_kit.__file__, str(path), str(log), name], env={**os.environ, "PYTHONPATH": paths}
    )


def lines(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


def test_a_killed_run_loses_one_item_at_most_and_goes_on(tmp_path: Path) -> None:
    path, log = tmp_path / "lab.sqlite", tmp_path / "log"
    process = started(path, log, "one")
    while len(lines(log)) < 15:
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    logged = lines(log)
    with Runs(path) as runs:
        (run,) = runs.all()
        known = runs.known(run)
        assert run.ended == ""
    assert len(logged) - 1 <= len(known) <= len(logged) < Questions.count
    task = Questions()
    into(path, task, "one")
    assert len(task.measured) == Questions.count - len(known)
    assert not known & set(task.measured)
    into(tmp_path / "whole.sqlite", Questions(), "one")
    with Runs(path) as runs, Runs(tmp_path / "whole.sqlite") as whole:
        (run,), (other,) = runs.all(), whole.all()
        assert run.ended
        assert runs.rows(run) == whole.rows(other)


def test_two_processes_write_the_same_and_different_runs(tmp_path: Path) -> None:
    path = tmp_path / "lab.sqlite"
    processes = [started(path, tmp_path / f"log{n}", name) for n, name in enumerate(["one", "other", "one"])]
    assert [process.wait() for process in processes] == [0, 0, 0]
    with Runs(path) as runs:
        assert sorted(run.subject for run in runs.all()) == ["one", "other"]
        assert [len(runs.rows(run)) for run in runs.all()] == [2 * Questions.count] * 2


def test_rows_come_back_as_they_were_and_one_figure_alone(tmp_path: Path) -> None:
    subject = Dense(HashEncoder(), "hash")
    rows = [Row("Spearman", "b", (0.1, 1 / 3), "g"), Row("Spearman", "a", (-1e-300, 2.0)), Row("Pearson", "a", (0, 1))]
    with Runs(tmp_path / "lab.sqlite") as runs:
        run = runs.begin(Questions(), subject, seed=0, now=NOW, origin="here")
        runs.write(run, rows)
        assert runs.rows(run, "Spearman") == [rows[1], rows[0]]
        assert runs.known(run) == {"a"}
        assert (run.origin, run.key) == ("here", key_of(Questions(), subject, 0))
        assert runs.begin(Questions(), subject, seed=1, now=NOW).number != run.number
        runs.end(run, now=NOW, cost={"documents": 3})
        assert runs.costs(run)[0].body == {"documents": 3}
        runs.remember(run, "mean", [0.5])
        assert runs.answer(run, "mean") == [0.5]
        assert runs.answer(run, "median") is None


def test_the_key_changes_with_all_that_results_depend_on() -> None:
    task, subject = Questions(), Dense(HashEncoder(), "hash")
    keys = {key_of(task, subject, 0), key_of(task, subject, 1), key_of(task, Dense(HashEncoder(64), "hash"), 0)}
    task.data = "4567"
    keys.add(key_of(task, subject, 0))
    task.version = 2  # type: ignore[attr-defined]
    assert len(keys | {key_of(task, subject, 0)}) == 5


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    with Runs(tmp_path / "lab.sqlite") as runs:
        run = runs.begin(Questions(), Dense(HashEncoder(), "hash"), seed=0, now=NOW)
        with pytest.raises(UsageError, match="Spearman of the item 'a'"):
            runs.write(run, [Row("Spearman", "a", (float("nan"),))])
        with pytest.raises(UsageError, match="longer than"):
            runs.write(run, [Row("Spearman", "a" * 3000, (1.0,))])
        with pytest.raises(NotFoundError, match="no run 7"):
            runs.get(7)
        assert runs.rows(run) == []


def test_a_file_that_is_not_whole_says_so_and_the_way_out(tmp_path: Path) -> None:
    noise, cut, foreign, newer = (tmp_path / name for name in ("noise", "cut", "foreign", "newer"))
    noise.write_bytes(os.urandom(5000))
    into(cut, Questions(), "one")
    cut.write_bytes(cut.read_bytes()[:4096] + os.urandom(4096 * 3))
    with closing(sqlite3.connect(foreign)) as db:
        db.execute("CREATE TABLE t (x)")
    into(newer, Questions(), "one")
    with closing(sqlite3.connect(newer)) as db:
        db.execute("PRAGMA user_version = 99")
    for path, words in [
        (noise, "not a whole file of results.*Move it away"), (cut, "not a whole file of results.*--results"),
        (foreign, "another program's database"), (newer, "format 99"),
    ]:  # fmt: skip
        with pytest.raises(CollectionError, match=words):
            read(path)


def read(path: Path) -> None:
    with Runs(path) as runs:
        for run in runs.all():
            runs.rows(run)
