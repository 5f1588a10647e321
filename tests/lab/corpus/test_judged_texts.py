"""The texts of a judged set are those that its task takes as documents."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.lab.corpus.judged_texts import judged_texts, sets_by_data
from broadsheet.lab.sets import Set, known


def written(path: Path, rows: list[dict[str, object]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path.name


def test_columns_of_documents(tmp_path: Path) -> None:
    file = written(tmp_path / "a.jsonl", [{"s1": "one", "s2": "two", "y": 1}, {"s1": "one", "s2": " ", "y": 2}])
    made = Set(name="a", kind="sts", folder=tmp_path, files=(file,), columns={"one": "s1", "other": "s2", "gold": "y"})
    assert judged_texts(made) == ["one", "two"]
    assert judged_texts(made, most=1) == ["one"]


def test_documents_of_a_retrieval_set(tmp_path: Path) -> None:
    corpus = written(tmp_path / "corpus.jsonl", [{"_id": "1", "title": "A", "text": "b"}, {"_id": "2", "text": "c d"}])
    queries = written(tmp_path / "queries.jsonl", [{"_id": "q", "text": "b?"}])
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\t1\t1\n", "utf-8")
    made = Set(name="r", kind="retrieval", folder=tmp_path, files=(corpus, queries, "qrels.tsv"))
    assert judged_texts(made) == ["A b", "c d"]


def test_a_column_inside_another(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"abstract": "We count bees.", "extra": {"tldr": "Bees"}},
        {"abstract": "No tldr."},
    ]
    rows += [{"abstract": f"Text {number}.", "extra": {"tldr": f"Short {number}"}} for number in range(9)]
    columns = {"one": "extra.tldr", "other": "abstract"}
    file = written(tmp_path / "papers.jsonl", rows)
    made = Set(name="d", kind="descriptions", folder=tmp_path, files=(file,), columns=columns)
    assert judged_texts(made) == ["We count bees.", *(f"Text {number}." for number in range(9))]


@pytest.mark.data
def test_sets_of_the_table_are_grouped_by_their_files(data_dir: Path) -> None:
    found = sets_by_data(data_dir)
    every = [name for names in found for name in names.split()]
    assert (
        len(every)
        == len(set(every))
        == sum(each.present and each.language == "en" for each in known(data_dir).values())
    )
    assert any(len(names.split()) > 1 for names in found)
    assert len(judged_texts(found["cranfield"])) == 1398
