"""Task folders are read as BEIR lays them out, and what is wrong with one is said with file and line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import BroadsheetError, NotFoundError, SourceError
from broadsheet.lab import beir
from broadsheet.lab.beir import read_task

CORPUS = [
    {"_id": "007", "title": "Bridges of rope", "text": "They sway."},
    {"_id": "a/b", "title": "", "text": "A text that nobody named."},
    {"_id": 9, "text": "Numbers are names too.", "metadata": {}},
    {"_id": "void", "title": " ", "text": ""},
]
QUERIES = [{"_id": "q1", "text": "rope"}, {"_id": "q2", "text": "names"}, {"_id": "q3", "text": "nobody judged this"}]
QRELS = "query-id\tcorpus-id\tscore\nq1\t007\t2\nq1\ta/b\t0\nq2\t9\t1\n"


def made(folder: Path, *, qrels: str = QRELS, **files: str) -> Path:
    """A task folder; ``corpus`` and ``queries`` replace the lines of those files."""
    folder.mkdir(exist_ok=True)
    given = {"corpus": lined(CORPUS), "queries": lined(QUERIES)} | files
    for name, text in given.items():
        (folder / f"{name}.jsonl").write_text(text, "utf-8")
    (folder / "qrels.tsv").write_text(qrels, "utf-8")
    return folder


def lined(rows: list[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_reads_documents_queries_and_judgements(tmp_path: Path) -> None:
    task = read_task(made(tmp_path / "ropes"))
    assert (task.name, task.split) == ("ropes", "")
    assert task.queries == {"q1": "rope", "q2": "names"}
    assert task.judged == {"q1": {"007": 2, "a/b": 0}, "q2": {"9": 1}}
    documents = list(task.documents())
    assert [each.id for each in documents] == ["007", "a/b", "9"]
    assert {each.source for each in documents} == {"evaluate:ropes"}
    assert documents[0].content == "Bridges of rope They sway."
    assert documents[1].content == "A text that nobody named."


def test_a_long_text_without_title_reads_the_same(tmp_path: Path) -> None:
    for text in ("word " * 200 + "end", "x" * 900, "one\ntwo " * 100):
        task = read_task(made(tmp_path / "t", corpus=lined([{"_id": "1", "title": "", "text": text}])))
        document = next(iter(task.documents()))
        assert document.content.replace("\n", " ").replace(" ", "") == text.replace("\n", " ").replace(" ", "")
        assert len(document.title) <= 200
    assert document.content.split() == text.split()


def test_gzipped_files_and_the_beir_folder_of_qrels(tmp_path: Path) -> None:
    plain = made(tmp_path / "plain")
    packed = tmp_path / "packed"
    (packed / "qrels").mkdir(parents=True)
    for name in ("corpus.jsonl", "queries.jsonl"):
        (packed / f"{name}.gz").write_bytes(gzip.compress((plain / name).read_bytes()))
    (packed / "qrels" / "test.tsv").write_bytes((plain / "qrels.tsv").read_bytes())
    assert read_task(packed).queries == read_task(plain).queries
    assert [d.id for d in read_task(packed).documents()] == [d.id for d in read_task(plain).documents()]


@pytest.mark.parametrize(
    ("splits", "expected"),
    [(("train", "dev", "test"), "test"), (("train", "dev"), "dev"), (("test",), "test")],
)
def test_the_split_that_counts(tmp_path: Path, splits: tuple[str, ...], expected: str) -> None:
    rows = "".join(f"q{1 + i % 2}\t007\t1\tlabel\t{split}\n" for i, split in enumerate(splits))
    task = read_task(made(tmp_path / "t", qrels="query-id\tcorpus-id\tscore\tlabel\tsplit\n" + rows))
    assert task.split == expected
    assert list(task.judged) == [f"q{1 + splits.index(expected) % 2}"]


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_named(tmp_path: Path, missing: str) -> None:
    folder = made(tmp_path / "t")
    (folder / missing).unlink()
    with pytest.raises(NotFoundError, match=f"no {missing}"):
        read_task(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nowhere"):
        read_task(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"qrels": "query\tcorpus-id\tscore\nq1\t007\t1\n"}, r"no column 'query-id'.*query"),
        ({"qrels": "query-id\tcorpus-id\tscore\nq1\t007\n"}, "line 2 has 2 cells"),
        ({"qrels": "query-id\tcorpus-id\tscore\nq1\t007\t1\nq1\t9\tyes\n"}, "line 3 has the score 'yes'"),
        ({"qrels": "query-id\tcorpus-id\tscore\n"}, "no judgements"),
        ({"qrels": ""}, "no column 'query-id'"),
        (
            {"qrels": "query-id\tcorpus-id\tscore\tsplit\nq1\t007\t1\ttrain\n"},
            "splits train; expected some of test or dev",
        ),
        ({"qrels": "query-id\tcorpus-id\tscore\nq9\t007\t1\n"}, "none of the 1 queries"),
        ({"queries": '{"_id": "q1", "text": "x"}\n{"_id": "q2", '}, "queries.jsonl, line 2 is not JSON"),
        ({"queries": '["q1"]\n'}, "line 1 is a JSON list"),
        ({"queries": '{"id": "q1", "text": "x"}\n'}, "no _id that is a string; its fields are 'id', 'text'"),
        ({"queries": '{"_id": "q1", "text": null}\n'}, "no field 'text'"),
        ({"queries": "[" * 100_000}, "line 1 is not JSON"),
    ],
)
def test_malformed_files_say_where(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read_task(made(tmp_path / "t", **files))
    assert "\n" not in str(caught.value)


def test_a_malformed_corpus_ends_its_reading(tmp_path: Path) -> None:
    task = read_task(made(tmp_path / "t", corpus='{"_id": "1", "text": "fine"}\n{"_id": "2"}\n'))
    with pytest.raises(SourceError, match=r"corpus\.jsonl, line 2 has no field 'text'"):
        list(task.documents())


def test_lines_and_files_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = made(tmp_path / "t")
    monkeypatch.setattr(beir, "LONGEST_LINE", 60)
    with pytest.raises(SourceError, match="longer than 60 bytes"):
        list(read_task(made(tmp_path / "t", corpus='{"_id": "1", "text": "' + "x" * 80 + '"}\n')).documents())
    monkeypatch.setattr(beir, "MOST_LINES", 3)
    with pytest.raises(SourceError, match="more than 3 lines"):
        read_task(folder)


def test_damaged_bytes(tmp_path: Path) -> None:
    folder = made(tmp_path / "t")
    (folder / "queries.jsonl").write_bytes(b'{"_id": "q1", "text": "\xff"}\n')
    with pytest.raises(SourceError, match=r"line 1 is not UTF-8"):
        read_task(folder)
    (folder / "queries.jsonl").unlink()
    (folder / "queries.jsonl.gz").write_bytes(gzip.compress(lined(QUERIES).encode())[:-12])
    with pytest.raises(SourceError, match="to its end"):
        read_task(folder)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from(["corpus.jsonl", "queries.jsonl", "qrels.tsv"]))
def test_any_bytes_give_a_task_or_one_clear_error(tmp_path: Path, data: bytes, name: str) -> None:
    folder = made(tmp_path / "t")
    (folder / name).write_bytes(data)
    error = ""
    try:
        list(read_task(folder).documents())
    except BroadsheetError as caught:
        error = str(caught)
    assert "\n" not in error


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "split", "documents", "queries"),
    [("scifact", "dev", 5183, 300), ("cranfield", "", 1398, 225), ("cacm", "", 3204, 52), ("csfcube", "", 4205, 50)],
)
def test_real_tasks(data_dir: Path, name: str, split: str, documents: int, queries: int) -> None:
    task = read_task(data_dir / name)
    assert (task.split, len(task.queries)) == (split, queries)
    found = {each.id for each in task.documents()}
    assert len(found) == documents
