"""What fields and topics are named: by the noun phrases that their papers hold beyond what all papers do.

papers -> noun phrases (see ``phrases``) -> in how many papers of each topic -> class-based TF-IDF (Grootendorst 2022)
-> the best ones of each topic that say different things -> names, no two alike; fields by what their topics have in
common
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from broadsheet.core.text import folded
from broadsheet.topics.phrases import TEXT, Phrases, Table

Rows = NDArray[np.int64]
Scores = NDArray[np.float64]
Flags = NDArray[np.bool_]

_BLOCK = 2_000  # papers
_SHOWN = 10  # phrases
_TRIED = 60  # of a topic
_WORDS = 4  # of a name
_FEW = 1_000  # papers, of which each phrase counts
_RARE = 5_000  # a phrase is in at least one of so many papers
_TITLE = 2  # papers that a paper with the phrase in its title or keywords counts for, besides itself
_SMALL = 5  # papers, below which a phrase of one of them can name a topic
_OTHER = 0.25  # what the second phrase of a field's name counts for a topic that is more for the first
_SURE = 2  # papers more, before a longer phrase takes the place of a shorter one
_ALIKE = 1e-6  # what a phrase adds that is in no more of the topic's papers than of all: it names topics that are alike
_NESTED = 0.5  # of the papers with a phrase: it is the end of a longer one
_WORTH = np.array([0.0, 0.35, 1.0, 1.1, 1.1])  # what a phrase of so many words is worth


class Paper(NamedTuple):
    """A paper as names are made of it: the ids of its topic and field, and its title, text and keywords as shown."""

    topic: int
    field: int
    title: str
    text: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """What a topic or field is called, and up to ten phrases of its papers that say different things, best first."""

    name: str
    phrases: tuple[str, ...] = ()


def name_topics(papers: Iterable[Paper], taken: Mapping[int, str] | None = None) -> dict[int, Name]:
    """Return a Name for the id of every topic and field of these papers.

    Names are one to four words, as papers write them, and no two are the same, whatever their case and number.
    ``taken`` are names by id that stay as they are: no new one is like them.
    """
    phrases, topic_of, field_of = _read(papers)
    if not topic_of:
        return {}
    table = phrases.table(_least(len(topic_of)))
    gains = _gains(table, np.asarray(topic_of, dtype=np.int64))
    best = {topic: gains.best(gains.topic == topic) for topic in field_of}
    leads: dict[int, list[int]] = {}
    for field in dict.fromkeys(field_of.values()):
        votes = _votes(gains, [topic for topic, parent in field_of.items() if parent == field])
        best[field], leads[field] = votes.best(), _two(votes, table)
    written = table.written(np.array(sorted({phrase for rows in best.values() for phrase, _ in rows}), dtype=np.int64))
    choices = {each: _different(rows, table, written) for each, rows in best.items()}
    wishes = {each: [*_joined(leads.get(each, []), written), *choices[each]] for each in best}
    right = {each: (each not in leads, rows[0][1] if rows else 0.0) for each, rows in best.items()}
    names = _assigned(wishes, right, dict(taken or {}))
    return {each: Name(names[each], tuple(map(_sentence, choices[each][:_SHOWN]))) for each in best}


def _least(papers: int) -> int:
    """In how many places a phrase must be to name anything among so many papers."""
    return 1 if papers <= _FEW else max(2, papers // _RARE)


def _read(papers: Iterable[Paper]) -> tuple[Phrases, list[int], dict[int, int]]:
    """The words of papers, the topic of each, and the field of each topic."""
    phrases, topic_of, field_of = Phrases(), list[int](), dict[int, int]()
    rest = iter(papers)
    while block := list(islice(rest, _BLOCK)):
        phrases.add((paper.title, paper.text, paper.keywords) for paper in block)
        topic_of += [paper.topic for paper in block]
        field_of |= {paper.topic: paper.field for paper in block}
    return phrases, topic_of, field_of


@dataclass(frozen=True, slots=True)
class _Gains:
    """How well phrases say what topics are about: a topic, a phrase and its gain in each row, sorted by topic."""

    topic: Rows
    phrase: Rows
    gain: Scores

    def best(self, inside: Flags) -> list[tuple[int, float]]:
        """The phrases of the highest gains above 0 in some rows, the best first."""
        return _best(self.phrase[inside], self.gain[inside])


def _gains(table: Table, topic_of: Rows) -> _Gains:
    """What a phrase adds to the divergence of a topic's papers from all papers, by how much is expected of a phrase of
    its length. A paper counts once for each of its phrases, ``_TITLE`` times more for one of its title or keywords."""
    count = max(len(table.keys), 1)
    topics, member = np.unique(topic_of, return_inverse=True)
    everywhere, outside_text = (_pairs(table, member, inside) for inside in (slice(None), table.part != TEXT))
    rows, papers = np.unique(everywhere, return_counts=True)
    totals = papers + _TITLE * _counted(rows, outside_text)
    topic, phrase = rows // count, rows % count
    size = np.bincount(member)[topic]
    usual = np.bincount(phrase, weights=totals, minlength=count) / len(topic_of)
    share = totals / size
    fits = ((papers > 1) | (size < _SMALL)) & ~table.weak[phrase] & ~_nested(rows, totals, table)
    topic, phrase, share = topic[fits], phrase[fits], share[fits]
    worth = _WORTH[[len(key) for key in table.keys]]
    more = np.maximum(np.log(share / usual[phrase]), _ALIKE)
    return _Gains(topics[topic], phrase, share * more * worth[phrase])


def _pairs(table: Table, member: Rows, inside: slice | Flags) -> Rows:
    """Topic and phrase, as one number, for each paper and each phrase that it holds in some places."""
    count = max(len(table.keys), 1)
    pairs = np.sort(table.paper[inside].astype(np.int64) * count + table.phrase[inside])
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return np.asarray(member[pairs // count] * count + pairs % count)


def _counted(rows: Rows, pairs: Rows) -> Rows:
    """How often each of the sorted rows is among pairs, each of which is a row."""
    return np.bincount(np.searchsorted(rows, pairs), minlength=len(rows))


def _nested(rows: Rows, totals: Rows, table: Table) -> Flags:
    """Whether a phrase is mostly the end of one longer phrase in the topic: ``sense disambiguation``."""
    count = max(len(table.keys), 1)
    parent = table.parent[rows % count]
    longer = np.zeros(len(rows), dtype=np.int64)
    has = np.flatnonzero(parent >= 0)
    at = np.searchsorted(rows, rows[has] - rows[has] % count + parent[has])
    np.maximum.at(longer, at, totals[has])
    return np.asarray(longer > _NESTED * (totals + _SURE))


@dataclass(frozen=True, slots=True)
class _Votes:
    """How far each topic of a field is for each phrase (topics, phrases), 1 for its best phrase: none of them names the
    field alone."""

    phrase: Rows
    vote: Scores

    def best(self) -> list[tuple[int, float]]:
        """The phrases with the most votes, the best first."""
        return _best(self.phrase, self.vote.mean(axis=0))


def _votes(gains: _Gains, topics: list[int]) -> _Votes:
    inside = np.isin(gains.topic, topics)
    phrases, column = np.unique(gains.phrase[inside], return_inverse=True)
    vote = np.zeros((len(topics), len(phrases)))
    vote[np.searchsorted(np.sort(topics), gains.topic[inside]), column] = gains.gain[inside]
    return _Votes(phrases, vote / np.maximum(vote.max(axis=1, keepdims=True, initial=0), 1e-12))


def _best(phrase: Rows, score: Scores) -> list[tuple[int, float]]:
    order = np.lexsort((phrase, -score))[:_TRIED]
    return [(int(phrase[each]), float(score[each])) for each in order if score[each] > 0]


def _two(votes: _Votes, table: Table) -> list[int]:
    """The two phrases that speak best for the topics of a field: each topic counts for the one that it is more for, and
    a little for the other."""
    likely = [phrase for phrase, _ in votes.best()]
    vote = votes.vote[:, np.searchsorted(votes.phrase, likely)]
    pairs = [pair for pair in combinations(range(len(likely)), 2) if _fit(*(table.keys[likely[each]] for each in pair))]
    if not pairs:
        return likely[:1]
    one, other = (vote[:, list(each)] for each in zip(*pairs, strict=True))
    score = (np.maximum(one, other) + _OTHER * np.minimum(one, other)).mean(axis=0)
    return [likely[each] for each in pairs[int(score.argmax())]]


def _fit(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two phrases can make a name together: four words with the "and", and none of them twice."""
    return len(one) + len(other) < _WORDS and not _alike(_parts(one), _parts(other))


def _joined(leads: list[int], written: Mapping[int, str]) -> list[str]:
    texts = [written[each] for each in leads if each in written]
    return [" and ".join(texts)] if len(texts) == 2 else []


def _different(rows: list[tuple[int, float]], table: Table, written: Mapping[int, str]) -> list[str]:
    """The phrases as written, without those that a better one says already."""
    chosen: list[tuple[str, ...]] = []
    texts: list[str] = []
    for phrase, _ in rows:
        parts = _parts(table.keys[phrase])
        if not any(_same(parts, other) for other in chosen):
            chosen.append(parts)
            texts.append(written[phrase])
    return texts


def _parts(key: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for word in key for part in word.split("-") if part)


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two phrases say the same: one holds the other, or is its initials."""
    return set(one) <= set(other) or set(other) <= set(one) or _initials(one, other) or _initials(other, one)


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two phrases share a word, or one is the initials of the other."""
    return bool(set(one) & set(other)) or _same(one, other)


def _initials(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return len(one) == 1 and len(other) > 1 and one[0] == "".join(word[0] for word in other)


def _assigned(
    wishes: Mapping[int, list[str]], right: Mapping[int, tuple[bool, float]], taken: Mapping[int, str]
) -> dict[int, str]:
    """A name for each id: its first wish that is free. The surest topics choose first, fields last."""
    used = {_key(name) for name in taken.values()}
    names = {each: taken[each] for each in wishes if each in taken}
    for each in sorted(wishes.keys() - names.keys(), key=lambda each: (*(-part for part in right[each]), each)):
        names[each] = _sentence(_free(wishes[each], used))
        used.add(_key(names[each]))
    return names


def _free(wishes: list[str], used: set[str]) -> str:
    """The first wish that is not used; where all are, the first one with a number."""
    wishes = wishes or ["Topic"]
    numbered = (f"{wishes[0]} {number}" for number in range(2, len(used) + 3))
    return next(name for name in (*wishes, *numbered) if _key(name) not in used)


def _key(name: str) -> str:
    """A name without case, hyphens and plurals."""
    return " ".join(word.removesuffix("s") for word in folded(name).replace("-", " ").split())


def _sentence(name: str) -> str:
    """Return a name with a capital first letter, unless its first word has one already: ``arXiv`` stays."""
    return name if any(map(str.isupper, name.split(" ")[0])) else name[:1].upper() + name[1:]
