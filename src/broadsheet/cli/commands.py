"""The table of commands: where each lives and its line in the help. A command's module is loaded when it is called.

words -> the group of the first of them, if it is one -> the row of the command -> its module -> its function
what a command starts that takes long to load, a server, has its own table in `servers`
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer.main
from typer.core import TyperCommand, TyperGroup

_Debug = Annotated[bool, typer.Option("--debug", help="On an error, show where it came from.")]


class Row(NamedTuple):
    """The function of a command, the module in this folder that it is in, and how its own words begin."""

    module: str
    function: str
    help: str


COMMANDS: dict[str, Row] = {
    "up": Row("up", "up", "Do all it takes: open, fill, sync, show examples, serve."),
    "serve": Row("serve", "serve", "Serve the site, syncing in the background."),
    "fetch": Row("jobs", "fetch", "Read all followed sources once, then sync: made for cron."),
    "run": Row("serve", "run", "Serve the site, fetch, sync and mail by itself."),
    "jobs": Row("jobs", "jobs", "List the jobs with their last results, or run one now."),
    "search": Row("search", "search", "Find papers by words and by meaning, best first."),
    "similar": Row("search", "similar", "Find the papers nearest to one paper or to several."),
    "show": Row("search", "show", "Show all that is known of one paper."),
    "tried": Row(
        "alerts",
        "tried",
        "Try a standing query on past days: how many papers a day it would have sent, and which.",
    ),
    "feed": Row(
        "day",
        "feed",
        "Show the papers of a day, a week or a month: those announced or listed then, one entry a work.",
    ),
    "apart": Row("day", "apart", "Keep two papers apart that are shown as one work."),
    "trending": Row("trending", "trending", "Show what trends of the last days, and what each score is made of."),
    "ingest": Row("ingest", "ingest", "Read sources and keep their papers."),
    "sync": Row("sync", "sync", "Make what is new findable by words and by meaning."),
    "library": Row(
        "library", "library", "Save the papers of a reader's own library, in a list that is called after the file."
    ),
    "status": Row("doctor", "status", "Show what the Collection holds and how far it is."),
    "doctor": Row("doctor", "doctor", "Check installation, machine and Collection; say what to do."),
    "export": Row("archive", "export", "Write all papers as JSON lines, or with --all everything there is."),
    "backup": Row("upkeep", "backup", "Copy the Collection into a new folder."),
    "verify": Row("doctor", "verify", "Check all that is derived from the Store against it."),
    "restore": Row("upkeep", "restore", "Bring a backup back."),
    "upgrade": Row("upkeep", "upgrade", "Bring the Store up to the format of this version."),
    "import": Row("archive", "import_", "Bring in what `export --all` wrote: papers, people, votes, lists."),
    "shelf": Row("shelf", "shelf", "Show the starter shelf and where Broadsheet offers each."),
    "encoders": Row("encoders", "encoders", "List the encoders and whether each can be loaded."),
    "evaluate": Row("evaluate", "evaluate", "Measure the search on judged sets, or trending on past days."),
    "distil": Row("encoders", "distil", "Make the encoder `static` from a slower one."),
    "mcp": Row("mcp", "mcp", "Let agents ask, over the Model Context Protocol."),
    "sources add": Row("sources", "add", "Follow a source: `ingest` without names reads it."),
    "sources list": Row("sources", "list_all", "List the sources that are followed, with their last runs."),
    "sources remove": Row("sources", "remove", "Follow a source no more. Its papers stay."),
    "digest send": Row("digest", "send", "Plan the digests whose hour has come, and send what is planned."),
    "digest status": Row("digest", "status", "Show what became of the newest digests, each doubtful one by name."),
    "digest preview": Row(
        "digest",
        "preview",
        "Write a digest as HTML and text, to look at; nothing is frozen, planned or sent.",
    ),
    "digest again": Row(
        "digest", "again", "Send a doubtful or failed digest again. Of a doubtful one somebody may then have two."
    ),
    "digest pause": Row("digest", "pause", "Send nothing until told."),
    "digest resume": Row("digest", "resume", "Go on sending, after a pause or a restored backup."),
    "digest suppressions": Row(
        "digest", "suppressions", "Show addresses that nothing is sent to and why, or lift one."
    ),
    "digest bounces": Row(
        "digest",
        "bounces",
        "Read what came back from a mailbox: addresses that refuse are written to no more. Each letter counts once.",
    ),
    "people add": Row("people", "add", "Add somebody, or give somebody who is there this role."),
    "people invite": Row("people", "invite", "Let an address sign in. Nothing is mailed."),
    "people link": Row("people", "link", "Print a link to sign in with: it works once, for 15 minutes."),
    "people role": Row(
        "people",
        "role",
        "Give somebody another role: reader, editor (picks and hides papers, sees sources) or admin.",
    ),
    "people list": Row("people", "list_all", "List everybody, and who was invited and has not come yet."),
    "people remove": Row("people", "remove", "Forget somebody with all they have, or take an invitation back."),
    "people tokens add": Row(
        "people", "add_token", "Make a key for programs and print it: this once, for only its digest is kept."
    ),
    "people tokens list": Row("people", "list_tokens", "List somebody's keys for programs, by number and name."),
    "people tokens remove": Row("people", "remove_token", "Take a key for programs away: it opens nothing any more."),
}
"""Every command by its whole name, in the order in which the help shows them."""

GROUPS = {
    "sources": "Follow sources: add, list, remove.",
    "digest": "The digest by mail: send it, see what became of it.",
    "people": "Let people in: add, invite, link, role, list, remove, tokens.",
    "people tokens": "Keys for programs: add, list, remove.",
}
"""The first words of commands that have more than one."""


class Listed(TyperCommand):
    """A command as it is listed, by its row; another takes its place as soon as words for it are read."""

    def __init__(self, name: str, row: Row) -> None:
        super().__init__(name, help=row.help, rich_markup_mode=None)
        self._row = row

    def loaded(self) -> Any:
        """The command itself, with its options."""
        module = import_module(f"broadsheet.cli.{self._row.module}")
        return _command(self.name, getattr(module, self._row.function))

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Typer's first step with a command: the others are asked of the command that the context names."""
        return self.loaded().make_context(info_name, args, parent, **extra)


class Commands(TyperGroup):
    """The rows of the table whose names begin with ``path``."""

    def __init__(self, *, path: str = "", **options: Any) -> None:
        super().__init__(**options)
        for name, row in COMMANDS.items():
            if name.startswith(path):
                word, _, more = name.removeprefix(path).partition(" ")
                if not more:
                    self.add_command(Listed(word, row))
                elif word not in self.commands:
                    self.add_command(_group(word, path + word))


def _group(name: str, path: str) -> Commands:
    return Commands(path=f"{path} ", name=name, help=GROUPS[path], no_args_is_help=True, rich_markup_mode=None)


def _command(name: str | None, function: Callable[..., None]) -> Any:
    """A function as Typer's command, which also knows ``--debug``."""

    @functools.wraps(function)
    def run(*arguments: Any, debug: bool = False, **options: Any) -> None:  # noqa: ARG001 - see app.run
        function(*arguments, **options)

    signature = inspect.signature(function, eval_str=True)
    extra = inspect.Parameter("debug", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_Debug)
    whole = signature.replace(parameters=[*signature.parameters.values(), extra])
    run.__signature__ = whole  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in whole.parameters.values()}
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    alone.command(name)(run)
    return typer.main.get_command(alone)
