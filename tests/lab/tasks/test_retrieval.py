"""Retrieval tasks: the values are those of ir-measures on the same vectors, whatever the layout of the folder."""

from __future__ import annotations

import json
from pathlib import Path

import ir_measures
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from broadsheet.core.errors import SourceError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subject import Dense
from broadsheet.lab.task import Task
from broadsheet.lab.tasks import task_of, tasks_of
from broadsheet.lab.tasks.retrieval import Retrieval
from task_kit import TOPICS, described, values

CORPUS = {f"{label}/{i}": text for label, texts in TOPICS.items() for i, text in enumerate(texts)}
QUERIES = {"q1": "a rope and its knots", "q2": "boiled soup or broth", "q3": "owls that hunt at night"}
GRADES = [("q1", "rope/2", 2), ("q1", "rope/4", 1), ("q2", "soup/2", 1), ("q2", "soup/3", 1), ("q3", "owls/4", 3),
          ("q3", "owls/0", 0)]  # fmt: skip
SUBJECT = Dense(HashEncoder(), "hash")


def beir(folder: Path, grades: list[tuple[str, str, int]] = GRADES) -> Path:
    folder.mkdir()
    (folder / "corpus.jsonl").write_text(
        "".join(json.dumps({"_id": name, "title": "", "text": text}) + "\n" for name, text in CORPUS.items())
    )
    (folder / "queries.jsonl").write_text(
        "".join(json.dumps({"_id": name, "text": text}) + "\n" for name, text in QUERIES.items())
    )
    lines = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in grades)]
    (folder / "qrels.tsv").write_text("\n".join(lines))
    return folder


def task_in(folder: Path) -> Task:
    (task,) = tasks_of(str(folder), Path())
    return task


def test_values_are_those_of_ir_measures(tmp_path: Path) -> None:
    encoder, qrels = HashEncoder(), {name: {} for name in QUERIES}
    for query, document, grade in GRADES:
        qrels[query][document] = grade
    scores = encoder.encode(list(QUERIES.values())) @ encoder.encode(list(CORPUS.values())).T
    run = {q: dict(zip(CORPUS, row.tolist(), strict=True)) for q, row in zip(QUERIES, scores, strict=True)}
    names = ["nDCG@10", "R@100", "RR@10", "AP"]
    theirs = ir_measures.calc_aggregate([ir_measures.parse_measure(name) for name in names], qrels, run)
    task = task_in(beir(tmp_path / "beir"))
    assert values(task, SUBJECT) == pytest.approx({str(name): value for name, value in theirs.items()}, abs=1e-6)
    assert task.warnings == ()


def test_a_query_that_is_known_is_left_out(tmp_path: Path) -> None:
    task = task_in(beir(tmp_path / "beir"))
    assert isinstance(task, Retrieval)
    assert task.read() == list(QUERIES)
    assert {row.item for row in task.rows(SUBJECT, known={"q1"})} == {"q2", "q3"}
    assert list(task.rows(SUBJECT, known=set(QUERIES))) == []


def test_the_layout_of_mteb_gives_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "mteb"
    for name in ("corpus", "queries", "data"):
        (folder / name).mkdir(parents=True)
    pq.write_table(pa.table({"_id": list(CORPUS), "title": [""] * len(CORPUS), "text": list(CORPUS.values())}),
                   folder / "corpus" / "corpus-00000-of-00001.parquet")  # fmt: skip
    pq.write_table(pa.table({"_id": list(QUERIES), "text": list(QUERIES.values())}),
                   folder / "queries" / "queries-00000-of-00001.parquet")  # fmt: skip
    columns = list(zip(*GRADES, strict=True))
    pq.write_table(pa.table({"query-id": columns[0], "corpus-id": columns[1], "score": [float(n) for n in columns[2]]}),
                   folder / "data" / "test-00000-of-00001.parquet")  # fmt: skip
    assert values(task_in(folder), SUBJECT) == values(task_in(beir(tmp_path / "beir")), SUBJECT)
    assert task_in(folder).data != task_in(tmp_path / "beir").data


def test_answers_may_be_named_by_the_queries(tmp_path: Path) -> None:
    rows = [
        {"_id": "q1", "text": QUERIES["q1"], "doc": "rope/2"},
        {"_id": "q2", "text": QUERIES["q2"], "doc": "soup/2"},
    ]
    about = 'kind = "retrieval"\ncorpus = "c.jsonl"\nqueries = "rows.jsonl"\nanswer = "doc"\n'
    data = described(tmp_path, rows, about)
    (tmp_path / "c.jsonl").write_text(
        "".join(json.dumps({"_id": name, "text": text}) + "\n" for name, text in CORPUS.items())
    )
    one = [row for row in GRADES if row[:2] in {("q1", "rope/2"), ("q2", "soup/2")}]
    assert values(task_of(data), SUBJECT) == pytest.approx(
        values(task_in(beir(tmp_path / "b", [(q, d, 1) for q, d, _ in one])), SUBJECT)
    )


@pytest.mark.parametrize(
    ("grades", "words"),
    [
        ([*GRADES, GRADES[0]], "1 judgements are in qrels.tsv twice"),
        ([*GRADES, ("q1", "rope/99", 1)], "1 relevant documents are not in the corpus"),
        ([*GRADES, ("q9", "rope/1", 1)], "1 judged queries are not in queries.jsonl"),
        ([*GRADES[:4], ("q3", "owls/0", 0)], "1 queries have nothing relevant and count as 0"),
        (GRADES[:1], "one item says nothing"),
    ],
)
def test_judgements_that_do_not_fit_are_said(tmp_path: Path, grades: list[tuple[str, str, int]], words: str) -> None:
    assert any(words in each for each in task_in(beir(tmp_path / "beir", grades)).warnings)


@pytest.mark.parametrize(
    ("grades", "words"),
    [
        ([*GRADES, ("q1", "rope/2", 1)], r"qrels.tsv, line 8 grades 'rope/2' for 'q1' again, 2 before and 1 now"),
        ([("q1", "rope/99", 1)], "has none of the documents that are judged relevant"),
        ([("q1", "rope/1", 0)], "has none of the documents that are judged relevant"),
        ([], "has no judgements"),
    ],
)
def test_judgements_that_say_nothing_are_an_error(
    tmp_path: Path, grades: list[tuple[str, str, int]], words: str
) -> None:
    with pytest.raises(SourceError, match=words):
        values(task_in(beir(tmp_path / "beir", grades)), SUBJECT)
