"""The rows of the page of alerts: alerts in words, followed papers, authors and topics, each with what it brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fastapi import Request

from broadsheet.alerts.activity import Activity, Past
from broadsheet.alerts.alert import ask_alert
from broadsheet.core.errors import CollectionError, ModelError
from broadsheet.core.text import clipped
from broadsheet.core.topic import topic_number
from broadsheet.people import alerts
from broadsheet.people.topics import followed
from broadsheet.site import private_feeds
from broadsheet.site.context import Site
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.people import Person
from broadsheet.web import filters

PAGE = "/queries"
LEVELS_OF_PAPERS = {
    "strong": "of its kind: nearest to it in meaning",
    "good": "very near it in meaning",
    "fair": "near it in meaning",
}
"""What the words for a minimum mean for papers near one in meaning."""
LEVELS_OF_WORDS = {
    "strong": "at least 1 in 2 is relevant",
    "good": "at least 1 in 4 is relevant",
    "fair": "at least 1 in 10 is relevant",
}
"""What they mean for papers that match words."""
_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An alert or a follow: its kind in words, its ``name`` and page, what it ``hears``, the address of its feed, the
    page that changes it (empty: nothing to change), the form that deletes it with its fields, the page ``after`` that,
    which offers to undo it, and what it brings (``activity``; None: not known)."""

    kind: str
    name: str
    page: str
    hears: str
    feed: str
    action: str
    fields: Mapping[str, str] = field(default_factory=dict)
    change: str = ""
    delete: str = "Delete"
    after: str = PAGE
    activity: Activity | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """An author or a topic (``kind``) that was just unfollowed: its name, and the value that follows it again."""

    kind: str
    name: str
    value: str


def rows(request: Request, site: Site, person: Person) -> tuple[list[Row], str]:
    """Return the rows of a person, and why numbers are missing; empty when they are not."""
    saved = site.collection.store.alerts.of(person.number)
    past = Past.of(site.collection, site.today)
    try:
        brought, problem = past.of_alerts(saved), ""
    except (CollectionError, ModelError) as error:
        brought, problem = dict[int, Activity](), site.redact(str(error))
    made = [_alert(request, site, person, each, brought.get(each.number)) for each in saved]
    made.sort(key=lambda row: row.kind == "paper")
    return [*made, *_authors(site, person, past), *_topics(site, person, past)], problem


def unfollowed(site: Site, person: Person, *, author: str, topic: str) -> Gone | None:
    """Return what an address says was just unfollowed, an author by name or a topic by number; None unless it was."""
    store = site.collection.store
    if author and author not in store.follows.of(person.number):
        return Gone("author", author, author)
    number = topic_number(topic)
    found = next((each for each in store.topics.all() if each.id == number), None)
    if found and found.id not in store.follows.topics_of(person.number):
        return Gone("topic", found.name, str(found.id))
    return None


def hears(site: Site, alert: SavedQuery) -> str:
    """Return in words what an alert looks for."""
    asked = ask_alert(alert.text)
    without = f", not about {'; '.join(alert.without)}" if alert.without else ""
    if not asked.like:
        return f"{_level(alert.least)} {alert.text}{without}"
    what = LEVELS_OF_PAPERS.get(alert.least, f"near it in meaning by a cosine of {alert.least} or more")
    here = any(site.collection.store.papers.number(each) is not None for each in asked.like)
    gone = "" if here else " The paper is no longer here."
    return f"Its new versions, and later papers {what}{without}.{gone}"


def _level(least: str) -> str:
    """The beginning of a sentence on what a minimum lets through."""
    if least not in filters.LEVELS:
        return f"Papers with a cosine of {least} or more to:"
    return f"{least.capitalize()} matches{'' if least == 'strong' else ' or better'} for:"


def _alert(request: Request, site: Site, person: Person, alert: SavedQuery, activity: Activity | None) -> Row:
    page = f"{PAGE}/{alert.number}"
    return Row(
        kind="paper" if alerts.follows_only(alert) else "words",
        name=alert.name,
        page=page,
        hears=clipped(hears(site, alert), _LONGEST),
        feed=private_feeds.address(request, site, person, f"query/{alert.number}") + ".atom",
        action=f"{page}/delete",
        change=f"{PAGE}?change={alert.number}",
        activity=activity,
    )


def _authors(site: Site, person: Person, past: Past) -> Iterator[Row]:
    names = site.collection.store.follows.of(person.number)
    brought, known = past.of_authors(names), site.collection.store.papers.newest_by(names, 1)
    for name in names:
        page = filters.author_address(name)
        yield Row(
            kind="author",
            name=name,
            page=page,
            hears="New papers with an author of this name."
            if known.get(name)
            else "No paper here has this author yet.",
            feed=filters.list_address(page, "atom"),
            action="/authors",
            fields={"author": name, "undo": "1"},
            after=f"{PAGE}?{urlencode({'unfollowed': name})}",
            delete="Unfollow",
            activity=brought.get(name),
        )


def _topics(site: Site, person: Person, past: Past) -> Iterator[Row]:
    topics = followed(site.collection.store, person.number)
    brought = past.of_topics(topics)
    for topic in topics:
        yield Row(
            kind=topic.level,
            name=topic.name,
            page=filters.topic_address(topic),
            hears=f"New papers in this {topic.level}.",
            feed=filters.list_address(f"/topic/{topic.id}", "atom"),
            action="/topics/follow",
            fields={"topic": str(topic.id), "undo": "1"},
            after=f"{PAGE}?{urlencode({'topic': topic.id})}",
            delete="Unfollow",
            activity=brought.get(topic.id),
        )
