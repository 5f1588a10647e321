"""Reranking orders the candidates of each query alone; the values are those of ir-measures."""

from __future__ import annotations

import json
from pathlib import Path

import ir_measures
import numpy as np
import pytest

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.sets import own
from broadsheet.lab.subject import Dense
from broadsheet.lab.subjects.lexical import Bm25
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.reranking import Reranking
from task_kit import TOPICS, described, values

QUERIES = {"rope": "what does a rope carry", "owls": "which birds hunt mice at night"}
ROWS = [
    {"q": query, "a": text, "label": str(int(topic == label))}
    for topic, query in QUERIES.items()
    for label, texts in TOPICS.items()
    for text in texts[:3]
]
ABOUT = 'kind = "reranking"\ncolumns = { query = "q", other = "a", gold = "label" }\n'


def test_values_are_those_of_ir_measures(tmp_path: Path) -> None:
    encoder = HashEncoder()
    run: dict[str, dict[str, float]] = {}
    qrels: dict[str, dict[str, int]] = {}
    for row in ROWS:
        cosine = float((encoder.encode([row["q"]]) @ encoder.encode([row["a"]]).T)[0, 0])
        run.setdefault(row["q"], {})[row["a"]] = cosine
        qrels.setdefault(row["q"], {})[row["a"]] = int(row["label"])
    names = ["AP", "RR", "nDCG@10"]
    theirs = ir_measures.calc_aggregate([ir_measures.parse_measure(name) for name in names], qrels, run)
    found = values(task_of(described(tmp_path, ROWS, ABOUT)), Dense(encoder, "hash"))
    assert found == pytest.approx({str(name): value for name, value in theirs.items()}, abs=1e-6)


def test_queries_that_say_nothing_are_left_out(tmp_path: Path) -> None:
    alike = [{"q": "all right", "a": text, "label": 1} for text in TOPICS["soup"]]
    task = task_of(described(tmp_path, [*ROWS, *alike, {**ROWS[0], "label": 1 - int(ROWS[0]["label"])}], ABOUT))
    assert isinstance(task, Reranking)
    assert [query.text for query in task.read()] == list(QUERIES.values())
    notes = "\n".join(task.warnings)
    assert "1 queries whose candidates are all right or all wrong are left out" in notes
    assert "1 candidates are judged twice for a query, and differently; the higher grade counts" in notes


def test_a_folder_may_ask_with_its_own_documents(tmp_path: Path) -> None:
    corpus = [
        {"_id": str(i), "text": text} for i, (_, text) in enumerate((t, x) for t, xs in TOPICS.items() for x in xs)
    ]
    (tmp_path / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in corpus))
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "2_knots", "text": "not read"}) + "\n")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n2_knots\t4\t2\n2_knots\t7\t1\n2_knots\t2\t3\n")
    (tmp_path / "task.toml").write_text('kind = "reranking"\nlike = "_"\nrelevant = 2\n')
    task = task_of(own(tmp_path))
    assert isinstance(task, Reranking)
    (query,) = task.read()
    assert (query.text, query.grades) == (TOPICS["rope"][2], {"4": 2, "7": 1})
    found = values(task, Bm25())  # which finds nothing in common with the other candidate, so that it is not ranked
    assert found == pytest.approx({"AP": 1, "RR": 1, "nDCG@10": 2 / (2 + 1 / np.log2(3))})
