"""Rising topics on past weeks: does what rises in a week stay above its past in the next one?

./run.sh bench topics_rising

Papers with days (hf_daily, and the years from 2012 on of papers_arxiv_cs), MiniLM. Topics are fitted to the first
third of the papers, and the later ones are placed in them. For each week of the last third, every topic gets a score
from that week and the twelve before it, and is compared with the week after: how far its share of that is above its
share of the same twelve weeks. SURENESS, the strength of the prior, is the one under which the weeks of the second
third are most probable (a negative binomial distribution); the quantile of the score was chosen on them too, for how
many topics rise; none of them is reported. Means are over weeks; their intervals are of means of four weeks in a row,
drawn with replacement, because neighbouring weeks share their past.

Readers see topics with a score above 1. `lift` is how many times as many papers these have in the next week as their
past predicts, all together, and `above` the share of them that have more than it predicts: next to as many topics of
the same weeks by other scores. Their intervals are of weeks drawn with replacement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from common import head, need_data, versions
from scipy import stats

from broadsheet import names
from broadsheet.core.metrics import bootstrap, difference, spearman
from broadsheet.core.types import Document
from broadsheet.core.vectors import Vectors
from broadsheet.lab.cache import CachedEncoder
from broadsheet.store.topics import Count
from broadsheet.topics import rising
from broadsheet.topics.clusters import fit, place
from broadsheet.topics.rising import PAST, Window, counted, expected, surely

DAYS, _BLOCK = 7, 4  # days of a window; weeks whose mean is one value of an interval
_CANDIDATES = (0.3, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 50.0)
_SETS = {"hf_daily": ("hf_daily/daily.jsonl.gz", 0), "papers_arxiv_cs": ("papers_arxiv_cs/papers.jsonl.gz", 2012)}

Floats = np.ndarray
Score = Callable[[Floats, Floats], Floats]
SCORES: Mapping[str, Score] = {
    "rising": lambda papers, predicted: np.array([surely(int(r), e) for r, e in zip(papers, predicted, strict=True)]),
    "ratio, not shrunk": lambda papers, predicted: papers / predicted,
    "most papers": lambda papers, _: papers,
    "largest topics": lambda _, predicted: predicted,
}


@dataclass(frozen=True, slots=True)
class Week:
    """Of each topic (n,): papers of a week, how many its past predicts, and both for the next week."""

    papers: Floats
    predicted: Floats
    later: Floats
    later_predicted: Floats

    @property
    def growth(self) -> Floats:
        """How far the next week is above the past, as a power of two, drawn towards 0 by half a paper."""
        return np.log2((self.later + 0.5) / (self.later_predicted + 0.5))


def weeks(days: Sequence[date], topics: Sequence[int], first: date, last: date) -> Iterator[Week]:
    """Yield the weeks from ``first`` to before ``last``; ``days`` and ``topics`` are those of the papers."""
    present = sorted({each for each in topics if each})
    homes = {each: each for each in present}
    counts = [Count(topic or None, day.toordinal(), 1, 0) for day, topic in zip(days, topics, strict=True)]
    start = first
    while start + timedelta(days=2 * DAYS) <= last:
        now, after = _window(counts, homes, start), _window(counts, homes, start, skipped=DAYS)
        predicted = np.array([expected(now, topic, len(present)) for topic in present])
        papers, later = (np.array([each.recent[topic] for topic in present], dtype=float) for each in (now, after))
        if now.papers and after.papers:
            yield Week(papers, predicted, later, predicted * after.papers / now.papers)
        start += timedelta(days=DAYS)


def _window(counts: Sequence[Count], homes: dict[int, int], start: date, *, skipped: int = 0) -> Window:
    """The papers of a week that begins ``skipped`` days after ``start``, and those of the weeks before ``start``."""
    begin = start.toordinal()
    past = [each for each in counts if begin - PAST <= each.day < begin]
    recent = [each for each in counts if begin + skipped <= each.day < begin + skipped + DAYS]
    return counted([*past, *recent], homes, start)


def probable(some: Sequence[Week]) -> float:
    """Return the strength of the prior under which these weeks are most probable."""
    papers, predicted = (np.concatenate([getattr(each, name) for each in some]) for name in ("papers", "predicted"))
    return max(_CANDIDATES, key=lambda a: float(stats.nbinom.logpmf(papers, a, a / (a + predicted)).sum()))


def correlations(some: Sequence[Week]) -> dict[str, Floats]:
    """Return for each score its rank correlation over topics with the growth of the next week, week by week."""
    return {name: np.array([spearman(score(each.papers, each.predicted), each.growth) for each in some])
            for name, score in SCORES.items()}  # fmt: skip


def lifts(some: Sequence[Week]) -> dict[str, Floats]:
    """Return, for the weeks in which topics rise, of as many of the highest topics by each score, (weeks, 4): papers of
    the next week, how many were predicted, how many topics have more than that, and how many topics there are. The last
    entry is of all topics."""
    found: dict[str, list[Floats]] = {name: [] for name in [*SCORES, "all topics"]}
    for week in some:
        count = int((SCORES["rising"](week.papers, week.predicted) > 1).sum())
        if not count:
            continue
        more = week.later > week.later_predicted
        facts = np.stack([week.later, week.later_predicted, more, np.ones(len(more))], axis=1)
        for name, score in SCORES.items():
            best = np.argsort(-score(week.papers, week.predicted), kind="stable")[:count]
            found[name].append(facts[best].sum(axis=0))
        found["all topics"].append(facts.sum(axis=0))
    return {name: np.array(rows).reshape(-1, 4) for name, rows in found.items()}


def blocks(values: Floats) -> Floats:
    """Return the means of ``_BLOCK`` values in a row, or of one or two more."""
    parts = np.array_split(values, max(1, len(values) // _BLOCK))
    return np.array([part.mean() for part in parts])


def table(name: str, days: Sequence[date], vectors: Vectors) -> list[str]:
    """Return the lines of the report on one set of papers, ordered by their ``days``."""
    third = len(days) // 3
    tree = fit(vectors[:third])
    topics = place(tree, vectors)[0].tolist()
    early = list(weeks(days, topics, days[third] + timedelta(days=PAST), days[2 * third]))
    some = list(weeks(days, topics, days[2 * third], days[-1]))
    size = np.mean([each.papers.sum() for each in some])
    lines = [
        f"## {name}: {len(days):,} papers from {days[0]} to {days[-1]}, {len(tree)} topics of the first {third:,}; "
        f"{len(some)} weeks from {days[2 * third]}, {size:.0f} papers with topics in each",
        f"SURENESS that makes {len(early)} weeks before them most probable: {probable(early) if early else 'none'} "
        f"(in use: {rising.SURENESS:g})",
        "",
        "| score | Spearman with the growth of the next week | rising above it |",
        "|---|---|---|",
    ]
    found = {label: blocks(values) for label, values in correlations(some).items()}
    for label, values in found.items():
        low, high = bootstrap(values, seed=0)
        gap = difference(found["rising"], values, seed=0)
        above = f"{gap.mean:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]" if label != "rising" else ""
        lines.append(f"| {label} | {values.mean():+.3f} [{low:+.3f}, {high:+.3f}] | {above} |")
    return [*lines, "", *_lift_lines(some)]


def _lift_lines(some: Sequence[Week]) -> list[str]:
    found = lifts(some)
    rises = [int((SCORES["rising"](each.papers, each.predicted) > 1).sum()) for each in some]
    lines = [
        f"Topics rise in {np.count_nonzero(rises)} of {len(some)} weeks, {np.mean(rises):.1f} a week",
        "",
        "| as many topics by | papers of the next week | predicted | lift | above |",
        "|---|---|---|---|---|",
    ]
    for label, rows in found.items():
        if len(rows):
            papers, predicted = rows[:, 0].sum(), rows[:, 1].sum()
            lift, above = _ratio(rows[:, 0], rows[:, 1]), _ratio(rows[:, 2], rows[:, 3])
            lines.append(f"| {label} | {papers:.0f} | {predicted:.1f} | {lift} | {above} |")
    return lines


def _ratio(tops: Floats, bottoms: Floats) -> str:
    """The ratio of two sums, with the interval of weeks that are drawn with replacement."""
    drawn = np.random.default_rng(0).integers(0, len(tops), size=(10_000, len(tops)))
    low, high = np.quantile(tops[drawn].sum(axis=1) / bottoms[drawn].sum(axis=1), [0.025, 0.975])
    return f"{tops.sum() / bottoms.sum():.2f} [{low:.2f}, {high:.2f}]"


def main() -> None:
    """Print the tables of every set."""
    head("topics_rising", f"versions: {versions('broadsheet', 'numpy', 'scikit-learn', 'openvino')}", "MiniLM")
    encoder = CachedEncoder.under(names.encoder("minilm"), "~/.cache/broadsheet/evaluate")
    for name, (file, since) in _SETS.items():
        source = names.source(f"jsonl:{need_data() / file}")
        papers = [each for each in source.fetch(None) if isinstance(each, Document)]
        dated = [(day, each) for each in papers if (day := each.day or each.submitted)]
        dated.sort(key=lambda pair: pair[0])
        chosen = [(day, each) for day, each in dated if day.year >= since]
        vectors = encoder.encode([each.content for _, each in chosen])
        print(*table(name, [day for day, _ in chosen], vectors), "", sep="\n", flush=True)


if __name__ == "__main__":
    main()
