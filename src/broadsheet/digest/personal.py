"""Each person's own list of a day: new papers by authors and in topics they follow, for their alerts, close to what
they like, and new versions of papers that they follow.

once a day: the new papers -> their vectors, words, authors and topics
for many people at once: their tastes and the vectors of their alerts
for each: followed authors, then new versions, then followed topics in turn up to their share, then in turn the hits of
each of their alerts up to its share and the picks for each interest, then what is left of the topics; none twice,
none known; at the end, what an alert has beyond its share: it comes only into places that nothing else fills
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import zip_longest
from math import ceil
from typing import TypeVar

from broadsheet.alerts.alert import Alert, ask_alert
from broadsheet.alerts.match import Candidates, Hit, Holds, Prepared, gather, prepare
from broadsheet.alerts.news import (
    Changed,
    alert_of,
    because_of_author,
    because_of_topic,
    followed_papers,
    new_versions,
)
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
from broadsheet.store.alerts import SavedQuery
from broadsheet.store.mail import Choice
from broadsheet.store.reactions import Taste

_MORE = 4 / 3  # picks for each place: some are left out as too weak or known
_LONGEST_TITLE = 80
_ALERT = 1 / 3  # of all places in an email, for papers of one alert, where others want them too
_TOPICS = 1 / 3  # of all places in an email, for papers that only a followed topic brings, where others want them too

_K = TypeVar("_K")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Reason:
    """Why a paper is in a person's list: the paper's row number, the words, how well it matches, in a word, and the
    number of the ``alert`` that brings it (0: none does)."""

    number: int
    why: str
    strength: str
    alert: int = 0


@dataclass(frozen=True, slots=True)
class Reader:
    """A person, what they chose, the ids of the papers that they got before, and the new versions of followed papers
    that they heard of: ids and moments (``heard``)."""

    person: int
    choice: Choice
    shown: frozenset[str] = frozenset()
    heard: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The moments between which a new version of a followed paper is news: after one, and before another (None: up to
    now)."""

    after: datetime
    before: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment is between the two."""
        return self.after < moment and (self.before is None or moment < self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A person's own list: its ``papers``, what their alerts have beyond their shares (``spare``), and the ids of all
    papers of the day that fit each alert, by its number and name (``fitting``)."""

    papers: Sequence[Entry] = ()
    spare: Sequence[Entry] = ()
    fitting: Mapping[tuple[int, str], frozenset[str]] = field(default_factory=dict)


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


def lists(
    collection: Collection, day: Day, people: Sequence[Reader], *, window: Window | None = None
) -> dict[int, Own]:
    """Return the own list of each of these people who chose to get one, by person; new versions of followed papers only
    from a ``window``."""
    people = [each for each in people if each.choice.contents != "general"]
    tastes = collection.store.reactions.tastes([each.person for each in people])
    alerts = _Alerts.of(collection, day, tastes.values())
    picks = _picks(collection, day, people, tastes, alerts)
    versions = _Versions.of(collection, tastes, window)
    reasons = {
        each.person: _reasons(day, tastes[each.person], alerts, picks[each.person], each, versions) for each in people
    }
    near = {reason.near for each in reasons.values() for reason in each.all if isinstance(reason, _Near)}
    titles = {number: each.shown_title for number, each in collection.store.papers.by_numbers(sorted(near)).items()}
    return {person: _own(day, each, titles, versions) for person, each in reasons.items()}


def _own(day: Day, reasons: _Reasons, titles: Mapping[int, str], versions: _Versions) -> Own:
    def entries(several: Sequence[_Reason]) -> list[Entry]:
        return [_entry(day, each, titles, versions) for each in several]

    fitting = {
        alert: frozenset(day.documents[each].id for each in numbers) for alert, numbers in reasons.fitting.items()
    }
    return Own(papers=entries(reasons.papers), spare=entries(reasons.spare), fitting=fitting)


@dataclass(frozen=True, slots=True)
class _Near(_Reason):
    """The reason is a paper that the person likes: ``near``, its row number."""

    near: int = 0


@dataclass(frozen=True, slots=True)
class _Again(_Reason):
    """The reason is a new version of a paper that the person follows: the moment (``at``)."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reasons:
    """The reasons of an own list, of what is beyond the shares of alerts, and the row numbers that fit each alert."""

    papers: list[_Reason]
    spare: list[_Reason]
    fitting: Mapping[tuple[int, str], set[int]]

    @property
    def all(self) -> list[_Reason]:
        """The reasons of both lists."""
        return [*self.papers, *self.spare]


@dataclass(frozen=True, slots=True)
class _Versions:
    """The new versions of papers that people follow: the changes by row number, the row numbers by the names in alerts,
    and the ids of these papers."""

    changed: Mapping[int, Changed]
    numbers: Mapping[str, int]
    ids: Mapping[int, str]

    @classmethod
    def of(cls, collection: Collection, tastes: Mapping[int, Taste], window: Window | None) -> _Versions:
        followed = followed_papers(collection.store, (query for taste in tastes.values() for query in taste.queries))
        if not followed or window is None:
            return cls({}, {}, {})
        changes = new_versions(collection, followed.values(), after=window.after)
        changed = {each.number: each for each in changes if window.holds(each.at)}
        return cls(changed, followed, collection.store.papers.ids(list(changed)))

    def for_reader(self, taste: Taste, reader: Reader) -> Iterator[_Reason]:
        """Yield what a person has not heard of, since they follow the paper."""
        for query in taste.queries:
            for name in ask_alert(query.text).like if self.changed else ():
                change = self.changed.get(self.numbers.get(name, 0))
                if change and change.at > query.made:
                    heard = (self.ids.get(change.number, ""), change.at.isoformat()) in reader.heard
                    yield from () if heard else (_Again(change.number, change.why, "", at=change.at),)


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


def _alerts_of(taste: Taste) -> Iterator[tuple[SavedQuery, Alert]]:
    """Yield the alerts as they are saved and as they are matched; one that can no longer be read is left out."""
    for each in taste.queries:
        try:
            yield each, alert_of(each)
        except UsageError:
            continue


def _reasons(
    day: Day, taste: Taste, alerts: _Alerts, picks: Sequence[tuple[str, Pick]], reader: Reader, versions: _Versions
) -> _Reasons:
    choice = reader.choice
    least = Strength(choice.least) if choice.least in tuple(Strength) else Strength.WEAK
    known = {*taste.declined, *taste.read, *taste.voted, *(number for number, _ in taste.saved)}

    def fits(each: _Reason) -> bool:
        strong_enough = not each.strength or Strength(each.strength) >= least
        new = each.number in day.documents and known.isdisjoint(day.same[each.number])
        return strong_enough and new and reader.shown.isdisjoint(day.ids(each.number))

    authors = _once(filter(fits, _by_authors(day, taste)))
    topics = [each for each in _in_topics(day, taste) if fits(each) and each.number not in authors]
    first = topics[: ceil(_TOPICS * choice.most)]
    others = [each for _, each in _in_turn(_parties(taste, alerts, picks)) if fits(each)]
    sure = _once((*authors.values(), *versions.for_reader(taste, reader), *first))
    within, beyond = _shared_out(others, sure, most=max(1, int(_ALERT * choice.most)))
    last = (*beyond, *topics) if choice.contents == "mine" else topics  # else the general list comes before them
    papers = _once((*sure.values(), *within, *last))
    return _Reasons(
        papers=list(papers.values())[: choice.most],
        spare=[each for each in _once(beyond).values() if each.number not in papers][: choice.most],
        fitting=_fitting(taste, others),
    )


def _shared_out(
    reasons: Iterable[_Reason], sure: Mapping[int, _Reason], *, most: int
) -> tuple[list[_Reason], list[_Reason]]:
    """Part the reasons into those within the share of each alert, ``most`` papers, and those beyond it. A paper that
    several alerts bring counts for the first that has a place."""
    count, within, beyond = Counter[int](), dict[int, _Reason](), list[_Reason]()
    for each in reasons:
        if each.number in sure or each.number in within:
            continue
        if each.alert and count[each.alert] >= most:
            beyond.append(each)
            continue
        count[each.alert] += 1
        within[each.number] = each
    return list(within.values()), beyond


def _fitting(taste: Taste, reasons: Iterable[_Reason]) -> dict[tuple[int, str], set[int]]:
    """The row numbers of the papers that fit each alert, by its number and name."""
    names = {each.number: each.name for each in taste.queries}
    fitting: dict[tuple[int, str], set[int]] = {}
    for each in reasons:
        if each.alert:
            fitting.setdefault((each.alert, names[each.alert]), set()).add(each.number)
    return fitting


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


def _parties(
    taste: Taste, alerts: _Alerts, picks: Sequence[tuple[str, Pick]]
) -> list[tuple[tuple[int, str], list[_Reason]]]:
    """Each alert with its hits and then the picks for it, and each other interest with its picks, so that they can come
    in turn and none crowds out the others."""
    parties: dict[tuple[int, str], list[_Reason]] = {}
    for query, alert in _alerts_of(taste):
        if alert in alerts.places:
            why = _because_of(query, ask_alert(query.text).like)
            hits = alerts.hits[alerts.places[alert]]
            parties[query.number, query.name] = [_Reason(hit.number, why, hit.strength, query.number) for hit in hits]
    for name, reason in _from_picks(taste, picks):
        parties.setdefault((reason.alert, name), []).append(reason)
    return list(parties.items())


def _because_of(query: SavedQuery, followed: Sequence[str]) -> str:
    """Why a paper is there, in words: an alert in words names itself, one that follows a paper says what near means."""
    return f"near in meaning to “{query.name}”, which you follow" if followed else f"for your alert “{query.name}”"


def _from_picks(taste: Taste, picks: Sequence[tuple[str, Pick]]) -> Iterator[tuple[str, _Reason]]:
    """Yield the names of interests with their picks; one for an interest that is an alert counts for the alert."""
    numbers = {each.name: each.number for each in taste.queries}
    for name, pick in picks:
        if pick.near:
            where = f" in your list “{name}”" if name else ", which you like"
            yield name, _Near(pick.number, where, pick.strength, near=pick.near[0].number)
        else:
            yield name, _Reason(pick.number, f"for your alert “{name}”", pick.strength, numbers.get(name, 0))


def _entry(day: Day, reason: _Reason, titles: Mapping[int, str], versions: _Versions) -> Entry:
    why = reason.why
    if isinstance(reason, _Again):
        return Entry(versions.ids[reason.number], why, "", changed=reason.at.isoformat() if reason.at else "")
    if isinstance(reason, _Near):
        title = clipped(titles.get(reason.near, "a paper you like"), _LONGEST_TITLE)
        why = f"similar to “{title}”{why}"
    return Entry(day.documents[reason.number].id, why, reason.strength)
