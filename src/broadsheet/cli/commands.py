"""The table of commands: the module of each and its line in the help. A command's module is loaded when it is called.

words -> the group of the first of them, if it is one -> the row of the command -> its module -> its function
servers take long to load: the table in `servers` names them
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer.main
from typer.core import TyperCommand, TyperGroup

from broadsheet.cli.terminal import close_output

_Debug = Annotated[bool, typer.Option("--debug", help="On an error, show where it came from.")]


class Row(NamedTuple):
    """A command's function, the module in this folder that holds it, and the first line of its help."""

    module: str
    function: str
    help: str


COMMANDS: dict[str, Row] = {
    "up": Row("up", "up", "Set up and serve in one step: create, fill, sync, show examples, serve."),
    "serve": Row("serve", "serve", "Serve the site, and sync in the background."),
    "fetch": Row(
        "jobs", "fetch", "Read all followed sources once, then sync and place papers in topics; meant for cron."
    ),
    "run": Row("serve", "run", "Serve the site, and fetch, sync and send email on schedule."),
    "jobs": Row("jobs", "jobs", "List the jobs with their last results, or run one now."),
    "search": Row(
        "search", "search", "Find papers by words and by meaning, best first, as far as they are likely to be relevant."
    ),
    "similar": Row("search", "similar", "Find the papers nearest to one paper or to several."),
    "explain": Row(
        "explain",
        "explain",
        "Say why a paper matches a query, what two papers share, or which papers do not belong to a list.",
    ),
    "show": Row("search", "show", "Show everything that is known about one paper."),
    "cite": Row(
        "citation", "cite", "Cite papers: as text in the style of the APA or the IEEE, or as BibTeX, RIS or CSL."
    ),
    "near show": Row("near", "show", "Show the same work elsewhere, how new a paper is, and what changed in its text."),
    "near pairs": Row("near", "pairs", "Find all pairs of papers whose vectors are near, the nearest first."),
    "tried": Row(
        "alerts",
        "try_alert",
        "Try an alert on past days: how many papers a day it would have sent, and which.",
    ),
    "stages": Row("stages", "stages", "Show or choose the stages that look again at the first papers of a search."),
    "feed": Row(
        "day",
        "feed",
        "Show the papers of a day, week or month, one entry per work.",
    ),
    "apart": Row("day", "apart", "Separate two papers that are shown as one work."),
    "trending": Row(
        "trending", "trending", "Show the trending papers of the last days, and how each score is made up."
    ),
    "ingest": Row("ingest", "ingest", "Read sources and store their papers."),
    "sync": Row("sync", "sync", "Make new papers searchable by words and by meaning, and place them in topics."),
    "library": Row(
        "library", "library", "Save the papers of a reader's reference library in a list named after the file."
    ),
    "status": Row("doctor", "status", "Show what the Collection holds and whether it is up to date."),
    "doctor": Row("doctor", "doctor", "Check the installation, the machine and the Collection; say what to do."),
    "export": Row("archive", "export", "Write all papers as JSON lines, or everything with --all."),
    "backup": Row("upkeep", "backup", "Copy the Collection into a new folder."),
    "verify": Row("doctor", "verify", "Check everything derived from the Store against the Store."),
    "restore": Row("upkeep", "restore", "Restore a backup."),
    "upgrade": Row("upkeep", "upgrade", "Upgrade the Store to the format of this version."),
    "split": Row("upkeep", "split", "Split papers that an older version merged into one."),
    "import": Row("archive", "import_", "Import what `export --all` wrote: papers, people, votes, lists."),
    "shelf": Row("shelf", "shelf", "Show the starter shelf and which part of Broadsheet covers each paper."),
    "encode": Row("vectors", "encode", "Write the vectors of texts into a file: .npy, .parquet or .jsonl."),
    "similarity": Row(
        "vectors", "similarity", "Compare texts by the cosine of their vectors: texts, files, .npy matrices."
    ),
    "label": Row(
        "label",
        "label",
        "File texts or papers under labels, by descriptions of the labels, by examples, or by both.",
    ),
    "evaluate": Row("evaluate", "evaluate", "Measure encoders on judged sets, the search on your own, or trending."),
    "compare": Row("compare", "compare", "Compare two encoders item by item, and say which is better."),
    "agree": Row("agreement", "agree", "Measure how alike encoders see the same texts, and show where two differ."),
    "geometry": Row("geometry", "geometry", "Report on the health of a set of vectors, or try repairs on a task."),
    "relevance fit": Row("relevance", "fit", "Fit the probability of relevance to judged sets, or to your own papers."),
    "relevance show": Row(
        "relevance", "show", "Show which calibration is used, what it was fitted to, and how far it can be believed."
    ),
    "distil": Row("encoders", "distil", "Make the fast encoder `static` from a slower one."),
    "mcp": Row("mcp", "mcp", "Serve agents over the Model Context Protocol."),
    "topics list": Row("topics", "list_all", "List fields with their topics, or the topics that rise."),
    "topics show": Row("topics", "show", "Show what a topic or field is, and its newest papers."),
    "topics papers": Row("topics", "papers", "List the papers of a topic or field."),
    "topics rename": Row("topics", "rename", "Give a topic or field a name of yours, which it keeps."),
    "topics pin": Row("topics", "pin", "Pin a topic or field: it keeps its centre and its name whatever papers come."),
    "topics merge": Row("topics", "merge", "Merge a topic into another one, or a field into another field."),
    "topics separate": Row("topics", "separate", "Undo the merge of a topic or field."),
    "topics split": Row("topics", "split", "Split a topic in two."),
    "topics find": Row("topics", "find", "Place new papers in topics, and find new topics."),
    "aspects build": Row(
        "aspects", "build", "Read which sentences of each paper say its task, method, data or result."
    ),
    "aspects show": Row("aspects", "show", "Show what was read, or the sentences of one paper with their roles."),
    "aspects drop": Row("aspects", "drop", "Delete what `aspects build` made. Papers and search stay as they are."),
    "encoders list": Row("encoders", "list_all", "List encoders and scorers, and whether each can be loaded."),
    "encoders add": Row(
        "encoders", "add", "Fetch a model from the hub, check that it runs here, and say how to use it."
    ),
    "encoders remove": Row("encoders", "remove", "Delete a model that was added from the hub."),
    "tokens build": Row("tokens", "build", "Make the token vectors of all papers, and of each new one from then on."),
    "tokens drop": Row("tokens", "delete", "Delete the token vectors, and make none from then on."),
    "tokens show": Row(
        "tokens", "show", "Show whether there are token vectors, of how many papers, and what they take on the disk."
    ),
    "pictures fetch": Row("pictures", "fetch", "Fetch the pictures that the newest papers still need."),
    "pictures show": Row("pictures", "show", "Show how many pictures there are, and what they take on the disk."),
    "pictures drop": Row("pictures", "drop", "Delete all pictures."),
    "sources add": Row("sources", "add", "Follow a source, so that `ingest` without names reads it."),
    "sources list": Row("sources", "list_all", "List the followed sources with their last runs."),
    "sources remove": Row("sources", "remove", "Stop following a source. Its papers stay."),
    "results list": Row("results", "list_all", "List what was measured, when, and whether it came to its end."),
    "results import": Row(
        "results", "import_", "Take in what another program measured on a set, so that it is compared with yours."
    ),
    "results export": Row("results", "export", "Write results as files that other programs read."),
    "corpus depth": Row("corpus", "depth", "Rank the texts of a corpus by depth: central ones and outliers."),
    "corpus drift": Row("corpus", "drift", "Test whether two corpora differ, and show what moved."),
    "corpus duplicates": Row("corpus", "duplicates", "List copies, near-duplicates and paraphrases in a corpus."),
    "corpus like": Row("corpus", "like", "Tell which judged sets resemble your texts."),
    "corpus difficulty": Row("corpus", "difficulty", "Compare two judged retrieval sets at equal difficulty."),
    "digest send": Row("digest", "send", "Plan the digests that are due, and send what is planned."),
    "digest status": Row(
        "digest",
        "status",
        "Show the newest digests, each doubtful one, and the hosts that refuse emails.",
    ),
    "digest preview": Row(
        "digest",
        "preview",
        "Write a digest as HTML and text for you to look at; nothing is stored, planned or sent.",
    ),
    "digest again": Row(
        "digest", "again", "Send a doubtful or failed digest again. The reader of a doubtful one may get it twice."
    ),
    "digest pause": Row("digest", "pause", "Stop sending until you resume."),
    "digest resume": Row("digest", "resume", "Resume sending after a pause or a restored backup."),
    "digest suppressions": Row(
        "digest", "suppressions", "Show the addresses that get no email and why, or lift a suppression."
    ),
    "digest bounces": Row(
        "digest",
        "bounces",
        "Read returned email from a mailbox, and stop writing to addresses that refuse it. Each email counts once.",
    ),
    "people add": Row("people", "add", "Add a person, or give an existing person this role."),
    "people invite": Row("people", "invite", "Allow an address to sign in. No email is sent."),
    "people link": Row("people", "link", "Print a sign-in link. It works once, within 15 minutes."),
    "people role": Row(
        "people",
        "role",
        "Change a person's role: reader, editor (picks and hides papers, sees sources) or admin.",
    ),
    "people list": Row(
        "people", "list_all", "List everyone, and the people who were invited and have not signed in yet."
    ),
    "people remove": Row("people", "remove", "Delete a person with everything they have, or withdraw an invitation."),
    "people tokens add": Row(
        "people",
        "add_token",
        "Make an API token and print it. It is shown only once, because only its digest is stored.",
    ),
    "people tokens list": Row("people", "list_tokens", "List a person's API tokens by number and name."),
    "people tokens remove": Row("people", "remove_token", "Revoke an API token. It stops working at once."),
}
"""Every command by its whole name, in the order in which the help shows them."""

GROUPS = {
    "topics": "The Collection's own topics: lists them; show, papers, rename, merge ...",
    "aspects": "What papers say of task, method, data and result: build, show, drop.",
    "near": "Near and same: show what is near a paper; pairs of near papers.",
    "encoders": "Encoders: lists them with whether each can be loaded; add, remove.",
    "sources": "Follow sources: add, list, remove.",
    "pictures": "Pictures of papers, if the setting `pictures` is true: fetch, show, drop.",
    "tokens": "Token vectors, for a second look at the first papers: build, drop, show.",
    "results": "Results of the lab: list, import, export.",
    "relevance": "Show or fit the probability that a paper is relevant.",
    "corpus": "Look at a corpus of texts: depth, drift, duplicates, like, difficulty.",
    "digest": "The digest by email: send it, see its state.",
    "people": "Manage people: add, invite, link, role, list, remove, tokens.",
    "people tokens": "API tokens: add, list, remove.",
}
"""The first words of commands that have more than one."""

ALONE = {"encoders": "list", "topics": "list"}
"""Which command of a group is meant where none is named."""


_QUERIES = ("search",)  # commands whose words may begin with a minus
_EXCLUSION = re.compile(r"-[^\W\d_]\S*[^\W_]", re.DOTALL)


def exclusions_last(command: Any, args: list[str]) -> list[str]:
    """Move the words to exclude (``-word``) behind ``--``, so that they are not read as options.

    What may be an option stays: one of two characters, the name of an option with one minus too few, ``-k5``, and the
    value of the option before it.
    """
    if "--" in args:
        return args
    names = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
    valued = {name for each in command.params if not getattr(each, "is_flag", True) for name in each.opts}
    words = [
        place
        for place, each in enumerate(args)
        if _EXCLUSION.match(each)
        and f"-{each.partition('=')[0]}" not in names
        and not (each[:2] in names and each[2:].isdigit())
        and not (place and args[place - 1] in valued)
    ]
    if not words:
        return args
    return [each for place, each in enumerate(args) if place not in words] + ["--"] + [args[place] for place in words]


class Listed(TyperCommand):
    """A command as the help lists it, from its row alone; the loaded one replaces it once arguments are read."""

    def __init__(self, name: str, row: Row) -> None:
        super().__init__(name, help=row.help, rich_markup_mode=None)
        self._row = row

    def loaded(self) -> Any:
        """Load the command itself, with its options."""
        module = import_module(f"broadsheet.cli.{self._row.module}")
        return _command(self.name, getattr(module, self._row.function))

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Take Typer's first step with the loaded command; Typer takes the other steps with the command it names."""
        command = self.loaded()
        if self.name in _QUERIES:
            args = exclusions_last(command, args)
        return command.make_context(info_name, args, parent, **extra)


class Commands(TyperGroup):
    """The rows of the table whose names begin with ``path``."""

    def __init__(self, *, path: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._alone = ALONE.get(path.strip(), "")
        for name, row in COMMANDS.items():
            if name.startswith(path):
                word, _, more = name.removeprefix(path).partition(" ")
                if not more:
                    self.add_command(Listed(word, row))
                elif word not in self.commands:
                    self.add_command(_group(word, path + word))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the arguments of a group; with none but options, it may mean one of its commands."""
        first = args[0] if args else "-"
        if self._alone and first.startswith("-") and first not in ctx.help_option_names:
            args = [self._alone, *args]
        return super().parse_args(ctx, args)


def _group(name: str, path: str) -> Commands:
    return Commands(path=f"{path} ", name=name, help=GROUPS[path], no_args_is_help=True, rich_markup_mode=None)


def _command(name: str | None, function: Callable[..., None]) -> Any:
    """A function as Typer's command, which also knows ``--debug``."""

    @functools.wraps(function)
    def run(*arguments: Any, debug: bool = False, **options: Any) -> None:  # noqa: ARG001 - see app.run
        try:
            function(*arguments, **options)
        except BrokenPipeError:  # the reader of the output has seen enough; Typer would end with 1
            close_output()
            raise typer.Exit from None

    signature = inspect.signature(function, eval_str=True)
    extra = inspect.Parameter("debug", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=_Debug)
    whole = signature.replace(parameters=[*signature.parameters.values(), extra])
    run.__signature__ = whole  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in whole.parameters.values()}
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    alone.command(name)(run)
    return typer.main.get_command(alone)
