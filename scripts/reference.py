"""Writes docs/reference.md (commands, exit codes, JSON, settings, sockets, Python) and docs/shelf.md from the code.

python scripts/reference.py [--check]

With --check it writes nothing, and exits with 1 if a page differs from the code.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import Field, fields
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import typer.main

import broadsheet
from broadsheet import config, names, shelf
from broadsheet.cli import json
from broadsheet.cli.app import EXIT_CODES, app
from broadsheet.core import protocols, records
from broadsheet.core.types import Result, Strength

DOCS = Path(__file__).resolve().parent.parent / "docs"
EVERYWHERE = ("data", "debug")
SHAPES = (
    json.results, json.result, json.document, json.feed, json.topic, json.rising_topic, json.about, json.trial, json.run
)  # fmt: skip
VARIABLES = {
    config.COLLECTION_VARIABLE: "Folder of the Collection, if `--data` is not given.",
    "BROADSHEET_DEBUG": "If set, errors show where they came from, as with `--debug`.",
    "BROADSHEET_DATA": "Folder of the real test sets; only for tests, benchmarks and the tasks of `evaluate`.",
}
SHELF = """# The starter shelf

`./run.sh docs` makes this page from the code; `broadsheet shelf` prints the same. It lists 289 papers by title,
described in the project's own words so that a first run has something to search. A paper counts as offered only when
Broadsheet does what it is about, on real data and with a measurement ([benchmarks.md](benchmarks.md)): {counts}.
"""
INTRODUCTION = """# Reference

`./run.sh docs` makes this page from the code; a test fails when it is out of date."""


def main(arguments: list[str]) -> int:
    """Write both pages, or check that they are what they should be."""
    late = [path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in late:
        if "--check" in arguments:
            print(f"{path} is out of date: run ./run.sh docs", file=sys.stderr)
        else:
            path.write_text(pages()[path], "utf-8")
    return 1 if late and "--check" in arguments else 0


def pages() -> dict[Path, str]:
    """Every page that is made from the code, with its text."""
    return {DOCS / "reference.md": reference(), DOCS / "shelf.md": shelf_page()}


def reference() -> str:
    """The whole page."""
    groups = {"Sources": names.SOURCES, "Encoders": names.ENCODERS, "Scorers": names.SCORERS}
    plugins = [registered(title, group) for title, group in groups.items()]
    parts = (commands(), exit_codes(), printed(), settings(), sockets(), *plugins, python())
    return "\n\n".join([INTRODUCTION, *("\n".join(part) for part in parts)]) + "\n"


def shelf_page() -> str:
    """The coverage table of the starter shelf."""
    entries = list(shelf.entries())
    kinds = Counter(
        kind if (kind := each.offer.split(":")[0]) in ("planned", "not ours") else "offered" for each in entries
    )
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    rows = ((each.id, each.title, ", ".join(each.topics), each.offer) for each in entries)
    return (
        "\n".join(
            (SHELF.format(counts=counts), *table(("id", "paper", "topics", "what in Broadsheet covers it"), rows))
        )
        + "\n"
    )


def commands() -> Iterator[str]:
    """Every command with its words, arguments and options."""
    yield "## Commands\n\nOptions come after the command. Every command also has these:\n"
    shared = {each.name: each for _, one in walk(typer.main.get_command(app), "") for each in one.params}
    yield from table(("option", "meaning"), (parameter(shared[name]) for name in EVERYWHERE))
    yield "| `--help` | Show what the command does. |"
    for name, command in walk(typer.main.get_command(app), ""):
        yield f"\n### `broadsheet {name}`\n"
        for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
            shown = " ".join(paragraph.split())
            yield f"    {shown.removeprefix('Example: ')}\n" if shown.startswith("Example: ") else f"{shown}\n"
        own = [parameter(each) for each in command.params if each.name not in EVERYWHERE]
        yield from table(("option or argument", "meaning"), own) if own else ()


def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """All commands by their names, groups opened and modules loaded."""
    for name, each in getattr(command, "commands", {}).items():
        if hasattr(each, "commands"):
            yield from walk(each, f"{path}{name} ")
        else:
            yield f"{path}{name}", each.loaded()


def parameter(each: Any) -> tuple[str, str]:
    """How a parameter is written, and its help with its default."""
    if each.param_type_name == "argument":
        return f"`{each.metavar or each.name}`", each.help or ""
    flag = each.is_flag
    spelled = " / ".join(f"`{spelling}{'' if flag else f' {each.metavar}'}`" for spelling in each.opts)
    spelled += "".join(f" / `{spelling}`" for spelling in each.secondary_opts)
    default = "" if flag or each.default in (None, []) else f" Default: {each.default}."
    return spelled, f"{each.help}{default}"


def exit_codes() -> Iterator[str]:
    """What each exit code means."""
    yield "## Exit codes\n\nAn error is one line on standard error.\n"
    yield from table(
        ("code", "meaning"),
        ((str(code), f"{said}: {more}" if more else said) for code, (said, more) in EXIT_CODES.items()),
    )


def printed() -> Iterator[str]:
    """What --json prints."""
    yield "## JSON\n"
    yield "With `--json`, standard output holds one JSON value; fields may be added, but none will be removed.\n"
    yield from table(("command", "prints"), ((f"`{name}`", what) for name, what in json.PRINTED.items()))
    yield ""
    yield from (f"- {oneline(shape)}" for shape in SHAPES)
    yield ""
    yield from table(("field of a search result", "meaning"), map(column, records.COLUMNS))


def column(each: Field[Any]) -> tuple[str, str]:
    """A field of a Result with its values, where they are words, and what it means."""
    kind = get_type_hints(Result)[each.name]
    values = sorted(kind, reverse=True) if kind is Strength else get_args(kind) if get_origin(kind) is Literal else ()
    words = [f"`{word}`" if word else "empty" for word in values]
    return f"`{each.name}`", each.metadata["description"] + (f" One of {', '.join(words)}." if words else "")


def settings() -> Iterator[str]:
    """Every setting and every variable of the environment."""
    yield "## Settings\n"
    yield f"Settings are in `{config.FILE}` in the Collection, or in the environment as `BROADSHEET_` and the name in"
    yield "capitals; some are also options of commands. An option wins over the environment, and the environment over"
    yield "the file.\n"
    said = attribute_docs(config.Settings)
    rows = ((f"`{each.name}`", f"`{each.default!r}`", said[each.name]) for each in fields(config.Settings))
    yield from table(("setting", "default", "meaning"), rows)
    yield ""
    yield from table(("variable", "meaning"), ((f"`{name}`", what) for name, what in VARIABLES.items()))


def attribute_docs(of: type) -> dict[str, str]:
    """The strings that follow the attributes of a class; a KeyError later for one that has none."""
    [body] = (node.body for node in ast.parse(inspect.getsource(of)).body if isinstance(node, ast.ClassDef))
    said = {}
    for one, two in pairwise(body):
        if isinstance(one, ast.AnnAssign) and isinstance(two, ast.Expr) and isinstance(two.value, ast.Constant):
            said[ast.unparse(one.target)] = clean(str(two.value.value))
    return said


def sockets() -> Iterator[str]:
    """Every protocol with its method."""
    yield "## Sockets\n\nAny object with the required method fits; `broadsheet.testing` checks what it promises.\n"
    rows = []
    for name, socket in vars(protocols).items():
        if (
            inspect.isclass(socket)
            and getattr(socket, "_is_protocol", False)
            and socket.__module__ == protocols.__name__
        ):
            [method] = [m for m in vars(socket) if m == "__call__" or not m.startswith("_")]
            function = getattr(socket, method)
            rows.append((f"`{name}`", oneline(socket), f"`{method}{signature(function)}`", oneline(function)))
    yield from table(("socket", "what it is", "required method", "what it does"), rows)


def registered(title: str, group: str) -> Iterator[str]:
    """Every source, encoder or scorer of Broadsheet's own, in the words of its factory."""
    yield f"## {title}\n\nEntry points of the group `{group}`; your own package can register more.\n"
    ours = sorted(entry for entry in entry_points(group=group) if entry.value.startswith("broadsheet."))
    yield from table(("name", "forms"), ((f"`{entry.name}`", oneline(entry.load())) for entry in ours))


def python() -> Iterator[str]:
    """What the package root offers."""
    yield "## Python\n\n`import broadsheet as bs`; each name is loaded when it is first used.\n"
    rows = []
    for name in broadsheet.__all__:
        thing = getattr(broadsheet, name)
        if callable(thing):
            shown = "" if inspect.isclass(thing) else signature(thing)
            rows.append((f"`bs.{name}{shown}`", oneline(thing)))
    yield from table(("name", "what it does"), rows)


def signature(function: Any) -> str:
    """The names of the parameters, without their types."""
    given = [each for each in inspect.signature(function).parameters.values() if each.name != "self"]
    parts = [each.name if each.default is each.empty else f"{each.name}={each.default!r}" for each in given]
    keyword = next((i for i, each in enumerate(given) if each.kind is each.KEYWORD_ONLY), None)
    if keyword is not None:
        parts.insert(keyword, "*")
    return f"({', '.join(parts)})"


def oneline(thing: Any) -> str:
    """A docstring on one line."""
    return clean(inspect.getdoc(thing) or "")


def clean(text: str) -> str:
    """Words of a docstring as Markdown."""
    return " ".join(text.replace("``", "`").split())


def table(heads: tuple[str, ...], rows: Any) -> Iterator[str]:
    """A Markdown table."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
