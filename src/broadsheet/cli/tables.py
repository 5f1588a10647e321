"""How papers look in a terminal: ranked results, and one paper with everything that is known about it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from broadsheet.cli.terminal import clean, note, out, vote_count
from broadsheet.core.relevance import figure
from broadsheet.core.status import status_in_words, status_of
from broadsheet.core.text import clipped
from broadsheet.core.topic import Named
from broadsheet.core.types import Alike, Document, MeaningPart, Part, Result, Results
from broadsheet.search.end import answered, matters
from broadsheet.search.stages import LABELS

_STRENGTH = {"exact": "bold green", "strong": "green", "good": "cyan", "fair": "yellow", "weak": "dim"}
_PINNED = {"identifier": "this is its identifier", "title": "this is its title", "author": "by this author"}
_FEW_AUTHORS = 3
_LONGEST_SENTENCE = 300


def print_results(found: Results, *, parts: bool = False, whole: Results | None = None) -> None:
    """Print a ranked list with its notes and where relevance ends in it; an empty list says why. It may be what was
    left of a ``whole`` list above its end."""
    width = len(str(found.items[-1].rank)) if found.items else 1
    if found.items and not answered(found):
        note("Nothing here is about that; the nearest are:")
    end = next((item.rank for item in found.items if answered(found) and not matters(item, found)), None)
    for item in found.items:
        if item.rank == end:
            note("What follows is probably not about this.")
        _print_ranked(item.rank, width, _result(item, parts=parts))
    if whole and (len(found.items) < len(whole.items) or (whole.more and not found.more)):
        note("What follows is probably not about this: to see it too, add --all.")
    if found.note:
        note(found.note)
    elif not found.items:
        note(f"The list ends before place {found.offset + 1}." if found.offset else "No paper matches.")
    if found.more:
        note(f"For more: --offset {found.offset + len(found.items)}")


def print_facets(found: Results) -> None:
    """Print what the relevant papers of a list have in common, a line for each facet."""
    for facet in found.facets:
        values = ", ".join(f"{clean(each.name)} {each.papers:,}" for each in facet.choices)
        note(f"{facet.kind}: {values}")


def print_papers(papers: Sequence[Document], *, first: int = 1) -> None:
    """Print papers one after the other, each with its place, from ``first`` on, and its facts in short."""
    width = len(str(first + len(papers) - 1))
    for rank, paper in enumerate(papers, first):
        title, facts = Text(clean(paper.shown_title), style="bold"), Text(" · ".join(_short_facts(paper)))
        _print_ranked(rank, width, Group(title, *([facts] if facts else []), _where(paper)))


def _print_ranked(rank: int, width: int, shown: RenderableType) -> None:
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(justify="right", width=width, style="dim")
    row.add_column(overflow="fold")
    row.add_row(str(rank), shown)
    out().print(Padding(row, (0, 0, 1, 0)))


def _result(item: Result, *, parts: bool) -> RenderableType:
    lines = [Text(clean(item.document.shown_title), style="bold"), _facts(item)]
    lines += [_alike(each) for each in item.alike]
    if item.passage and not item.alike:
        lines.append(_passage(item))
    lines.append(_where(item.document))
    if item.same:
        lines.append(_same(item))
    if parts:
        lines.append(sum_of_parts(item))
    return Group(*lines)


def _facts(item: Result) -> Text:
    words = _PINNED[item.pinned] if item.pinned else _match(item)
    facts = [Text(words, style=_STRENGTH[item.strength])] if item.pinned or item.parts else []
    return Text(" · ").join([*facts, *map(Text, _short_facts(item.document))])


def _match(item: Result) -> str:
    """The strength in words, with the probability that the paper is relevant where it is known."""
    words = f"{item.strength} match"
    return words if item.relevance is None else f"{words} · {figure(item.relevance)}"


def _short_facts(document: Document) -> list[str]:
    """Authors, venue and date in short, where they are known; votes where they are counted."""
    names = [clean(name) for name in document.authors[:_FEW_AUTHORS]]
    more = len(document.authors) - len(names)
    authors = ", ".join(names) + (f" and {more} more" if more else "")
    day = str(document.dated or document.year or "")
    status = status_of(document)
    standing = status_in_words(status) if status else ""
    facts = (standing, authors, clean(document.venue), day, vote_count(document.votes or None))
    return [fact for fact in facts if fact]


def _passage(item: Result) -> Text:
    """The passage, less what steers terminals, with the words of the query marked."""
    text = Text()
    at = 0
    for start, end in item.matched:
        text.append(_without_unprintable(item.passage[at:start]))
        text.append(_without_unprintable(item.passage[start:end]), style="bold yellow")
        at = end
    text.append(_without_unprintable(item.passage[at:]))
    return text


def _alike(pair: Alike) -> Text:
    """Two sentences that match: that of the paper asked about, then that of the paper found."""
    asked, found = clipped(pair.asked, _LONGEST_SENTENCE), clipped(pair.found, _LONGEST_SENTENCE)
    return Text.assemble((_without_unprintable(f"“{asked}” "), "dim"), _without_unprintable(f"→ “{found}”"))


def _without_unprintable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _where(document: Document) -> Text:
    line = Text(clean(document.id), style="magenta")
    if link := document.links.get("abstract") or next(iter(document.links.values()), ""):
        line.append(f"  {clean(link)}", style="blue underline")
    return line


def _same(item: Result) -> Text:
    others = ", ".join(f"{clean(each.id)} ({each.confidence:.2f})" for each in item.same)
    return Text(f"the same work: {others}", style="dim")


def sum_of_parts(item: Result) -> Text:
    """Return a score as the sum of what each side of the search adds."""
    sides = [_part(side, part, ranked=not item.meanings) for side, part in item.parts.items()]
    lines = ["score {:.3f} = {}".format(item.score, "  +  ".join(sides))] if sides else []
    lines += [_meaning(each) for each in item.meanings]
    return Text("\n".join(lines), style="dim")


def _meaning(part: MeaningPart) -> str:
    cosine = "no vector" if part.cosine is None else f"cosine {part.cosine:.3f}"
    sign = "" if part.wanted else "not "
    return f"  {part.contribution:+.3f} {sign}“{clean(part.text)}” ({cosine}, BM25 {part.words:.3f})"


def _part(side: str, part: Part, *, ranked: bool) -> str:
    name, measure = LABELS[side]
    score = "none" if part.score is None else f"{part.score:.3f}"
    place = f"place {part.rank}" if part.rank else "outside the list"
    return f"{name} {part.contribution:+.3f} ({measure} {score}{f', {place}' if ranked else ''})"


def print_document(document: Document, topic: Named | None = None) -> None:
    """Print everything that is known about a paper, and the topic that it is in."""
    out().print(Text(clean(document.shown_title), style="bold"))
    if document.authors:
        out().print(Text(", ".join(map(clean, document.authors))))
    if document.shown_text:
        out().print(Padding(Text(clean(document.shown_text)), (1, 0, 1, 0)))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for name, value in _known_facts(document, topic):
        grid.add_row(Text(clean(name)), Text(clean(value)))
    out().print(grid)


def _known_facts(document: Document, topic: Named | None) -> list[tuple[str, str]]:
    dates = ("announced", "listed", "estimated", "first_seen", "submitted", "updated")
    status = status_of(document)
    rows = [
        ("id", document.id),
        ("status", status_in_words(status) if status else ""),
        *((name.replace("_", " "), str(getattr(document, name) or "")) for name in dates),
        ("year", "" if document.dated else str(document.year or "")),
        ("venue", document.venue),
        ("categories", ", ".join(document.categories)),
        ("keywords", ", ".join(document.keywords)),
        ("topic", f"{topic.id} {topic.name}" if topic else ""),
        ("votes", str(document.votes or "")),
        *((name, link) for name, link in document.links.items()),
        ("also known as", ", ".join(document.aliases)),
        ("source", document.source),
        *((name, value if isinstance(value, str) else json.dumps(value)) for name, value in document.extra.items()),
    ]
    return [(name, value) for name, value in rows if value]


def print_brief(found: Results) -> None:
    """Print a query, and each of its results in a line; ``found`` ends where relevance does."""
    out().print(Text.assemble(("\n› ", "dim"), (clean(found.query), "bold")))
    for item in found.items:
        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_column(width=2, justify="right", style="dim")
        row.add_column(width=6)
        row.add_column(overflow="fold")
        strength = Text(item.strength, style=_STRENGTH[item.strength])
        row.add_row(str(item.rank), strength, Text(clean(item.document.shown_title)))
        out().print(row)
