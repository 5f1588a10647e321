"""Search: search, similar, show."""

from __future__ import annotations

from typing import Annotated

import typer

from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.tables import print_document, print_results
from broadsheet.cli.terminal import note, print_json
from broadsheet.near.view import View
from broadsheet.search.end import ended
from broadsheet.search.hybrid import search as find
from broadsheet.search.similar import similar as find_similar
from broadsheet.search.stages import stages_of
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.paper import offers, paper

Ids = Annotated[list[str], typer.Argument(metavar="ID", help="Ids of papers, as search prints them.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="The paper's id, or another of its identifiers.")]
Mode = Annotated[
    str, typer.Option("--mode", metavar="MODE", help="hybrid (words and meaning), lexical or semantic.")
]  # fmt: skip
Stages = Annotated[
    str | None,
    typer.Option(
        "--stages",
        metavar="NAMES",
        help="Further looks at the first papers: default, fast (none), or names with commas, for example feedback. "
        "Default: those that `broadsheet stages` shows.",
    ),
]

Weaker = Annotated[
    bool,
    typer.Option("--all", help="Show what follows the end of the list too: papers that are probably not about it."),
]


def search(
    query: options.Words,
    k: options.Count = 10,
    mode: Mode = "hybrid",
    since: options.Since = None,
    until: options.Until = None,
    source: options.Sources = None,
    venue: options.Venues = None,
    category: options.Categories = None,
    topic: options.Topics = None,
    author: options.Authors = None,
    has_code: options.HasCode = None,
    min_votes: options.MinVotes = None,
    offset: options.Offset = 0,
    diverse: options.Diverse = 0.0,
    every: options.Every = None,
    parts: options.Parts = False,
    stages: Stages = None,
    weaker: Weaker = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find papers by words and by meaning, best first, as far as they are likely to be relevant.

    The query may also hold conditions: author: venue: category: topic: source: since: until: has:code votes:
    "a phrase" must occur, -word must not, one OR other, one AND other.

    Example: broadsheet search "finding duplicate questions" --since 2023 -k 5
    """
    filters = options.filters(
        since, until, sources=source, venues=venue, categories=category, topics=topic, authors=author,
        has_code=has_code, min_votes=min_votes,
    )  # fmt: skip
    looks = None if stages is None else stages_of(stages)
    with open_configured(data, create=False) as collection:
        view = View(diverse=diverse, copies=as_json if every is None else every)
        results = find(
            collection,
            " ".join(query),
            k=k,
            mode=mode,  # type: ignore[arg-type]
            filters=filters,
            offset=offset,
            stages=looks,
            arrange=view,
        )
    if as_json:
        print_json(json.results(results))
    else:
        print_results(results if weaker else ended(results), parts=parts, whole=results)
        if offer := offers(results.missing):
            note(offer)


def similar(
    ids: Ids,
    k: options.Count = 10,
    since: options.Since = None,
    until: options.Until = None,
    source: options.Sources = None,
    venue: options.Venues = None,
    category: options.Categories = None,
    topic: options.Topics = None,
    author: options.Authors = None,
    has_code: options.HasCode = None,
    min_votes: options.MinVotes = None,
    offset: options.Offset = 0,
    diverse: options.Diverse = 0.0,
    every: options.Every = None,
    parts: options.Parts = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find the papers nearest to one paper or to several.

    Several papers are combined as their mean. No model is loaded. Copies of them are left out, unless you say --copies.

    Example: broadsheet similar arxiv:2401.00001 -k 5
    """
    filters = options.filters(
        since, until, sources=source, venues=venue, categories=category, topics=topic, authors=author,
        has_code=has_code, min_votes=min_votes,
    )  # fmt: skip
    with open_configured(data, create=False) as collection:
        papers = [paper(collection, each).id for each in ids]
        view = View(diverse=diverse, copies=as_json if every is None else every)
        results = find_similar(collection, papers, k=k, filters=filters, offset=offset, arrange=view)
    if as_json:
        print_json(json.results(results))
    else:
        print_results(results, parts=parts)


def show(id: Id, data: Data = None, as_json: AsJson = False) -> None:
    """Show everything that is known about one paper.

    Example: broadsheet show arxiv:2401.00001
    """
    with open_configured(data, create=False) as collection:
        document = paper(collection, id)
        numbers = collection.store.papers.numbers([document.id])
        topic = next(iter(collection.store.topics.named(list(numbers.values())).values()), None)
    if as_json:
        print_json(json.document(document) | {"topic": topic and topic._asdict()})
    else:
        print_document(document, topic)
