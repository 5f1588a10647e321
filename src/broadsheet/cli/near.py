"""Near and same: what is near a paper, and which papers are near one another."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import clean, note, out, print_json, table
from broadsheet.core.changes import Piece
from broadsheet.core.types import Filters
from broadsheet.near.about import about
from broadsheet.near.history import Revision
from broadsheet.near.novelty import DAYS, MOST_DAYS, Novelty
from broadsheet.near.pairs import LEAST, LOWEST, nearest_pairs
from broadsheet.near.same import Copy
from broadsheet.wiring.collection import open_configured
from broadsheet.wiring.paper import paper

Id = Annotated[str, typer.Argument(metavar="ID", help="The paper's id, or another of its identifiers.")]
Days = Annotated[
    int, typer.Option("--days", metavar="N", min=1, max=MOST_DAYS, help="How many days back its novelty looks.")
]
Least = Annotated[
    float, typer.Option("--least", metavar="X", min=LOWEST, max=1, help="The cosine from which two papers are near.")
]
_STYLES = {"same": ("", "", ""), "removed": ("[-", "-]", "red strike"), "added": ("{+", "+}", "green")}


def show(id: Id, days: Days = DAYS, data: Data = None, as_json: AsJson = False) -> None:
    """Show the same work elsewhere, how new a paper is, and what changed in its text.

    Each paper of the same work comes with the probability that it is. How new a paper is says how many papers of its
    kind were listed before its day. Changes are known from the version on that keeps former texts.

    Example: broadsheet near show arxiv:2401.00001
    """
    with open_configured(data, create=False) as collection:
        found = about(collection, paper(collection, id), days=days)
    if as_json:
        print_json(json.near(found))
        return
    for copy in found.copies:
        out().print(_copy(copy))
    _print_novelty(found.novelty)
    for revision in found.revisions:
        _print_revision(revision)


def _copy(copy: Copy) -> Text:
    words = "The same work" if copy.same else "Perhaps the same work"
    title, id_ = clean(copy.document.shown_title), clean(copy.document.id)
    return Text.assemble(f"{words}, {copy.confidence:.2f}: ", (title, "bold"), " ", (id_, "magenta"))


def _print_novelty(novelty: Novelty) -> None:
    out().print(Text(novelty.in_words))
    if novelty.earlier:
        rows = [
            [f"{each.cosine:.3f}", f"{each.day}", clean(each.document.id), clean(each.document.shown_title)]
            for each in novelty.earlier
        ]
        table(["#cosine", "day", "id", "title"], rows)


def _print_revision(revision: Revision) -> None:
    out().print(Text(f"{revision.in_words} ({clean(revision.source)})"))
    for pieces in (revision.title, revision.text):
        out().print(Padding(_marked(pieces), (0, 0, 1, 2)))


def _marked(pieces: tuple[Piece, ...]) -> Text:
    """The words of both versions, those removed and added marked by signs as well as by colour."""
    text = Text()
    for at, piece in enumerate(pieces):
        begin, end, style = _STYLES[piece.kind]
        text.append(" " if at else "")
        text.append(f"{begin}{clean(piece.text)}{end}", style=style)
    return text


def pairs(
    least: Least = LEAST,
    k: options.Count = 50,
    since: options.Since = None,
    until: options.Until = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Find all pairs of papers whose vectors are near, the nearest first.

    Each pair comes with the probability that it is one work. Every pair is compared, so that the time grows with the
    square of the number of papers.

    Example: broadsheet near pairs --least 0.95
    """
    filters = Filters(since=options.day(since, "--since"), until=options.day(until, "--until", last=True))
    with open_configured(data, create=False) as collection:
        found = nearest_pairs(collection, least=least, filters=filters, k=k)
    if as_json:
        print_json(json.near_pairs(found))
        return
    rows = [
        [f"{each.cosine:.3f}", f"{each.confidence:.2f}", "yes" if each.same else "no",
         *(f"{clean(paper.id)} {clean(paper.shown_title)}" for paper in (each.one, each.other))]
        for each in found.pairs
    ]  # fmt: skip
    if rows:
        table(["#cosine", "#one work", "joined", "paper", "other"], rows)
    pairs = "1 pair of" if found.total == 1 else f"{found.total:,} pairs of"
    note(f"{pairs} {found.papers:,} papers with a cosine of at least {least:g}.")
