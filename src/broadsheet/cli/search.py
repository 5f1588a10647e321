"""Search: search, similar, show."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from broadsheet import config
from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.people import Whose, holder
from broadsheet.cli.tables import print_document, print_facets, print_results
from broadsheet.cli.terminal import note, print_json
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.near.view import View
from broadsheet.search.end import ended
from broadsheet.search.hybrid import search as find
from broadsheet.search.question import Given
from broadsheet.search.similar import similar as find_similar
from broadsheet.search.stages import stages_of
from broadsheet.store import Store
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.paper import offers, paper

_LARGEST = 2**20  # bytes of a text or of references

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

Facets = Annotated[
    bool,
    typer.Option(
        "--facets", help="Count what the papers above the end of the list have in common: years, topics, sources ..."
    ),
]


Aspect = Annotated[
    str, typer.Option("--aspect", metavar="ASPECT", help="Only like the paper in this: task, method, data or result.")
]
File = Annotated[
    Path | None,
    typer.Option(
        "--file",
        metavar="FILE",
        help="Find papers for a text, or for references in BibTeX or RIS; - is standard input.",
    ),
]
Words = Annotated[
    list[str] | None, typer.Argument(metavar="QUERY", help="Words, a question, a title or an identifier.")
]


def search(
    query: Words = None,
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
    sort: options.Sorted = "best",
    diverse: options.Diverse = 0.0,
    every: options.Every = None,
    parts: options.Parts = False,
    facets: Facets = False,
    file: File = None,
    whose: Whose = None,
    stages: Stages = None,
    weaker: Weaker = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find papers by words and by meaning, best first, as far as they are likely to be relevant.

    The query may also hold conditions: author: venue: category: topic: source: since: until: has:code votes:
    like:ID unlike:ID in:LIST. "a phrase" must occur, -word must not, one OR other, one AND other.
    Set operations on meanings: '("graph learning") & ("drug discovery") - (toxicity)', with | for either.

    Example: broadsheet search "finding duplicate questions" --since 2023 -k 5
    """
    document = _document(file) if file else ""
    if not (query or document):
        raise UsageError("nothing to search for: type some words, or name a text with --file")
    filters = options.filters(
        since, until, sources=source, venues=venue, categories=category, topics=topic, authors=author,
        has_code=has_code, min_votes=min_votes,
    )  # fmt: skip
    settings = config.load(config.collection_folder(data))
    looks = None if stages is None else stages_of(stages)
    with open_configured(data, create=False, settings=settings) as collection:
        given = Given(reader=_reader(collection.store, whose, settings), document=document)
        view = View(diverse=diverse, copies=as_json if every is None else every)
        words = " ".join(query or ())
        kind: Any = mode  # ``search`` refuses any other
        order: Any = sort
        results = find(
            collection, words, k=k, mode=kind, filters=filters, offset=offset, stages=looks, given=given,
            arrange=view, sort=order, with_facets=facets,
        )  # fmt: skip
    if as_json:
        print_json(json.results(results))
    else:
        print_results(results if weaker else ended(results), parts=parts, whole=results)
        print_facets(results)
        if offer := offers(results.missing):
            note(offer)


def _document(file: Path) -> str:
    """Read a text that papers are searched for; NotFoundError if the file is missing, UsageError if it is large."""
    if str(file) == "-":
        data = sys.stdin.buffer.read(_LARGEST + 1)
    elif file.is_file():
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    else:
        raise NotFoundError(f"no file {str(file)!r}: expected a text, or references in BibTeX or RIS")
    if len(data) > _LARGEST:
        raise UsageError(f"{file.name!r} is larger than {_LARGEST:,} bytes: search for a part of it")
    text = data.decode("utf-8", "replace").strip()
    if not text:
        raise UsageError(f"{file.name!r} is empty: expected a text, or references in BibTeX or RIS")
    return text


def _reader(store: Store, address: str | None, settings: config.Settings) -> int | None:
    """The number of the person whose lists are meant; None where there are several people and none is named."""
    if address:
        return holder(store, address, settings).number
    person = store.people.sole() if settings.access == "single" else None
    return person.number if person else None


def similar(
    ids: Ids,
    aspect: Aspect = "",
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
    With --aspect, papers that are like one paper in its task, its method, its data or its result, with the sentences
    that match; `broadsheet aspects build` comes first.

    Example: broadsheet similar arxiv:2401.00001 --aspect method -k 5
    """
    filters = options.filters(
        since, until, sources=source, venues=venue, categories=category, topics=topic, authors=author,
        has_code=has_code, min_votes=min_votes,
    )  # fmt: skip
    with open_configured(data, create=False) as collection:
        papers = [paper(collection, each).id for each in ids]
        view = View(diverse=diverse, copies=as_json if every is None else every)
        results = find_similar(collection, papers, aspect=aspect, k=k, filters=filters, offset=offset, arrange=view)
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
