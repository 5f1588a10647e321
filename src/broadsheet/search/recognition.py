"""Who and what a query names: authors, whose papers come first, and topics of the Collection.

a name and nothing else, or "papers by" a name -> its papers, newest first;  a name in a longer query -> a hint
author: -> those names
the stems of the words are those of a topic's name, or else of one of its first phrases -> that topic
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from broadsheet.collection import Collection
from broadsheet.core.recent import Recent
from broadsheet.core.recognition import Recognition, Writer
from broadsheet.core.text import plain
from broadsheet.core.topic import Counted
from broadsheet.core.types import Filters
from broadsheet.search.author import named_in, papers_of
from broadsheet.search.question import Question

_MOST = 3  # names, and topics, that are shown
_FEW = 8  # papers in which a name is looked up as it is written
_LONGEST = 8  # words of a topic's name
_PHRASES = 2  # of a topic, the most telling ones, by which it may be meant
_ENDS = "model models method methods papers"
_BY = re.compile(r"(?:(?:papers?|works?|articles?|publications?)\s+)?(?:by|of|from)\s+", re.IGNORECASE)

_Stems = frozenset[str]
_Labels = dict[_Stems, list[tuple[bool, int, str]]]  # stems -> whether it is the name, the topic, its name


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a query names (``named``), the row numbers of the papers that come first for it, and notes in words."""

    named: Recognition = field(default_factory=Recognition)
    numbers: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def recognise(collection: Collection, question: Question) -> Recognised:
    """Return which authors and topics a query names. A query that names a paper names nothing else."""
    if question.named or question.titled or question.points or question.asked.sets:
        return Recognised()
    words, notes = question.asked.words, list[str]()
    typed: dict[str, tuple[int, ...]] = dict.fromkeys(question.asked.filters.authors, ())
    alone = words[begun.end() :] if (begun := _BY.match(words)) else words
    numbers = tuple(papers_of(collection, alone))
    if numbers:
        typed[alone] = numbers
        notes.append(f"Papers by {alone} come first.")
    elif name := named_in(collection, words):
        typed[name] = ()
        notes.append(f'To see only papers by {name}, add author:"{name}".')
    writers = (_writer(collection, *each) for each in list(typed.items())[:_MOST])
    named = Recognition(tuple(filter(None, writers)), _topics(collection, words))
    return Recognised(named, numbers, tuple(notes))


def _writer(collection: Collection, typed: str, numbers: Sequence[int]) -> Writer | None:
    """The author, with the words of the name as most of the newest papers (``numbers``, if they are known) write them;
    None for a name that no paper has."""
    papers, wanted = collection.store.papers, sorted(plain(typed).split())
    count = len(papers.numbers_where(Filters(authors=(typed,))))
    newest = numbers[:_FEW] if numbers else papers.newest_by([typed], _FEW)[typed]
    near = (
        name
        for paper in papers.by_numbers(newest).values()
        for name in paper.authors
        if wanted == sorted(plain(name).split())
    )
    written = Counter(near)
    name = max(written, key=lambda each: (written[each], each), default=typed)
    return Writer(name, count) if count else None


def _topics(collection: Collection, words: str) -> tuple[Counted, ...]:
    """The topics whose name the words are, up to their endings; else those of which they are a telling phrase."""
    if not 0 < len(words.split()) <= _LONGEST:
        return ()
    found = _labels(collection).get(_key(collection, words), [])
    named = [each for each in found if each[0]] or found
    topics = {topic: name for _, topic, name in named[:_MOST]}
    sizes = (Counted(topic, name, collection.store.topics.size(topic)) for topic, name in topics.items())
    return tuple(each for each in sizes if each.papers)


def _key(collection: Collection, label: str) -> _Stems:
    """The stems of a name without the words that many names end in, unless nothing else is in it."""
    stems = frozenset(collection.stems.of(label))
    return stems - frozenset(collection.stems.of(_ENDS)) or stems


def _labels(collection: Collection) -> _Labels:
    """All names and phrases of topics by their stems, made again when one changes."""
    rows = tuple(collection.store.topics.labels())
    memory: Recent[str, tuple[Sequence[tuple[int, str, str]], _Labels]] = collection.memory(
        "labels of topics", lambda: Recent(1, size=32_000_000)
    )
    known = memory.get("")
    if known is None or known[0] != rows:
        known = rows, _read(collection, rows)
        memory.keep("", known, size=sum(len(phrases) for *_, phrases in rows))
    return known[1]


def _read(collection: Collection, rows: Sequence[tuple[int, str, str]]) -> _Labels:
    labels: _Labels = {}
    for topic, name, phrases in rows:
        telling = [each for each in json.loads(phrases)[:_PHRASES] if len(each.split()) > 1]
        for label in dict.fromkeys((name, *telling)):
            if len(label.split()) <= _LONGEST and (stems := _key(collection, label)):
                labels.setdefault(stems, []).append((label == name, topic, name))
    return labels
