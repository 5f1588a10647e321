"""Measuring alerts on papers filed under topics."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Filters
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper

_FILE = Path(__file__).resolve().parents[2] / "benchmarks" / "alerts.py"
_SPEC = spec_from_file_location("benchmark_of_alerts", _FILE)
assert _SPEC
assert _SPEC.loader
alerts = sys.modules[_SPEC.name] = module_from_spec(_SPEC)
_SPEC.loader.exec_module(alerts)
Topics = alerts.Topics

FILED = {"seals": "Sea Life: SL: Harbour Seals", "gulls": "Sea Life: Harbour Gulls", "knots": "Ropes: Sailor Knots"}
WORDS = {"seals": "harbour seals sea life", "gulls": "harbour gulls sea life", "knots": "sailor knots"}


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    papers = [
        paper(100 * place + i, f"{WORDS[kind]} number{i} kind{place}{i}", keywords=(FILED[kind], "free word"))
        for place, kind in enumerate(FILED)
        for i in range(20)
    ]
    papers += [
        paper(900 + i, f"quiet{i} words{i} about{i} nothing{i}", keywords=("General: General",)) for i in range(90)
    ]
    path: Path = tmp_path_factory.mktemp("topics")
    with open_collection(path, encoder=WordEncoder(dim=256)) as opened:
        ingest(opened, papers, now=NOW)
        sync(opened)
        yield opened


@pytest.fixture
def numbers(collection: Collection) -> list[int]:
    return collection.store.papers.numbers_where(Filters()).tolist()


@pytest.fixture
def judged(collection: Collection, numbers: list[int]) -> Topics:
    return alerts.topics(collection.store.papers.by_numbers(numbers))


def test_topics_are_read_from_keywords(judged: Topics) -> None:
    assert sorted(judged.papers) == ["harbour gulls", "harbour seals", "sailor knots"], "no codes, nothing vague"
    assert judged.fields["sea life"] == {"harbour gulls", "harbour seals"}
    assert {len(papers) for papers in judged.papers.values()} == {20}
    halves = [judged.half(which) for which in (0, 1)]
    assert sorted([*halves[0].papers, *halves[1].papers]) == sorted(judged.papers)
    assert all(topics <= half.papers.keys() for half in halves for topics in half.fields.values())
    with pytest.raises(UsageError, match="no topic has 20 papers"):
        alerts.topics({1: paper(1, "alone", keywords=("Sea Life: Seals",))})


def test_each_strength_is_measured(collection: Collection, judged: Topics, numbers: list[int]) -> None:
    rows = {(row.setting, row.measure): row for row in alerts.measure_matching(collection, judged, numbers)}
    assert rows["fair", "recall"].value >= rows["good", "recall"].value >= rows["strong", "recall"].value
    fair = rows["fair", "precision"]
    assert (fair.cases, fair.value) == (3, 1.0)
    assert rows["fair", "matched of 100"].value <= 100 * 20 / len(numbers)
    assert all(row.low <= row.value <= row.high for row in rows.values())


def test_measures_of_one_query() -> None:
    precision, recall, f1, half, share = alerts._measure(frozenset({1, 2, 3, 4}), frozenset({4, 5}), 40)
    assert (precision, recall, share) == (0.25, 0.5, 10.0)
    assert f1 == pytest.approx(1 / 3)
    assert half == pytest.approx(1.25 * 0.125 / (0.0625 + 0.5))
    assert alerts._measure(frozenset(), frozenset({1}), 10) == (0, 0, 0, 0, 0)


def test_exclusions_and_silence_are_measured(collection: Collection, judged: Topics, numbers: list[int]) -> None:
    rows = {row.measure: row for row in alerts.measure_exclusions(collection, judged, numbers)}
    assert rows["topic's removed"].cases == 2
    assert rows["topic's removed"].value > 0.8
    assert rows["rest of the field kept"].value > 0.8
    assert alerts.measure_silence(collection, ["opera houses"], numbers) == {"fair": 0, "good": 0, "strong": 0}
