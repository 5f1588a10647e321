"""What commands print with: standard output for results, standard error for progress and notes. Rich comes in late."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from broadsheet.core.text import squeeze

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from broadsheet.core.protocols import Progress

_CONTROL = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
LEVELS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def out() -> Console:
    """The console of standard output. Foreign text reaches it as ``Text`` through ``clean``, never as markup."""
    return _console(False)


def err() -> Console:
    """The console of standard error."""
    return _console(True)


@cache
def _console(stderr: bool) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def clean(text: str) -> str:
    """Foreign text for a terminal: one line, no control characters that could steer it."""
    return squeeze(text)


def voted(votes: int | None) -> str:
    """``43 votes``, ``1 vote``; empty where nobody counts."""
    return "" if votes is None else f"{votes:,} vote{'' if votes == 1 else 's'}"


def say(message: str) -> None:
    """One line on standard error."""
    print(f"broadsheet: {' '.join(message.split())}", file=sys.stderr, flush=True)


def note(message: str) -> None:
    """A line of help on standard error, beside what was printed."""
    err().print(message, style="dim", markup=False)


def print_json(value: Any) -> None:
    """A JSON value on standard output."""
    print(harmless(json.dumps(value, ensure_ascii=False, indent=2, default=str)))


def harmless(line: str) -> str:
    """The same JSON with the characters that could steer a terminal written as escapes."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def table(columns: Sequence[str], rows: Iterable[Sequence[RenderableType]], *, title: str = "") -> None:
    """A table on standard output; ``#`` before a name: numbers; ``=``: never broken."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    made = Table(
        box=box.SIMPLE_HEAD,
        title=title or None,
        title_justify="left",
        title_style="bold",
        pad_edge=False,
        show_edge=False,
    )
    for name in columns:
        right, whole = name.startswith("#"), name.startswith(("#", "="))
        made.add_column(name.lstrip("#="), justify="right" if right else "left", no_wrap=whole, overflow="fold")
    for row in rows:
        made.add_row(*(Text(clean(cell)) if isinstance(cell, str) else cell for cell in row))
    out().print(made)


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A bar on standard error while the block runs; nothing where that is no terminal."""
    with bars() as begin:
        yield begin(title)


@contextmanager
def bars() -> Iterator[Any]:
    """Makes a bar for every step named while the block runs."""
    if not sys.stderr.isatty():
        yield lambda _title: lambda _done, _total: None
        return
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(text_format_no_percentage="{task.completed:,.0f}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=err()) as shown:

        def begin(title: str) -> Progress:
            task = shown.add_task(clean(title), total=None)
            return lambda done, total: shown.update(task, completed=done, total=total)

        yield begin
