"""Set operations on meanings, measured on queries composed of two or three labels.

    ./run.sh bench asking [--dev] [--most PAIRS]

Papers of ``papers_conf`` with keywords, in two Collections under MiniLM: `ijcai`, 4,259 papers with abstracts whose
authors chose topics from a list (areas and topics are both labels), and `keywords`, all 32,685 papers with keywords, of
which 25,875 have a title only and authors chose freely. A label whose words hold all words of another counts as that
other too. A query joins two labels that at least 10 papers have; pairs in which one is nearly always with the other, or
one's words hold the other's, are left out. Labels are split by a hash of their names: constants were chosen on pairs
whose labels are both in the first 35 % (``--dev``), what is printed is about pairs whose labels are both in the rest.
What an author did not name counts against every subject alike.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from common import CACHE, head, interval, need_data, verdict, versions

from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document
from broadsheet.core.vectors import unit
from broadsheet.encoders.minilm import default
from broadsheet.lab.cache import CachedEncoder
from broadsheet.search.hybrid import search
from broadsheet.search.question import read
from broadsheet.search.sets import composed
from broadsheet.search.sides import towards
from broadsheet.sync import sync

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DEV = 0.35  # the share of labels that constants were chosen on
LEAST = 10  # papers that have both labels
VOID = {
    "", "general", "other", "application", "machine learning", "deep learning", "artificial intelligence",
    "multidisciplinary topics and application", "machine learning application", "application domain",
}  # fmt: skip
"""Labels that name no subject, or that of nearly all papers."""


@dataclass(frozen=True)
class Judged:
    """Papers with labels: the Collection, the numbers of each label's papers, how labels are written, and pairs."""

    name: str
    collection: Collection
    papers: dict[str, frozenset[int]]
    written: dict[str, str]
    pairs: list[tuple[str, str]]


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The papers of a file of papers_conf that have keywords."""
    with gzip.open(need_data() / "papers_conf" / f"{name}.jsonl.gz", "rt") as file:
        yield from (row for row in map(json.loads, file) if row["keywords"])


def label(text: str) -> str:
    """A keyword without case, and in the singular."""
    plain = re.sub(r"\s+", " ", text.strip().lower().strip("."))
    return re.sub(r"(?<=[a-z]{3})(?<!s)s$", "", plain)


def place(name: str) -> float:
    """Where a label lies between 0 and 1, by its hash."""
    return int(hashlib.blake2b(name.encode(), digest_size=2).hexdigest(), 16) / 65536


def ijcai() -> Judged:
    """Papers of IJCAI: the area and the topic of each keyword are labels."""
    papers = [row for row in rows("papers") if row["venue"] == "ijcai" and row.get("abstract")]
    parts = [[part for each in row["keywords"] for part in (each.split(":")[0], each.split(":")[-1])] for row in papers]
    return judged("ijcai", papers, parts, nested=False)


def keywords() -> Judged:
    """All papers with keywords."""
    papers = [row for name in ("papers", "titles_only") for row in rows(name)]
    papers = list({row["id"]: row for row in papers}.values())
    return judged(
        "keywords", papers, [[each.split(":")[-1] for each in row["keywords"]] for row in papers], nested=True
    )


def judged(name: str, papers: Sequence[dict[str, Any]], parts: Sequence[list[str]], *, nested: bool) -> Judged:
    """Papers in a Collection, with their labels; ``nested``: a pair whose one label's words hold the other's is out."""
    collection, numbers = stored(name, papers)
    own: dict[str, set[int]] = defaultdict(set)
    spelt: dict[str, Counter[str]] = defaultdict(Counter)
    for number, labels in zip(numbers, parts, strict=True):
        for each in labels:
            own[label(each)].add(number)
            spelt[label(each)][re.sub(r"\s+", " ", each.strip().lower().strip("."))] += 1
    pairs = both(own, nested=nested)
    chosen = sorted(set(itertools.chain(*pairs)))
    words = {each: frozenset(each.split()) for each in own}
    whole = {each: frozenset().union(*(own[other] for other in own if words[each] <= words[other])) for each in chosen}
    return Judged(name, collection, whole, {each: spelt[each].most_common(1)[0][0] for each in chosen}, pairs)


def both(own: dict[str, set[int]], *, nested: bool) -> list[tuple[str, str]]:
    """The pairs of labels that enough papers have."""
    often = {name for name, papers in own.items() if len(papers) >= LEAST and name not in VOID}
    of: dict[int, list[str]] = defaultdict(list)
    for name in often:
        for number in own[name]:
            of[number].append(name)
    counts = Counter(pair for names in of.values() for pair in itertools.combinations(sorted(names), 2))
    out = []
    for (one, other), count in sorted(counts.items()):
        a, b = frozenset(one.split()), frozenset(other.split())
        apart = not (a <= b or b <= a) if nested else count / min(len(own[one]), len(own[other])) < 0.8
        if count >= LEAST and apart:
            out.append((one, other))
    return out


def stored(name: str, papers: Sequence[dict[str, Any]]) -> tuple[Collection, list[int]]:
    """A synced Collection of papers, and the number of each."""
    encoder = CachedEncoder.under(default(), "~/.cache/broadsheet/evaluate")
    documents = [Document(id=f"conf:{row['id']}", title=row["title"], text=row.get("abstract") or "") for row in papers]
    collection = open_collection(CACHE / f"asking-{name}", encoder=encoder)
    if collection.store.papers.count() != len(documents):
        collection.store.papers.put(documents, now=NOW)
    sync(collection)
    numbers = collection.store.papers.numbers([each.id for each in documents])
    return collection, [numbers[each.id] for each in documents]


def first(collection: Collection, query: str) -> list[int]:
    """The numbers of the first ten papers of a hybrid search for a text, without stages."""
    found = search(collection, query, pins=False, stages=())
    ids = [each.document.id for each in found.items]
    numbers = collection.store.papers.numbers(ids)
    return [numbers[each] for each in ids]


def nearest(collection: Collection, vector: np.ndarray) -> list[int]:
    """The numbers of the ten papers nearest to a vector."""
    numbers, _ = collection.space.snapshot().search(vector.astype(np.float32), 10)
    return [int(each) for each in numbers]


def precision(found: Sequence[int], right: frozenset[int]) -> float:
    """The share of ten places that hold a right paper."""
    return len(right.intersection(found)) / 10


def whole(collection: Collection, query: str) -> list[int]:
    """The numbers of the whole list for an expression."""
    order, _, _ = composed(collection, read(collection, query), "hybrid")
    return order.numbers(len(order))


def conjunctions(sets: Judged, pairs: Sequence[tuple[str, str]]) -> dict[str, np.ndarray]:
    """P@10 of papers with both labels, of each subject, pair by pair."""
    out: dict[str, list[float]] = defaultdict(list)
    c = sets.collection
    for one, other in pairs:
        a, b = sets.written[one], sets.written[other]
        right = sets.papers[one] & sets.papers[other]
        va, vb, vab = c.encoder.encode([a, b, f"{a} {b}"], role="query")
        ours, mean = whole(c, f'("{a}") & ("{b}")'), by_mean(c, va + vb)
        for name, found in {
            "A & B": ours[:10],
            "joined text, dense": nearest(c, vab),
            "joined text, hybrid": first(c, f"{a} {b}"),
            "mean vector": mean[:10],
        }.items():
            out[name].append(precision(found, right))
        out["full above partial, A & B"].append(above(ours, sets, one, other))
        out["full above partial, mean vector"].append(above(mean, sets, one, other))
    return {name: np.array(values) for name, values in out.items()}


def by_mean(collection: Collection, vector: np.ndarray) -> list[int]:
    """All numbers, the nearest to a vector first."""
    snapshot = collection.space.snapshot()
    rows_ = np.flatnonzero(snapshot.live)
    order = np.argsort(-(snapshot.vectors[rows_] @ unit(vector[None])[0]), kind="stable")
    return [int(each) for each in snapshot.numbers[rows_[order]]]


def above(order: Sequence[int], sets: Judged, one: str, other: str) -> float:
    """How often a paper with both labels is above one with either alone (NS3's claim, pair by pair of papers)."""
    rank = {number: place_ for place_, number in enumerate(order)}
    full = np.sort([rank[each] for each in sets.papers[one] & sets.papers[other] if each in rank])
    part = np.sort([rank[each] for each in sets.papers[one] ^ sets.papers[other] if each in rank])
    return float((len(part) - np.searchsorted(part, full)).sum() / max(1, len(full) * len(part)))


def differences(sets: Judged, pairs: Sequence[tuple[str, str]]) -> dict[str, np.ndarray]:
    """Which share of A's papers with B goes, and which share of those without stays: ours, and ``A -"B"`` by words."""
    out: dict[str, list[float]] = defaultdict(list)
    for place_, pair in enumerate(pairs):
        for one, other in (pair,) if place_ % 2 else (pair[::-1],):
            unwanted = sets.papers[one] & sets.papers[other]
            wanted = sets.papers[one] - sets.papers[other]
            if min(len(unwanted), len(wanted)) < LEAST:
                continue
            a, b = sets.written[one], sets.written[other]
            left = set(whole(sets.collection, f'("{a}") - ("{b}")'))
            words = set(sets.collection.lexicon.having([b]).tolist())
            for name, gone in (("A - B", lambda n, left=left: n not in left), ('A -"B"', words.__contains__)):
                out[f"{name} removed"].append(np.mean([gone(each) for each in unwanted]))
                out[f"{name} kept"].append(1 - np.mean([gone(each) for each in wanted]))
    return {name: np.array(values) for name, values in out.items()}


def triples(sets: Judged, pairs: Sequence[tuple[str, str]], *, most: int = 100) -> dict[str, np.ndarray]:
    """P@10 of papers with A and B and without C."""
    out: dict[str, list[float]] = defaultdict(list)
    c = sets.collection
    names = sorted(set(itertools.chain(*pairs)))
    chosen = [
        (one, other, third)
        for one, other in pairs
        for third in names
        if third not in (one, other)
        and len(sets.papers[one] & sets.papers[other] & sets.papers[third]) >= 3
        and len((sets.papers[one] & sets.papers[other]) - sets.papers[third]) >= LEAST
    ]
    for one, other, third in chosen[:: max(1, -(-len(chosen) // most))]:
        right = (sets.papers[one] & sets.papers[other]) - sets.papers[third]
        a, b, d = (sets.written[each] for each in (one, other, third))
        va, vb, vd = c.encoder.encode([a, b, d], role="query")
        ours = whole(c, f'("{a}") & ("{b}") - ("{d}")')
        out["A & B - C"].append(precision(ours[:10], right))
        out["mean of A and B"].append(precision(nearest(c, unit((va + vb)[None])[0]), right))
        out["mean of A, B and C"].append(precision(nearest(c, unit((va + vb + vd)[None])[0]), right))
        moved = towards(np.stack([va, vb]), vd[None])
        out["mean of A and B, away from C"].append(precision(nearest(c, moved), right))
    return {name: np.array(values) for name, values in out.items()}


def told(title: str, values: dict[str, np.ndarray], ours: str = "") -> None:
    """A row for each subject: its mean with an interval and, against ``ours``, the paired difference."""
    print(f"\n{title}")
    for name, own in values.items():
        low, high = interval(own, np.mean)
        line = f"  {name:<34} {own.mean():.3f} [{low:.3f}, {high:.3f}]"
        if ours and name != ours and len(own) == len(values[ours]):
            low, high = interval(values[ours] - own, np.mean)
            line += f"   {ours} is above by {np.mean(values[ours] - own):+.3f} [{low:+.3f}, {high:+.3f}]"
        print(line, flush=True)


def without_a_third() -> None:
    """S210: A and B without C on keywords of papers, P@10 against the mean vector of A and B"""
    parts = []
    for make in (ijcai, keywords):
        sets = make()
        parts.append(triples(sets, held_out(sets, dev=False, most=123)))
    values = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    split("triple", values)
    low, high = interval(values["A & B - C"] - values["mean of A and B"], np.mean)
    verdict(f"lower end of the gain's interval [{low:.3f}, {high:.3f}]", low, 0, most=False)


def held_out(sets: Judged, *, dev: bool, most: int) -> list[tuple[str, str]]:
    """At most so many pairs of labels that are both for choosing (``dev``), or both not."""
    half = [each for each in sets.pairs if all((place(name) < DEV) == dev for name in each)]
    return half[:: max(1, -(-len(half) // most))]


def set_operations(*, dev: bool, most: int) -> None:
    """Both Collections, at most so many pairs of each, then all pairs together."""
    found: dict[str, list[dict[str, np.ndarray]]] = defaultdict(list)
    for make in (ijcai, keywords):
        sets = make()
        half = held_out(sets, dev=dev, most=most)
        print(f"\n## {sets.name}: {sets.collection.store.papers.count():,} papers, {len(half)} pairs", flush=True)
        for name, measure in (("conjunction", conjunctions), ("difference", differences), ("triple", triples)):
            values = measure(sets, half)
            found[name].append(values)
            split(name, values)
    print("\n## all pairs")
    for name, parts in found.items():
        split(name, {each: np.concatenate([part[each] for part in parts]) for each in parts[0]})


def split(name: str, values: dict[str, np.ndarray]) -> None:
    """The rows of one measure, and its bars."""
    if name == "conjunction":
        full = {each: own for each, own in values.items() if each.startswith("full")}
        told(f"P@10 of papers with both labels ({len(values['A & B'])} pairs)",
             {each: own for each, own in values.items() if each not in full}, "A & B")  # fmt: skip
        for other in ("joined text, dense", "mean vector"):
            low, _ = interval(values["A & B"] - values[other], np.mean)
            verdict(f"above {other}", float(np.mean(values["A & B"] - values[other])), 0.05, most=False)
            print(f"    lower end of the interval {low:+.3f}")
        told("papers with both labels above papers with one", full)
        verdict("full above partial", float(values["full above partial, A & B"].mean()), 0.9, most=False)
    elif name == "difference":
        told(f"A without B ({len(values['A - B kept'])} ordered pairs)", values)
        verdict("removed of unwanted", float(values["A - B removed"].mean()), 0.75, most=False)
        verdict("kept of wanted", float(values["A - B kept"].mean()), 0.85, most=False)
    else:
        told(f"P@10 of papers with A and B and without C ({len(values['A & B - C'])} triples)", values, "A & B - C")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--dev", action="store_true", help="on the labels that constants were chosen on")
    options.add_argument("--most", type=int, default=125, help="pairs of each Collection at most")
    chosen = options.parse_args()
    head("Asking precisely", "data: papers_conf; " + versions("numpy", "tantivy", "openvino"))
    set_operations(dev=chosen.dev, most=chosen.most)
