"""The commands corpus depth, drift and duplicates, on files and on the papers of a Collection."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from broadsheet.cli import corpus as commands
from cli_kit import Call, asked
from corpus_kit import texts
from door_kit import usage

COMMON = ("--encoder", "hash", "--cache", "vectors")


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    one.write_text("\n".join([*texts("bees", 40), texts("stars", 1, seed=9)[0]]), "utf-8")
    other.write_text("\n".join([*texts("bees", 20, seed=1), *texts("stars", 30)]), "utf-8")
    return str(one), str(other)


def test_the_text_of_another_field_is_the_outlier(call: Call, files: tuple[str, str]) -> None:
    found = asked(call, "corpus", "depth", files[0], *COMMON, "-k", "3")
    assert found["outliers"][0]["id"] == "41"
    assert found["central"][0]["depth"] > found["mean"] > found["outliers"][0]["depth"]
    code, out, _ = call("corpus", "depth", files[0], *COMMON)
    assert (code, "Outliers" in out) == (0, True)


def test_drift_is_tested_and_explained(call: Call, files: tuple[str, str]) -> None:
    found = asked(call, "corpus", "drift", *files, *COMMON, "--topics", "2")
    assert (found["a"], found["b"]) == ("one.txt", "other.txt")
    assert found["mmd"]["p"] < 0.01
    code, out, err = call("corpus", "drift", *files, *COMMON, "--topics", "2")
    assert code == 0
    assert "MMD squared" in out
    assert "41 and 50 texts" in err


def test_duplicates_are_listed(call: Call, tmp_path: Path) -> None:
    own = texts("bees", 30)
    path = tmp_path / "twice.txt"
    path.write_text("\n".join([*own, f"{own[0]} again"]), "utf-8")
    found = asked(call, "corpus", "duplicates", str(path), *COMMON, "--margin", "2")
    assert [pair["ids"] for pair in found] == [["1", "31"]]
    code, out, _ = call("corpus", "duplicates", str(path), *COMMON)
    assert (code, "copy" in out) == (0, True)


def test_papers_of_a_collection(call: Call, tmp_path: Path) -> None:
    lines = [f'{{"id": "m{n}", "title": "{text}", "year": {2018 + n % 2}}}' for n, text in enumerate(texts("bees", 44))]
    (tmp_path / "papers.jsonl").write_text("\n".join(lines), "utf-8")
    assert call("ingest", "jsonl:papers.jsonl", "--data", "c")[0] == 0
    found = asked(
        call, "corpus", "drift", "since:2018 until:2018-12", "since:2019 until:2019-12", "--data", "c", *COMMON
    )
    assert (found["one"], found["other"]) == (22, 22)
    assert call("corpus", "depth", "no file", "--data", "c", *COMMON)[0] == 3


def test_sets_that_resemble_the_texts(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROADSHEET_DATA", raising=False)
    (tmp_path / "mine.txt").write_text("\n".join(texts("bees", 800)), "utf-8")
    assert call("corpus", "like", "mine.txt", *COMMON)[0] == 2
    for name, file, field in (("agnews_test", "bees", "bees"), ("stackoverflow20", "rivers", "rivers")):
        (tmp_path / "sets" / "classify").mkdir(parents=True, exist_ok=True)
        rows = [json.dumps({"text": text, "label": file}) for text in texts(field, 800, seed=4)]
        with gzip.open(tmp_path / "sets" / "classify" / f"{name}.jsonl.gz", "wt") as stream:
            stream.write("\n".join(rows))
    (tmp_path / "sets" / "csfcube").mkdir()
    with gzip.open(tmp_path / "sets" / "csfcube" / "corpus.jsonl.gz", "wt") as stream:
        stream.writelines(json.dumps({"title": text, "text": text}) + "\n" for text in texts("stars", 800))
    found = asked(call, "corpus", "like", "mine.txt", "--sets", "sets", *COMMON)
    assert found["sets"][0]["set"].startswith("agnews")
    assert found["sets"][0]["first"] == 1
    code, out, err = call("corpus", "like", "mine.txt", "--sets", "sets", *COMMON)
    assert (code, "Do the measures agree?" in out, "nearest" in err) == (0, True, True)


def retrieval(folder: Path, field: str, *, seed: int) -> str:
    """A set in which each query is most of the words of its document."""
    folder.mkdir()
    own = texts(field, 60, seed=seed)
    rows = [json.dumps({"_id": str(row), "title": text, "text": "a study"}) for row, text in enumerate(own)]
    asked = [json.dumps({"_id": f"q{row}", "text": " ".join(text.split()[:5])}) for row, text in enumerate(own)]
    (folder / "corpus.jsonl").write_text("\n".join(rows), "utf-8")
    (folder / "queries.jsonl").write_text("\n".join(asked), "utf-8")
    judged = "".join(f"q{row}\t{row}\t1\n" for row in range(60))
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{judged}", "utf-8")
    return folder.name


def test_two_fields_at_equal_difficulty(call: Call, tmp_path: Path) -> None:
    one, other = retrieval(tmp_path / "one", "bees", seed=1), retrieval(tmp_path / "other", "stars", seed=2)
    found = asked(call, "corpus", "difficulty", one, other, *COMMON)
    assert found["pairs"] >= 10
    assert len(found["balance"]) == 6
    assert [score["value"] for score in found["one"]] == pytest.approx([0.9, 0.9], abs=0.15)
    code, out, _ = call("corpus", "difficulty", one, other, *COMMON)
    assert (code, "one above other" in out) == (0, True)
    assert call("corpus", "difficulty", one, "nowhere", *COMMON)[0] == 2


def test_their_usage_stays() -> None:
    shared = {"--cache", "--data", "--encoder", "--json"}
    assert usage(commands.depth) == {*shared, "TEXTS", "--count", "-k"}
    assert usage(commands.drift) == {*shared, "A", "B", "--topics"}
    assert usage(commands.duplicates) == {*shared, "TEXTS", "--margin"}
    assert usage(commands.like) == {*shared, "TEXTS", "--sets"}
    assert usage(commands.difficulty) == {*shared, "SET", "--sets"}
