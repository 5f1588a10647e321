"""The tools: each reads its arguments, calls one verb, and tells the result. Their names never change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from broadsheet.core import periods
from broadsheet.core.errors import UsageError
from broadsheet.core.periods import Period
from broadsheet.core.types import Results
from broadsheet.daily import day
from broadsheet.daily.copies import appearances
from broadsheet.daily.counts import with_local_counts
from broadsheet.foryou.person import for_person
from broadsheet.mcp import arguments, results
from broadsheet.mcp.context import AgentSite, Caller
from broadsheet.mcp.lookup import paper_of
from broadsheet.mcp.untrusted import visible
from broadsheet.people import lists
from broadsheet.people.reactions import react
from broadsheet.search.hybrid import search
from broadsheet.search.similar import similar
from broadsheet.trending.ranking import explain, feed, trending_feed

Function = Callable[[AgentSite, Caller, Any], results.Answer]
_READS = "Reads this Collection only: changes nothing and asks no network."
_WRITES = "Changes what is the reader's own in this Collection, nothing else, and can be taken back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool: what it does, its ``scope`` in a line, and the shapes of what it is asked and tells."""

    name: str
    title: str
    does: str
    function: Function
    arguments: type[arguments.Arguments]
    result: type[results.Answer]
    scope: str = _READS
    writes: bool = False


def search_papers(site: AgentSite, _: Caller, asked: arguments.Search) -> results.FoundPapers:
    """The verb search."""
    options: dict[str, Any] = {"k": asked.limit, "offset": asked.offset, "mode": asked.mode}
    return _found(site, search(site.collection, asked.query, filters=asked.filters, **options))


def get_paper(site: AgentSite, _: Caller, asked: arguments.Paper) -> results.WholePaper:
    """One paper of the Store."""
    found = paper_of(site, asked.id)
    (paper,) = with_local_counts(site.collection, [[found, *appearances(site.collection, found)]])
    return results.whole(paper, asked.start, asked.max_chars)


def find_similar(site: AgentSite, _: Caller, asked: arguments.Similar) -> results.FoundPapers:
    """The verb similar."""
    ids = [paper_of(site, each).id for each in asked.ids]
    found = similar(site.collection, ids, k=asked.limit, offset=asked.offset)
    note = "" if found.items or found.note else "No other paper has a vector yet: run `broadsheet sync`."
    return _found(site, found, note)


def get_today(site: AgentSite, _: Caller, asked: arguments.Today) -> results.Day:
    """The verb feed."""
    wanted = day.Wanted(sort=asked.sort, filters=asked.filters, k=asked.limit, offset=asked.offset)
    found = feed(site.collection, _period(site, asked.period), now=site.now(), zone=site.zone, wanted=wanted)
    return results.Day(
        **results.page(found.offset, len(found.cards), more=found.more, note=site.told(found.note)),
        period=found.period.name,
        previous=found.previous.name if found.previous else None,
        next=found.next.name if found.next else None,
        sort=found.sort,
        total=found.total,
        papers=[results.standing(card) for card in found.cards],
    )


def get_trending(site: AgentSite, _: Caller, asked: arguments.Trending) -> results.RisingPapers:
    """What trends, as the page has it: a work once, each with its score opened."""
    now = site.now()
    found = trending_feed(site.collection, now=now, zone=site.zone, days=asked.days, k=asked.limit, offset=asked.offset)
    scores = explain(site.collection, found.cards, now=now)
    note = "" if found.cards else _nothing_trends(site, asked.days, past=bool(found.total))
    return results.RisingPapers(
        **results.page(found.offset, len(found.cards), more=found.more, note=note),
        days=asked.days,
        papers=[
            results.rising(card, scores[card.document.id], rank)
            for rank, card in enumerate(found.cards, found.offset + 1)
            if card.document.id in scores
        ],
    )


def get_my_feed(site: AgentSite, caller: Caller, asked: arguments.Mine) -> results.PickedPapers:
    """The picks that the reader's page shows, and in its order."""
    person = site.person(caller)
    found = for_person(site.collection, person.number, last=site.today, days=asked.days, k=arguments.MOST_PICKED)
    end = asked.offset + asked.limit
    shown = list(enumerate(found.picks, 1))[asked.offset : end]
    past = "The list ends before this place." if found.picks and not shown else ""
    return results.PickedPapers(
        **results.page(asked.offset, len(shown), more=len(found.picks) > end, note=site.told(found.note or past)),
        days=asked.days,
        papers=[results.picked(found, pick, rank) for rank, pick in shown],
    )


def vote_paper(site: AgentSite, caller: Caller, asked: arguments.Vote) -> results.Done:
    """A vote in the Store."""
    person = site.person(caller, writing=True).number
    paper = paper_of(site, asked.id)
    changed = react(site.collection, person, act="vote", papers=[paper], undo=asked.undo, now=site.now())
    return results.Done(id=visible(paper.id), changed=bool(changed))


def save_paper(site: AgentSite, caller: Caller, asked: arguments.Save) -> results.Done:
    """A place in a list of the Store."""
    person = site.person(caller, writing=True).number
    paper = paper_of(site, asked.id)
    if asked.undo:
        changed = lists.take_out(site.collection, person, papers=[paper], out_of=asked.list)
    else:
        changed = lists.put(site.collection, person, papers=[paper], into=asked.list, now=site.now())
    return results.Done(id=visible(paper.id), changed=bool(changed))


def _found(site: AgentSite, found: Results, note: str = "") -> results.FoundPapers:
    past = "The list ends before this place." if found.offset and not found.items else ""
    counted = with_local_counts(site.collection, [[each.document] for each in found.items])
    return results.FoundPapers(
        **results.page(found.offset, len(found.items), more=found.more, note=site.told(found.note or note or past)),
        mode=found.mode,
        papers=[results.found(replace(each, document=paper)) for each, paper in zip(found.items, counted, strict=True)],
    )


def _period(site: AgentSite, name: str) -> Period | None:
    """What a name means, None for the latest day; UsageError when it means nothing."""
    word = name.strip().lower()
    if word in ("", "latest"):
        return None
    if word == "today":
        return periods.period("day", site.today)
    found = periods.parse(name)
    if found is None:
        raise UsageError(f"period is {name!r}; expected latest, today, 2025-09-30, 2025-W40 or 2025-09")
    return found


def _nothing_trends(site: AgentSite, days: int, *, past: bool) -> str:
    if past:
        return "The list ends before this place."
    newest = day.latest(site.collection, site.today)
    return f"No paper stands on the last {days} days; the newest day that has papers, or today, is {newest.name}."


TOOLS = (
    Tool(
        name="search_papers",
        title="Search papers",
        does="Find papers by words and by meaning, best first.",
        function=search_papers,
        arguments=arguments.Search,
        result=results.FoundPapers,
    ),
    Tool(
        name="get_paper",
        title="Read a paper",
        does="Read one paper: what is known of it, and its text (mostly the abstract) in parts.",
        function=get_paper,
        arguments=arguments.Paper,
        result=results.WholePaper,
    ),
    Tool(
        name="find_similar",
        title="Find similar papers",
        does="Find the papers nearest in meaning to one paper, or to several taken together.",
        function=find_similar,
        arguments=arguments.Similar,
        result=results.FoundPapers,
    ),
    Tool(
        name="get_today",
        title="The day's papers",
        does="List the papers of the latest day, or of a given day, week or month.",
        function=get_today,
        arguments=arguments.Today,
        result=results.Day,
    ),
    Tool(
        name="get_trending",
        title="What trends",
        does="List the papers of the last days that interest rises for, with what the score is made of.",
        function=get_trending,
        arguments=arguments.Trending,
        result=results.RisingPapers,
    ),
    Tool(
        name="get_my_feed",
        title="My feed",
        does="List the papers of the newest days that suit what the reader votes for, saves, follows and asks for.",
        function=get_my_feed,
        arguments=arguments.Mine,
        result=results.PickedPapers,
        scope="Reads this Collection and one reader's votes, lists and queries: changes nothing and asks no network.",
    ),
    Tool(
        name="vote_paper",
        title="Vote for a paper",
        does="Vote for a paper in the reader's name, or take that vote back.",
        function=vote_paper,
        arguments=arguments.Vote,
        result=results.Done,
        scope=_WRITES,
        writes=True,
    ),
    Tool(
        name="save_paper",
        title="Save a paper",
        does="Put a paper into a list of the reader's, or take it out.",
        function=save_paper,
        arguments=arguments.Save,
        result=results.Done,
        scope=_WRITES,
        writes=True,
    ),
)


def offered(site: AgentSite) -> dict[str, Tool]:
    """The tools by name; those that change things only where that was allowed."""
    return {tool.name: tool for tool in TOOLS if site.writes or not tool.writes}
