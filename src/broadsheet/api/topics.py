"""Topics, for programs: the Collection's own subjects, what each is, following them, and an editor's acts.

A topic is named in the address by its number, by its slug (``12-word-embeddings``) or by its name. A number whose topic
was merged stands for the living one.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field, StringConstraints

from broadsheet.api import models
from broadsheet.api.paging import ThePlace
from broadsheet.api.tokens import Bounded, Editing, Writer
from broadsheet.core.topic import Level, Topic
from broadsheet.daily.counts import with_local_counts
from broadsheet.people import topics as acts
from broadsheet.site.auth import AsReader
from broadsheet.site.context import Site, TheSite
from broadsheet.site.fields import LARGEST
from broadsheet.site.lookup import topics_of
from broadsheet.site.params import Count, Offset
from broadsheet.site.problems import responses
from broadsheet.store.people import Person
from broadsheet.topics import rising
from broadsheet.topics.about import about, listing, reason
from broadsheet.topics.papers import papers_in

router = APIRouter(tags=["topics"], route_class=Bounded)
_CHANGED = responses(400, 401, 403, 404, 413, 429)
_LONGEST = 300  # characters of a name in an address
_Name = Annotated[str, Path(max_length=_LONGEST, description="Its number, its slug or its name.")]
_Named = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST)]


class TopicInfo(BaseModel):
    """A topic, or a field that holds topics."""

    id: int = Field(description="Its number, which never changes.")
    level: Level
    name: str
    own_name: str = Field(description="The name that the program found; an editor may have given it another one.")
    slug: str = Field(description="Its number and its name, as its page has them: `/topic/SLUG`.")
    parent: int | None = Field(description="The field of a topic; null for a field.")
    phrases: list[str] = Field(description="Its own words, the best first.")
    papers: int
    pinned: bool = Field(description="Whether it keeps its centre and its name whatever papers come.")


class TopicList(BaseModel):
    """Topics and fields."""

    note: str = Field(description="Why there are none; empty when there are some.")
    items: list[TopicInfo]


class RisingTopic(BaseModel):
    """A topic that rises."""

    topic: TopicInfo
    recent: int = Field(description="Papers in these days.")
    expected: float = Field(description="How many its past predicts.")
    votes: int = Field(description="Votes on those papers, at their sources and here.")
    score: float = Field(description="A cautious estimate of its growth, above 1; the list is ranked by it.")
    why: str


class RisingTopics(BaseModel):
    """The topics that rise."""

    days: int
    note: str = Field(description="Why none rises; empty when some do.")
    items: list[RisingTopic]


class NearTopic(BaseModel):
    """Another topic or field of the same level."""

    topic: TopicInfo
    cosine: float = Field(description="The cosine of the two centres.")


class Week(BaseModel):
    """A week and its papers."""

    monday: date
    papers: int


class TopicAuthor(BaseModel):
    """An author of a topic."""

    name: str
    papers: int


class WholeTopic(BaseModel):
    """What a topic or field is."""

    topic: TopicInfo
    field: TopicInfo | None = Field(description="The field of a topic; null for a field.")
    topics: list[TopicInfo] = Field(description="The topics of a field, the largest first.")
    neighbours: list[NearTopic] = Field(description="The nearest of its level, the nearest first.")
    weeks: list[Week] = Field(description="The last 52 weeks, the oldest first.")
    authors: list[TopicAuthor] = Field(description="Authors of at least two of its papers, who wrote the most first.")
    merged: list[models.PaperTopic] = Field(description="What was merged into it and can be separated again.")


class TopicPapers(BaseModel):
    """A part of the papers of a topic or field."""

    topic: TopicInfo
    offset: int
    more: bool
    items: list[models.Paper]


class TopicChange(BaseModel):
    """What an editor changes; what is left out, or null, stays."""

    name: Annotated[str, StringConstraints(max_length=_LONGEST)] | None = Field(
        default=None, description="An empty text gives it its own name again."
    )
    pinned: bool | None = None


class Into(BaseModel):
    """The topic that goes on."""

    into: Annotated[int, Field(ge=1, le=LARGEST)] | _Named = Field(description="Its number, its slug or its name.")


@router.get("/api/topics", responses=responses(), summary="List topics and fields")
def all_topics(
    site: TheSite,
    level: Annotated[Level | None, Query(description="Only fields, or only topics.")] = None,
) -> TopicList:
    """Return each field, the largest first, with its topics after it, the largest first."""
    groups = listing(site.collection)
    every = [each for group in groups for each in (group.field, *group.topics) if each]
    items = [_info(each) for each in every if level in (None, each.level)]
    return TopicList(note=reason(site.collection), items=items)


@router.get("/api/topics/rising", responses=responses(400), summary="List the topics that rise")
def rising_topics(
    site: TheSite,
    days: Annotated[int, Query(ge=1, le=rising.MOST_DAYS, description="How many days, up to today.")] = 7,
    limit: Count = 10,
) -> RisingTopics:
    """Return the topics with more papers in the last days than their past predicts, beyond chance, the surest first."""
    found = rising.rising(site.collection, now=_local(site), days=days, k=limit)
    items = [
        RisingTopic(
            topic=_info(each.topic), recent=each.recent, expected=each.expected, votes=each.votes, score=each.score,
            why=each.why,
        )
        for each in found
    ]  # fmt: skip
    note = "" if items else rising.reason(site.collection, now=_local(site), days=days)
    return RisingTopics(days=days, note=note, items=items)


@router.get("/api/topics/followed", responses=responses(401), summary="List the topics I follow")
def followed(site: TheSite, person: AsReader) -> list[TopicInfo]:
    """Return the topics and fields you follow, ordered by name."""
    return _followed(site, person)


@router.get("/api/topics/{id}", responses=responses(404), summary="Get one topic or field")
def one_topic(site: TheSite, id: _Name) -> WholeTopic:
    """Return its words, its weeks, its authors and its neighbours. The answer has the number of the living topic."""
    topic = acts.named(site.collection.store, id)
    found = about(site.collection, topic.id, now=_local(site))
    return WholeTopic(
        topic=_info(found.topic),
        field=_info(found.field) if found.field else None,
        topics=[_info(each) for each in found.topics],
        neighbours=[NearTopic(topic=_info(each), cosine=cosine) for each, cosine in found.neighbours],
        weeks=[Week(monday=monday, papers=count) for monday, count in found.weeks],
        authors=[TopicAuthor(name=name, papers=count) for name, count in found.authors],
        merged=[
            models.PaperTopic(id=number, name=name)
            for number, name in site.collection.store.topics.merged(found.topic.id)
        ],
    )


@router.get("/api/topics/{id}/papers", responses=responses(400, 404), summary="List the papers of a topic or field")
def topic_papers(
    site: TheSite,
    id: _Name,
    place: ThePlace,
    sort: Annotated[
        Literal["nearest", "newest", "votes"], Query(description="`nearest`: nearest to the centre first.")
    ] = "nearest",
    limit: Count = 50,
    offset: Offset = 0,
) -> TopicPapers:
    """Return its papers, without those that an editor has hidden."""
    topic = acts.named(site.collection.store, id)
    numbers = papers_in(site.collection, topic.id, sort=sort)
    begin = place.at(offset)
    end = begin + limit
    found = site.collection.store.papers.by_numbers(numbers[begin:end])
    listed = with_local_counts(site.collection, [[found[each]] for each in numbers[begin:end] if each in found])
    if end < len(numbers):
        place.link_next_at(end)
    topics = topics_of(site, listed)
    return TopicPapers(
        topic=_info(topic),
        offset=begin,
        more=end < len(numbers),
        items=[models.paper(each, topics) for each in listed],
    )


@router.put("/api/topics/{id}/follow", responses=_CHANGED, summary="Follow a topic or field")
def follow(site: TheSite, person: Writer, id: _Name) -> list[TopicInfo]:
    """Follow a topic or field. Returns all that you follow."""
    acts.follow(site.collection, person.number, topic=id, now=site.now())
    return _followed(site, person)


@router.delete("/api/topics/{id}/follow", responses=_CHANGED, summary="Stop following a topic or field")
def unfollow(site: TheSite, person: Writer, id: _Name) -> list[TopicInfo]:
    """Stop following a topic or field; it is not an error if you did not. Returns all that you follow."""
    acts.unfollow(site.collection, person.number, topic=id)
    return _followed(site, person)


@router.patch("/api/topics/{id}", responses=_CHANGED, summary="Rename a topic or field, or pin it")
def change(site: TheSite, _: Editing, id: _Name, body: TopicChange) -> TopicInfo:
    """Give it a name of yours, or pin it so that it keeps its centre and its name whatever papers come."""
    topic = acts.named(site.collection.store, id)
    if body.name is not None:
        topic = acts.rename(site.collection, topic=topic.id, name=body.name, undo=not body.name.strip())
    if body.pinned is not None:
        topic = acts.pin(site.collection, topic=topic.id, undo=not body.pinned)
    return _info(topic)


@router.post("/api/topics/{id}/merge", responses=_CHANGED, summary="Merge a topic or field into another one")
def merge(site: TheSite, _: Editing, id: _Name, body: Into) -> TopicInfo:
    """Merge it into another one of its level, which is returned. Its number goes on working and stands for that."""
    return _info(acts.merge(site.collection, topic=id, into=body.into))


@router.post("/api/topics/{id}/separate", responses=_CHANGED, summary="Separate a topic or field that was merged")
def separate(site: TheSite, _: Editing, id: _Name) -> TopicInfo:
    """Undo the merge of the topic or field that had this number."""
    return _info(acts.separate(site.collection, topic=id))


@router.post("/api/topics/{id}/split", responses={**_CHANGED, **responses(503)}, summary="Split a topic in two")
def split_topic(site: TheSite, _: Editing, id: _Name) -> list[TopicInfo]:
    """Split a topic in two. Returns it, and the new one, which has the smaller part of its papers."""
    topic = acts.named(site.collection.store, id)
    new = acts.split(site.collection, topic=topic.id, now=site.now())
    return [_info(acts.named(site.collection.store, topic.id)), _info(new)]


def _followed(site: Site, person: Person) -> list[TopicInfo]:
    return [_info(each) for each in acts.followed(site.collection.store, person.number)]


def _local(site: Site) -> datetime:
    """Return the time in the zone whose weeks are counted."""
    return site.now().astimezone(site.zone)


def _info(topic: Topic) -> TopicInfo:
    return TopicInfo(
        id=topic.id,
        level=topic.level,
        name=topic.name,
        own_name=topic.own_name or topic.name,
        slug=topic.slug,
        parent=topic.parent,
        phrases=list(topic.phrases),
        papers=topic.papers,
        pinned=topic.pinned,
    )
