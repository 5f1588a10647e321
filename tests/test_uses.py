"""Nothing public is there that nothing uses: what only tests call is not needed.

every public function, class and constant of a module, and every method -> who names it, in the code, in the templates,
in words (entry points, the command table), in the benchmarks and scripts -> what nobody names
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "broadsheet"
TEMPLATES = {".html", ".txt", ".xml", ".css", ".js"}
MEANT_FOR_OTHERS = {
    "testing.check_source", "testing.check_encoder",  # for the tests of plug-ins
    "core.protocols.Index", "core.protocols.Metric",  # docs/reference.md says what they promise
}  # fmt: skip
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def trees() -> dict[str, ast.Module]:
    """The code by the name of its module, without ``broadsheet``; of benchmarks and scripts by their paths."""
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "benchmarks").glob("*.py"), *(ROOT / "scripts").glob("*.py")]
    return {module(file): ast.parse(file.read_text("utf-8")) for file in files}


def module(file: Path) -> str:
    if not file.is_relative_to(PACKAGE):
        return file.relative_to(ROOT).as_posix()
    return ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


@cache
def words() -> frozenset[str]:
    """The words of templates, of entry points, and of short strings in the code."""
    texts = [file.read_text("utf-8") for file in PACKAGE.rglob("*") if file.suffix in TEMPLATES]
    texts += [(ROOT / "pyproject.toml").read_text("utf-8")]
    constants = (node.value for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.Constant))
    texts += [value for value in constants if isinstance(value, str) and " " not in value]
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))


@cache
def attributes() -> frozenset[str]:
    return frozenset(
        node.attr for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    )


@cache
def taken() -> frozenset[tuple[str, str]]:
    """What modules take of one another: (module, name)."""
    found = set[tuple[str, str]]()
    for tree in trees().values():
        modules = dict[str, str]()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "broadsheet":
                home = (node.module or "").partition(".")[2]
                for alias in node.names:
                    found.add((home, alias.name))
                    modules[alias.asname or alias.name] = f"{home}.{alias.name}".strip(".")
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
                found.add((modules[node.value.id], node.attr))
    return frozenset(found)


def names(node: ast.stmt) -> list[str]:
    """What a statement of a module defines."""
    if isinstance(node, Definition):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    named = (each for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
    return [each.id for each in named if isinstance(each.ctx, ast.Store)]


def loaded(nodes: list[ast.stmt]) -> set[str]:
    return {each.id for node in nodes for each in ast.walk(node) if isinstance(each, ast.Name)}


def is_route(node: ast.stmt) -> bool:
    return isinstance(node, Definition) and any(isinstance(each, ast.Call) for each in node.decorator_list)


def unused() -> Iterator[str]:
    for home, tree in trees().items():
        if home.endswith(".py"):
            continue
        for node in tree.body:
            others = loaded([each for each in tree.body if each is not node])
            for name in names(node):
                free = not name.startswith("_") and name not in others and not is_route(node)
                if free and (home, name) not in taken() and name not in words():
                    yield f"{home}.{name}"
            if isinstance(node, ast.ClassDef):
                methods = [each.name for each in node.body if isinstance(each, Definition) and not is_route(each)]
                idle = (each for each in methods if not each.startswith("_") and each not in words() | attributes())
                yield from (f"{home}.{node.name}.{name}" for name in idle)


def test_every_public_name_has_a_use() -> None:
    assert set(unused()) == MEANT_FOR_OTHERS
