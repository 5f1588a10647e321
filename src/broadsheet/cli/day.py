"""The day: feed, apart."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.text import Text

from broadsheet import config
from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import prepare
from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import clean, note, out, print_json, vote_count
from broadsheet.collection import Collection
from broadsheet.core import periods, works
from broadsheet.core.errors import UsageError
from broadsheet.core.periods import Period
from broadsheet.core.status import status_in_words, status_of
from broadsheet.core.types import Filters
from broadsheet.daily.copies import keep_apart
from broadsheet.daily.day import Card, Feed, Matching, Wanted
from broadsheet.trending import ranking
from broadsheet.wiring.collection import open_configured

_TODAY = {"today": "day", "day": "day", "week": "week", "month": "month"}
When = Annotated[
    str,
    typer.Argument(
        metavar="WHEN", help="latest, today, week or month (the current one), or a name: 2025-09-30, 2025-W40, 2025-09."
    ),
]
Sort = Annotated[str, typer.Option("--sort", metavar="ORDER", help="votes, trending or newest.")]
Without = Annotated[
    list[str] | None,
    typer.Option("--without-category", metavar="NAME", help="A category to leave out; may be repeated."),
]
WithoutTopics = Annotated[
    list[str] | None,
    typer.Option("--without-topic", metavar="TOPIC", help="A topic or field to leave out; may be repeated."),
]
Match = Annotated[
    str,
    typer.Option(
        "--match", metavar="WORDS", help="Only papers that match these words; may end with: not about something."
    ),
]
Least = Annotated[
    str, typer.Option("--least", metavar="MATCH", help="How well a paper must match: fair, good, strong, or a cosine.")
]
One = Annotated[str, typer.Argument(metavar="ID", help="The id of a paper.")]
Other = Annotated[str, typer.Argument(metavar="OTHER", help="The id of the paper it is shown with.")]
Undo = Annotated[bool, typer.Option("--undo", help="Let the rule for copies decide again.")]


def feed(
    when: When = "latest",
    sort: Sort = "votes",
    category: options.Categories = None,
    without_category: Without = None,
    topic: options.Topics = None,
    without_topic: WithoutTopics = None,
    source: options.Sources = None,
    has_code: options.HasCode = None,
    match: Match = "",
    least: Least = "good",
    k: options.Count = 50,
    offset: options.Offset = 0,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show the papers of a day, week or month, one entry per work.

    Example: broadsheet feed 2025-09-30 --sort newest --without-category cs.RO
    """
    filters = Filters(
        categories=tuple(category or ()),
        without_categories=tuple(without_category or ()),
        topics=tuple(topic or ()),
        without_topics=tuple(without_topic or ()),
        sources=tuple(source or ()),
        has_code=has_code,
    )
    settings = config.load(config.collection_folder(data))
    with open_configured(data, create=False, settings=settings) as collection:
        matching = _matching(collection, match, least)
        wanted = Wanted(sort=sort, filters=filters, matching=matching, k=k, offset=offset)
        period = _period(when, options.now().astimezone(settings.time_zone).date())
        found = ranking.feed(collection, period, now=options.now(), zone=settings.time_zone, wanted=wanted)
    if as_json:
        print_json(json.feed(found))
    else:
        _print(found)


def _matching(collection: Collection, match: str, least: str) -> Matching | None:
    return prepare(collection, [Alert.read(match, minimum=least)]).matching if match.strip() else None


def _period(when: str, today: date) -> Period | None:
    """Read WHEN as a period, None for the latest day; UsageError when it means nothing."""
    word = when.strip().lower()
    if word == "latest":
        return None
    if word in _TODAY:
        return periods.period(_TODAY[word], today)  # type: ignore[arg-type]
    found = periods.parse(word)
    if found is None:
        raise UsageError(f"WHEN is {when!r}; expected latest, today, week, month, 2025-09-30, 2025-W40 or 2025-09")
    return found


def _print(found: Feed) -> None:
    out().print(Text(f"{found.period.name}: {found.total:,} paper{'' if found.total == 1 else 's'}", style="bold"))
    for card in found.cards:
        out().print(Text(f"\n{clean(card.document.shown_title)}", style="bold"))
        out().print(Text(" · ".join(_facts(card))))
        out().print(Text(clean(card.document.id), style="magenta"))
    if found.note:
        note(found.note)
    if found.more:
        note(f"For more: --offset {found.offset + len(found.cards)}")
    near = [f"{period.name} ({word})" for word, period in (("before", found.previous), ("after", found.next)) if period]
    if near:
        note(f"Nearest with papers: {', '.join(near)}")


def _facts(card: Card) -> list[str]:
    names = [clean(name) for name in card.document.authors[:3]]
    more = len(card.document.authors) - len(names)
    facts = [
        ", ".join(names) + (f" and {more} more" if more else ""),
        f"{card.day}{' (estimated)' if card.document.on_estimate else ''}",
        vote_count(card.votes),
        status_in_words(status) if (status := status_of(card.document)) else "",
        f"version {card.document.version}" if works.revised(card.document) else "",
        f"also {', '.join(clean(other.id) for other in card.others)}" if card.others else "",
    ]
    return [fact for fact in facts if fact]


def apart(id: One, other: Other, undo: Undo = False, data: Data = None) -> None:
    """Separate two papers that are shown as one work.

    Example: broadsheet apart arxiv:2401.00001 10.1000/182
    """
    with open_configured(data, create=False) as collection:
        ids = keep_apart(collection, id, other, apart=not undo)
    outcome = "are one work again if the rule for copies says so" if undo else "are separate works from now on"
    note(f"{ids[0]} and {ids[1]} {outcome}.")
