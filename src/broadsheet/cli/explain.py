"""Why a paper matches, what two papers share, what a list is about: explain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from broadsheet import config
from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.people import Whose, holder
from broadsheet.cli.tables import print_results, sum_of_parts
from broadsheet.cli.terminal import clean, note, out, print_json
from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError, nearest
from broadsheet.core.types import Document
from broadsheet.explain.concepts import Shares, Turns, Weight
from broadsheet.explain.group import MOST, Group, group
from broadsheet.explain.match import Match, Said, match, of_paper, said
from broadsheet.explain.meaning import Meaning
from broadsheet.explain.pair import Likeness, Own, compare
from broadsheet.explain.words import Term
from broadsheet.store.people import Person
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.paper import paper

What = Annotated[
    list[str] | None, typer.Argument(metavar="QUERY|ID [ID ...]", help="A query and a paper, two papers, or several.")
]
More = Annotated[list[str] | None, typer.Option("--more", metavar="CONCEPT", help="Turn a concept up; repeat it.")]
Less = Annotated[list[str] | None, typer.Option("--less", metavar="CONCEPT", help="Turn a concept down; repeat it.")]
Without = Annotated[
    list[str] | None, typer.Option("--without", metavar="CONCEPT", help="Turn a concept off; repeat it.")
]
InList = Annotated[str | None, typer.Option("--list", metavar="NAME", help="Explain this list of the reader.")]
Deep = Annotated[bool, typer.Option("--deep", help="Leave words of the paper out, and say how far the match falls.")]
Reader = Annotated[bool, typer.Option("--reader", help="Explain everything that the reader saved.")]


def explain(
    what: What = None,
    more: More = None,
    less: Less = None,
    without: Without = None,
    list_: InList = None,
    reader: Reader = False,
    deep: Deep = False,
    whose: Whose = None,
    k: options.Count = 10,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Say why a paper matches a query, what two papers share, or which papers do not belong to a list.

    A query alone, or a paper, is described by concepts: phrases of the Collection's topics. Turn one up, down or off,
    and the papers for the query come in another order. Put the query in quotes.

    Name two papers to compare them, and several, or --list, for what does not belong.

    Example: broadsheet explain "word embeddings" arxiv:1301.3781 --deep
    """
    turns = Turns(more=tuple(more or ()), less=tuple(less or ()), without=tuple(without or ()))
    settings = config.load(config.collection_folder(data))
    with open_configured(data, create=False, settings=settings) as collection:
        if list_ is not None or reader:
            if what or turns:
                raise UsageError("--list and --reader explain what was saved: name no query or paper with them.")
            person = holder(collection.store, whose, settings)
            found = group(collection, _saved(collection, person, list_))
            print_json(json.explanation(found)) if as_json else _print_group(found)
            return
        answer = _answer(collection, what or [], turns, k, deep)
    if as_json:
        print_json(json.explanation(answer))
    else:
        _print(answer)


def _answer(
    collection: Collection, what: Sequence[str], turns: Turns, k: int, deep: bool
) -> Match | Said | Likeness | Group:
    """What the arguments ask for."""
    if not what:
        raise UsageError("Name what to explain: a query, a query and a paper, two papers, or several.")
    first = collection.store.papers.get(what[0])
    if turns and (first or len(what) > 1):
        raise UsageError("--more, --less and --without turn the concepts of a query: name a query alone with them.")
    if len(what) == 1:
        return of_paper(collection, first, k=k) if first else said(collection, what[0], turns, k=k)
    if len(what) > MOST:
        raise UsageError(f"{len(what):,} papers were named; at most {MOST} are explained as a list.")
    others = [paper(collection, each) for each in what[1:]]
    if first is None and len(what) > 2:
        first = paper(collection, what[0])
    if first is None:
        return match(collection, what[0], others[0], deep=deep)
    return compare(collection, first, others[0]) if len(what) == 2 else group(collection, [first, *others])


def _saved(collection: Collection, person: Person, name: str | None) -> list[Document]:
    """The papers of a list of a reader, or everything that they saved."""
    lists = collection.store.lists
    number = None
    if name is not None:
        own = {each.name.casefold(): each.number for each in lists.of(person.number)}
        if name.casefold() not in own:
            raise NotFoundError(f"the reader has no list called {name[:60]!r}. {nearest(name[:60], own)}")
        number = own[name.casefold()]
    numbers = lists.saved(person.number, number)
    if not numbers:
        raise NotFoundError(f"{'nothing was saved' if number is None else 'the list is empty'}: save a paper first")
    papers = collection.store.papers.by_numbers(numbers)
    return [papers[each] for each in numbers if each in papers]


def _print_match(found: Match) -> None:
    _title(found.document.shown_title)
    rows: list[tuple[str, Text]] = []
    if found.result:
        rows.append((f"place {found.result.rank}", sum_of_parts(found.result)))
    if found.terms:
        total = sum(each.score for each in found.terms)
        rows.append(("words", _terms(found.terms, f"BM25 {total:.2f} = ")))
    if found.sentence:
        rows.append(("nearest sentence", Text(f"{found.sentence[1]:.2f}  {clean(found.sentence[0])}")))
    if found.tokens:
        total = sum(each.adds for each in found.tokens)
        pairs = [f"{each.adds:+.3f}  {clean(each.asked)} > {clean(each.answer)}" for each in found.tokens]
        rows.append(("words in context", Text("\n".join([f"MaxSim {total:.3f} =", *pairs]))))
    rows += [*_meaning(found.meaning), *_shares(found.shares)]
    if found.lost:
        falls = "\n".join(f"{-each.fall:+.3f}  {clean(each.word)}" for each in found.lost)
        rows.append(("without the word", Text(falls)))
    _rows(rows)
    _notes(found.notes)


def _print_said(found: Said) -> None:
    _title(found.query)
    _rows([("concepts", _weights(found.concepts))] if found.concepts else [])
    print_results(replace(found.results, more=False))  # one page is all there is to see here
    _notes(found.notes)


def _print_likeness(found: Likeness) -> None:
    _title(f"{found.one.document.shown_title} | {found.other.document.shown_title}")
    _rows([*_meaning(found.meaning), *_shares(found.shares)])
    if found.aligned:
        out().print(Text("The same in other words", style="bold"))
        _rows((f"{each.cosine:.2f}", Text(f"{clean(each.one)}\n{clean(each.other)}")) for each in found.aligned)
    for own in (found.one, found.other):
        out().print(Text(f"Only in: {clean(own.document.shown_title)}", style="bold"))
        _rows(_own(own))
    _notes(found.notes)


def _print_group(found: Group) -> None:
    _title(f"{found.papers:,} papers")
    _rows([("concepts", _weights(found.concepts))] if found.concepts else [])
    if found.outliers:
        out().print(Text("Papers that do not belong", style="bold"))
    for each in found.outliers:
        rows = [
            ("nearness", Text(f"{each.nearness:.2f}, where {found.nearness:.2f} is usual")),
            ("more of", _weights(each.more)), ("less of", _weights(each.less)),
        ]  # fmt: skip
        out().print(Text(f"{clean(each.document.shown_title)}  {clean(each.document.id)}"))
        _rows(row for row in rows if row[1])
    if not found.outliers and found.papers and not found.notes:
        note("No paper lies far from the others.")
    _notes(found.notes)


def _print(found: Match | Said | Likeness | Group) -> None:
    if isinstance(found, Match):
        _print_match(found)
    elif isinstance(found, Said):
        _print_said(found)
    elif isinstance(found, Likeness):
        _print_likeness(found)
    else:
        _print_group(found)


def _own(own: Own) -> list[tuple[str, Text]]:
    rows = [
        ("concepts", _weights(own.concepts)),
        ("words", Text(", ".join(clean(each.word) for each in own.terms))),
        ("sentences", Text("\n".join(map(clean, own.sentences)))),
    ]
    return [row for row in rows if row[1]]


def _meaning(found: Meaning | None) -> list[tuple[str, Text]]:
    if found is None:
        return []
    pairs = [(each.part, f"{clean(each.one)} ~ {clean(each.other)}") for each in found.pairs]
    return [("meaning", _sum(found.cosine, [*pairs, (found.others, "all other pairs of words")]))]


def _shares(found: Shares | None) -> list[tuple[str, Text]]:
    if found is None:
        return []
    rest = [(found.others, "other concepts"), (found.common, "what all papers share"), (found.rest, "no concept")]
    concepts = [(each.weight, clean(each.concept)) for each in found.concepts]
    return [("concepts", _sum(found.cosine, [*concepts, *rest]))]


def _sum(cosine: float, parts: Iterable[tuple[float, str]]) -> Text:
    """A cosine and what it is the sum of, a line each."""
    return Text("\n".join([f"cosine {cosine:.3f} =", *(f"{part:+.3f}  {name}" for part, name in parts)]))


def _terms(terms: Sequence[Term], start: str) -> Text:
    there = " + ".join(f"{each.score:.2f} {clean(each.word)}" for each in terms if each.score > 0)
    absent = ", ".join(clean(each.word) for each in terms if each.score <= 0)
    return Text(f"{start}{there or '0'}{f'; not in the paper: {absent}' if absent else ''}")


def _weights(weights: Sequence[Weight]) -> Text:
    return Text(", ".join(f"{clean(each.concept)} {each.weight:.2f}" for each in weights))


def _title(text: str) -> None:
    out().print(Text(clean(text), style="bold"))


def _rows(rows: Iterable[tuple[str, Text]]) -> None:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(name, value)
    if grid.row_count:
        out().print(Padding(grid, (0, 0, 1, 0)))


def _notes(notes: Iterable[str]) -> None:
    for each in notes:
        note(clean(each))
