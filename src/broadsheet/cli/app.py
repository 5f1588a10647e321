"""The application: runs the table of commands, and turns every failure into one line and an exit code.

arguments -> Typer -> a command of the table -> a verb
-> words or JSON on standard output, progress and notes on standard error
an error raised on purpose is one line on standard error and its own exit code; --debug shows where it came from
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from broadsheet import __version__
from broadsheet.cli.commands import Commands
from broadsheet.cli.terminal import close_output, say
from broadsheet.core.errors import BroadsheetError, CollectionError, nearest, system

EXIT_CODES = {
    0: ("done", ""),
    1: ("failed", "in a way that no other code covers; for `doctor`: a check failed"),
    2: ("wrong usage", "an unknown command, option, source or encoder, an impossible value, a port in use"),
    3: ("not found", "something you named does not exist: a paper, a file, a test set"),
    4: ("source failed", "a source could not be read to its end; the papers before that point are stored"),
    5: (
        "no access",
        "the Collection cannot be opened or written: missing, locked, read-only, disk full, newer, damaged",
    ),
    6: ("no encoder", "the encoder cannot be loaded, or does not fit the existing vectors"),
    7: ("email not sent", "the mail server cannot be used, or a mailbox cannot be read; nothing is lost"),
    130: ("interrupted", "by Ctrl-C; what was committed is kept"),
}
_EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {code:<4}{name}" for code, (name, _) in EXIT_CODES.items())

app = typer.Typer(
    name="broadsheet",
    cls=Commands,
    help="A self-hosted daily of research papers: it reads them, stores them and finds them by meaning.\n\n"
    "Start with `broadsheet up`. Options go after the command: `broadsheet search WORDS --data DIR`.",
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"broadsheet {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Hold the options of the application itself."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line, report what went wrong, and return its exit code."""
    debug = "--debug" in arguments or bool(os.environ.get("BROADSHEET_DEBUG"))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a letter is not a failure
    try:
        code = app(list(arguments), prog_name="broadsheet", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of the output has seen enough
        close_output()
        return 0
    except Exception as error:
        if debug:
            traceback.print_exc()
        if isinstance(error, OSError):
            close_output()
        if usage := _usage_of(error):
            print(usage, file=sys.stderr, flush=True)
            return 2
        message, code = _explain(error)
        say(message)
        return code
    if code == 130:
        say("interrupted; what was committed is kept, and the same command continues from there")
    return code if isinstance(code, int) else 0


def _usage_of(error: Exception) -> str:
    """Return the help shown where no command was named (``broadsheet``, ``broadsheet people``), else empty."""
    message = error.format_message() if isinstance(error, typer.TyperException) else ""
    return message if message.startswith("Usage: ") else ""


def _explain(error: Exception) -> tuple[str, int]:
    """Return one line about an error, and the exit code for it."""
    if isinstance(error, BroadsheetError):
        return str(error), error.exit_code
    if isinstance(error, typer.TyperException):
        return _word_mistake(error), error.exit_code
    if isinstance(error, OSError):
        return system(error), CollectionError.exit_code
    kind = type(error).__name__
    return f"unexpected {kind}: {error}. Run it again with --debug to see where, and report it", 1


def _word_mistake(error: typer.TyperException) -> str:
    """Word the mistake in a command line."""
    message = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "broadsheet"
    if message.startswith("No such command") and context:
        wrong = message.split("'")[1] if "'" in message else ""
        message = f"no command {wrong!r}. {nearest(wrong, context.command.commands)}"
    return f"{message}{'' if message[-1] in '.?' else '.'} See `{path} --help`"
