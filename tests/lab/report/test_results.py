"""A report of stored results: what was measured comes out with its ties, its resolution, its cost and its sources."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from broadsheet.lab.agreement.models import agreement
from broadsheet.lab.report.content import Report
from broadsheet.lab.report.results import report_of, with_likeness
from broadsheet.lab.results import Results
from broadsheet.lab.runs import Runs
from broadsheet.lab.subject import Dense, RandomEncoder
from broadsheet.lab.task import Ability, Figure, Row, Subject

NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
COST = {
    "documents": {"texts": 100, "seconds": 2.0, "processor_seconds": 4.0, "joules": 20.0},
    "queries": {"texts": 50, "seconds": 0.5, "processor_seconds": 1.0, "joules": 5.0},
    "bytes_a_vector": 1024, "peak_megabytes": 300.0, "energy": "estimate: processor seconds x 5 W a core",
    "machine": {"processor": "a made-up one", "cores": 2, "gigabytes": 8.0, "bf16": True, "load": 0.5,
                "system": "Linux 6", "python": "3.11"},
    "versions": {"numpy": "2.3"},
}  # fmt: skip


class Answers:
    """A task of 200 questions: a subject answers as many as its name's length allows."""

    kind, data = "retrieval", "0123456789abcdef"
    needs: Ability = "pairs"
    figures = (Figure("nDCG@10"), Figure("R@100"))

    def __init__(self, name: str) -> None:
        self.name = name

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:
        values = np.random.default_rng(len(self.name)).random(200)
        for item, value in enumerate(values):
            for figure in self.figures:
                yield Row(figure.name, f"q{item:03}", (float(value ** (1 / len(subject.name))),))


def measured(folder: Path, names: list[str]) -> Report:
    with Runs(folder / "lab.sqlite") as runs:
        done = []
        for task in (Answers("herbs"), Answers("eels!")):
            for name in names:
                subject = Dense(RandomEncoder(), name)
                subject.key = name
                run = runs.begin(task, subject, seed=0, now=NOW)
                for _ in runs.take(run, task.rows(subject)):
                    pass
                runs.end(run, now=NOW, cost=COST if name != "bow" else None)
                done.append(runs.get(run.number))
        return report_of(Results(runs, done), done, made=NOW)


def test_a_report_has_what_was_measured(tmp_path: Path) -> None:
    report = measured(tmp_path, ["strong-one", "weak", "weaker", "bow"])
    assert report.title == "3 subjects on 2 sets"
    assert report.sets == ["herbs", "eels!"]
    assert report.subjects[-1] == "bow"
    assert len(report.entries) == 2 * 4 * 2
    assert [each.subject for each in report.ranked("herbs")] == ["strong-one", "weaker", "weak", "bow"]
    assert report.best("herbs") == {"strong-one"}
    assert {each.items for each in report.entries} == {200}
    assert {each.set for each in report.sights} == {"herbs", "eels!"}
    assert all(0 < each.value < 0.2 for each in report.sights)


def test_costs_and_sources_are_those_of_the_runs(tmp_path: Path) -> None:
    report = measured(tmp_path, ["strong-one", "bow"])
    cost = report.cost("strong-one")
    assert cost
    assert (cost.queries_a_second, cost.texts_a_second, cost.vector_bytes) == (100.0, 50.0, 1024)
    assert cost.joules == pytest.approx(100.0)
    assert cost.estimated
    assert report.cost("bow") is None
    facts = dict(report.facts)
    assert facts["set herbs"] == "data 0123456789abcdef; 1 seed: 0"
    assert "a made-up one, 2 cores" in facts["processor"]
    assert "subject strong-one" in facts


def test_likeness_is_in_the_order_of_the_tree(tmp_path: Path) -> None:
    texts = [f"a text about {each} and {each**2}" for each in range(40)]
    encoders = {"a": RandomEncoder(0), "b": RandomEncoder(1), "a too": RandomEncoder(0)}
    report = with_likeness(measured(tmp_path, ["weak", "weaker"]), agreement(texts, encoders))
    found = report.likeness
    assert found
    assert abs(found.names.index("a") - found.names.index("a too")) == 1
    one, other = found.names.index("a"), found.names.index("a too")
    assert found.rows[one][other] == pytest.approx(1)
    assert found.texts == 40
    assert ("a", "a too") in found.groups
