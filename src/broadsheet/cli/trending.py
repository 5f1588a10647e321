"""Trending: show the trending papers; learn what readers vote for."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text

from broadsheet import config
from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import clean, note, out, print_json, vote_count
from broadsheet.daily.day import Feed
from broadsheet.trending.prior import learn as learn_it
from broadsheet.trending.ranking import Explanation, explain, origin, rule, trending_feed
from broadsheet.trending.score import HALF_LIFE
from broadsheet.trending.table import keep
from broadsheet.wiring.collection import open_configured as open_it

Days = Annotated[int, typer.Option("--days", metavar="N", min=1, max=31, help="How many days back.")]
Learn = Annotated[
    bool, typer.Option("--learn", help="First learn from the days that have votes, and update the stored scores.")
]


def trending(
    days: Days = 7,
    k: options.Count = 20,
    offset: options.Offset = 0,
    learn: Learn = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Show the trending papers of the last days, and how each score is made up.

    Example: broadsheet trending --days 3 -k 10
    """
    settings, now = config.load(config.collection_folder(data)), options.now()
    with open_it(data, create=False, settings=settings) as collection:
        if learn:
            made = learn_it(collection, now=now)
            kept = keep(collection, now=now)
            note(f"Learned from {made.papers:,} papers of {made.days:,} days; updated {kept:,} scores.")
        found = trending_feed(collection, now=now, zone=settings.time_zone, days=days, k=k, offset=offset)
        scores = explain(collection, found.cards, now=now)
        words = {"rule": rule(HALF_LIFE), "origin": origin(collection)}
    if as_json:
        print_json(shape(found, scores) | words)
    else:
        _print(found, scores, words)


def shape(value: Feed, scores: dict[str, Explanation]) -> dict[str, Any]:
    """Return what ``--json`` prints: ``total``, ``offset``, ``more``, ``note`` and ``items``, each with ``day``,
    ``votes``, ``document``, ``score``, ``interest`` (the sum of the ``terms``: ``name``, ``worth``, ``why``), ``text``
    and ``topic`` (powers of two, or null) and ``around`` (papers near it and how many its past predicts, or null); and
    the ``rule`` and the ``origin`` of the guess in words."""
    return {
        "total": value.total,
        "offset": value.offset,
        "more": value.more,
        "note": value.note,
        "items": [
            {
                "day": card.day.isoformat(),
                "votes": card.votes,
                "document": json.document(card.document),
                "score": score.parts.score,
                "interest": score.parts.total,
                "terms": [{"name": term.name, "worth": term.worth, "why": term.why} for term in score.terms],
                "text": score.parts.text,
                "topic": score.parts.topic,
                "around": list(score.parts.around) if score.parts.around else None,
            }
            for card in value.cards
            for score in [scores.get(card.document.id)]
            if score
        ],
    }


def _print(found: Feed, scores: dict[str, Explanation], words: dict[str, str]) -> None:
    for rank, card in enumerate(found.cards, found.offset + 1):
        score = scores.get(card.document.id)
        out().print(Text(f"{rank}. {clean(card.document.shown_title)}", style="bold"))
        votes = f" · {vote_count(card.votes)}" if vote_count(card.votes) else ""
        estimate = " (estimated)" if card.document.on_estimate else ""
        out().print(Text(clean(card.document.id), style="magenta") + Text(f" · {card.day}{estimate}{votes}"))
        for term in score.terms if score else ():
            out().print(Text(f"   {term.worth:8.2f}  {term.name}: {term.why}"))
        if score:
            out().print(Text(f"   {score.parts.total:8.2f}  interest now\n"))
    note(found.note or f"{words['rule']} {words['origin']}")
    if found.more:
        note(f"For more: --offset {found.offset + len(found.cards)}")
