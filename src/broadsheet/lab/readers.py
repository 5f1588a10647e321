"""The task ``foryou``: simulated readers from real topic labels, whose further likes the ranking must find.

labelled papers -> topics neither too small nor too wide -> one half by name to tune on, the other to report
each reader: two to four topics, with a few papers of each as likes; all other papers of these topics are held back
every method ranks all other papers, and a day's worth of them -> recall, topic coverage, diversity -> differences
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import Difference, ListDiversity, Measure, TopicCoverage, bootstrap, difference
from broadsheet.core.protocols import Encoder, Progress
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors, unit
from broadsheet.foryou.interests import centre, common, shortlist
from broadsheet.foryou.profile import Background, Liked, Pool, picks, profile_of

K = 20
MEASURES = (f"R@{K}", f"STREC@{K}", f"ILD@{K}")
POOLS = ("all papers", "a day")
DAY = 200  # papers of a day
LEAST, WIDEST = 20, 0.05  # papers of a topic: at least, and at most as a share of all papers
FEWEST, MOST_GIVEN = 3, 20  # likes given for a topic, evenly on a logarithmic scale
OURS, AVERAGE = "for you", "average of everything"
_AT_ONCE = 512
_SAMPLE, _CLOSELY = 1_000, 500
_SPACE = "made up"
_NUMBERED = re.compile(r" (?:[ivx]+|\d+)$")  # "Machine Learning II" is a session of Machine Learning

Rank = Callable[[Rows], Rows]  # candidates -> the best of them, at least K where there are so many
Method = Callable[["Reader"], Rank]
Half = Literal["tuning", "report"]


@dataclass(frozen=True, slots=True)
class Papers:
    """Labelled papers: their ids, one topic each, and unit vectors (n, dim)."""

    ids: tuple[str, ...]
    topics: np.ndarray
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Reader:
    """A simulated reader: ``topics``, the rows ``liked`` with the topic of each in ``lists``, and a ``day``: the rows
    of papers that came on one day. With ``named`` the ranking knows the lists, else all likes are one heap."""

    topics: tuple[str, ...]
    liked: Rows
    lists: tuple[str, ...]
    day: Rows
    named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The mean of a ``measure`` over the readers, ranking one of ``POOLS``, with its 95 % bootstrap interval;
    ``above``: how far ours is above this method on the same readers (None for ours)."""

    pool: str
    method: str
    measure: str
    value: float
    low: float
    high: float
    above: Difference | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Rows, and what they are about."""

    rows: tuple[Row, ...]
    readers: int
    topics: int
    papers: int

    def to_json(self) -> dict[str, Any]:
        """Return all of it as JSON values."""
        return asdict(self)


def papers_of(documents: Sequence[Document], encoder: Encoder, progress: Progress | None = None) -> Papers:
    """Encode the documents that have a category; the first is their topic. UsageError when there are none."""
    labelled = [each for each in documents if each.categories and topic_of(each.categories[0])]
    if not labelled:
        raise UsageError("readers are simulated from topic labels, and no paper has a category: ingest papers that do")
    parts = []
    for start in range(0, len(labelled), _AT_ONCE):
        parts.append(encoder.encode([each.content for each in labelled[start : start + _AT_ONCE]], role="document"))
        if progress:
            progress(min(start + _AT_ONCE, len(labelled)), len(labelled))
    topics = np.array([topic_of(each.categories[0]) for each in labelled])
    return Papers(tuple(each.id for each in labelled), topics, np.concatenate(parts))


def topic_of(label: str) -> str:
    """Reduce a label to its words, without case, punctuation or the number of a session."""
    words = re.sub(r"[\W_]+", " ", label.casefold().replace("&", " and ")).strip()
    return _NUMBERED.sub("", words)


def topics_of(papers: Papers, half: Half = "report") -> list[str]:
    """Return the topics of one half that are neither too small nor too wide. A hash of its name alone assigns a topic
    to a half, so that what was tuned on one half never saw the other."""
    sizes = Counter(papers.topics.tolist())
    fit = sorted(name for name, size in sizes.items() if LEAST <= size <= WIDEST * len(papers.ids))
    return [name for name in fit if hashlib.sha256(name.encode()).digest()[0] % 2 == (half == "report")]


def make_readers(papers: Papers, count: int, *, half: Half = "report", seed: int = 0) -> list[Reader]:
    """Simulate ``count`` readers, each with its own random generator. UsageError when there are too few topics."""
    topics = topics_of(papers, half)
    if len(topics) < 4:
        raise UsageError(
            f"readers need four topics of {LEAST} to {int(WIDEST * len(papers.ids)):,} papers; there are {len(topics)}"
        )
    rows = {topic: np.flatnonzero(papers.topics == topic) for topic in topics}
    return [_reader(rows, len(papers.ids), np.random.default_rng((seed, each))) for each in range(count)]


def _reader(rows: Mapping[str, Rows], count: int, random: np.random.Generator) -> Reader:
    """A reader whose day has at least one paper to like."""
    own = [str(topic) for topic in random.choice(list(rows), size=random.integers(2, 5), replace=False)]
    given = [random.choice(rows[topic], size=_given(len(rows[topic]), random), replace=False) for topic in own]
    liked = np.concatenate(given)
    others = np.setdiff1d(np.arange(count), liked)
    relevant = np.setdiff1d(np.concatenate([rows[topic] for topic in own]), liked)
    day = np.empty(0, dtype=np.int64)
    while not np.isin(day, relevant).any():
        day = np.sort(random.choice(others, size=min(DAY, len(others)), replace=False))
    lists = tuple(topic for topic, part in zip(own, given, strict=True) for _ in part)
    return Reader(tuple(own), liked, lists, day)


def _given(size: int, random: np.random.Generator) -> int:
    drawn = int(np.exp(random.uniform(np.log(FEWEST), np.log(MOST_GIVEN + 1))))
    return min(drawn, size // 2)


class ForYou:
    """Our method: profile and picks as ``foryou`` makes them for a person, with rows in place of row numbers.

    ``followed`` holds the centre (dim,) of the topic of the Collection that a reader of a labelled topic follows.
    """

    def __init__(self, papers: Papers, followed: Mapping[str, Vectors] | None = None) -> None:
        mean, self._followed = common(papers.vectors), followed or {}
        self._vectors, self._rows = papers.vectors, centre(papers.vectors, mean)
        self._background = Background(mean, self._rows[:: max(1, len(self._rows) // _SAMPLE)], _SPACE)

    def __call__(self, reader: Reader) -> Rank:
        return self.declined(reader, np.empty(0, dtype=np.int64))

    def declined(self, reader: Reader, declined: Rows) -> Rank:
        """Make the ranking for a reader who has also declined these rows."""
        lists = reader.lists if reader.named else [""] * len(reader.liked)
        liked = [Liked(int(row), group=name) for row, name in zip(reader.liked, lists, strict=True)]
        centres = {topic: self._followed[topic] for topic in reader.topics if topic in self._followed}
        liked += [Liked(vector=centre, group=topic) for topic, centre in centres.items()]
        vectors = np.stack([*self._vectors[reader.liked], *centres.values()])
        refused = declined, self._vectors[declined]
        made = profile_of(self._background, liked, vectors, declined=refused)
        near = self._rows @ made.interests.centres.T

        def rank(candidates: Rows) -> Rows:
            few = candidates[shortlist(near[candidates], _CLOSELY)]
            pool = Pool(few, self._vectors[few], self._rows[few], _SPACE)
            return np.array([each.number for each in picks(made, pool, K)], dtype=np.int64)

        return rank


def average(vectors: Vectors) -> Method:
    """Make the common baseline: nearness to the mean of all that is liked."""

    def method(reader: Reader) -> Rank:
        return by_score(vectors @ unit(vectors[reader.liked].mean(axis=0, keepdims=True))[0])

    return method


def by_score(values: np.ndarray) -> Rank:
    """Make a ranking by ``values``, one for each paper, highest first; ties by row."""
    return lambda candidates: candidates[np.argsort(-values[candidates], kind="stable")[:K]]


def measure(
    papers: Papers, readers: Sequence[Reader], methods: Mapping[str, Method], *, progress: Progress | None = None
) -> Result:
    """Measure every method on every reader; the first of ``methods`` is ours, with which the others are compared."""
    values = measure_each(papers, readers, methods, progress=progress)
    topics = {topic for reader in readers for topic in reader.topics}
    return Result(rows=_rows(values, next(iter(methods))), readers=len(readers), topics=len(topics),
                 papers=len(papers.ids))  # fmt: skip


def measure_each(
    papers: Papers, readers: Sequence[Reader], methods: Mapping[str, Method], *, progress: Progress | None = None
) -> dict[tuple[str, str, str], list[float]]:
    """Measure every method on every reader, and return the values of (pool, measure, method), one for each reader."""
    values: dict[tuple[str, str, str], list[float]] = {}
    everything = np.arange(len(papers.ids))
    for done, reader in enumerate(readers, 1):
        pools = np.setdiff1d(everything, reader.liked), reader.day
        for name, method in methods.items():
            rank = method(reader)
            for pool, candidates in zip(POOLS, pools, strict=True):
                scores = judge(papers, reader, candidates, rank(candidates)[:K])
                for measure, value in zip(MEASURES, scores, strict=True):
                    values.setdefault((pool, measure, name), []).append(value)
        if progress:
            progress(done, len(readers))
    return values


def judge(papers: Papers, reader: Reader, candidates: Rows, ranked: Rows) -> tuple[float, float, float]:
    """Compute the MEASURES of a ranking of candidates; only papers with a topic of the reader are relevant."""
    right = candidates[np.isin(papers.topics[candidates], reader.topics)]
    topics = {papers.ids[row]: (str(papers.topics[row]),) for row in right}
    ids = [papers.ids[row] for row in ranked]
    return (
        Measure("R", K)(ids, dict.fromkeys(topics, 1)),
        TopicCoverage(K)(ids, topics),
        ListDiversity(K)(papers.vectors[ranked]),
    )


def measure_declining(papers: Papers, readers: Sequence[Reader], *, most: int = 5) -> Difference:
    """Measure how much recall rises when a reader declines the first ``most`` wrong papers of a first list: compare
    second lists with and without that knowledge, both without the declined papers."""
    ours = ForYou(papers)
    with_declined, without = list[float](), list[float]()
    for reader in readers:
        rank = ours(reader)
        first = rank(np.setdiff1d(np.arange(len(papers.ids)), reader.liked))
        wrong = first[~np.isin(papers.topics[first], reader.topics)][:most]
        rest = np.setdiff1d(np.arange(len(papers.ids)), np.concatenate([reader.liked, wrong]))
        for values, each in ((with_declined, ours.declined(reader, wrong)), (without, rank)):
            values.append(judge(papers, reader, rest, each(rest))[0])
    return difference(with_declined, without, seed=0)


def _rows(values: Mapping[tuple[str, str, str], Sequence[float]], ours: str) -> tuple[Row, ...]:
    rows = []
    for (pool, measure, method), own in sorted(values.items(), key=lambda each: _place(each[0])):
        low, high = bootstrap(own, seed=0)
        above = None if method == ours else difference(values[pool, measure, ours], own, seed=0)
        rows.append(
            Row(pool=pool, method=method, measure=measure, value=float(np.mean(own)), low=low, high=high, above=above)
        )
    return tuple(rows)


def _place(key: tuple[str, str, str]) -> tuple[int, int]:
    return POOLS.index(key[0]), MEASURES.index(key[1])
