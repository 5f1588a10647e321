"""The documents say what is so: the reference is what the code says, and both tutorials run as they are written."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main

from broadsheet import names
from broadsheet.cli import json
from broadsheet.cli.app import app
from broadsheet.lab.sets import known
from broadsheet.lab.tasks import KINDS, task_of

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(sh|python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "== end of block =="


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = spec_from_file_location("reference", ROOT / "scripts" / "reference.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_made_from_the_code_are_up_to_date(reference: ModuleType) -> None:
    for path, text in reference.pages().items():
        assert path.read_text("utf-8") == text, f"{path.name}: run ./run.sh docs"


def test_the_reference_names_every_plug_in(reference: ModuleType) -> None:
    text = reference.reference()
    for group in (names.SOURCES, names.ENCODERS, names.SCORERS):
        assert [name for name in names.known(group) if f"| `{name}` |" not in text] == []


def test_every_command_explains_itself(reference: ModuleType) -> None:
    for name, command in reference.walk(typer.main.get_command(app), ""):
        assert f"Example: broadsheet {name}" in inspect.cleandoc(command.help), f"{name} has no example"
        assert all(each.help for each in command.params), f"{name} has an option without words"
        has_json = any("--json" in each.opts for each in command.params)
        assert has_json == (name in json.PRINTED), f"what {name} prints as JSON is not said, or it prints none"


@pytest.mark.parametrize("page", ["tutorial.md", "lab.md"])
def test_the_page_runs_as_it_is_written(weights: None, tmp_path: Path, page: str) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / page).read_text("utf-8"))
    shell = "\n".join(f"{code}\necho '{MARK}'" for kind, code in blocks if kind == "sh")
    python = "\n".join(f"{code}\nprint({MARK!r})" for kind, code in blocks if kind == "python")
    printed = {
        "sh": iter(_run(["sh", "-e", "-c", shell], tmp_path).split(MARK)),
        "python": iter(_run([sys.executable, "-c", python], tmp_path).split(MARK)),
    }
    said = ""
    for kind, code in blocks:
        if kind != "text":
            said = _plain(next(printed[kind]))
        else:
            assert [line for line in code.splitlines() if _plain(line) not in said] == [], said


def test_the_page_on_the_lab_names_every_kind_of_task(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "lab.md").read_text("utf-8")
    table = text[text.index("## Kinds of task") : text.index("## Methods")]
    rows = {row[1].strip(" `"): row for row in (line.split("|") for line in table.splitlines()) if len(row) == 6}
    assert rows.keys() - {"kind", "---"} == KINDS.keys() | {"mine"}
    for each in known(tmp_path).values():
        main = task_of(each).figures[0].name
        assert rows[each.kind][3].strip().split(",")[0] == main, each.name


def _run(command: list[str], folder: Path) -> str:
    known = {name: value for name, value in os.environ.items() if not name.startswith("BROADSHEET_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{known['PATH']}"
    options: dict[str, Any] = {"cwd": folder, "env": {**known, "PATH": path, "COLUMNS": "100"}, "text": True}
    done = subprocess.run(command, capture_output=True, check=False, **options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _plain(text: str) -> str:
    return " ".join(text.split())
