"""The tools: each reads its arguments, calls one verb, and returns the result. Their names never change."""

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
from broadsheet.daily.summaries import summaries
from broadsheet.explain.match import match
from broadsheet.explain.pair import compare
from broadsheet.foryou.person import for_person
from broadsheet.labels.lists import suggest
from broadsheet.mcp import arguments, results
from broadsheet.mcp.context import AgentSite, Caller
from broadsheet.mcp.lookup import paper_of
from broadsheet.mcp.untrusted import visible
from broadsheet.near import about as nearness
from broadsheet.near.pairs import MOST_AT_A_DOOR, nearest_pairs
from broadsheet.people import alerts, lists
from broadsheet.people.reactions import react
from broadsheet.people.topics import named
from broadsheet.search.end import ended
from broadsheet.search.hybrid import search
from broadsheet.search.question import Given
from broadsheet.search.similar import similar
from broadsheet.topics import rising
from broadsheet.topics.about import about, listing
from broadsheet.topics.papers import papers_in
from broadsheet.trending.places import places
from broadsheet.trending.ranking import explain, feed, trending_feed

Function = Callable[[AgentSite, Caller, Any], results.Answer]
_READS = "Reads this Collection only: changes nothing and uses no network."
_WRITES = "Changes only the reader's own data in this Collection, and can be undone."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool: what it ``does``, its ``scope`` in a line, and the shapes of its arguments and its result."""

    name: str
    title: str
    does: str
    function: Function
    arguments: type[arguments.Arguments]
    result: type[results.Answer]
    scope: str = _READS
    writes: bool = False


def search_papers(site: AgentSite, caller: Caller, asked: arguments.Search) -> results.FoundPapers:
    """Search papers by words and by meaning."""
    options: dict[str, Any] = {"k": asked.limit, "offset": asked.offset, "mode": asked.mode, "arrange": asked.view}
    options["sort"] = asked.sort
    given = Given(reader=caller.person.number if caller.person else None, document=asked.document)
    found = search(site.collection, asked.query, filters=asked.filters, given=given, **options)
    return _found_papers(site, ended(found, nearest=0) if asked.relevant else found)


def get_paper(site: AgentSite, _: Caller, asked: arguments.Paper) -> results.WholePaper:
    """Read one paper of the Store."""
    found = paper_of(site, asked.id)
    (paper,) = with_local_counts(site.collection, [[found, *appearances(site.collection, found)]])
    return results.whole_paper(paper, asked.start, asked.max_chars)


def find_similar(site: AgentSite, _: Caller, asked: arguments.Similar) -> results.FoundPapers:
    """Find papers similar to one or several."""
    ids = [paper_of(site, each).id for each in asked.ids]
    options: dict[str, Any] = {"k": asked.limit, "offset": asked.offset, "arrange": asked.view}
    found = similar(site.collection, ids, aspect=asked.aspect, **options)
    note = "" if found.items or found.note else "No other paper has a vector yet: run `broadsheet sync`."
    return _found_papers(site, found, note)


def get_near(site: AgentSite, _: Caller, asked: arguments.Near) -> results.NearPaper:
    """Say what is near a paper."""
    paper = paper_of(site, asked.id)
    return results.near_paper(paper, nearness.about(site.collection, paper, days=asked.days))


def find_pairs(site: AgentSite, _: Caller, asked: arguments.NearPairs) -> results.PaperPairs:
    """Find pairs of papers with near vectors."""
    found = nearest_pairs(
        site.collection, least=asked.least, filters=asked.filters, k=asked.limit, most_papers=MOST_AT_A_DOOR
    )
    return results.near_pairs(found)


def explain_match(site: AgentSite, _: Caller, asked: arguments.Explain) -> results.Explained:
    """Say why a paper matches a query, or what it shares with another paper."""
    if bool(asked.query.strip()) == bool(asked.other_id.strip()):
        raise UsageError("give either query or other_id: what the paper is explained against")
    paper = paper_of(site, asked.id)
    if asked.query.strip():
        found = match(site.collection, asked.query, paper)
        return results.explained_match(found, site.redact(" ".join(found.notes)))
    pair = compare(site.collection, paper, paper_of(site, asked.other_id))
    return results.explained_pair(pair, site.redact(" ".join(pair.notes)))


def get_today(site: AgentSite, _: Caller, asked: arguments.Today) -> results.Day:
    """List the papers of a day, week or month."""
    wanted = day.Wanted(sort=asked.sort, filters=asked.filters, k=asked.limit, offset=asked.offset)
    found = feed(site.collection, _period(site, asked.period), now=site.now(), zone=site.zone, wanted=wanted)
    said = summaries(site.collection, [card.document for card in found.cards])
    return results.Day(
        **results.page(found.offset, len(found.cards), more=found.more, note=site.redact(found.note)),
        period=found.period.name,
        previous=found.previous.name if found.previous else None,
        next=found.next.name if found.next else None,
        sort=found.sort,
        total=found.total,
        papers=[results.day_paper(card, said[card.document.id]) for card in found.cards],
    )


def get_trending(site: AgentSite, _: Caller, asked: arguments.Trending) -> results.RisingPapers:
    """List what trends, as the page does: each work once, with the parts of its score."""
    now = site.now()
    found = trending_feed(site.collection, now=now, zone=site.zone, days=asked.days, k=asked.limit, offset=asked.offset)
    scores = explain(site.collection, found.cards, now=now)
    stood = places(site.collection, found, now=now, zone=site.zone)
    said = summaries(site.collection, [card.document for card in found.cards])
    note = "" if found.cards else _nothing_trends(site, asked.days, past=bool(found.total))
    return results.RisingPapers(
        **results.page(found.offset, len(found.cards), more=found.more, note=note),
        days=asked.days,
        papers=[
            results.trending_paper(
                card, scores[card.document.id], stood[card.document.id], summary=said[card.document.id]
            )
            for card in found.cards
            if card.document.id in scores
        ],
    )


def list_topics(site: AgentSite, _: Caller, asked: arguments.Topics) -> results.Topics:
    """List the topics of a field; without one, those that rise, and then the fields."""
    now = site.now().astimezone(site.zone)
    risen = {each.topic.id: each for each in rising.rising(site.collection, now=now, k=arguments.MOST)}
    if asked.field:
        field = named(site.collection.store, asked.field)
        if field.level != "field":
            raise UsageError(f"topic {field.id} is not a field, which holds topics: get_topic says what it is")
        known = list(about(site.collection, field.id, now=now).topics)
    else:
        fields = [group.field for group in listing(site.collection) if group.field]
        known = [*(each.topic for each in risen.values()), *fields]
    end = asked.offset + asked.limit
    part = known[asked.offset : end]
    note = "" if asked.field or risen else rising.reason(site.collection, now=now)
    past = "The list ends before this position." if known and not part else ""
    return results.Topics(
        **results.page(asked.offset, len(part), more=len(known) > end, note=past or note),
        topics=[results.rising_topic(each, risen.get(each.id)) for each in part],
    )


def get_topic(site: AgentSite, _: Caller, asked: arguments.Topic) -> results.WholeTopic:
    """Say what a topic or field is, and list a part of its papers."""
    topic = named(site.collection.store, asked.id)
    numbers = papers_in(site.collection, topic.id, sort=asked.sort)
    end = asked.offset + asked.limit
    part = numbers[asked.offset : end]
    read = site.collection.store.papers.by_numbers(part)
    papers = with_local_counts(site.collection, [[read[each]] for each in part if each in read])
    past = "The list ends before this position." if numbers and not part else ""
    found = about(site.collection, topic.id, now=site.now().astimezone(site.zone))
    paging = results.page(asked.offset, len(part), more=len(numbers) > end, note=past)
    return results.whole_topic(found, papers, paging, summaries=summaries(site.collection, papers))


def get_my_feed(site: AgentSite, caller: Caller, asked: arguments.Mine) -> results.PickedPapers:
    """List the picks that the reader's page shows, in the same order."""
    person = site.person(caller)
    found = for_person(site.collection, person.number, last=site.today, days=asked.days, k=arguments.MOST_PICKED)
    end = asked.offset + asked.limit
    shown = list(enumerate(found.picks, 1))[asked.offset : end]
    said = summaries(site.collection, [found.documents[pick.number] for _, pick in shown])
    past = "The list ends before this position." if found.picks and not shown else ""
    return results.PickedPapers(
        **results.page(asked.offset, len(shown), more=len(found.picks) > end, note=site.redact(found.note or past)),
        days=asked.days,
        papers=[
            results.picked_paper(found, pick, rank, summary=said[found.documents[pick.number].id])
            for rank, pick in shown
        ],
    )


def suggest_list(site: AgentSite, caller: Caller, asked: arguments.Suggest) -> results.SuggestedList:
    """Say which list of the reader a paper belongs to, as the paper's page does."""
    person, paper = site.person(caller), paper_of(site, asked.id)
    return results.suggested_list(paper, suggest(site.collection, person.number, paper))


def vote_paper(site: AgentSite, caller: Caller, asked: arguments.Vote) -> results.Done:
    """Vote for a paper, or take the vote back."""
    person = site.person(caller, writing=True).number
    paper = paper_of(site, asked.id)
    changed = react(site.collection, person, act="vote", papers=[paper], undo=asked.undo, now=site.now())
    return results.Done(id=visible(paper.id), changed=bool(changed))


def follow_paper(site: AgentSite, caller: Caller, asked: arguments.Follow) -> results.Done:
    """Follow a paper, or stop following it."""
    person, store = site.person(caller, writing=True).number, site.collection.store
    paper = paper_of(site, asked.id)
    known = alerts.for_paper(store, person, paper)
    if asked.undo:
        alerts.unfollow_paper(store, person, paper=paper)
    elif known is None:
        alerts.follow_paper(store, person, paper=paper, now=site.now())
    return results.Done(id=visible(paper.id), changed=bool(known) == asked.undo)


def save_paper(site: AgentSite, caller: Caller, asked: arguments.Save) -> results.Done:
    """Save a paper in a list, or remove it from the list."""
    person = site.person(caller, writing=True).number
    paper = paper_of(site, asked.id)
    if asked.undo:
        changed = lists.take_out(site.collection, person, papers=[paper], out_of=asked.list)
    else:
        changed = lists.put(site.collection, person, papers=[paper], into=asked.list, now=site.now())
    return results.Done(id=visible(paper.id), changed=bool(changed))


def _found_papers(site: AgentSite, found: Results, note: str = "") -> results.FoundPapers:
    past = "The list ends before this position." if found.offset and not found.items else ""
    counted = with_local_counts(site.collection, [[each.document] for each in found.items])
    said = summaries(site.collection, counted)
    return results.FoundPapers(
        **results.page(found.offset, len(found.items), more=found.more, note=site.redact(found.note or note or past)),
        mode=found.mode,
        cutoff=found.cutoff,
        answerable=found.answerable,
        searched=visible(found.searched),
        missing=[visible(each) for each in found.missing],
        papers=[
            results.found_paper(replace(each, document=paper), said[paper.id])
            for each, paper in zip(found.items, counted, strict=True)
        ],
    )


def _period(site: AgentSite, name: str) -> Period | None:
    """Read the name of a period, None for the latest day; UsageError for anything else."""
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
        return "The list ends before this position."
    newest = day.latest(site.collection, site.today)
    return f"The last {days} days have no papers; the newest day that has papers, or today, is {newest.name}."


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
        does="Read one paper: what is known about it, and its text (usually the abstract) in parts.",
        function=get_paper,
        arguments=arguments.Paper,
        result=results.WholePaper,
    ),
    Tool(
        name="find_similar",
        title="Find similar papers",
        does="Find the papers nearest in meaning to one paper, to several combined, or to one in an aspect of it.",
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
        title="Trending papers",
        does="List the papers of the last days that trend, with the parts of each score.",
        function=get_trending,
        arguments=arguments.Trending,
        result=results.RisingPapers,
    ),
    Tool(
        name="explain_match",
        title="Explain a match",
        does="Say why a paper matches a query, or what two papers share and what each has alone, in parts that add up.",
        function=explain_match,
        arguments=arguments.Explain,
        result=results.Explained,
    ),
    Tool(
        name="list_topics",
        title="Topics",
        does="List the topics that rise and the fields of this Collection, or the topics of a field.",
        function=list_topics,
        arguments=arguments.Topics,
        result=results.Topics,
    ),
    Tool(
        name="get_topic",
        title="Read a topic",
        does="Say what a topic or field is (words, weeks, authors, neighbours), and list its papers.",
        function=get_topic,
        arguments=arguments.Topic,
        result=results.WholeTopic,
    ),
    Tool(
        name="get_my_feed",
        title="Papers for the reader",
        does="List the papers of the newest days that suit the reader's votes, lists, alerts, authors and topics.",
        function=get_my_feed,
        arguments=arguments.Mine,
        result=results.PickedPapers,
        scope="Reads this Collection and one reader's votes, lists and alerts: changes nothing and uses no network.",
    ),
    Tool(
        name="suggest_list",
        title="Suggest a list",
        does="Say which of the reader's lists a paper belongs to, and because of which papers in it.",
        function=suggest_list,
        arguments=arguments.Suggest,
        result=results.SuggestedList,
        scope="Reads this Collection and one reader's lists: changes nothing and uses no network.",
    ),
    Tool(
        name="get_near",
        title="What is near a paper",
        does="Say where else a work is, how new a paper is among earlier ones, and what changed in its text.",
        function=get_near,
        arguments=arguments.Near,
        result=results.NearPaper,
    ),
    Tool(
        name="find_pairs",
        title="Find near pairs",
        does="Find the pairs of papers nearest to each other in meaning, and how sure it is that each is one work.",
        function=find_pairs,
        arguments=arguments.NearPairs,
        result=results.PaperPairs,
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
        name="follow_paper",
        title="Follow a paper",
        does="Follow a paper, so that the reader hears of new versions and of later papers near it; or stop that.",
        function=follow_paper,
        arguments=arguments.Follow,
        result=results.Done,
        scope=_WRITES,
        writes=True,
    ),
    Tool(
        name="save_paper",
        title="Save a paper",
        does="Save a paper in one of the reader's lists, or remove it.",
        function=save_paper,
        arguments=arguments.Save,
        result=results.Done,
        scope=_WRITES,
        writes=True,
    ),
)


def offered_tools(site: AgentSite) -> dict[str, Tool]:
    """Return the tools by name; tools that change things only if they are allowed."""
    return {tool.name: tool for tool in TOOLS if site.writes or not tool.writes}
