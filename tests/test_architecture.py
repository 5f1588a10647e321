"""The documents name files that are there, and the page on the architecture names every folder of the house."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "broadsheet"
ARCHITECTURE = ROOT / "docs" / "ARCHITECTURE.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NEW = " *(new)*"
OTHERS = {"broadsheet.toml", "broadsheet.service"}
"""Names of files that are not modules."""
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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_module_that_a_page_names_can_be_imported(page: Path) -> None:
    for name in {match[0] for match in DOTTED.finditer(page.read_text("utf-8"))} - OTHERS:
        module, _, attribute = name.rpartition(".")
        assert hasattr(import_module(module), attribute) or import_module(name), name
