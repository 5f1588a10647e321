"""The order of encoders by whole sets and by parts of them: read from the file of results, compared, summed up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from benchmark_kit import benchmark
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.runs import Runs
from broadsheet.lab.sets import own
from broadsheet.lab.subject import Dense
from broadsheet.lab.tasks import task_of
from suite_kit import pairs_set

NOW = datetime(2026, 1, 5, tzinfo=UTC)
reduction = benchmark("reduction")
order = benchmark("order")


def test_the_sets_to_choose_on_are_not_those_to_report_on() -> None:
    assert not set(reduction.TO_CHOOSE_ON) & set(reduction.LEFT_OUT)
    assert {"scifact", "stsb-en"} <= set(reduction.LEFT_OUT)


def test_spearman_over_encoders_is_scipys_and_is_judged_by_the_bar() -> None:
    random = np.random.default_rng(3)
    whole = random.normal(size=12)
    for noise, word in ((0.01, "ok"), (3.0, "MISSED")):
        pairs = np.column_stack([whole + noise * random.normal(size=12), whole])
        line = reduction._order(pairs)
        assert float(line.split()[0]) == pytest.approx(stats.spearmanr(*pairs.T)[0], abs=6e-4)
        assert word in line


def test_the_suite_s_order_weighs_every_kind_the_same() -> None:
    one, other = np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([[4.0, 4.0], [6.0, 8.0]])
    np.testing.assert_allclose(
        reduction.means([("sts", one), ("sts", one), ("retrieval", other)]), [[2.0, 2.0], [3.5, 5.0]]
    )


def test_a_value_is_known_when_its_run_has_ended_on_the_same_data(tmp_path: Path) -> None:
    task, subject = task_of(own(pairs_set(tmp_path / "own"))), Dense(HashEncoder(), "hash")
    with Runs(tmp_path / "lab.sqlite") as runs:
        run = runs.begin(task, subject, seed=0, now=NOW)
        rows = list(task.rows(subject))
        runs.write(run, rows)
        assert order.known(task, runs) == {}
        runs.end(run, now=NOW)
        scores, gold = zip(*(row.numbers for row in rows if row.figure == "Spearman"), strict=True)
        assert order.known(task, runs) == {"hash": pytest.approx(stats.spearmanr(scores, gold)[0])}
        with (tmp_path / "own" / "pairs.jsonl").open("a") as file:
            file.write('{"id": "new", "one": "a tide", "other": "the sea", "gold": 2}\n')
        assert order.known(task_of(own(tmp_path / "own")), runs) == {}


def test_options_say_which_encoders_are_measured() -> None:
    assert order.asked(["--known"]) == ()
    assert order.asked(["--first", "2"]) == order.ENCODERS[:2]
    assert order.asked([]) == order.ENCODERS
    assert order.short("join:minilm|static:/a/b/static-64") == "join:minilm|static-64"
    assert order.shared([{"a": 1.0, "b": 2.0}, {"b": 3.0, "c": 4.0}]) == ["b"]
