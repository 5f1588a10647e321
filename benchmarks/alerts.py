"""How good alerts are: papers that people filed under topics, with each topic's name as an alert.

for each topic: its name as an alert -> the matches among all papers -> precision and recall against its papers
for each topic in a field: the field's name without the topic's -> how many of the topic's papers go, how many stay
a hash of their names splits topics in two halves: choose on one half, report on the other

A paper that no one filed under a topic may well be about it, so precision is a lower bound.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import gather, prepare
from broadsheet.alerts.scale import Measure, by_bands, by_relevance
from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.metrics import bootstrap
from broadsheet.core.types import LEVELS, Document, Strength

LEAST = 20  # papers of a topic
MEASURES = ("precision", "recall", "F1", "F0.5", "matched of 100")
EXCLUDING = ("topic's removed", "rest of the field kept", "others kept")
_CODE = re.compile(r"[A-Z&]{1,5}")
_VAGUE = re.compile(r"general|applications?|others?|machine learning|deep learning|interpretability")
_AT_ONCE = 4_096

Papers = frozenset[int]


@dataclass(frozen=True, slots=True)
class Topics:
    """Row numbers of the papers of each topic, and of each field the topics in it."""

    papers: Mapping[str, Papers]
    fields: Mapping[str, frozenset[str]]

    def half(self, which: int) -> Topics:
        """Return the topics of one half, 0 or 1; all fields stay, without the other half's topics."""
        ours = {name: papers for name, papers in self.papers.items() if _half(name) == which}
        return Topics(ours, {name: topics & ours.keys() for name, topics in self.fields.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The mean of a measure over ``cases`` (topics, or pairs of field and topic) with its 95 % bootstrap interval."""

    setting: str
    measure: str
    value: float
    low: float
    high: float
    cases: int


def topics(papers: Mapping[int, Document]) -> Topics:
    """Read topics and fields from keywords, for example ``Data Mining: DM: Recommender Systems``, by row number.

    Topics of fewer than LEAST papers, and topics with vague names (``general``), are left out. UsageError when none is
    left.
    """
    found: dict[str, set[int]] = {}
    fields: dict[str, set[str]] = {}
    for number, paper in papers.items():
        for field, topic in filter(None, map(_split, paper.keywords)):
            found.setdefault(topic, set()).add(number)
            fields.setdefault(field, set()).add(topic)
    kept = {t: frozenset(p) for t, p in found.items() if len(p) >= LEAST and not _VAGUE.search(t)}
    if not kept:
        raise UsageError(f"no topic has {LEAST} papers: keywords like 'Data Mining: Recommender Systems' are needed")
    return Topics(kept, {field: frozenset(several & kept.keys()) for field, several in fields.items()})


def _split(keyword: str) -> tuple[str, str] | None:
    """The field and the topic of a keyword, its codes left out; None for one without a field."""
    parts = [part.strip() for part in keyword.split(":") if not _CODE.fullmatch(part.strip())]
    return (parts[0].lower(), parts[-1].lower()) if len(parts) > 1 else None


def _half(name: str) -> int:
    return hashlib.sha256(name.encode()).digest()[0] % 2


def find_matches(
    collection: Collection, alerts: Sequence[Alert], numbers: Sequence[int], *, measure: Measure = by_relevance
) -> list[Papers]:
    """Find which of these papers match each alert, as the Collection matches them every day, or by another measure."""
    prepared = prepare(collection, alerts, measure=measure)
    found: list[set[int]] = [set() for _ in alerts]
    for start in range(0, len(numbers), _AT_ONCE):
        papers = gather(collection, numbers[start : start + _AT_ONCE], prepared)
        for whole, part in zip(found, prepared.hits(papers), strict=True):
            whole.update(hit.number for hit in part)
    return [frozenset(each) for each in found]


def measure_matching(collection: Collection, judged: Topics, numbers: Sequence[int], *, seed: int = 0) -> list[Row]:
    """Measure each strength with the topics' names as alerts: every MEASURE, over the topics.

    Each strength comes with what it was before, by bands, and how far it is above that.
    """
    names, rows = sorted(judged.papers), []
    for level in LEVELS:
        values = {}
        for setting, measure in ((str(level), by_relevance), (f"{level} by bands", by_bands)):
            found = find_matches(collection, [Alert(name, (), level) for name in names], numbers, measure=measure)
            each = zip(names, found, strict=True)
            values[setting] = [_measure(got, judged.papers[name], len(numbers)) for name, got in each]
            rows += _rows(setting, MEASURES, values[setting], seed)
        above = [np.subtract(*pair) for pair in zip(*values.values(), strict=True)]
        rows += _rows(f"{level} above it", MEASURES, [tuple(map(float, each)) for each in above], seed)
    return rows


def _measure(found: Papers, relevant: Papers, of: int) -> tuple[float, ...]:
    """MEASURES of one alert; the precision of silence is 0."""
    right = len(found & relevant)
    precision, recall = right / max(1, len(found)), right / len(relevant)
    return precision, recall, _f(precision, recall, 1.0), _f(precision, recall, 0.5), 100 * len(found) / of


def _f(precision: float, recall: float, beta: float) -> float:
    """Van Rijsbergen's F (Information Retrieval, 1979): below 1, ``beta`` sets precision above recall."""
    below = beta**2 * precision + recall
    return (1 + beta**2) * precision * recall / below if below else 0.0


def measure_exclusions(
    collection: Collection, judged: Topics, numbers: Sequence[int], *, level: Strength = Strength.FAIR, seed: int = 0
) -> list[Row]:
    """Measure exclusions with each field's name without one of its topics: which matches of the field go, which stay.

    Pairs are left out when fewer than five papers of the topic, or of the rest of the field, match at all.
    """
    pairs = [(field, topic) for field, several in sorted(judged.fields.items()) for topic in sorted(several)]
    plain = [Alert(field, (), level) for field, _ in pairs]
    less = [replace(alert, without=(topic,)) for alert, (_, topic) in zip(plain, pairs, strict=True)]
    before, after = find_matches(collection, plain, numbers), find_matches(collection, less, numbers)
    values = []
    for (field, topic), had, has in zip(pairs, before, after, strict=True):
        unwanted = judged.papers[topic]
        wanted = frozenset().union(*(judged.papers[each] for each in judged.fields[field])) - unwanted
        parts = [had & unwanted, had & wanted, had - unwanted - wanted]
        if min(map(len, parts[:2])) >= 5:
            shares = [len(part & has) / max(1, len(part)) for part in parts]
            values.append((1 - shares[0], *shares[1:]))
    return _rows(f"{level}, without", EXCLUDING, values, seed)


def measure_reliability(
    collection: Collection, judged: Topics, numbers: Sequence[int]
) -> list[tuple[str, int, float, float]]:
    """Measure what a probability is worth with the topics' names as alerts: for the papers that each word names, how
    many there are, the mean probability, and the share that was filed under the topic."""
    names = sorted(judged.papers)
    prepared = prepare(collection, [Alert(name, (), 0.01) for name in names])
    hits = prepared.hits(gather(collection, numbers, prepared, words=False))
    seen = [
        (hit.strength, hit.relevance, hit.number in judged.papers[name])
        for name, own in zip(names, hits, strict=True)
        for hit in own
    ]
    table = []
    for level in (Strength.WEAK, *LEVELS):
        own = [(relevance, right) for strength, relevance, right in seen if strength == level]
        mean, share = np.mean(own, axis=0).tolist() if own else (0.0, 0.0)
        table.append((str(level), len(own), mean, share))
    return table


def measure_silence(
    collection: Collection, foreign: Iterable[str], numbers: Sequence[int], *, measure: Measure = by_relevance
) -> dict[Strength, float]:
    """Count papers matched, per 1,000, by alerts about something else altogether, for each strength; ideally 0."""
    texts, share = list(foreign), {}
    for level in LEVELS:
        found = find_matches(collection, [Alert(text, (), level) for text in texts], numbers, measure=measure)
        share[level] = 1_000 * sum(map(len, found)) / max(1, len(texts) * len(numbers))
    return share


def _rows(setting: str, measures: Sequence[str], values: Sequence[tuple[float, ...]], seed: int) -> list[Row]:
    rows = []
    for place, measure in enumerate(measures if values else ()):
        own = [each[place] for each in values]
        low, high = bootstrap(own, seed=seed)
        rows.append(
            Row(setting=setting, measure=measure, value=float(np.mean(own)), low=low, high=high, cases=len(own))
        )
    return rows
