"""The documents name files that are there, and the page on the architecture names every folder of the house."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer.main

from broadsheet.cli.app import app
from broadsheet.config import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "broadsheet"
ARCHITECTURE = ROOT / "docs" / "ARCHITECTURE.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NEW = " *(new)*"
OTHERS = {"broadsheet.toml", "broadsheet.service", "broadsheet.scorers"}
"""Names of files, and of a group of entry points, that are not modules."""
PATH = re.compile(r"`(?P<path>[\w.-]+(?:/[\w.-]+)*(?:/|\.(?:py|html|toml|sh|md|txt)))`(?P<new>(?: \*\(new\)\*)?)")
DOTTED = re.compile(r"\bbroadsheet((?:\.[a-z_]+)+)\b(?!@)")


def named(page: Path) -> list[tuple[str, bool]]:
    """The paths that a page names, and whether it says that they would be new."""
    found = [(match["path"], bool(match["new"])) for match in PATH.finditer(page.read_text("utf-8"))]
    return [(path, new) for path, new in found if page == ARCHITECTURE or path.endswith(".py")]


@cache
def is_there(path: str) -> bool:
    return any((folder / path).exists() for folder in (PACKAGE, ROOT, ROOT / "docs"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_the_page_names_is_there_or_said_to_be_new(page: Path) -> None:
    paths = named(page)
    assert page != ARCHITECTURE or len(paths) > 60
    assert [path for path, new in paths if not new and not is_there(path)] == [], "named, and not there"
    assert [path for path, new in paths if new and is_there(path)] == [], f"there, and still marked{NEW}"


def test_the_page_names_every_folder_and_file_of_the_root() -> None:
    text = ARCHITECTURE.read_text("utf-8")
    here = {each for each in PACKAGE.iterdir() if each.suffix == ".py" or (each / "__init__.py").exists()}
    table = text[text.index("## Which question") : text.index("## Search, step by step")]
    missing = {each.name for each in here if f"`{each.name}" not in table and each.name not in ("__init__.py", "core")}
    assert missing == set()


def rows(page: Path) -> list[list[str]]:
    """The cells of the tables of a page, heads and lines between left out."""
    lines = [line for line in page.read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [row for row, below in zip(cells, [*cells[1:], [""]], strict=True) if "---" not in (row[0], below[0])]


def test_each_heading_of_a_survey_has_a_file_with_its_test_or_says_why_not() -> None:
    headings = rows(ROOT / "docs" / "coverage.md")
    assert len(headings) > 30
    for heading, here, files, tests in headings:
        own = [match["path"] for match in PATH.finditer(files)]
        assert own or "**non-goal**" in here or "**planned**" in here, heading
        assert [path for path in own if not (PACKAGE / path).is_file()] == [], heading
        names = {f"test_{Path(path).stem}" for path in own}
        assert {Path(match["path"]).stem for match in PATH.finditer(tests)} == names, heading


def test_each_choice_is_made_by_something_that_exists() -> None:
    page = (ROOT / "docs" / "choices.md").read_text("utf-8")
    choices = [
        row for row in rows(ROOT / "docs" / "choices.md") if row[1].startswith(("the ", "`--", "a map", "no key"))
    ]
    assert len(choices) > 15
    switches = {*re.findall(r"the switch `(\w+)`", page)}
    sources = "".join(path.read_text("utf-8") for path in (PACKAGE / "encoders").glob("*.py"))
    assert (
        {name for name in switches if re.search(rf"[?&]{name}=", sources)}
        == switches
        == {"layers", "pooling", "dim", "long", "map"}
    )
    assert {*re.findall(r"the setting `(\w+)`", page)} <= {each.name for each in fields(Settings)}
    assert {*re.findall(r"--[a-z][a-z-]+", page)} <= set(_options(typer.main.get_command(app)))


def _options(group: Any) -> Iterator[str]:
    """Every option of the commands of a group, and of the groups in it."""
    for each in group.commands.values():
        if hasattr(each, "commands"):
            yield from _options(each)
        else:
            yield from (name for option in each.loaded().params for name in option.opts)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_that_a_page_names_can_be_imported(page: Path) -> None:
    for name in {match[0] for match in DOTTED.finditer(page.read_text("utf-8"))} - OTHERS:
        module, _, attribute = name.rpartition(".")
        assert hasattr(import_module(module), attribute) or import_module(name), name
