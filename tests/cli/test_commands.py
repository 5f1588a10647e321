"""The table of commands: every row leads to a function, and a call loads that function's module alone."""

from __future__ import annotations

import ast
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import broadsheet
from broadsheet.cli.commands import COMMANDS, GROUPS, SERVERS, Row

PACKAGE = Path(broadsheet.__file__).parent
MOST = 15  # imports inside functions; what is loaded late is a row of a table instead
LATE = {"__init__.py", "cli/__init__.py", "cli/commands.py"}  # may import modules of ours inside functions
HEAVY = {"openvino", "tantivy", "fastapi", "numpy", "rich", "torch"}


@pytest.mark.parametrize(("name", "row"), COMMANDS.items(), ids=list(COMMANDS))
def test_every_row_leads_to_a_function_that_begins_with_its_words(name: str, row: Row) -> None:
    function = getattr(import_module(f"broadsheet.cli.{row.module}"), row.function)
    first, _, rest = inspect.cleandoc(function.__doc__).partition("\n\n")
    assert " ".join(first.split()) == row.help
    assert f"Example: broadsheet {name}" in rest


@pytest.mark.parametrize(("module", "function"), SERVERS.values(), ids=list(SERVERS))
def test_every_server_is_there(module: str, function: str) -> None:
    assert inspect.isfunction(getattr(import_module(module), function))


def test_every_group_has_words_for_the_help() -> None:
    assert set(GROUPS) == {name[:at] for name in COMMANDS for at, letter in enumerate(name) if letter == " "}


def test_no_command_is_missing_from_the_table() -> None:
    found = {(row.module, row.function) for row in COMMANDS.values()}
    for path in (PACKAGE / "cli").glob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and "Example: broadsheet " in (ast.get_docstring(node) or ""):
                assert (path.stem, node.name) in found, f"{path.name}: {node.name} cannot be called"


@pytest.mark.parametrize("line", ["--help", "people --help", "nonsense", "search --help", "feed --help",
                                  "people tokens add --help", "library --help", "up --help"])  # fmt: skip
def test_only_the_module_of_the_command_is_loaded(line: str) -> None:
    loaded = _loaded_by(*line.split())
    of_commands = {f"broadsheet.cli.{row.module}" for row in COMMANDS.values()}
    row = COMMANDS.get(line.removesuffix(" --help"))
    wanted = _with_what_it_imports(f"broadsheet.cli.{row.module}") if row else set[str]()
    assert of_commands & loaded == of_commands & wanted


def _with_what_it_imports(module: str) -> set[str]:
    """A module of the command line with the others there that it imports."""
    tree = ast.parse((PACKAGE / "cli" / f"{module.rpartition('.')[2]}.py").read_text("utf-8"))
    near = [node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)]
    return {module}.union(*(_with_what_it_imports(each) for each in near if each.startswith("broadsheet.cli.")))


def test_help_comes_without_anything_heavy() -> None:
    assert _loaded_by("--help") & HEAVY == set()


def _loaded_by(*words: str) -> set[str]:
    """The modules that a process has loaded when it has run a command line."""
    code = "import json, sys; from broadsheet.cli.app import run; run(sys.argv[1:]); print(json.dumps([*sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("words", "offered"),
    [("broadsheet s", {"serve", "search", "similar", "show", "sync", "status", "shelf", "sources"}),
     ("broadsheet people tokens ", {"add", "list", "remove"}), ("broadsheet similar --o", {"--offset"})],
)  # fmt: skip
def test_the_shell_completes_commands_and_options(
    words: str, offered: set[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (
        ("_BROADSHEET_COMPLETE", "complete_bash"),
        ("COMP_WORDS", words),
        ("COMP_CWORD", str(words.count(" "))),
    ):
        monkeypatch.setenv(name, value)
    code = "from broadsheet.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == offered


def test_modules_are_imported_at_the_top_of_files() -> None:
    late = [path for path in sorted(PACKAGE.rglob("*.py")) for _ in _late_imports(path)]
    assert {str(path.relative_to(PACKAGE)) for path in late} <= LATE
    assert len(late) <= MOST


def _late_imports(path: Path) -> Iterator[ast.AST]:
    """The statements inside functions that import modules of this package, and calls that import by name."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in {inner for function in functions for inner in ast.walk(function)}:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = ["broadsheet" if node.level else node.module or ""]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            names = ["" if path.name == "quiet.py" else "broadsheet"]  # quiet.py loads OpenVINO alone
        else:
            continue
        if any(name.split(".")[0] == "broadsheet" for name in names):
            yield node
