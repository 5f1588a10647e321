"""Alerts: try one on past days (the command `tried`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from broadsheet import config
from broadsheet.alerts.alert import Alert
from broadsheet.alerts.trial import Rate, Trial
from broadsheet.alerts.trial import try_alert as try_it
from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.tables import print_results
from broadsheet.cli.terminal import clean, note, out, print_json
from broadsheet.core.types import Result
from broadsheet.wiring.collection import open_configured

Unwanted = Annotated[
    list[str] | None,
    typer.Option("--without", metavar="WORDS", help="What papers should not be about; may be repeated."),
]
Least = Annotated[
    str, typer.Option("--least", metavar="MATCH", help="How well a paper must match: fair, good, strong, or a cosine.")
]
Days = Annotated[
    int, typer.Option("--days", metavar="N", min=1, max=366, help="Try it on this many days that have papers.")
]


def try_alert(
    query: options.Words,
    without: Unwanted = None,
    least: Least = "good",
    days: Days = 30,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Try an alert on past days: how many papers a day it would have sent, and which.

    The query may hold conditions, as in search; like:ID finds papers near one in meaning. Papers about what follows
    "not about" are left out.

    Example: broadsheet tried "agents for lab automation" --without "chemistry benchmarks"
    """
    alert = Alert.read(" ".join(query), tuple(without or ()), least)
    settings = config.load(config.collection_folder(data))
    with open_configured(data, create=False, settings=settings) as collection:
        trial = try_it(collection, alert, now=options.now(), days=days, zone=settings.time_zone)
    if as_json:
        print_json(json.trial(trial))
    else:
        _print_trial(trial)


def _print_trial(trial: Trial) -> None:
    out().print(Text(clean(trial.alert.text), style="bold"))
    for each in trial.alert.without:
        out().print(Text(f"not about {clean(each)}"))
    if trial.looked:
        lines = [
            f"\nThis would have sent {trial.rate.a_day:.1f} papers a day: {trial.rate.papers:,} of {trial.looked:,}",
            f"on {trial.rate.days} days with papers, {trial.first} to {trial.last}.",
            f"It asks for {_least(trial.rate)}, with {_silent(trial.rate)}.",
        ]
        for word, rate in (("stricter", trial.stricter), ("looser", trial.looser)):
            lines += [f"One step {word}, {_least(rate)}: {rate.a_day:.1f} a day, {_silent(rate)}."] if rate else []
        lines += _border("Just above, sent", trial.above) + _border("Just below, not sent", trial.below)
        lines += [_change(trial.before, trial.shared)] if trial.before else []
        out().print(Text("\n".join([*lines, "\nThe newest of them:\n"] if trial.newest.items else lines)))
        print_results(trial.newest)
    if trial.note:
        note(trial.note)


def _border(heading: str, papers: Sequence[Result]) -> list[str]:
    """The papers on one side of the minimum, each with its probability, else its cosine."""
    figures = [f"{each.score:.2f} (cosine)" if each.relevance is None else f"{each.relevance:.2f}" for each in papers]
    lines = [f"  {figure}  {each.document.shown_title[:90]}" for figure, each in zip(figures, papers, strict=True)]
    return [f"{heading}:", *map(clean, lines)] if papers else []


def _change(before: Rate, shared: int) -> str:
    """What the word would have sent before it meant a probability."""
    return (
        f"When {before.minimum} was a band of cosines, it would have sent {before.a_day:.1f} a day, {_silent(before)}; "
        f"{shared:,} of these {before.papers:,} papers it still sends."
    )


def _least(rate: Rate) -> str:
    if not isinstance(rate.minimum, str):
        return f"a cosine of {rate.minimum:.2f} or more"
    return f"{rate.minimum} matches" + ("" if rate.minimum == "strong" else " or better")


def _silent(rate: Rate) -> str:
    return f"no papers on {rate.silent} of the days" if rate.silent else "papers on every day"
