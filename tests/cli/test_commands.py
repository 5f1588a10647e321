"""The table of commands: every row leads to a function, and a call loads that function's module alone."""

from __future__ import annotations

import ast
import inspect
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import broadsheet
from broadsheet.cli.commands import COMMANDS, GROUPS, Row
from broadsheet.cli.servers import SERVERS

PACKAGE = Path(broadsheet.__file__).parent
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
    [("broadsheet s", {"serve", "search", "similar", "similarity", "show", "sync", "status", "shelf", "sources",
                       "split", "stages"}),
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
