"""The tools: each reads its arguments, calls one verb, and tells the result. Their names never change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from broadsheet.core import periods
from broadsheet.core.errors import UsageError
from broadsheet.core.periods import Period
from broadsheet.core.types import Results
from broadsheet.daily import day
from broadsheet.daily.copies import appearances
from broadsheet.daily.counts import with_here
from broadsheet.daily.ranking import opened, risen
from broadsheet.foryou.likes import mine
from broadsheet.mcp import answers, asking
from broadsheet.mcp.desk import Desk, Reader
from broadsheet.mcp.foreign import visible
from broadsheet.people import lists
from broadsheet.people.reactions import react
from broadsheet.search.hybrid import search
from broadsheet.search.similar import similar

Function = Callable[[Desk, Reader, Any], answers.Answer]
_READS = "Reads this Collection only: changes nothing and asks no network."
_WRITES = "Changes what is the reader's own in this Collection, nothing else, and can be taken back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool: what it does, its ``scope`` in a line, and the shapes of what it is asked and tells."""

    name: str
    title: str
    does: str
    function: Function
    asked: type[asking.Arguments]
    told: type[answers.Answer]
    scope: str = _READS
    writes: bool = False


def search_papers(desk: Desk, _: Reader, asked: asking.Search) -> answers.FoundPapers:
    """The verb search."""
    options: dict[str, Any] = {"k": asked.limit, "offset": asked.offset, "mode": asked.mode}
    return _found(desk, search(desk.collection, asked.query, filters=asked.filters, **options))


def get_paper(desk: Desk, _: Reader, asked: asking.Paper) -> answers.WholePaper:
    """One paper of the Store."""
    found = desk.paper(asked.id)
    (paper,) = with_here(desk.collection, [[found, *appearances(desk.collection, found)]])
    return answers.whole(paper, asked.start, asked.max_chars)


def find_similar(desk: Desk, _: Reader, asked: asking.Similar) -> answers.FoundPapers:
    """The verb similar."""
    ids = [desk.paper(each).id for each in asked.ids]
    found = similar(desk.collection, ids, k=asked.limit, offset=asked.offset)
    note = "" if found.items or found.note else "No other paper has a vector yet: run `broadsheet sync`."
    return _found(desk, found, note)


def get_today(desk: Desk, _: Reader, asked: asking.Today) -> answers.Day:
    """The verb feed."""
    wanted = day.Wanted(sort=asked.sort, filters=asked.filters, k=asked.limit, offset=asked.offset)
    zone = desk.settings.time_zone
    found = day.feed(desk.collection, _period(desk, asked.period), now=desk.now(), zone=zone, wanted=wanted)
    return answers.Day(
        **answers.page(found.offset, len(found.cards), more=found.more, note=desk.told(found.note)),
        period=found.period.name,
        previous=found.previous.name if found.previous else None,
        next=found.next.name if found.next else None,
        sort=found.sort,
        total=found.total,
        papers=[answers.standing(card) for card in found.cards],
    )


def get_trending(desk: Desk, _: Reader, asked: asking.Trending) -> answers.RisingPapers:
    """What trends, as the page has it: a work once, each with its score opened."""
    now, zone = desk.now(), desk.settings.time_zone
    found = risen(desk.collection, now=now, zone=zone, days=asked.days, k=asked.limit, offset=asked.offset)
    scores = opened(desk.collection, found.cards, now=now)
    note = "" if found.cards else _nothing_trends(desk, asked.days, past=bool(found.total))
    return answers.RisingPapers(
        **answers.page(found.offset, len(found.cards), more=found.more, note=note),
        days=asked.days,
        papers=[
            answers.rising(card, scores[card.document.id], rank)
            for rank, card in enumerate(found.cards, found.offset + 1)
            if card.document.id in scores
        ],
    )


def get_my_feed(desk: Desk, reader: Reader, asked: asking.Mine) -> answers.PickedPapers:
    """The verb for_you, of what the reader likes and the papers of some days."""
    person, today = desk.person(reader), desk.today
    new = desk.collection.store.on_days(today - timedelta(days=asked.days - 1), today + timedelta(days=1))
    found = mine(desk.collection, person.number, candidates=new, k=asking.MOST_PICKED)
    end = asked.offset + asked.limit
    shown = list(enumerate(found.picks, 1))[asked.offset : end]
    past = "The list ends before this place." if found.picks and not shown else ""
    return answers.PickedPapers(
        **answers.page(asked.offset, len(shown), more=len(found.picks) > end, note=desk.told(found.note or past)),
        days=asked.days,
        papers=[answers.picked(found, pick, rank) for rank, pick in shown],
    )


def vote_paper(desk: Desk, reader: Reader, asked: asking.Vote) -> answers.Done:
    """A vote in the Store."""
    person = desk.person(reader, writing=True).number
    paper = desk.paper(asked.id)
    changed = react(desk.collection, person, act="vote", papers=[paper], undo=asked.undo, now=desk.now())
    return answers.Done(id=visible(paper.id), changed=bool(changed))


def save_paper(desk: Desk, reader: Reader, asked: asking.Save) -> answers.Done:
    """A place in a list of the Store."""
    person = desk.person(reader, writing=True).number
    paper = desk.paper(asked.id)
    if asked.undo:
        changed = lists.take_out(desk.collection, person, papers=[paper], out_of=asked.list)
    else:
        changed = lists.put(desk.collection, person, papers=[paper], into=asked.list, now=desk.now())
    return answers.Done(id=visible(paper.id), changed=bool(changed))


def _found(desk: Desk, found: Results, note: str = "") -> answers.FoundPapers:
    past = "The list ends before this place." if found.offset and not found.items else ""
    counted = with_here(desk.collection, [[each.document] for each in found.items])
    return answers.FoundPapers(
        **answers.page(found.offset, len(found.items), more=found.more, note=desk.told(found.note or note or past)),
        mode=found.mode,
        papers=[answers.found(replace(each, document=paper)) for each, paper in zip(found.items, counted, strict=True)],
    )


def _period(desk: Desk, name: str) -> Period | None:
    """What a name means, None for the latest day; UsageError when it means nothing."""
    word = name.strip().lower()
    if word in ("", "latest"):
        return None
    if word == "today":
        return periods.period("day", desk.today)
    found = periods.parse(name)
    if found is None:
        raise UsageError(f"period is {name!r}; expected latest, today, 2025-09-30, 2025-W40 or 2025-09")
    return found


def _nothing_trends(desk: Desk, days: int, *, past: bool) -> str:
    if past:
        return "The list ends before this place."
    newest = day.latest(desk.collection, desk.today)
    return f"No paper stands on the last {days} days; the newest day that has papers, or today, is {newest.name}."


TOOLS = (
    Tool(
        name="search_papers",
        title="Search papers",
        does="Find papers by words and by meaning, best first.",
        function=search_papers,
        asked=asking.Search,
        told=answers.FoundPapers,
    ),
    Tool(
        name="get_paper",
        title="Read a paper",
        does="Read one paper: what is known of it, and its text (mostly the abstract) in parts.",
        function=get_paper,
        asked=asking.Paper,
        told=answers.WholePaper,
    ),
    Tool(
        name="find_similar",
        title="Find similar papers",
        does="Find the papers nearest in meaning to one paper, or to several taken together.",
        function=find_similar,
        asked=asking.Similar,
        told=answers.FoundPapers,
    ),
    Tool(
        name="get_today",
        title="The day's papers",
        does="List the papers of the latest day, or of a given day, week or month.",
        function=get_today,
        asked=asking.Today,
        told=answers.Day,
    ),
    Tool(
        name="get_trending",
        title="What trends",
        does="List the papers of the last days that interest rises for, with what the score is made of.",
        function=get_trending,
        asked=asking.Trending,
        told=answers.RisingPapers,
    ),
    Tool(
        name="get_my_feed",
        title="My feed",
        does="List the papers of the last days that suit what the reader votes for, saves and asks for.",
        function=get_my_feed,
        asked=asking.Mine,
        told=answers.PickedPapers,
        scope="Reads this Collection and one reader's votes, lists and queries: changes nothing and asks no network.",
    ),
    Tool(
        name="vote_paper",
        title="Vote for a paper",
        does="Vote for a paper in the reader's name, or take that vote back.",
        function=vote_paper,
        asked=asking.Vote,
        told=answers.Done,
        scope=_WRITES,
        writes=True,
    ),
    Tool(
        name="save_paper",
        title="Save a paper",
        does="Put a paper into a list of the reader's, or take it out.",
        function=save_paper,
        asked=asking.Save,
        told=answers.Done,
        scope=_WRITES,
        writes=True,
    ),
)


def offered(desk: Desk) -> dict[str, Tool]:
    """The tools by name; those that change things only where that was allowed."""
    return {tool.name: tool for tool in TOOLS if desk.writes or not tool.writes}
