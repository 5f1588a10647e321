"""The front page while no day has papers: the starter shelf as a newspaper, with a lead and sections by topic.

each morning the lead is of another topic, and each section begins with other papers of its topic
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from fastapi import Request
from fastapi.responses import Response

from broadsheet import shelf
from broadsheet.core.topic import Counted
from broadsheet.core.types import Document, Filters
from broadsheet.site.context import Site
from broadsheet.store import Store
from broadsheet.web import render
from broadsheet.web.marks import singly

IN_A_SECTION = 2  # papers of each of the first topics, and half as many of the others
_FIRST = 6  # topics
_WITHOUT_TOPICS = 12  # papers, while no topics are known
_MOST = 20_000  # papers whose topics are looked at


@dataclass(frozen=True, slots=True)
class Section:
    """A topic and the papers of it that are shown; without a topic, papers of any."""

    topic: Counted | None
    papers: tuple[Document, ...]


def shelf_page(request: Request, site: Site) -> Response:
    """Show what the Collection holds that is on no day, or how to begin where it holds nothing."""
    store = site.collection.store
    sections = sections_of(store, site.today)
    shown = [paper for section in sections for paper in section.papers]
    return render.rendered(
        request,
        site,
        "front.html",
        sections=sections,
        marks=replace(singly(request, site, shown), topics={}),  # each section is one
        examples=shelf.EXAMPLES if store.papers.count(sources=[shelf.SOURCE]) else (),
        today=site.today,
    )


def sections_of(store: Store, today: date) -> list[Section]:
    """Return the papers for one morning: of each topic a few, the largest topic first, but the topic of the lead before
    all others. Each topic's papers take turns, the nearest to its centre first."""
    numbers = [int(number) for number in store.papers.numbers_where(Filters())[:_MOST]]
    topics = store.topics.counted(numbers)
    if not topics:
        known = store.papers.by_numbers(numbers[:_WITHOUT_TOPICS])
        return [Section(None, tuple(known.values()))] if known else []
    morning = today.toordinal()
    first = morning % len(topics)
    members: dict[int, list[int]] = {}
    for home in store.topics.homes_of(numbers):
        members.setdefault(home.topic, []).append(home.number)
    ordered = (topics[first], *topics[:first], *topics[first + 1 :])
    chosen = [
        (topic, _turn(members[topic.id], morning, IN_A_SECTION if place < _FIRST else IN_A_SECTION // 2))
        for place, topic in enumerate(ordered)
    ]
    known = store.papers.by_numbers([number for _, turn in chosen for number in turn])
    return [Section(topic, tuple(known[each] for each in turn if each in known)) for topic, turn in chosen]


def _turn(numbers: list[int], morning: int, count: int) -> list[int]:
    """The papers whose turn it is this morning."""
    start = morning * count % len(numbers)
    return [*numbers[start:], *numbers[:start]][:count]
