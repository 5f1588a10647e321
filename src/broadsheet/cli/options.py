"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from broadsheet.core import query
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Filters

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        metavar="DIR",
        help="Folder of the Collection; default: BROADSHEET_COLLECTION, or ./broadsheet-data.",
    ),
]
Words = Annotated[list[str], typer.Argument(metavar="QUERY", help="Words, a question, a title or an identifier.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Count = Annotated[int, typer.Option("-k", "--count", metavar="N", min=1, max=1000, help="How many results at most.")]
Offset = Annotated[
    int, typer.Option("--offset", metavar="N", min=0, help="Start at this position in the list, from 0.")
]
Sorted = Annotated[
    str,
    typer.Option(
        "--sort", metavar="ORDER", help="Of the papers that are likely to be relevant: best, newest or votes."
    ),
]
Diverse = Annotated[
    float,
    typer.Option(
        "--diverse", metavar="X", min=0, max=1, help="How varied the first 200 are: 0 (as ranked) to 1 (variety alone)."
    ),
]
Every = Annotated[
    bool | None,
    typer.Option(
        "--copies/--no-copies",
        help="Every paper of a work, or the best one alone; default: the best one, but every one with --json.",
    ),
]
Parts = Annotated[bool, typer.Option("--parts", help="Show what words and meaning each added to the score.")]
Since = Annotated[
    str | None, typer.Option("--since", metavar="DAY", help="Not before this day: 2024, 2024-05, 2024-05-31, or 30d.")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DAY", help="Not after this day: 2024, 2024-05 or 2024-05-31.")
]
Sources = Annotated[
    list[str] | None, typer.Option("--source", metavar="NAME", help="A source or its kind; may be repeated.")
]
Venues = Annotated[list[str] | None, typer.Option("--venue", metavar="NAME", help="A venue; may be repeated.")]
Categories = Annotated[
    list[str] | None, typer.Option("--category", metavar="NAME", help="A category, for example cs.IR; may be repeated.")
]
Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", metavar="TOPIC", help="A topic or field, by number or name; may be repeated."),
]
Authors = Annotated[
    list[str] | None, typer.Option("--author", metavar="NAME", help="Words of an author's name; may be repeated.")
]
HasCode = Annotated[bool | None, typer.Option("--has-code/--no-code", help="Only papers with (or without) code.")]
Port = Annotated[
    int | None, typer.Option("--port", metavar="N", min=0, max=65535, help="Port of the site; default 8000.")
]
Host = Annotated[str | None, typer.Option("--host", metavar="ADDRESS", help="Address to listen on; default 127.0.0.1.")]
MinVotes = Annotated[int | None, typer.Option("--min-votes", min=0, metavar="N", help="At least this many votes.")]

_DAYS_AGO = re.compile(r"(\d{1,5})d")


def now() -> datetime:
    """Return the present time (UTC). Only the command line reads the clock; below it, time is an argument."""
    return datetime.now(UTC)


def day(text: str | None, option: str, *, last: bool = False) -> date | None:
    """Read a day as typed: a date, a month, a year, or ``30d`` for 30 days ago. UsageError for anything else."""
    if text is None:
        return None
    if ago := _DAYS_AGO.fullmatch(text.strip()):
        return now().date() - timedelta(days=int(ago[1]))
    found = query.day(text, last=last)
    if found is None:
        raise UsageError(f"{option} is {text!r}; expected a day, for example 2024-05-31, 2024-05, 2024 or 30d")
    return found


def filters(
    since: str | None,
    until: str | None,
    *,
    sources: list[str] | None,
    venues: list[str] | None,
    categories: list[str] | None,
    topics: list[str] | None,
    authors: list[str] | None,
    has_code: bool | None,
    min_votes: int | None,
) -> Filters:
    """Return the conditions that were given as options."""
    return Filters(
        since=day(since, "--since"),
        until=day(until, "--until", last=True),
        sources=tuple(sources or ()),
        venues=tuple(venues or ()),
        categories=tuple(categories or ()),
        topics=tuple(topics or ()),
        authors=tuple(authors or ()),
        has_code=has_code,
        min_votes=min_votes,
    )
