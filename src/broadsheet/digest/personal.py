"""Each person's own list of a day: new papers by authors they follow, for their alerts, near what they like.

once a day: the new papers -> their vectors, words and authors
for many people at once: their tastes and the vectors of their queries
for each: followed authors, then hits of their queries in turn, then picks for their interests; none twice, none known
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from typing import Any

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import Candidates, Hit, Holds, Prepared, gather, prepare
from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.text import clipped, plain
from broadsheet.core.types import Document, Strength
from broadsheet.core.vectors import Vectors
from broadsheet.foryou.person import for_people
from broadsheet.foryou.profile import Pick
from broadsheet.space import Snapshot
from broadsheet.store.mail import Choice
from broadsheet.store.reactions import Taste

_MORE = 4 / 3  # picks asked for, for each place: some fall out as too weak or known
_LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper in a person's list: its row number, why it is there, and how well it matches, in a word."""

    number: int
    why: str
    strength: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A person, what they chose, and the ids of papers that they were shown before."""

    person: int
    choice: Choice
    shown: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Day:
    """The new papers of a day as lists are made from them: ``documents`` by row number, the row numbers of all papers
    that are the same work (``same``), and who wrote them."""

    collection: Collection
    documents: Mapping[int, Document]
    same: Mapping[int, frozenset[int]]
    authors: Mapping[str, tuple[int, ...]]

    @cached_property
    def snapshot(self) -> Snapshot | None:
        """The vectors; None without a synced Space."""
        return self.collection.space.snapshot() if self.collection.space.exists else None

    def candidates(self, prepared: Prepared) -> Candidates:
        """The papers as queries are matched with them; their words are read once."""
        found = gather(self.collection, list(self.documents), prepared, words=False)
        return replace(found, holds=self._holds)

    @cached_property
    def _holds(self) -> Holds:
        return gather(self.collection, list(self.documents), prepare(self.collection, ())).holds

    def ids(self, number: int) -> frozenset[str]:
        """The ids of a paper and of its copies."""
        return self._ids[number]

    @cached_property
    def _ids(self) -> Mapping[int, frozenset[str]]:
        known = self.collection.store.papers.ids(sorted(frozenset[int]().union(*self.same.values())))
        return {
            number: frozenset({self.documents[number].id, *(known[each] for each in same if each in known)})
            for number, same in self.same.items()
        }


def day_of(collection: Collection, bodies: Sequence[Mapping[str, Any]]) -> Day:
    """The day of what is new in these editions."""
    copies = {name: several for body in bodies for name, several in body.get("copies", {}).items()}
    pooled = [name for body in bodies for name in body["pool"]]
    numbers = collection.store.papers.numbers([*pooled, *(each for several in copies.values() for each in several)])
    documents = collection.store.papers.by_numbers([numbers[name] for name in pooled if name in numbers])
    same = {
        number: frozenset({number, *(numbers[each] for each in copies.get(document.id, ()) if each in numbers)})
        for number, document in documents.items()
    }
    authors: dict[str, tuple[int, ...]] = {}
    for number, document in documents.items():
        for name in document.authors:
            authors[plain(name)] = (*authors.get(plain(name), ()), number)
    return Day(collection, documents, same, authors)


def lists(collection: Collection, day: Day, people: Sequence[Reader]) -> dict[int, list[dict[str, Any]]]:
    """The own list of each of these people who asked for one, as it is frozen: ``id``, ``why``, ``strength``."""
    people = [each for each in people if each.choice.contents != "general"]
    tastes = collection.store.reactions.tastes([each.person for each in people])
    asked = _Asked.of(collection, day, tastes.values())
    picked = _picks(collection, day, people, tastes, asked)
    found = {each.person: _entries(day, tastes[each.person], asked, picked[each.person], each) for each in people}
    near = {entry.near for entries in found.values() for entry in entries if isinstance(entry, _Near)}
    titles = {number: each.shown_title for number, each in collection.store.papers.by_numbers(sorted(near)).items()}
    return {person: [_frozen(day, entry, titles) for entry in entries] for person, entries in found.items()}


@dataclass(frozen=True, slots=True)
class _Near(Entry):
    """An entry whose reason is a paper that the person likes."""

    near: int = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """The alerts of many people, each distinct one once: its hits among the day's papers, its vector."""

    places: Mapping[Alert, int]
    hits: Sequence[Sequence[Hit]]
    vectors: Mapping[str, Vectors]

    @classmethod
    def of(cls, collection: Collection, day: Day, tastes: Iterable[Taste]) -> _Asked:
        queries = {query: None for taste in tastes for _, query in _queries(taste)}
        if not queries or day.snapshot is None:
            return cls({}, (), {})
        prepared = prepare(collection, queries)
        hits = prepared.hits(day.candidates(prepared))
        return cls({query: place for place, query in enumerate(prepared.alerts)}, hits, dict(_vectors(prepared)))


def _picks(
    collection: Collection, day: Day, people: Sequence[Reader], tastes: Mapping[int, Taste], asked: _Asked
) -> dict[int, list[tuple[str, Pick]]]:
    """The picks for each person. Authors who are followed count for nothing here: their papers stand first anyway."""
    most = {each.person: round(_MORE * each.choice.most) for each in people}
    likes = {person: replace(taste, authors=[]) for person, taste in tastes.items()}
    return for_people(collection, likes, list(day.documents), most=most, vectors=asked.vectors)


def _vectors(prepared: Prepared) -> Iterator[tuple[str, Vectors]]:
    for each in prepared.ready:
        if each.row is not None:
            yield each.asked.words, prepared.texts.vectors[each.row]


def _queries(taste: Taste) -> Iterator[tuple[str, Alert]]:
    """The alerts by name; one that cannot be read any more is silent."""
    for each in taste.queries:
        try:
            yield each.name, Alert.read(each.text, each.without, each.least)
        except UsageError:
            continue


def _entries(day: Day, taste: Taste, asked: _Asked, picked: Sequence[tuple[str, Pick]], reader: Reader) -> list[Entry]:
    choice = reader.choice
    least = Strength(choice.least) if choice.least in tuple(Strength) else Strength.WEAK
    known = {*taste.declined, *taste.read, *taste.voted, *(number for number, _ in taste.saved)}
    found: dict[int, Entry] = {}
    for entry in (*_followed(day, taste), *_hits(taste, asked), *_picked(picked)):
        strong_enough = not entry.strength or Strength(entry.strength) >= least
        new = entry.number in day.documents and known.isdisjoint(day.same[entry.number])
        if strong_enough and new and reader.shown.isdisjoint(day.ids(entry.number)):
            found.setdefault(entry.number, entry)
    return list(found.values())[: choice.most]


def _followed(day: Day, taste: Taste) -> Iterator[Entry]:
    for author in taste.authors:
        for number in day.authors.get(plain(author), ()):
            yield Entry(number, f"by {author}, whom you follow", "")


def _hits(taste: Taste, asked: _Asked) -> Iterator[Entry]:
    """The hits of the queries in turn, so that none crowds out the others."""
    mine = [(name, asked.hits[asked.places[query]]) for name, query in _queries(taste) if query in asked.places]
    for row in zip_longest(*([(name, hit) for hit in hits] for name, hits in mine)):
        for name, hit in filter(None, row):
            yield Entry(hit.number, f"for your query “{name}”", hit.strength)


def _picked(picked: Sequence[tuple[str, Pick]]) -> Iterator[Entry]:
    for name, pick in picked:
        if pick.near:
            where = f"in your list “{name}”" if name else "which you like"
            yield _Near(pick.number, where, pick.strength, pick.near[0].number)
        else:
            yield Entry(pick.number, f"for your query “{name}”", pick.strength)


def _frozen(day: Day, entry: Entry, titles: Mapping[int, str]) -> dict[str, Any]:
    why = entry.why
    if isinstance(entry, _Near):
        title = clipped(titles.get(entry.near, "a paper you like"), _LONGEST_TITLE)
        why = f"near “{title}”{',' if why.startswith('which') else ''} {why}"
    return {"id": day.documents[entry.number].id, "why": why, "strength": entry.strength}
