"""Questions that a Collection can answer about itself: retrieval tasks made from what it knows of its papers.

papers -> signals (titles, keywords, venues, votes, lists, notes) -> for each: queries, and which papers answer them
a pool of papers: all answers, papers of the same area as hard negatives, and others at random
queries in the order of their days -> the earlier half to choose by, the later half to report

Nothing that is measured has a part in making them: the hard negatives come from labels, not from a search. Words that a
title shares with its abstract are taken out of the abstract, so that looking for the same words does not help.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.core.words import places
from broadsheet.lab.beir import headed
from broadsheet.lexicon.stems import Stems
from broadsheet.shelf import SOURCE as SHELF

Half = Literal["earlier", "later"]
VERSION = 2  # raised when other questions are made of the same papers
MOST_PAPERS = 20_000  # the newest
MOST_QUERIES = 300  # of a half
LEAST_QUERIES = 20  # of a half: fewer tell nothing
POOL = 1_000  # papers that are searched, unless answers and hard negatives are more
HARD = 20  # hard negatives of a query
LEAST_LABELLED, MOST_LABELLED, WIDEST = (
    3,
    10,
    0.02,
)  # papers that share a label: at least; at most, or as a share of all
SHORTEST = 20  # words of an abstract that are left when those of its title are taken out


@dataclass(frozen=True, slots=True)
class Questions:
    """A retrieval task in memory: ``queries`` by id, ``documents`` that are searched, and {query: {document: grade}}.

    ``about`` says in a sentence what the task asks.
    """

    name: str
    about: str
    queries: Mapping[str, str]
    documents: tuple[Document, ...]
    judged: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Absent:
    """A task that the Collection does not know enough for, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Signal:
    """What one kind of knowledge says: a text for each query, its answers, and the paper that gives it its day."""

    queries: Mapping[str, str]
    judged: Mapping[str, Mapping[str, int]]
    origin: Mapping[str, str]
    searched: Callable[[Document], Document | None] = lambda document: document


def questions_of(collection: Collection, *, half: Half = "later", seed: int = 0) -> list[Questions | Absent]:
    """Make every task that the Collection knows enough for, with the queries of one half; others say why not."""
    papers = _papers(collection)
    out: list[Questions | Absent] = []
    for name, (about, signal) in _SIGNALS.items():
        made = signal(collection, papers)
        queries = _half(made, papers, half)
        if len(queries) < LEAST_QUERIES:
            reason = f"It has {len(queries)} queries in its {half} half; at least {LEAST_QUERIES} are needed."
            out.append(Absent(f"mine/{name}", reason))
            continue
        drawn = _drawn(queries, MOST_QUERIES, f"{seed} {name}")
        documents = _pool(papers, made, drawn, seed)
        here = {document.id for document in documents}
        judged = {query: {each: grade for each, grade in made.judged[query].items() if each in here} for query in drawn}
        judged = {query: grades for query, grades in judged.items() if grades}
        out.append(
            Questions(f"mine/{name}", about, {query: made.queries[query] for query in judged}, documents, judged)
        )
    return out


def _papers(collection: Collection) -> dict[str, Document]:
    """The newest papers with an abstract; those of the starter shelf only where there are no others."""
    papers = collection.store.papers
    newest = papers.newest(MOST_PAPERS, without_sources=[SHELF]) or papers.newest(MOST_PAPERS)
    return {paper.id: paper for paper in newest if paper.shown_text.strip()}


def _half(signal: _Signal, papers: Mapping[str, Document], half: Half) -> list[str]:
    """The queries of one half by the days of their papers; of one day by name, so that a half never changes sides."""
    dated = sorted(signal.queries, key=lambda query: (_day(papers[signal.origin[query]]), query))
    middle = len(dated) // 2
    return dated[:middle] if half == "earlier" else dated[middle:]


def _day(paper: Document) -> str:
    return paper.latest.isoformat() if paper.latest else ""


def _drawn(names: Iterable[str], most: int, salt: str) -> list[str]:
    """Draw at most so many names, the same ones whatever else is there: by the hash of each."""
    return sorted(names, key=lambda name: hashlib.sha256(f"{salt} {name}".encode()).digest())[:most]


def _pool(papers: Mapping[str, Document], signal: _Signal, queries: Sequence[str], seed: int) -> tuple[Document, ...]:
    """The papers that are searched: answers, hard negatives, and others up to ``POOL``; never the query's own paper,
    unless it is the answer."""
    answers = {each for query in queries for each in signal.judged[query]}
    own = {signal.origin[query] for query in queries} - answers
    by_label = _by_label(papers.values())
    hard: set[str] = set()
    for query in queries:
        near = {each for label in _labels(papers[signal.origin[query]]) for each in by_label[label]}
        hard.update(_drawn(near - own - answers, HARD, f"{seed} hard"))
    others = _drawn(set(papers) - own - answers - hard, max(0, POOL - len(answers) - len(hard)), f"{seed} others")
    made = (signal.searched(papers[name]) for name in sorted({*answers, *hard, *others}))
    return tuple(document for document in made if document)


def _labels(paper: Document) -> set[str]:
    """Keywords and categories, folded."""
    return {text for each in (*paper.keywords, *paper.categories) if (text := each.strip().casefold())}


def _by_label(papers: Iterable[Document]) -> dict[str, set[str]]:
    named: defaultdict[str, set[str]] = defaultdict(set)
    for paper in papers:
        for label in _labels(paper):
            named[label].add(paper.id)
    return named


def _narrow(named: Mapping[str, set[str]], count: int) -> dict[str, set[str]]:
    """The labels that say something: neither too rare nor too wide."""
    return {
        label: ids for label, ids in named.items() if LEAST_LABELLED <= len(ids) <= max(MOST_LABELLED, WIDEST * count)
    }


def _titles(collection: Collection, papers: Mapping[str, Document]) -> _Signal:
    stems = Stems(collection.lexicon.language)
    return _Signal(
        queries={name: paper.shown_title for name, paper in papers.items()},
        judged={name: {name: 1} for name in papers},
        origin={name: name for name in papers},
        searched=lambda paper: _masked(paper, stems),
    )


def _masked(paper: Document, stems: Stems) -> Document | None:
    """The abstract without the words of its title; None if too little is left."""
    shared, text = set(stems.of(paper.shown_title)), paper.shown_text
    others = [(start, end) for start, end, word in places(text) if not shared & set(stems[word])]
    if len(others) < SHORTEST:
        return None
    left = "".join(_between(text[before:start]) + text[max(before, start) : end]
                   for (_, before), (start, end) in pairwise([(0, 0), *others]))  # fmt: skip
    title, rest = headed(left)
    return Document(id=paper.id, title=title, text=rest)


def _between(part: str) -> str:
    """What stands between two words that stay, without the letters of those that go."""
    return part if not any(map(str.isalnum, part)) else " "


def _shared(papers: Mapping[str, Document], named: Mapping[str, set[str]]) -> _Signal:
    """Papers ask for the earlier papers that share a label with them; a grade counts the labels, three at most."""
    judged: defaultdict[str, Counter[str]] = defaultdict(Counter)
    order = {name: place for place, name in enumerate(sorted(papers, key=lambda each: (_day(papers[each]), each)))}
    late = {name for name, place in order.items() if place >= len(order) * 2 // 3}
    for ids in named.values():
        early = ids - late
        for name in ids & late:
            judged[name].update(early)
    grades = {
        name: {each: min(count, 3) for each, count in counts.items()} for name, counts in judged.items() if counts
    }
    return _Signal({name: papers[name].content for name in grades}, grades, {name: name for name in grades})


def _keywords(_: Collection, papers: Mapping[str, Document]) -> _Signal:
    return _shared(papers, _narrow(_by_label(papers.values()), len(papers)))


def _venues(_: Collection, papers: Mapping[str, Document]) -> _Signal:
    named: defaultdict[str, set[str]] = defaultdict(set)
    for paper in papers.values():
        if paper.venue and paper.categories:
            named[f"{paper.venue} / {paper.categories[0]}".casefold()].add(paper.id)
    return _shared(papers, _narrow(named, len(papers)))


def _votes(collection: Collection, papers: Mapping[str, Document]) -> _Signal:
    """Papers ask for those that at least two of their own voters voted for."""
    names = _names(collection, papers)
    ballots = collection.store.reactions.ballots(list(names))
    voters = {names[number]: people for number, people in ballots.items()}
    by_person: defaultdict[int, set[str]] = defaultdict(set)
    for name, people in voters.items():
        for person in people:
            by_person[person].add(name)
    grades: dict[str, dict[str, int]] = {}
    for name, people in voters.items():
        counts = Counter(each for person in people for each in by_person[person] if each != name)
        if together := {each: 1 for each, count in counts.items() if count > 1}:
            grades[name] = together
    return _Signal({name: papers[name].content for name in grades}, grades, {name: name for name in grades})


def _lists(collection: Collection, papers: Mapping[str, Document]) -> _Signal:
    """A paper of a reader's list asks for the others in it."""
    names = _names(collection, papers)
    grades: dict[str, dict[str, int]] = {}
    for person in collection.store.people.all():
        for each in collection.store.lists.of(person.number):
            inside = [
                names[number] for number in collection.store.lists.saved(person.number, each.number) if number in names
            ]
            for name in inside:
                grades.setdefault(name, {}).update({other: 1 for other in inside if other != name})
    grades = {name: others for name, others in grades.items() if others}
    return _Signal({name: papers[name].content for name in grades}, grades, {name: name for name in grades})


def _notes(collection: Collection, papers: Mapping[str, Document]) -> _Signal:
    """A reader's note asks for the paper that it is about."""
    names = _names(collection, papers)
    notes: dict[str, tuple[str, str]] = {}
    for person in collection.store.people.all():
        for number, text in collection.store.reactions.notes(person.number, list(names)).items():
            notes[f"{names[number]} note {person.number}"] = names[number], text
    return _Signal(
        {query: text for query, (_, text) in notes.items()},
        {query: {name: 1} for query, (name, _) in notes.items()},
        {query: name for query, (name, _) in notes.items()},
    )


def _names(collection: Collection, papers: Mapping[str, Document]) -> dict[int, str]:
    return {number: name for name, number in collection.store.papers.numbers(list(papers)).items()}


_SIGNALS: dict[str, tuple[str, Callable[[Collection, Mapping[str, Document]], _Signal]]] = {
    "titles": (
        "Find the abstract of a title, whose words were taken out of it: matching words finds nothing.",
        _titles,
    ),
    "keywords": ("Find earlier papers that share a narrow keyword or category with a paper.", _keywords),
    "venues": ("Find earlier papers of the same venue and first category.", _venues),
    "votes": ("Find the papers that two or more voters of a paper also voted for.", _votes),
    "lists": ("Find the other papers of a reader's list.", _lists),
    "notes": ("Find the paper that a reader's note is about.", _notes),
}
