"""Each person's own list of a day: new papers by authors and in topics they follow, for their alerts, close to what
they like.

once a day: the new papers -> their vectors, words, authors and topics
for many people at once: their tastes and the vectors of their alerts
for each: followed authors, then followed topics in turn up to their share, then hits of their alerts in turn, then
picks for their interests, then what is left of the topics; none twice, none known
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from math import ceil
from typing import TypeVar

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import Candidates, Hit, Holds, Prepared, gather, prepare
from broadsheet.alerts.news import because_of_author, because_of_topic
from broadsheet.collection import Collection
from broadsheet.core.authors import Known, answers
from broadsheet.core.edition import Edition, Entry
from broadsheet.core.errors import UsageError
from broadsheet.core.text import clipped
from broadsheet.core.topic import Topic
from broadsheet.core.types import Document, Strength
from broadsheet.core.vectors import Vectors
from broadsheet.foryou.person import for_people
from broadsheet.foryou.profile import Pick
from broadsheet.space import Snapshot
from broadsheet.store.mail import Choice
from broadsheet.store.reactions import Taste

_MORE = 4 / 3  # picks for each place: some are left out as too weak or known
_LONGEST_TITLE = 80
_TOPICS = 1 / 3  # of all places in an email, for papers that only a followed topic brings, where others want them too

_K = TypeVar("_K")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a paper is in a person's list: the paper's row number, the words, and how well it matches, in a word."""

    number: int
    why: str
    strength: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A person, what they chose, and the ids of the papers that they got before."""

    person: int
    choice: Choice
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Day:
    """The new papers of a day, from which lists are made: ``documents`` by row number, the row numbers of all papers
    that are the same work (``same``)."""

    collection: Collection
    documents: Mapping[int, Document]
    same: Mapping[int, frozenset[int]]

    @cached_property
    def snapshot(self) -> Snapshot | None:
        """The vectors; None without a synced Space."""
        return self.collection.space.snapshot() if self.collection.space.ready else None

    def candidates(self, prepared: Prepared) -> Candidates:
        """Return the papers in the form that alerts are matched with; their words are read once."""
        candidates = gather(self.collection, list(self.documents), prepared, words=False)
        return replace(candidates, holds=self._holds)

    @cached_property
    def _holds(self) -> Holds:
        return gather(self.collection, list(self.documents), prepare(self.collection, ())).holds

    def by(self, author: str) -> list[int]:
        """Return the row numbers of the papers by authors who can be the same person as one that a reader follows."""
        names = (name for name in self._known.like(author) if answers(author, name))
        return sorted({number for name in names for number in self._written[name]})

    @cached_property
    def _known(self) -> Known:
        return Known(self._written)

    @cached_property
    def _written(self) -> Mapping[str, list[int]]:
        written: dict[str, list[int]] = {}
        for number, document in self.documents.items():
            for name in document.authors:
                written.setdefault(name, []).append(number)
        return written

    @cached_property
    def topics(self) -> Mapping[int, Topic]:
        """The living topics and fields, by number."""
        return {each.id: each for each in self.collection.store.topics.all()}

    def within(self, topic: int) -> list[int]:
        """Return the row numbers of the papers in a topic or field, the nearest to their centres first."""
        return self._members.get(topic, [])

    @cached_property
    def _members(self) -> Mapping[int, list[int]]:
        members: dict[int, list[int]] = {}
        for home in self.collection.store.topics.homes_of(list(self.documents)):
            for each in (home.topic, home.field):
                if each is not None:
                    members.setdefault(each, []).append(home.number)
        return members

    def ids(self, number: int) -> frozenset[str]:
        """Return the ids of a paper and of its copies."""
        return self._ids[number]

    @cached_property
    def _ids(self) -> Mapping[int, frozenset[str]]:
        known = self.collection.store.papers.ids(sorted(frozenset[int]().union(*self.same.values())))
        return {
            number: frozenset({self.documents[number].id, *(known[each] for each in same if each in known)})
            for number, same in self.same.items()
        }


def day_of(collection: Collection, several: Sequence[Edition]) -> Day:
    """Return the Day of all papers that are new in these general editions."""
    copies = {name: others for edition in several for name, others in edition.copies.items()}
    pooled = [name for edition in several for name in edition.pool]
    numbers = collection.store.papers.numbers([each for edition in several for each in edition.ids])
    documents = collection.store.papers.by_numbers([numbers[name] for name in pooled if name in numbers])
    same = {
        number: frozenset({number, *(numbers[each] for each in copies.get(document.id, ()) if each in numbers)})
        for number, document in documents.items()
    }
    return Day(collection, documents, same)


def lists(collection: Collection, day: Day, people: Sequence[Reader]) -> dict[int, list[Entry]]:
    """Return the own list of each of these people who chose to get one, by person."""
    people = [each for each in people if each.choice.contents != "general"]
    tastes = collection.store.reactions.tastes([each.person for each in people])
    alerts = _Alerts.of(collection, day, tastes.values())
    picks = _picks(collection, day, people, tastes, alerts)
    reasons = {each.person: _reasons(day, tastes[each.person], alerts, picks[each.person], each) for each in people}
    near = {reason.near for several in reasons.values() for reason in several if isinstance(reason, _Near)}
    titles = {number: each.shown_title for number, each in collection.store.papers.by_numbers(sorted(near)).items()}
    return {person: [_entry(day, reason, titles) for reason in several] for person, several in reasons.items()}


@dataclass(frozen=True, slots=True)
class _Near(_Reason):
    """The reason is a paper that the person likes: ``near``, its row number."""

    near: int = 0


@dataclass(frozen=True, slots=True)
class _Alerts:
    """The alerts of many people, each distinct one once: its place, its hits among the day's papers, its vector."""

    places: Mapping[Alert, int]
    hits: Sequence[Sequence[Hit]]
    vectors: Mapping[str, Vectors]

    @classmethod
    def of(cls, collection: Collection, day: Day, tastes: Iterable[Taste]) -> _Alerts:
        distinct = {alert: None for taste in tastes for _, alert in _alerts_of(taste)}
        if not distinct or day.snapshot is None:
            return cls({}, (), {})
        prepared = prepare(collection, distinct)
        hits = prepared.hits(day.candidates(prepared))
        return cls({alert: place for place, alert in enumerate(prepared.alerts)}, hits, dict(_vectors(prepared)))


def _picks(
    collection: Collection, day: Day, people: Sequence[Reader], tastes: Mapping[int, Taste], alerts: _Alerts
) -> dict[int, list[tuple[str, Pick]]]:
    """Return the picks for each person. Followed authors and topics do not count here: their papers come first
    anyway."""
    most = {each.person: round(_MORE * each.choice.most) for each in people}
    likes = {person: replace(taste, authors=[], topics=[]) for person, taste in tastes.items()}
    return for_people(collection, likes, list(day.documents), most=most, vectors=alerts.vectors)


def _vectors(prepared: Prepared) -> Iterator[tuple[str, Vectors]]:
    for each in prepared.ready:
        if each.row is not None and not each.asked.like:
            yield each.asked.words, prepared.texts.vectors[each.row]


def _alerts_of(taste: Taste) -> Iterator[tuple[str, Alert]]:
    """Yield the alerts with their names; one that can no longer be read is left out."""
    for each in taste.queries:
        try:
            yield each.name, Alert.read(each.text, each.without, each.least)
        except UsageError:
            continue


def _reasons(
    day: Day, taste: Taste, alerts: _Alerts, picks: Sequence[tuple[str, Pick]], reader: Reader
) -> list[_Reason]:
    choice = reader.choice
    least = Strength(choice.least) if choice.least in tuple(Strength) else Strength.WEAK
    known = {*taste.declined, *taste.read, *taste.voted, *(number for number, _ in taste.saved)}

    def fits(each: _Reason) -> bool:
        strong_enough = not each.strength or Strength(each.strength) >= least
        new = each.number in day.documents and known.isdisjoint(day.same[each.number])
        return strong_enough and new and reader.shown.isdisjoint(day.ids(each.number))

    authors = _once(filter(fits, _by_authors(day, taste)))
    topics = [each for each in _in_topics(day, taste) if fits(each) and each.number not in authors]
    others = filter(fits, (*_hits(taste, alerts), *_from_picks(picks)))
    first = topics[: ceil(_TOPICS * choice.most)]
    return list(_once((*authors.values(), *first, *others, *topics)).values())[: choice.most]


def _once(reasons: Iterable[_Reason]) -> dict[int, _Reason]:
    """Return the first reason for each paper, by row number."""
    first: dict[int, _Reason] = {}
    for each in reasons:
        first.setdefault(each.number, each)
    return first


def _by_authors(day: Day, taste: Taste) -> Iterator[_Reason]:
    for author in taste.authors:
        for number in day.by(author):
            yield _Reason(number, because_of_author(author), "")


def _in_topics(day: Day, taste: Taste) -> Iterator[_Reason]:
    """Yield the papers of each followed topic or field in turn, so that none crowds out the others; a paper of both for
    the topic."""
    known = [day.topics[number] for number in taste.topics if number in day.topics]
    followed = sorted(known, key=lambda each: each.level == "field")
    mine, had = list[tuple[str, list[int]]](), set[int]()
    for topic in followed:
        mine.append((because_of_topic(topic), [number for number in day.within(topic.id) if number not in had]))
        had.update(day.within(topic.id))
    for why, number in _in_turn(mine):
        yield _Reason(number, why, "")


def _in_turn(lists: Sequence[tuple[_K, Sequence[_T]]]) -> Iterator[tuple[_K, _T]]:
    """Yield the first of each list with its key, then the second of each, and so on."""
    for row in zip_longest(*([(key, each) for each in several] for key, several in lists)):
        yield from filter(None, row)


def _hits(taste: Taste, alerts: _Alerts) -> Iterator[_Reason]:
    """Yield the hits of each alert in turn, so that none crowds out the others."""
    mine = [(name, alerts.hits[alerts.places[alert]]) for name, alert in _alerts_of(taste) if alert in alerts.places]
    for name, hit in _in_turn(mine):
        yield _Reason(hit.number, f"for your alert “{name}”", hit.strength)


def _from_picks(picks: Sequence[tuple[str, Pick]]) -> Iterator[_Reason]:
    for name, pick in picks:
        if pick.near:
            where = f" in your list “{name}”" if name else ", which you like"
            yield _Near(pick.number, where, pick.strength, pick.near[0].number)
        else:
            yield _Reason(pick.number, f"for your alert “{name}”", pick.strength)


def _entry(day: Day, reason: _Reason, titles: Mapping[int, str]) -> Entry:
    why = reason.why
    if isinstance(reason, _Near):
        title = clipped(titles.get(reason.near, "a paper you like"), _LONGEST_TITLE)
        why = f"similar to “{title}”{why}"
    return Entry(day.documents[reason.number].id, why, reason.strength)
