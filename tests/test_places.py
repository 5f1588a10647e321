"""Tests are at their place: each module has a file that imports it, and each file asserts something."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

import broadsheet

TESTS = Path(__file__).parent
PACKAGE = Path(broadsheet.__file__).parent
LONGEST = 40  # lines of a module that may go without a test file of its own
EXEMPT = {"__init__.py": "only lends the names of other modules; tests/test_root.py tests them"}
"""Modules of more than ``LONGEST`` lines without a test file of their own, each with the reason."""
MODULES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.py")
    if path.read_text("utf-8").count("\n") > LONGEST
)
FILES = sorted(path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name_of(module: str) -> str:
    """The name by which a module is imported."""
    return ".".join(("broadsheet", *Path(module).with_suffix("").parts)).removesuffix(".__init__")


def place_of(module: str) -> str:
    """Where the tests of a module are: under its folder, by its name; those of a package by the package's."""
    path = Path(module)
    name = path.parent.name if path.name == "__init__.py" else path.stem
    return (path.parent / f"test_{name}.py").as_posix()


def imported(path: Path) -> set[str]:
    """The names of the modules that a file may import; ``from a import b`` counts as ``a`` and as ``a.b``."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return names


def asserting(body: ast.AST, helpers: frozenset[str] = frozenset()) -> bool:
    """Whether something is asserted in it: by ``assert``, by ``pytest.raises``, or by a function that asserts."""
    for node in ast.walk(body):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"raises", "warns", "fail", *helpers} or called.startswith("assert_"):
                return True
    return False


@cache
def helpers() -> frozenset[str]:
    """Functions that assert: of our kits, of the checks for plug-ins, and of files of tests."""
    files = [*(TESTS / "kits").glob("*.py"), PACKAGE / "testing.py", *(TESTS / file for file in FILES)]
    return frozenset(
        node.name
        for path in files
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("test_") and asserting(node)
    )


def functions_of(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    functions = (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [node for node in functions if node.name.startswith("test_")]


@pytest.mark.parametrize("module", [module for module in MODULES if module not in EXEMPT])
def test_each_module_has_its_test_file_which_imports_it(module: str) -> None:
    place = place_of(module)
    assert place in FILES, f"{module} has more than {LONGEST} lines and no tests/{place}"
    assert name_of(module) in imported(TESTS / place), f"tests/{place} does not import {name_of(module)}"


def test_what_is_exempt_is_there_and_has_a_reason() -> None:
    assert set(EXEMPT) <= set(MODULES)
    assert all(EXEMPT.values())


@pytest.mark.parametrize("file", FILES)
def test_each_file_has_tests_and_each_test_asserts(file: str) -> None:
    tests = functions_of(TESTS / file)
    assert tests, f"{file} has no tests"
    silent = [test.name for test in tests if not asserting(test, helpers())]
    assert silent == [], f"{file}: nothing is asserted in them"


def test_what_asserts_nothing_is_found() -> None:
    silent = ast.parse("def test_a():\n    run()\n\ndef run():\n    pass")
    assert not asserting(silent, frozenset({"check"}))
    for line in (
        "assert run()",
        "with pytest.raises(ValueError): run()",
        "check(run())",
        "np.testing.assert_equal(1, 1)",
    ):
        assert asserting(ast.parse(line), frozenset({"check"})), line
