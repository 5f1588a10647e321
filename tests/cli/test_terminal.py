"""What is printed: foreign text is text and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.cli import terminal
from cli_kit import Call


def test_foreign_text_cannot_steer_the_terminal(call: Call, tmp_path: Path) -> None:
    title = "Bees \x1b[31m[red]and[/red] \x9b5m hives"
    (tmp_path / "evil.jsonl").write_text(json.dumps({"title": title, "abstract": f"{title}."}) + "\n")
    call("ingest", "jsonl:evil.jsonl", "--sync")
    for arguments in (["search", "bees"], ["search", "bees", "--json"], ["export"], ["up", "--no-copies"]):
        out = call(*arguments)[1]
        assert "[red]and[/red]" in out or arguments == ["up", "--no-copies"]
        assert "\x1b" not in out
        assert "\x9b" not in out


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text(), max_size=3), max_size=4))
def test_harmless_json_is_the_same_json(value: dict[str, object]) -> None:
    line = terminal.harmless(json.dumps(value, ensure_ascii=False))
    assert json.loads(line) == value
    assert not set(line) & {chr(code) for code in (*range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A))}


def test_what_is_said_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say("two\n lines ")
    terminal.note("[b]as it is[/b]")
    terminal.print_json({"day": "2026-03-02"})
    out, err = capsys.readouterr()
    assert err == "broadsheet: two lines\n[b]as it is[/b]\n"
    assert json.loads(out) == {"day": "2026-03-02"}


def test_votes_in_words() -> None:
    assert [terminal.vote_count(votes) for votes in (None, 0, 1, 1_234)] == ["", "0 votes", "1 vote", "1,234 votes"]


def test_a_table_has_its_columns_and_cleans_its_cells(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table(["name", "#count"], [("a\x1b[31mb", "7"), ("c", "12")], title="Two")
    out, _ = capsys.readouterr()
    assert "\x1b[31m" not in out
    assert out.split()[:3] == ["Two", "name", "count"]
    assert out.splitlines()[-1].split() == ["c", "12"]


def test_without_a_terminal_progress_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress("Reading") as step:
        step(1, 2)
        step(2, None)
    assert capsys.readouterr() == ("", "")


def test_what_is_piped_is_neither_broken_nor_padded(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table(["source", "#new"], [("csv:" + "long-name/" * 30, "7"), ("short", "12")])
    terminal.note("word " * 100 + "end")
    out, err = capsys.readouterr()
    assert "csv:" + "long-name/" * 30 in out
    assert err.count("\n") == 1
    assert [line for line in (out + err).splitlines() if line != line.rstrip()] == []
