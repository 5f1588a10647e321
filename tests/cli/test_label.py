"""The command label: texts, papers, and the edits of a memory."""

from __future__ import annotations

import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from broadsheet.cli import label as command
from broadsheet.core.errors import UsageError
from broadsheet.encoders.hash import HashEncoder
from cli_kit import Call, asked

MEMORY = """label,text,description
bees,,insects and their hives
bees,bees count flowers,
rivers,sand moves with the river,
"""


@pytest.fixture
def memory(home: Path) -> str:
    path = home.parent / "memory.csv"
    path.write_text(MEMORY)
    return str(path)


def test_texts_get_labels_confidence_and_reasons(call: Call, memory: str) -> None:
    [bee, odd] = asked(call, "label", memory, "do bees count", "zzz qqq")
    assert (bee["label"], bee["text"], bee["id"]) == ("bees", "do bees count", "1")
    assert bee["because"][0]["text"] == "bees count flowers"
    assert (odd["label"], len(odd["nearest"])) == (None, 2)
    code, out, _ = call("label", memory, "do bees count", "zzz qqq")
    assert code == 0
    assert "unsure: " in out
    assert "bees count flowers (0." in out


def test_a_second_run_encodes_nothing(call: Call, memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = asked(call, "label", memory, "do bees count")
    monkeypatch.setattr(HashEncoder, "encode", lambda *_, **__: pytest.fail("a text was encoded"))
    assert asked(call, "label", memory, "do bees count") == first


def test_texts_of_a_file_and_of_standard_input(
    call: Call, memory: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home.parent / "t.csv").write_text("id,body\n7,sand of the river\n8,\n")
    rows = asked(call, "label", memory, "--from", "t.csv", "--field", "body")
    assert [(row["id"], row["label"]) for row in rows] == [("7", "rivers"), ("8", None)]
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"some bees\nsand and river\n")))
    assert [row["label"] for row in asked(call, "label", memory)] == ["bees", "rivers"]
    monkeypatch.setattr(command, "_MOST_TEXTS", 1)
    assert "in parts" in call("label", memory, "--from", "t.csv", "--field", "body")[2]


def test_papers_of_the_collection_are_filed(filled: Call, memory: str) -> None:
    rows = asked(filled, "label", memory, "--papers")
    labels = {row["title"]: row["label"] for row in rows}
    assert labels["Bees that count flowers"] == "bees"
    assert len(rows) == 3
    [name] = [row["id"] for row in rows if row["title"] == "Rivers and their sand"]
    [row] = asked(filled, "label", memory, "--paper", name)
    assert (row["label"], row["title"]) == ("rivers", "Rivers and their sand")
    assert [row["id"] for row in asked(filled, "label", memory, "--query", "sand river", "-k", "1")] == [name]
    assert "Rivers and their sand" in filled("label", memory, "--paper", name)[1]
    assert filled("label", memory, "--papers", "--encoder", "minilm")[0] == UsageError.exit_code


def test_papers_without_a_vector_are_counted(call: Call, memory: str) -> None:
    assert call("ingest", "jsonl:papers.jsonl")[0] == 0
    code, _, err = call("label", memory, "--papers")
    assert code == 5
    assert "sync" in err


def test_the_memory_is_edited(call: Call, memory: str) -> None:
    assert asked(call, "label", memory, "--add", "eels", "eels swim to the sea", "eels again")["changed"] == 2
    assert asked(call, "label", memory, "the sea of eels")[0]["label"] == "eels"
    assert asked(call, "label", memory, "--remove", "eels", "eels again")["changed"] == 1
    assert "1 row was added" in call("label", memory, "--describe", "eels", "long fish")[2]
    assert "unchanged" in call("label", memory, "--describe", "eels", "long fish")[2]
    listed = {row["label"]: row for row in asked(call, "label", memory, "--list")}
    assert listed["eels"] == {"label": "eels", "examples": 1, "description": "long fish"}
    assert "insects and their hives" in call("label", memory, "--list")[1]
    assert asked(call, "label", memory, "--remove", "eels")["changed"] == 2
    assert Path(memory).read_text() == MEMORY


def test_calls_that_mean_nothing_are_refused(call: Call, memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for arguments in (
        ("--add", "bees"),
        ("--describe", "bees", "one", "two"),
        ("--add", "bees", "--remove", "bees", "x"),
        ("some text", "--papers"),
        ("--field", "body", "x"),
    ):
        assert call("label", memory, *arguments)[0] == UsageError.exit_code, arguments
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    with pytest.raises(UsageError, match="--from"):
        command._read([], None, "")


def test_rows_that_are_there_twice_are_counted(call: Call, memory: str) -> None:
    Path(memory).write_text(MEMORY + "bees,bees count flowers,\n")
    assert "1 row was there twice" in call("label", memory, "bees")[2]


def test_several_labels_by_votes(call: Call, memory: str) -> None:
    call("label", memory, "--add", "rivers", "bees count flowers")
    [row] = asked(call, "label", memory, "bees count flowers", "--several")
    assert {each["label"] for each in row["labels"]} == {"bees", "rivers"}
    assert row["because"][0]["labels"] == ["bees", "rivers"]
    assert "bees count flowers (1.00)" in call("label", memory, "bees count flowers", "--several")[1]
    assert call("label", memory, "--papers", "--several")[0] == UsageError.exit_code
