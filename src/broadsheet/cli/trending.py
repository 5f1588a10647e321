"""Trending: show the trending papers; learn what readers vote for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.text import Text

from broadsheet import config
from broadsheet.cli import json, options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import clean, note, out, print_json
from broadsheet.daily.day import Feed
from broadsheet.trending.curve import Curve, curves
from broadsheet.trending.places import Place, places
from broadsheet.trending.prior import learn as learn_it
from broadsheet.trending.ranking import Explanation, ended, explain, origin, rule, trending_feed
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

    Where none of these days has papers, the newest days that have some are shown, and a note says so.

    Example: broadsheet trending --days 3 -k 10
    """
    settings, now = config.load(config.collection_folder(data)), options.now()
    with open_it(data, create=False, settings=settings) as collection:
        if learn:
            made = learn_it(collection, now=now)
            kept = keep(collection, now=now)
            note(f"Learned from {made.papers:,} papers of {made.days:,} days; updated {kept:,} scores.")
        zone = settings.time_zone
        found = trending_feed(collection, now=now, zone=zone, days=days, k=k, offset=offset, newest=True)
        moment = ended(found, now=now, zone=zone)
        known = _Known(
            explain(collection, found.cards, now=moment),
            places(collection, found, now=moment, zone=zone),
            curves(collection, found.cards, now=moment, zone=zone),
        )
        words = {"rule": rule(HALF_LIFE), "origin": origin(collection)}
    if as_json:
        print_json(shape(found, known) | words)
    else:
        _print(found, known, words)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the works of a list, by the ids of their shown papers."""

    scores: dict[str, Explanation]
    places: dict[str, Place]
    curves: dict[str, Curve]


def shape(value: Feed, known: _Known) -> dict[str, Any]:
    """Return what ``--json`` prints: ``total``, ``offset``, ``more``, ``note``, ``first`` and ``last`` (the days that
    are ranked) and ``items``, each with ``rank``, ``previous`` (its rank a day earlier, or null), ``new``, ``recent``
    (votes in the last two days, or null), ``curve`` (``day`` and ``interest``, or null where unknown), ``day``,
    ``votes``, ``document``, ``score``, ``interest`` (the sum of the ``terms``: ``name``, ``worth``, ``why``), ``text``
    and ``topic`` (powers of two, or null) and ``around`` (papers near it and how many its past predicts, or null); and
    the ``rule`` and the ``origin`` of the guess in words."""
    return {
        "total": value.total,
        "offset": value.offset,
        "more": value.more,
        "note": value.note,
        "first": value.period.first.isoformat(),
        "last": value.period.last.isoformat(),
        "items": [
            {
                "rank": known.places[card.document.id].now,
                "previous": known.places[card.document.id].before,
                "new": known.places[card.document.id].is_new,
                "recent": known.curves[card.document.id].recent,
                "curve": [
                    {"day": day.isoformat(), "interest": interest}
                    for day, interest in known.curves[card.document.id].dated
                ],
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
            for score in [known.scores.get(card.document.id)]
            if score
        ],
    }


def _print(found: Feed, known: _Known, words: dict[str, str]) -> None:
    for card in found.cards:
        score, place = known.scores.get(card.document.id), known.places[card.document.id]
        out().print(Text(f"{place.now}. {clean(card.document.shown_title)}", style="bold"))
        votes = "".join(f" · {each}" for each in (known.curves[card.document.id].words, place.change) if each)
        estimate = " (estimated)" if card.document.on_estimate else ""
        out().print(Text(clean(card.document.id), style="magenta") + Text(f" · {card.day}{estimate}{votes}"))
        for term in score.terms if score else ():
            out().print(Text(f"   {term.worth:8.2f}  {term.name}: {term.why}"))
        if score:
            out().print(Text(f"   {score.parts.total:8.2f}  interest\n"))
    note(" ".join(filter(None, (found.note, f"{words['rule']} {words['origin']}" if found.cards else ""))))
    if found.more:
        note(f"For more: --offset {found.offset + len(found.cards)}")
