"""The command explain: what it prints, its JSON, and what it refuses."""

from __future__ import annotations

import pytest

from broadsheet.cli import explain as commands
from cli_kit import Call, asked
from door_kit import usage


@pytest.fixture
def ids(filled: Call) -> dict[str, str]:
    """The papers' own ids by their titles' first words."""
    items = asked(filled, "search", "bees rivers hives", "-k", "3")["items"]
    return {each["document"]["title"].split()[0]: each["document"]["id"] for each in items}


def test_a_match_is_printed_in_parts(filled: Call, ids: dict[str, str]) -> None:
    code, out, err = filled("explain", "counting bees", ids["Bees"], "--deep")
    assert code == 0
    assert out.startswith("Bees that count flowers\nplace 1")
    for part in ("words", "BM25", "nearest sentence", "meaning", "Bees ~ Bees", "without the word"):
        assert part.lower() in out.lower()
    assert "There are no topics yet" in err


def test_two_papers_are_printed_side_by_side(filled: Call, ids: dict[str, str]) -> None:
    code, out, _ = filled("explain", ids["Bees"], ids["Hives"])
    assert code == 0
    assert "Bees that count flowers | Hives under stress" in out
    assert "Only in: Hives under stress" in out
    assert "hunger" in out


def test_json(filled: Call, ids: dict[str, str]) -> None:
    found = asked(filled, "explain", "counting bees", ids["Bees"])
    assert found["document"] == {"id": ids["Bees"], "title": "Bees that count flowers"}
    assert found["result"]["rank"] == 1
    assert sum(each["part"] for each in found["meaning"]["pairs"]) <= found["meaning"]["cosine"] + 1e-6
    pair = asked(filled, "explain", ids["Bees"], ids["Rivers"])
    assert pair["one"]["document"]["id"] == ids["Bees"]
    assert asked(filled, "explain", *ids.values())["papers"] == 3


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "Name what to explain"),
        (["bees", "nothing"], "no paper has the id 'nothing'"),
        (["Bees", "Bees"], "compared with itself"),
        (["Bees", "--more", "bees"], "name a query alone"),
        (["bees", "--list", "x"], "name no query or paper"),
        (["--list", "x"], "the reader has no list called 'x'"),
        (["--reader"], "nothing was saved: save a paper first"),
        (["counting bees"], "There are no topics yet"),
    ],
)
def test_what_cannot_be_explained_is_said(filled: Call, ids: dict[str, str], arguments: list[str], reason: str) -> None:
    code, out, err = filled("explain", *(ids.get(each, each) for each in arguments))
    assert (code != 0, out) == (True, "")
    assert reason in err


def test_its_help_names_the_options() -> None:
    assert usage(commands.explain) >= {"--more", "--less", "--without", "--deep", "--list", "--reader", "--for"}
