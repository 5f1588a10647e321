"""Formats of others: what is written is read back as it was, and what is wrong is named with its line."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import ir_measures
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import NotFoundError, SourceError, UsageError
from broadsheet.lab import exchange
from broadsheet.lab.task import Figure

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8)
SCORES = st.floats(-1e6, 1e6, width=32)
RANKINGS = st.dictionaries(
    NAMES,
    st.dictionaries(NAMES, SCORES, min_size=1, max_size=6).map(lambda own: sorted(own.items(), key=lambda p: -p[1])),
    min_size=1, max_size=4,
)  # fmt: skip


@SLOW
@given(RANKINGS)
def test_a_run_is_read_back_in_its_order_with_its_scores(tmp_path: Path, rankings: dict[str, Any]) -> None:
    path = tmp_path / "run"
    exchange.write_run(path, rankings, "my tag")
    found, tag = exchange.read_run(path)
    assert tag == "my-tag"
    assert {query: [each for each, _ in own] for query, own in found.items()} == {
        query: [each for each, _ in own] for query, own in rankings.items()
    }
    for query, own in found.items():
        assert all(one > other for (_, one), (_, other) in pairwise(own))
        for (_, now), (_, before) in zip(own, rankings[query], strict=True):
            assert math.isclose(now, before, rel_tol=1e-5, abs_tol=1e-30)
    theirs = {(each.query_id, each.doc_id): each.score for each in ir_measures.read_trec_run(str(path))}
    assert theirs == {(query, each): score for query, own in found.items() for each, score in own}


@SLOW
@given(st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers(-2, 9), min_size=1), min_size=1))
def test_judgements_are_read_by_others_as_they_were(tmp_path: Path, judged: dict[str, dict[str, int]]) -> None:
    path = tmp_path / "qrels"
    exchange.write_qrels(path, judged)
    theirs = {(each.query_id, each.doc_id): each.relevance for each in ir_measures.read_trec_qrels(str(path))}
    assert theirs == {(query, each): grade for query, own in judged.items() for each, grade in own.items()}


@SLOW
@given(st.dictionaries(st.tuples(st.sampled_from(["nDCG@10", "R@100"]), NAMES.filter(lambda name: name != "all")),
                       st.floats(0, 1), min_size=1))  # fmt: skip
def test_values_by_query_are_read_back_to_the_last_bit(tmp_path: Path, values: dict[tuple[str, str], float]) -> None:
    exchange.write_values(tmp_path / "values", values)
    assert exchange.read_values(tmp_path / "values") == values


@SLOW
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=4))
def test_mteb_json_is_read_back(tmp_path: Path, numbers: list[float]) -> None:
    figures = [Figure(name) for name in ("nDCG@10", "R@100", "AP", "Hits")[: len(numbers)]]
    values = {figure.name: number for figure, number in zip(figures, numbers, strict=True)}
    exchange.write_mteb(tmp_path / "m.json", "scifact", values, data="abc")
    name, found = exchange.read_mteb(tmp_path / "m.json")
    assert name == "scifact"
    assert exchange.values_of_mteb(figures, found) == values


def test_mteb_json_as_mteb_writes_it_is_understood(tmp_path: Path) -> None:
    body = {
        "dataset_revision": "0228b52cf27578f30900b9e5271d331663a030d7", "evaluation_time": 20.1,
        "kg_co2_emissions": None, "mteb_version": "1.12.75", "task_name": "SciFact",
        "scores": {"test": [
            {"hf_subset": "a", "languages": ["eng-Latn"], "main_score": 0.6, "ndcg_at_10": 0.6, "nauc": "x"},
            {"hf_subset": "b", "languages": ["eng-Latn"], "main_score": 0.7, "ndcg_at_10": 0.7, "map_at_1": 1},
        ]},
    }  # fmt: skip
    path = tmp_path / "SciFact.json"
    path.write_text(json.dumps(body))
    name, numbers = exchange.read_mteb(path)
    assert (name, exchange.kind_of(path)) == ("SciFact", "mteb")
    assert numbers == pytest.approx({"main_score": 0.65, "ndcg_at_10": 0.65})
    assert exchange.values_of_mteb([Figure("nDCG@10"), Figure("R@5")], numbers) == {"nDCG@10": pytest.approx(0.65)}


Read = Callable[[Path], object]


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (exchange.read_run, "q Q0 d 1 0.5\n", "line 1, has 5 cells, expected 6"),
        (exchange.read_run, "q Q0 d 1 high t\n", "line 1, has the score 'high'"),
        (exchange.read_run, "q Q0 d 1 nan t\n", "score 'nan'"),
        (exchange.read_run, "q Q0 d 1 2 t\nq Q0 d 2 1 t\n", "line 2, has the document 'd' .* a second time"),
        (exchange.read_run, "\n", "is empty"),
        (exchange.read_values, "q\tnDCG@10\t0.5\nq\tnDCG@10\t0.6\n", "line 2, has nDCG@10 of the query 'q'"),
        (exchange.read_values, "all\tnDCG@10\t0.5\n", "--by_query"),
        (exchange.read_values, "x" * 20_000, "longer than"),
        (exchange.read_mteb, "{", "is not JSON"),
        (exchange.read_mteb, "[]", "no `task_name`"),
        (exchange.read_mteb, '{"task_name": "a", "scores": {"dev": [], "train": []}}', "has the splits dev, train"),
        (exchange.read_mteb, '{"task_name": "a", "scores": {"test": [1]}}', "no list of subsets"),
        (exchange.read_mteb, '{"task_name": "a", "scores": {"test": [{"main_score": null}]}}', "no `main_score`"),
        (exchange.read_mteb, "[" * 100_000, "is not JSON"),
        (exchange.kind_of, "a b c\n", "is neither a TREC run"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, read: Read, text: str, words: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(SourceError, match=words):
        read(path)


def test_what_cannot_be_written_or_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'a b' is empty or has white space"):
        exchange.write_run(tmp_path / "run", {"a b": [("d", 1.0)]}, "t")
    assert not (tmp_path / "run").exists()
    with pytest.raises(NotFoundError):
        exchange.kind_of(tmp_path / "run")
    (tmp_path / "bad").write_bytes(b"\xff\xfe q")
    with pytest.raises(SourceError, match="cannot be read"):
        exchange.read_run(tmp_path / "bad")
