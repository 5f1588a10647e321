"""The list of all topics, and the page of one: its words, its weeks, who writes, its papers and its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from broadsheet.core.errors import NotFoundError
from broadsheet.core.topic import topic_number
from broadsheet.lab.report.svg import element
from broadsheet.site.auth import TheVisitor
from broadsheet.site.context import Site, TheSite
from broadsheet.topics.about import about, listing, reason
from broadsheet.topics.rising import MOST_DAYS, Rising, rising
from broadsheet.topics.rising import reason as why_none
from broadsheet.web import filters, render
from broadsheet.web.circles import SMALL, Marked, drawing
from broadsheet.web.marks import singly

router = APIRouter(include_in_schema=False)
SHOWN = 5  # papers of each kind
_RISING = 10
_HEIGHT, _WIDTH, _BAR = 60, 10, 8  # of the drawing, of a week in it, and of its bar


@router.get("/topics")
def every(request: Request, site: TheSite, visitor: TheVisitor) -> Response:
    """Show every field with its topics, and which topics rise: in a week or, if none does, in a month."""
    groups, followed = listing(site.collection), site.collection.store.follows.topics_of(visitor.number)
    risen, none_rises = risen_topics(site, _RISING)
    if not risen:
        risen, none_rises = risen_topics(site, _RISING, days=MOST_DAYS)
    return render.rendered(
        request,
        site,
        "topics.html",
        groups=groups,
        followed=[each for group in groups for each in (group.field, *group.topics) if each and each.id in followed],
        reason=site.redact(reason(site.collection)),
        rising=risen,
        none_rises=none_rises,
    )


@router.get("/topic/{name}")
def one(request: Request, site: TheSite, visitor: TheVisitor, name: str) -> Response:
    """Show a topic or field by its number; what follows the number does not count. A number that was merged, and any
    other name, redirects to the topic that is meant. NotFoundError for a number that was never given."""
    number = topic_number(name)
    if number is None:
        raise NotFoundError(f"{name[:60]!r} does not begin with the number of a topic. /topics lists all topics.")
    store = site.collection.store
    found = about(site.collection, number, now=site.now().astimezone(site.zone))
    if name != found.topic.slug:
        return RedirectResponse(filters.topic_address(found.topic), 307)  # it may be separated again
    wanted = {each for part in (found.central, found.latest, found.voted) for each in part[:SHOWN]}
    known = store.papers.by_numbers(sorted(wanted))
    lists = (("central", found.central), ("latest", found.latest), ("voted", found.voted))
    papers = {kind: [known[each] for each in part[:SHOWN] if each in known] for kind, part in lists}
    marks = singly(request, site, list(known.values()))
    return render.rendered(
        request,
        site,
        "topic.html",
        about=found,
        papers=papers,
        marks=replace(marks, topics={}) if found.topic.level == "topic" else marks,  # all are in this one
        drawing=bars(found.weeks),
        small=drawing(site, store.topics.all(), SMALL, Marked({}, {}, found.topic.id)),
        weeks=[(day, papers) for day, papers in reversed(found.weeks) if papers],
        followed=found.topic.id in store.follows.topics_of(visitor.number),
        merged=store.topics.merged(found.topic.id) if visitor.may("editor") else (),
    )


def risen_topics(site: Site, most: int, *, days: int = 7, now: datetime | None = None) -> tuple[list[Rising], str]:
    """Return the topics that rise (as of ``now``, in the zone of the site's days), at most ``most``; where none does,
    say why."""
    now = now or site.now().astimezone(site.zone)
    found = rising(site.collection, now=now, days=days, k=most)
    return found, "" if found else site.redact(why_none(site.collection, now=now, days=days))


def bars(weeks: Sequence[tuple[date, int]]) -> Markup:
    """Draw the papers of each week as a bar, the last week paler, as it is not over; empty without any paper."""
    highest = max((papers for _, papers in weeks), default=0)
    if not highest:
        return Markup("")
    drawn = []
    for place, (day, papers) in enumerate(weeks):
        height = papers / highest * (_HEIGHT - 2)
        title = element("title", f"{filters.day_in_words(day)}: {_papers(papers)}")
        drawn.append(
            element(
                "rect", title, x=place * _WIDTH + 1, y=float(_HEIGHT - height), width=_BAR, height=float(height),
                class_="open" if place == len(weeks) - 1 else "week",
            )
        )  # fmt: skip
    size = {"viewBox": f"0 0 {len(weeks) * _WIDTH} {_HEIGHT}", "preserveAspectRatio": "none"}
    made = element("svg", "".join(drawn), class_="weeks", role="img", aria_label=_in_words(weeks), **size)
    return Markup(made)  # noqa: S704 - our own numbers and dates


def _in_words(weeks: Sequence[tuple[date, int]]) -> str:
    """What the drawing shows: all papers, the highest week, the last whole one."""
    day, highest = max(weeks, key=lambda each: each[1])
    whole = sum(papers for _, papers in weeks)
    said = [
        f"Papers a week over {len(weeks)} weeks: {whole:,} in all",
        f"at most {highest:,}, in the week of {filters.day_in_words(day)}",
        f"{weeks[-2][1]:,} in the last whole week" if len(weeks) > 1 else "",
    ]
    return ", ".join(filter(None, said)) + "."


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"
