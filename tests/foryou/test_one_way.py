"""There is one way to a reader's picks: doors and digest call ``foryou.person`` and none of the parts beneath it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "broadsheet"
CALLERS = ("site", "api", "web", "mcp", "cli", "server", "digest", "people", "alerts")
TYPES = {
    "picks": {"ForYou", "Interest"},
    "profile": {"Pick", "Near", "Strength"},
}  # what a door may name in a signature
PERSON = {"for_person", "for_people", "order", "is_known", "DAYS"}


def callers() -> list[Path]:
    return sorted(path for name in CALLERS for path in (PACKAGE / name).rglob("*.py"))


def named(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Module of ``foryou`` and name in it, of all that a file imports or reaches through an imported module."""
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("broadsheet.foryou"):
            module = (node.module or "").removeprefix("broadsheet.foryou").lstrip(".")
            for alias in node.names:
                if module:
                    yield module, alias.name
                else:
                    modules[alias.asname or alias.name] = alias.name
        elif isinstance(node, ast.Import):
            assert not any(alias.name.startswith("broadsheet.foryou") for alias in node.names), ast.unparse(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield modules[node.value.id], node.attr


def wrong(source: str) -> list[str]:
    known = {"person": PERSON, **TYPES}
    return [f"{module}.{name}" for module, name in named(ast.parse(source)) if name not in known.get(module, ())]


@pytest.mark.parametrize("path", callers(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nobody_above_calls_the_parts(path: Path) -> None:
    assert wrong(path.read_text(encoding="utf-8")) == []


def test_somebody_calls_the_way() -> None:
    using = {
        path.relative_to(PACKAGE).parts[0]
        for path in callers()
        for module, name in named(ast.parse(path.read_text(encoding="utf-8")))
        if module == "person" and name in ("for_person", "for_people")
    }
    assert using == {"api", "web", "mcp", "digest"}


@pytest.mark.parametrize(
    "source",
    [
        "from broadsheet.foryou.picks import for_you",
        "from broadsheet.foryou.profile import picks, pool",
        "from broadsheet.foryou import profile\nprofile.profile(space, liked)",
        "from broadsheet.foryou import person as fitting\nfitting.taste_of(collection, 1)",
        "def later():\n    from broadsheet.foryou.interests import pick",
    ],
)
def test_a_call_of_a_part_is_found(source: str) -> None:
    assert wrong(source)
