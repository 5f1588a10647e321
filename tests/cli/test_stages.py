"""The command stages: which are used, what each costs, and the choice of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from broadsheet.cli import stages as commands
from broadsheet.search.stages import SETTINGS, STAGES
from cli_kit import Call, asked
from door_kit import usage
from stages_kit import Counted, scorers

assert scorers


def used(rows: list[dict[str, object]]) -> tuple[object, ...]:
    return tuple(row["stage"] for row in rows if row["used"])


def test_stages_are_shown_with_what_they_cost(filled: Call) -> None:
    rows = asked(filled, "stages")
    assert [row["stage"] for row in rows] == list(STAGES)
    assert used(rows) == SETTINGS["default"]
    assert all(0 <= row["milliseconds"] <= row["most"] for row in rows if row["used"])
    code, out, _ = filled("stages")
    assert code == 0
    assert "pulls each score toward those of the nearest papers" in " ".join(out.split())


def test_the_choice_holds_until_another(filled: Call) -> None:
    assert used(asked(filled, "stages", "neighbours")) == ("neighbours",)
    assert used(asked(filled, "stages")) == ("neighbours",)
    parts = [set(item["parts"]) for item in asked(filled, "search", "counting bees")["items"]]
    assert {"lexical", "semantic", "neighbours"} in parts
    assert used(asked(filled, "stages", "fast")) == ()
    assert used(asked(filled, "stages", "default")) == SETTINGS["default"]


def test_one_search_may_have_others(filled: Call) -> None:
    items = asked(filled, "search", "counting bees", "--stages", "fast")["items"]
    assert all(set(item["parts"]) <= {"lexical", "semantic"} for item in items)
    code, _, err = filled("search", "bees", "--stages", "neighbors")
    assert code == 2
    assert "unknown stage 'neighbors'. Did you mean neighbours?" in err


def test_an_unknown_stage_is_refused_and_changes_nothing(filled: Call) -> None:
    code, _, err = filled("stages", "fast,quick")
    assert code == 2
    assert "unknown stage 'quick'" in err
    assert used(asked(filled, "stages")) == SETTINGS["default"]


def test_a_stage_that_needs_a_model_says_so_and_takes_one(filled: Call, scorers: Callable[[str, Any], None]) -> None:
    code, _, err = filled("stages", "sparse,neighbours")
    assert code == 2
    assert "the stage sparse needs a model: add --model splade:FOLDER" in err
    scorers("splade:counted", Counted())
    code, _, err = filled("stages", "sparse,neighbours", "--model", "splade:counted")
    assert code == 0
    assert "The stage sparse uses splade:counted." in err
    assert "No learned weights are made yet: run `broadsheet sync`." in err
    assert filled("sync")[0] == 0
    (row,) = [each for each in asked(filled, "stages") if each["stage"] == "sparse"]
    assert (row["used"], row["model"], row["papers"]) == (True, "splade:counted", 3)
    assert row["bytes"] > 100
    assert "Learned weights of 3 papers" in filled("stages")[2]


def test_an_empty_collection_has_nothing_to_time(call: Call) -> None:
    call("ingest", "jsonl:none.jsonl")
    code, out, err = call("stages")
    assert code == 0, err
    assert "Nothing was timed: add papers and run `broadsheet sync`." in err
    assert "neighbours" in out


def test_how_it_is_called() -> None:
    assert usage(commands.stages) == {"[STAGES]", "--data", "--json", "--model"}
