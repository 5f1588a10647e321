"""The commands about topics: the tree, one topic with its papers, and what an editor does."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from broadsheet.cli import topics as commands
from broadsheet.collection import open_collection
from cli_kit import Call, asked
from door_kit import usage
from topic_kit import SUBJECTS, papers
from topics_kit import KNOTS, LEAVES, PLANTS, SEAS, TIDES, plant

BEES, RIVERS, HIVES = "Bees that count flowers", "Rivers and their sand", "Hives under stress"


@pytest.fixture
def planted(filled: Call, home: Path) -> Call:
    """The caller, with its papers in two topics of one field: those on rivers and bees about tides, the third not."""
    with open_collection(home) as collection:
        plant(collection, {1: (TIDES, 0.5), 2: (TIDES, 0.9), 3: (KNOTS, 0.7)})
    return filled


def titles(papers: Iterable[dict[str, Any]]) -> list[str]:
    return [paper["title"] for paper in papers]


def test_topics_alone_lists_fields_with_their_topics(planted: Call) -> None:
    code, out, _ = planted("topics")
    rows = [line.split() for line in out.splitlines()[2:]]
    assert code == 0
    assert rows == [
        ["2", "Seas", "3"], ["4", "Tide", "tables", "2"], ["5", "Knots", "and", "ropes", "1"],
        ["1", "Plants", "0"], ["3", "Leaf", "outlines", "0"],
    ]  # fmt: skip
    tide = next(line for line in out.splitlines() if "Tide tables" in line)
    assert tide.index("Tide") == next(line for line in out.splitlines() if "Seas" in line).index("Seas") + 2
    assert planted("topics", "list")[1] == out
    assert planted("topics", "--help")[1].startswith("Usage: broadsheet topics [OPTIONS] COMMAND")
    every = asked(planted, "topics")
    assert [each["id"] for each in every] == [SEAS, TIDES, KNOTS, PLANTS, LEAVES]
    assert every[1] == {
        "id": TIDES, "level": "topic", "name": "Tide tables", "own_name": "Tide tables", "parent": SEAS,
        "phrases": ["tide tables"], "papers": 2, "pinned": False,
    }  # fmt: skip


def test_why_nothing_is_listed(filled: Call, planted: Call) -> None:
    code, out, said = planted("topics", "--rising")
    assert (code, out) == (0, "")
    assert "too early to say which topics rise" in said
    assert asked(planted, "topics", "--rising") == []
    assert planted("topics", "--rising", "--days", "99")[0] == 2


def test_without_topics_the_reason_is_said(filled: Call) -> None:
    code, out, said = filled("topics")
    assert (code, out) == (0, "")
    assert "There are no topics yet" in said
    assert asked(filled, "topics") == []
    assert filled("topics", "show", "1")[0] == 3


def test_show_says_what_a_topic_is(planted: Call) -> None:
    code, out, _ = planted("topics", "show", "tide", "tables")
    assert code == 0
    assert out.startswith("Tide tables\nnumber  4\nfield   2 Seas\npapers  2\nwords   tide tables\n")
    assert out.index("Bees that count flowers") < out.index("Rivers and their sand")
    lines = planted("topics", "show", "Seas")[1].splitlines()
    place = lines.index("topics  4 Tide tables")
    assert lines[place + 1] == "        5 Knots and ropes"
    shown = asked(planted, "topics", "show", "4-x", "-k", "1")
    assert (shown["topic"]["id"], shown["field"]["id"], len(shown["weeks"]), shown["merged"]) == (TIDES, SEAS, 52, [])
    assert titles(shown["newest"]) == [BEES]
    code, _, said = planted("topics", "show", "tide", "table")
    assert (code, "no topic is called 'tide table'. Did you mean Tide tables" in said) == (3, True)


@pytest.mark.parametrize(("counts", "curve"), [([0, 1, 2, 4], "▁▃▅█"), ([0, 0, 100, 1], "▁▁█▂"), ([3], "█")])
def test_a_curve_shows_each_paper(counts: list[int], curve: str) -> None:
    assert commands._curve(counts) == curve


def test_papers_of_a_topic_in_three_orders(planted: Call) -> None:
    assert titles(asked(planted, "topics", "papers", "4")["items"]) == [RIVERS, BEES]
    assert titles(asked(planted, "topics", "papers", "seas", "--sort", "newest")["items"]) == [BEES, RIVERS, HIVES]
    part = asked(planted, "topics", "papers", "seas", "--sort", "votes", "-k", "1")
    assert (titles(part["items"]), part["more"], part["topic"]["id"]) == ([RIVERS], True, SEAS)
    code, out, said = planted("topics", "papers", "seas", "-k", "1", "--offset", "1")
    assert (code, "2  Hives under stress" in out, "For more: --offset 2" in said) == (0, True, True)
    code, _, said = planted("topics", "papers", "4", "--sort", "beauty")
    assert (code, "cannot be sorted by 'beauty'" in said) == (2, True)


def test_an_editors_acts_and_their_undoing(planted: Call) -> None:
    assert planted("topics", "rename", "5", "Ropes")[2] == "The topic 5 is called Ropes now.\n"
    assert planted("topics", "rename", "ropes", "--undo")[2] == "The topic 5 is called Knots and ropes now.\n"
    assert planted("topics", "rename", "5")[0] == 2
    assert "is pinned now" in planted("topics", "pin", "4")[2]
    assert "Tide tables (pinned)" in planted("topics")[1]
    assert "is not pinned now" in planted("topics", "pin", "4", "--undo")[2]
    said = planted("topics", "merge", "5", "tide tables")[2]
    assert said.endswith("To undo: broadsheet topics separate 5\n")
    assert asked(planted, "topics", "show", "5")["merged"] == [{"id": KNOTS, "name": "Knots and ropes"}]
    assert "merged  5 Knots and ropes" in planted("topics", "show", "4")[1]
    assert "of its own again, with 1 paper." in planted("topics", "separate", "5")[2]
    assert planted("topics", "separate", "5")[0] == 2
    assert planted("topics", "merge", "5", "99")[0] == 3


def test_topics_are_found_split_and_found_again(call: Call, tmp_path: Path) -> None:
    lines = [{"id": each.id, "title": each.title, "abstract": each.text} for each in papers(SUBJECTS, 12)]
    (tmp_path / "many.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert call("ingest", "jsonl:many.jsonl", "--sync")[0] == 0
    assert call("topics", "find")[2] == "Topics: every paper is in its topic.\n"
    before = asked(call, "topics")
    largest = max((each for each in before if each["level"] == "topic"), key=lambda each: each["papers"])
    said = call("topics", "split", largest["name"])[2]
    assert f"({largest['id']}) keeps " in said
    after = {each["id"]: each["papers"] for each in asked(call, "topics")}
    [new] = after.keys() - {each["id"] for each in before}
    assert after[largest["id"]] + after[new] == largest["papers"]
    assert after[largest["id"]] >= after[new] > 0
    said = call("topics", "find", "--rebuild")[2]
    assert said.startswith("Topics: ")
    assert "placed" in said
    assert call("topics", "split", next(each["name"] for each in before if each["level"] == "field"))[0] == 2


def test_too_few_papers_make_no_topics(filled: Call) -> None:
    assert "Topics need at least 30 papers with vectors; there are 3." in filled("topics", "find")[2]


def test_a_paper_is_shown_with_its_topic(planted: Call) -> None:
    id_ = asked(planted, "topics", "papers", "5")["items"][0]["id"]
    assert asked(planted, "show", id_)["topic"] == {"id": KNOTS, "name": "Knots and ropes"}
    assert "5 Knots and ropes" in planted("show", id_)[1]


def test_search_and_feed_take_topics(planted: Call) -> None:
    found = asked(planted, "search", "bees", "--topic", "tide tables")
    assert titles(each["document"] for each in found["items"]) == [BEES, RIVERS]
    assert found["topics"] == [{"id": TIDES, "name": "Tide tables", "papers": 2}]
    nothing = asked(planted, "search", "bees topic:tide")
    assert (nothing["items"], nothing["note"]) == (
        [], "No topic is called “tide”; `broadsheet topics` lists them. No paper meets all the conditions."
    )  # fmt: skip
    hives = asked(planted, "topics", "papers", "5")["items"][0]["id"]
    near = asked(planted, "similar", hives, "--topic", "seas")["items"]
    assert sorted(titles(each["document"] for each in near)) == [BEES, RIVERS]
    assert "No topic is called “99”" in asked(planted, "similar", hives, "--topic", "99")["note"]


def test_its_usage_stays() -> None:
    assert usage(commands.list_all) == {"--data", "--days", "--json", "--rising"}
    assert usage(commands.show) == {"--count", "--data", "--json", "-k", "TOPIC"}
    assert usage(commands.papers) == {"--count", "--data", "--json", "--offset", "--sort", "-k", "TOPIC"}
    assert usage(commands.rename) == {"--data", "--undo", "NAME", "TOPIC"}
    assert usage(commands.pin) == {"--data", "--undo", "TOPIC"}
    assert usage(commands.merge) == {"--data", "INTO", "TOPIC"}
    assert usage(commands.separate) == {"--data", "NUMBER"}
    assert usage(commands.split) == {"--data", "TOPIC"}
    assert usage(commands.find) == {"--data", "--rebuild"}
