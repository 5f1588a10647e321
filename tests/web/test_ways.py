"""Messages on pages: no command in them, and a way on in its place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import broadsheet
from broadsheet.web.filters import sentence, shown
from broadsheet.web.ways import on_page

ROOT = Path(broadsheet.__file__).parent
APART = {"cli", "lab", "doctor"}  # only a terminal shows what these say
INDEX = "An editor can make papers searchable on the page Status."


def test_a_command_gives_way_to_what_the_page_offers() -> None:
    assert on_page("It has no vector yet: run `broadsheet sync`.") == f"It has no vector yet. {INDEX}"
    assert on_page("Run `broadsheet aspects build` to read them.") == "The person who runs this site can change that."
    assert on_page("Did you mean 2401.00001? If not, find it with `broadsheet search`.") == (
        "Did you mean 2401.00001? Search for its title to find it."
    )
    assert on_page("0.2 GB are free: free some space and run `broadsheet upgrade`; nothing has been changed") == (
        "0.2 GB are free. Nothing has been changed. The person who runs this site can change that."
    )
    assert on_page("X is damaged: run `broadsheet sync --rebuild`").endswith(
        "The person who runs this site can change that."
    )
    for same in ("No papers on this day.", "", "see `this`; and that"):
        assert on_page(same) == same
    assert shown("none yet: run `broadsheet sync`") == f"none yet. {INDEX}"
    assert str(sentence("none yet: run `broadsheet sync`")) == f"none yet. {INDEX}"


def test_no_message_of_the_program_shows_a_command_on_a_page() -> None:
    messages = list(_messages())
    assert len(messages) > 40
    for message in messages:
        words = on_page(message)
        assert "`broadsheet" not in words, message
        assert words.endswith("."), message
        assert "  " not in words, message


def _messages() -> Iterator[str]:
    """Every whole text of the program that names a command."""
    for path in ROOT.rglob("*.py"):
        if APART.isdisjoint(path.relative_to(ROOT).parts):
            yield from filter(_names_a_command, map(_text, _whole(ast.parse(path.read_text("utf-8")))))


def _whole(tree: ast.AST) -> Iterator[ast.AST]:
    """The texts of a program, each with its parts in it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            yield node
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):  # a docstring
            yield from _whole(node)


def _text(node: ast.AST) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in parts)


def _names_a_command(text: str) -> bool:
    return bool(re.search(r"`broadsheet [a-z]+[^`]*`", text)) and "``" not in text


def test_no_template_shows_a_command() -> None:
    for path in (ROOT / "web" / "templates").glob("*.html"):
        assert "<code>broadsheet" not in path.read_text("utf-8"), path.name
