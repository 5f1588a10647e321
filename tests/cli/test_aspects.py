"""The commands aspects build, show and drop, and similar with an aspect."""

from __future__ import annotations

from pathlib import Path

from broadsheet.cli import aspects as commands
from cli_kit import Call, asked
from door_kit import usage


def test_nothing_is_built_unless_it_is_asked_for(filled: Call, home: Path) -> None:
    first = asked(filled, "search", "counting bees")["items"][0]["document"]["id"]
    code, _, err = filled("aspects", "show")
    assert code == 5
    assert "run `broadsheet aspects build`" in err
    assert filled("similar", first, "--aspect", "task")[0] == 5
    assert not list(home.glob("spaces/*/sentences"))
    assert filled("aspects", "drop")[1] == "There was nothing to delete.\n"


def test_build_show_and_drop(filled: Call) -> None:
    code, out, err = filled("aspects", "build")
    assert (code, out) == (0, "3 papers read, 0 as they were, 0 removed.\n")
    assert "no weights of its own" in err
    assert asked(filled, "aspects", "build") == {"read": 0, "kept": 3, "removed": 0, "roles": "words-1"}
    out = filled("aspects", "show")[1]
    assert "sentences of 3 papers" in out
    assert "Roles read by words-1" in out
    about = asked(filled, "aspects", "show")
    assert set(about) == {"papers", "sentences", "having", "bytes", "wait", "roles"}
    first = asked(filled, "search", "counting bees")["items"][0]["document"]["id"]
    said = asked(filled, "aspects", "show", first)
    assert all(set(each) == {"text", "role", "probability"} for each in said)
    assert said[0]["text"] in " ".join(filled("aspects", "show", first)[1].split())
    assert filled("aspects", "drop")[1] == "Deleted.\n"


def test_similar_in_an_aspect(filled: Call) -> None:
    filled("aspects", "build")
    first = asked(filled, "search", "counting bees")["items"][0]["document"]["id"]
    found = asked(filled, "similar", first, "--aspect", "method", "-k", "2")
    assert set(found["items"][0]["parts"]) == {"semantic", "aspect"}
    assert filled("similar", first, "--aspect", "method", "--parts")[0] == 0
    code, _, err = filled("similar", first, "--aspect", "colour")
    assert code == 2
    assert "expected task, method, data, result" in err


def test_their_usage_stays() -> None:
    assert usage(commands.build) == {"--rebuild", "--data", "--json"}
    assert usage(commands.show) == {"[ID]", "--data", "--json"}
    assert usage(commands.drop) == {"--data"}
