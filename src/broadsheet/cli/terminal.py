"""The terminal: results on standard output, progress and notes on standard error. Rich is imported only when used."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from broadsheet.core.text import squeeze

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from broadsheet.core.protocols import Progress

_CONTROL = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_WIDE = 10_000  # columns of a file or a pipe, so that no line is broken
LEVELS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def out() -> Console:
    """Return the console of standard output. Foreign text reaches it as ``Text`` through ``clean``, never as markup."""
    return _console(False)


def err() -> Console:
    """Return the console of standard error."""
    return _console(True)


@cache
def _console(stderr: bool) -> Console:
    from rich.console import Console

    if (sys.stderr if stderr else sys.stdout).isatty():
        made = Console(stderr=stderr, highlight=False)
    else:
        made = Console(file=_Pipe(stderr), width=_WIDE, highlight=False)
    made.on_broken_pipe = _let_pass  # type: ignore[method-assign]  # rich's own ends the program with 1
    return made


def _let_pass() -> NoReturn:
    raise BrokenPipeError


class _Pipe(io.StringIO):
    """Standard output or error when it is a file or a pipe: lines have no blanks at their ends."""

    def __init__(self, stderr: bool) -> None:
        self._stderr = stderr

    def write(self, text: str) -> int:
        stream = sys.stderr if self._stderr else sys.stdout
        stream.write("\n".join(line.rstrip(" ") for line in text.split("\n")))
        return len(text)

    def flush(self) -> None:
        (sys.stderr if self._stderr else sys.stdout).flush()


def clean(text: str) -> str:
    """Return foreign text as one line without control characters that could steer a terminal."""
    return squeeze(text)


def vote_count(votes: int | None) -> str:
    """Write ``43 votes`` or ``1 vote``; empty where no source counts votes."""
    return "" if votes is None else f"{votes:,} vote{'' if votes == 1 else 's'}"


def close_output() -> None:
    """Discard what cannot be written to standard output, so that Python does not try again at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(message: str) -> None:
    """Print one line on standard error."""
    print(f"broadsheet: {' '.join(message.split())}", file=sys.stderr, flush=True)


def note(message: str) -> None:
    """Print a line of help on standard error, apart from the results."""
    err().print(message, style="dim", markup=False)


def print_json(value: Any) -> None:
    """Print a JSON value on standard output."""
    print(harmless(json.dumps(value, ensure_ascii=False, indent=2, default=str)))


def harmless(line: str) -> str:
    """Return the same JSON with escapes for the characters that could steer a terminal."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def table(columns: Sequence[str], rows: Iterable[Sequence[RenderableType]], *, title: str = "") -> None:
    """Print a table on standard output; ``#`` before a column's name: numbers; ``=``: its lines are never broken."""
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
    """Show a bar on standard error while the block runs; nothing where that is not a terminal."""
    with bars() as begin:
        yield begin(title)


@contextmanager
def bars() -> Iterator[Any]:
    """Make a bar for each step that the block names."""
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
