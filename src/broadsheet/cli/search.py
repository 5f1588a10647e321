"""Finding: search, similar, show, tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import clean, note, out, print_json

if TYPE_CHECKING:
    from broadsheet.alerts.trial import Rate, Trial

Words = Annotated[list[str], typer.Argument(metavar="QUERY", help="Words, a question, a title or an identifier.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID", help="Ids of papers, as search prints them.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The paper's id or another identifier of it.")]
Mode = Annotated[
    str, typer.Option("--mode", metavar="MODE", help="hybrid (words and meaning), lexical or semantic.")
]  # fmt: skip


Unwanted = Annotated[
    list[str] | None,
    typer.Option("--without", metavar="WORDS", help="What it should not be about; may be repeated."),
]
Least = Annotated[
    str, typer.Option("--least", metavar="MATCH", help="How well a paper must match: fair, good, strong, or a cosine.")
]
Days = Annotated[int, typer.Option("--days", metavar="N", min=1, max=366, help="Try it on so many days with papers.")]


def add_to(app: typer.Typer) -> None:
    """Register this file's commands."""
    for function in (search, similar, show, tried):
        options.command(app, function)


def search(
    query: Words,
    k: options.Count = 10,
    mode: Mode = "hybrid",
    since: options.Since = None,
    until: options.Until = None,
    source: options.Sources = None,
    venue: options.Venues = None,
    category: options.Categories = None,
    author: options.Authors = None,
    has_code: options.HasCode = None,
    min_votes: options.MinVotes = None,
    offset: options.Offset = 0,
    parts: options.Parts = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find papers by words and by meaning, best first.

    Conditions may also stand in the query: author: venue: category: source: since: until: has:code votes:

    Example: broadsheet search "finding duplicate questions" --since 2023 -k 5
    """
    from broadsheet.cli.tables import print_results
    from broadsheet.search.hybrid import search as find
    from broadsheet.wiring import opened

    asked = options.filters(
        since, until, sources=source, venues=venue, categories=category, authors=author, has_code=has_code,
        min_votes=min_votes,
    )  # fmt: skip
    with opened(data, create=False) as collection:
        found = find(collection, " ".join(query), k=k, mode=mode, filters=asked, offset=offset)  # type: ignore[arg-type]
    if as_json:
        print_json(json.results(found))
    else:
        print_results(found, parts=parts)


def similar(
    ids: Ids,
    k: options.Count = 10,
    since: options.Since = None,
    until: options.Until = None,
    source: options.Sources = None,
    venue: options.Venues = None,
    category: options.Categories = None,
    author: options.Authors = None,
    has_code: options.HasCode = None,
    min_votes: options.MinVotes = None,
    offset: options.Offset = 0,
    parts: options.Parts = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find the papers nearest to one paper or to several.

    Several are taken together, as their mean. No model is loaded.

    Example: broadsheet similar arxiv:2401.00001 -k 5
    """
    from broadsheet.cli.tables import print_results
    from broadsheet.search.similar import similar as find
    from broadsheet.wiring import opened, paper

    asked = options.filters(
        since, until, sources=source, venues=venue, categories=category, authors=author, has_code=has_code,
        min_votes=min_votes,
    )  # fmt: skip
    with opened(data, create=False) as collection:
        known = [paper(collection, each).id for each in ids]
        found = find(collection, known, k=k, filters=asked, offset=offset)
    if as_json:
        print_json(json.results(found))
    else:
        print_results(found, parts=parts)


def show(id: Id, data: Data = None, as_json: AsJson = False) -> None:
    """Show all that is known of one paper.

    Example: broadsheet show arxiv:2401.00001
    """
    from broadsheet.cli.tables import print_document
    from broadsheet.wiring import opened, paper

    with opened(data, create=False) as collection:
        document = paper(collection, id)
    if as_json:
        print_json(json.document(document))
    else:
        print_document(document)


def tried(
    query: Words,
    without: Unwanted = None,
    least: Least = "good",
    days: Days = 30,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Try a standing query on past days: how many papers a day it would have sent, and which.

    Conditions may stand in the query as in search; what follows "not about" is left out.

    Example: broadsheet tried "agents for lab automation" --without "chemistry benchmarks"
    """
    from broadsheet import config
    from broadsheet.alerts.alert import Alert
    from broadsheet.alerts.trial import tried as try_it
    from broadsheet.wiring import opened

    asked = Alert.read(" ".join(query), tuple(without or ()), least)
    settings = config.load(config.collection_folder(data))
    with opened(data, create=False, settings=settings) as collection:
        found = try_it(collection, asked, now=options.now(), days=days, zone=settings.time_zone)
    if as_json:
        print_json(json.trial(found))
    else:
        _print_trial(found)


def _print_trial(trial: Trial) -> None:
    from rich.text import Text

    from broadsheet.cli.tables import print_results

    out().print(Text(clean(trial.alert.text), style="bold"))
    for each in trial.alert.without:
        out().print(Text(f"not about {clean(each)}"))
    if trial.looked:
        said = [
            f"\nThis would have sent {trial.rate.a_day:.1f} papers a day: {trial.rate.papers:,} of {trial.looked:,}",
            f"on {trial.rate.days} days with papers, {trial.first} to {trial.last}.",
            f"It asks for {_least(trial.rate)}: {_silent(trial.rate)}.",
        ]
        for word, rate in (("stricter", trial.stricter), ("looser", trial.looser)):
            said += [f"One step {word}, {_least(rate)}: {rate.a_day:.1f} a day, {_silent(rate)}."] if rate else []
        out().print(Text("\n".join([*said, "\nThe last of them:\n"] if trial.newest.items else said)))
        print_results(trial.newest)
    if trial.note:
        note(trial.note)


def _least(rate: Rate) -> str:
    if not isinstance(rate.minimum, str):
        return f"a cosine of {rate.minimum:.2f} or more"
    return f"{rate.minimum} matches" + ("" if rate.minimum == "strong" else " or better")


def _silent(rate: Rate) -> str:
    return f"nothing on {rate.silent} of the days" if rate.silent else "something on every day"
