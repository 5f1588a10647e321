"""The command cite."""

from __future__ import annotations

import json

from broadsheet.cli import citation as commands
from cli_kit import Call, asked
from door_kit import usage


def test_papers_are_cited(filled: Call) -> None:
    bees, rivers = (
        asked(filled, "search", title)["items"][0]["document"]["id"]
        for title in ("Bees that count flowers", "Rivers and their sand")
    )
    code, out, _ = filled("cite", bees, rivers)
    assert code == 0
    assert out.splitlines()[0].startswith("Made, A., & Other, B. (2024). Bees that count flowers. In InsectConf.")
    assert out.splitlines()[1].startswith("Rivers and their sand. (2023).")
    assert filled("cite", bees, "--style", "ieee")[1].startswith("A. Made and B. Other, “Bees")
    assert filled("cite", bees, rivers, "--style", "bibtex")[1].count("\n}") == 2
    assert filled("cite", bees, "--style", "ris")[1].startswith("TY  - ")
    assert len(json.loads(filled("cite", bees, rivers, "--style", "csl")[1])) == 2


def test_an_unknown_style_is_named(filled: Call) -> None:
    code, _, told = filled("cite", "m1", "--style", "mla")
    assert code != 0
    assert "apa, ieee, bibtex, ris, csl" in told


def test_its_usage_stays() -> None:
    assert usage(commands.cite) == {"--data", "--style", "ID"}
