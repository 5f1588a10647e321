"""Near and same: which papers are one work, near pairs, and how new a paper is, on real papers.

    ./run.sh bench near [same pairs novelty growth cost]

same: pairs of papers_conf with papers_arxiv_cs and hf_daily under one title with an author in common, a quarter each as
they are, with a typo, with a shortened title, and with the title of another paper by one of the authors; against them,
pairs that arXiv lists separately: the nearest paper of one with an author in common, and the nearest at all; all of
these again without their texts (but not the ones with another title: nothing is left to tell them by); and the labelled
pairs of entity_match/dblp_acm, which have no texts. Coefficients and thresholds are chosen on half of the works and on
the train and valid parts, everything printed is of the other half and of the test part. A pair that arXiv lists
separately may still be one work (a preprint and its longer version), which counts as wrong here.

pairs: all pairs above a cosine, among 10,000 and 100,000 vectors. novelty: what is a paper "of its kind"? growth: does
a first of its kind get more votes, or more followers? cost: the novelty of 500 papers of a day among 102,289.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from agreement import arxiv, cached, content
from common import CACHE, head, need_data, verdict, versions
from same_work import typo
from search import rows

from broadsheet.collection import Collection, open_collection
from broadsheet.core import confidence, works
from broadsheet.core.index.neighbours import near_pairs, neighbours
from broadsheet.core.metrics import Floats, bootstrap, spearman
from broadsheet.core.text import plain
from broadsheet.core.types import Document
from broadsheet.core.vectors import Vectors
from broadsheet.near.novelty import novelty
from broadsheet.near.view import View
from broadsheet.search.hybrid import search
from broadsheet.space import Space

SEED, DRAWN = 1, 3_000
HASHES, PRIME = 128, (1 << 61) - 1
EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 1.0)
Pair = tuple[Document, Document]


def main() -> None:
    """Print the sections that were named, or all."""
    head("near", f"versions: {versions('broadsheet', 'numpy', 'openvino', 'scikit-learn')}")
    parts: dict[str, Callable[[], None]] = {
        "same": same, "pairs": pairs, "novelty": kinds, "growth": growth, "cost": cost,
    }  # fmt: skip
    for name in sys.argv[1:] or parts:
        print(f"\n## {name}", flush=True)
        parts[name]()


# The same work


class Case:
    """A pair of papers with its label, its half (0 chooses, 1 reports) and where it is from."""

    def __init__(self, pair: Pair, label: int, half: int, kind: str) -> None:
        self.pair, self.label, self.half, self.kind = pair, label, half, kind


def document(row: dict[str, Any], source: str) -> Document:
    """A paper of a set."""
    year = row.get("year") or int(row["published"][:4])
    return Document(id=row["id"], title=row["title"], text=row["abstract"], authors=tuple(row["authors"]),
                    year=year, source=source)  # fmt: skip


def conference() -> list[dict[str, Any]]:
    """Papers of conferences."""
    return list(rows(need_data() / "papers_conf" / "papers.jsonl.gz"))


def twice(papers: Sequence[dict[str, Any]]) -> list[Case]:
    """Papers that are in two sets, with altered titles."""
    by_title, by_author = defaultdict(list), defaultdict(list)
    for row in papers:
        by_title[plain(row["title"])].append(row)
        for name in row["authors"]:
            by_author[name].append(row)
    found: list[Pair] = []
    for source, some in (("arxiv", arxiv()), ("hf", rows(need_data() / "hf_daily" / "daily.jsonl.gz"))):
        for row in some:
            for other in by_title.get(plain(row["title"]), []):
                pair = document(row, source), document(other, "conf")
                if works.in_common(pair[0].authors, pair[1].authors):
                    found.append(pair)
    return [_altered(place, pair, by_author) for place, pair in enumerate(found)]


def _altered(place: int, pair: Pair, by_author: dict[str, list[dict[str, Any]]]) -> Case:
    one, other = pair
    chance, title = random.Random(place), other.title
    kind = ("as they are", "a typo", "shortened", "another title")[place % 4]
    if kind == "a typo":
        title = typo(title, chance)
    elif kind == "shortened":
        title = re.split(r"[:?] ", title)[0]
        if title == other.title:
            parts = title.split()
            parts.pop(chance.randrange(len(parts)))
            title = " ".join(parts)
    elif kind == "another title":
        others = [row for name in other.authors for row in by_author[name] if plain(row["title"]) != plain(title)]
        title = chance.choice(others)["title"] if others else f"Untitled manuscript {place}"
    half = sum(map(ord, plain(other.title))) % 2
    return Case((one, replace(other, title=title)), 1, half, kind)


def apart() -> list[Case]:
    """Near papers that arXiv lists separately."""
    papers = arxiv()
    vectors = cached("minilm").encode([content(row) for row in papers])
    drawn = np.random.default_rng(SEED).choice(len(papers), DRAWN, replace=False)
    nearest, _ = neighbours(vectors, 31, queries=vectors[drawn])
    found = []
    for place, row in zip(drawn.tolist(), nearest.tolist(), strict=True):
        one = document(papers[place], "arxiv")
        others = [document(papers[each], "arxiv again") for each in row if each != place]
        known = next((each for each in others if works.in_common(one.authors, each.authors)), None)
        found += [Case((one, other), 0, place % 2, kind) for other, kind in
                  ((known, "authors in common"), (others[0], "nearest")) if other]  # fmt: skip
    return found


def labelled() -> list[Case]:
    """The pairs of DBLP and ACM."""
    return [
        Case((_entry(row["left"]), _entry(row["right"])), row["label"], int(row["split"] == "test"), "DBLP-ACM")
        for row in rows(need_data() / "entity_match" / "dblp_acm.jsonl.gz")
    ]


def _entry(row: dict[str, str]) -> Document:
    year = row["year"].strip()
    names = tuple(name.strip() for name in row["authors"].split(",") if name.strip())
    return Document(id=f"made:{row['title']}", title=row["title"], authors=names, venue=row["venue"],
                    year=int(year) if year.isdigit() else None)  # fmt: skip


def bare(cases: Sequence[Case]) -> list[Case]:
    """The same pairs without texts."""
    return [
        Case((replace(case.pair[0], text=""), replace(case.pair[1], text="")), case.label, case.half, "without texts")
        for case in cases if case.kind != "another title"
    ]  # fmt: skip


def same() -> None:
    """Fit the probability again and print how well each way tells one work from two."""
    texts = [*twice(conference()), *apart()]
    cases = [*texts, *bare(texts), *labelled()]
    found = np.array([confidence.evidence(*case.pair) for case in cases])
    label, half, kind = (np.array([getattr(case, name) for case in cases]) for name in ("label", "half", "kind"))
    fit, rest = half == 0, half == 1
    model = fitted(found[fit], label[fit])
    print("cases:", dict(Counter(zip(kind.tolist(), label.tolist(), strict=True))))
    print("fitted:", dict(zip(confidence.Evidence._fields, model.coef_[0].round(2).tolist(), strict=True)),
          "constant", round(float(model.intercept_[0]), 2))  # fmt: skip
    ways: dict[str, Floats] = {
        "probability": np.array([confidence.logistic(confidence.Evidence(*row)) for row in found.tolist()]),
        "five-word runs, exact": np.array([works.alike(*(each.text for each in case.pair)) for case in cases]),
        f"MinHash of {HASHES}": minhash(cases),
        "sketch of six (Store)": np.array([_sketched(*case.pair) for case in cases], dtype=float),
        "cosine (MiniLM)": _cosines(cases),
        "the rule, ids and sources hidden": np.array([_ruled(*case.pair) for case in cases], dtype=float),
    }
    groups = {"with texts": ~np.isin(kind, ["DBLP-ACM", "without texts"]), "without texts": kind == "without texts",
              "DBLP-ACM test": kind == "DBLP-ACM"}  # fmt: skip
    for name, scores in ways.items():
        chosen = fit if name == "probability" else fit & groups["with texts"]
        least = confidence.SURE if name == "probability" else best_threshold(scores[chosen], label[chosen])
        if name == "probability":
            print(f"probability: the threshold with the best F1 on the half that was fitted on: "
                  f"{best_threshold(scores[fit], label[fit]):.2f}; used: {least}")  # fmt: skip
        for group, those in groups.items():
            _row(f"{name} >= {least:.2f}, {group}", scores[rest & those] >= least, label[rest & those])
    both = (ways["probability"] >= confidence.SURE) | (ways["the rule, ids and sources hidden"] > 0)
    for group, those in groups.items():
        _row(f"rule or probability, {group}", both[rest & those], label[rest & those])
    for name in ("as they are", "a typo", "shortened", "another title"):
        those = rest & (kind == name)
        print(f"  found of those {name}: probability {(ways['probability'][those] >= confidence.SURE).mean():.3f}, "
              f"rule {ways['the rule, ids and sources hidden'][those].mean():.3f} of {those.sum()}")  # fmt: skip
    reliability(ways["probability"][rest], label[rest])
    _ablation(found, ways["cosine (MiniLM)"], label, fit)


def _ruled(one: Document, other: Document) -> bool:
    """The rule of works, on papers that no source and no number lists separately."""
    hidden = [replace(each, id=f"made:{place}", source=f"source {place}") for place, each in enumerate((one, other))]
    return works.tie(hidden[0], hidden[1]) is not None


def _sketched(one: Document, other: Document) -> bool:
    return bool(set(works.sketch(one.text)) & set(works.sketch(other.text)))


def minhash(cases: Sequence[Case]) -> Floats:
    """The share of equal smallest hashes of each pair's five-word runs, which estimates their resemblance."""
    draw = np.random.default_rng(SEED)
    times, plus = draw.integers(1, 1 << 31, HASHES, dtype=np.uint64), draw.integers(0, 1 << 31, HASHES, dtype=np.uint64)
    known: dict[str, Any] = {}

    def signature(text: str) -> Any:
        if text not in known:
            runs = np.array(sorted(works._runs(text)), dtype=np.uint64)
            hashed = (runs[:, None] * times + plus) % np.uint64(PRIME) if len(runs) else None
            known[text] = None if hashed is None else hashed.min(axis=0)
        return known[text]

    found = []
    for case in cases:
        one, other = (signature(each.text) for each in case.pair)
        found.append(0.0 if one is None or other is None else float((one == other).mean()))
    return np.array(found)


def _cosines(cases: Sequence[Case]) -> Floats:
    texts = [f"{each.title} {each.text}".strip() for case in cases for each in case.pair]
    vectors = cached("minilm").encode(texts)
    return np.einsum("ij,ij->i", vectors[::2], vectors[1::2]).astype(np.float64)


def best_threshold(scores: Floats, label: Any) -> float:
    """The score from which F1 is best."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(label[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + label.sum())
    last = np.append(scores[order][1:] != scores[order][:-1], True)
    return float(scores[order][np.where(last, f1, -1).argmax()])


def _row(name: str, said: Any, label: Any) -> None:
    """Precision and recall with their intervals, by resampling the pairs that were said, and those that are true."""
    right, hit = label[said].astype(float), said[label == 1].astype(float)
    shown = []
    for word, values in (("precision", right), ("recall", hit)):
        if not len(values):
            shown.append(f"{word} -")
            continue
        low, high = bootstrap(values, seed=0)
        shown.append(f"{word} {values.mean():.3f} [{low:.3f}, {high:.3f}]")
    print(f"  {name:<56} {'  '.join(shown)}  ({len(label)} pairs, {int(label.sum())} true)", flush=True)


def reliability(probabilities: Floats, label: Any) -> None:
    """Print how often pairs of each probability are one work, and the expected calibration error."""
    error = 0.0
    for low, high in pairwise(EDGES):
        those = (probabilities >= low) & ((probabilities < high) | (high == EDGES[-1]))
        if those.any():
            mean, share = probabilities[those].mean(), label[those].mean()
            error += abs(mean - share) * those.mean()
            print(f"  probability {low:.2f}-{high:.2f}: mean {mean:.3f}, one work {share:.3f} of {those.sum()}")
    print(f"  expected calibration error {error:.4f}; Brier {np.square(probabilities - label).mean():.4f}")


def fitted(features: Floats, label: Any) -> Any:
    """A logistic regression."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=10, max_iter=5_000).fit(features, label)


def _ablation(found: Floats, cosines: Floats, label: Any, fit: Any) -> None:
    """Print what a cosine would add."""
    rest = ~fit
    for name, features in (("as it is", found), ("with the cosine", np.column_stack([found, cosines]))):
        model = fitted(features[fit], label[fit])
        guessed = model.predict_proba(features[rest])[:, 1]
        print(f"  Brier {name}: {np.square(guessed - label[rest]).mean():.5f}")


# Near pairs


def best_pair() -> None:
    """Find the best pair among 10,000 sentences of news, and compare it with brute force"""
    read = [row[side] for row in rows(need_data() / "mrpc" / "mrpc.jsonl.gz") for side in ("s1", "s2")]
    distinct = list({plain(text): text for text in read}.values())[:10_000]
    vectors = cached("minilm").encode(distinct)
    start = time.perf_counter()
    found, scores = near_pairs(vectors, 0.5, most=1_000)
    taken = time.perf_counter() - start
    brute, of = -1.0, (0, 0)
    for place in range(len(vectors) - 1):
        own = vectors[place + 1 :] @ vectors[place]
        if own.max() > brute:
            brute, of = float(own.max()), (place, place + 1 + int(own.argmax()))
    print(f"  {len(distinct):,} sentences: {taken:.2f} s; best pair {tuple(found[0].tolist())} {scores[0]:.6f}; brute "
          f"force {of} {brute:.6f}: the same pair {tuple(found[0].tolist()) == of}")  # fmt: skip
    print("  " + " / ".join(distinct[place] for place in found[0]))
    verdict("seconds for the best pair of 10,000", taken, 10, most=True)


def pairs() -> None:
    """Print the time of all near pairs among 10,000 and 100,000."""
    best_pair()
    many = np.asarray(Space(CACHE / "stand-in" / "spaces" / "minilm").snapshot().vectors[:100_000])
    start = time.perf_counter()
    found, scores = near_pairs(many, 0.95, most=1_000)
    print(f"  {len(many):,} stand-in vectors: {time.perf_counter() - start:.1f} s for all pairs; {len(found):,} kept, "
          f"down to {scores[-1] if len(scores) else 0:.3f}")  # fmt: skip


# How new


def kinds() -> None:
    """Print of how near pairs of one venue and year how many are of one area, and how many share a rare keyword."""
    papers = [row for row in conference() if row["keywords"]]
    vectors = cached("minilm").encode([content(row) for row in papers])
    keywords = [{each.lower().strip() for each in row["keywords"]} for row in papers]
    count = Counter(word for some in keywords for word in some)
    rare = [{word for word in some if 2 <= count[word] <= 20} for some in keywords]
    half = np.array([sum(map(ord, row["id"])) % 2 for row in papers])
    for name, which in (("the half that chose", 0), ("the other half", 1)):
        own = np.flatnonzero(half == which)
        found, scores = near_pairs(vectors[own], 0.5)
        told = own[found]
        draw = np.random.default_rng(SEED).integers(0, len(own), (100_000, 2))
        chance = np.mean([bool(rare[own[a]] & rare[own[b]]) for a, b in draw if a != b])
        print(f"{name}: {len(own):,} papers; by chance {chance:.4f} share a rare keyword")
        for least in (0.55, 0.6, 0.65, 0.69, 0.7, 0.75, 0.8):
            those = told[scores >= least]
            alike = [(papers[a], papers[b]) for a, b in those.tolist() if _place(papers[a]) == _place(papers[b])]
            area = [
                bool(set(a["topics"]) & set(b["topics"])) for a, b in alike if a["topics"] and b["topics"]
            ]  # fmt: skip
            word = [bool(rare[a] & rare[b]) for a, b in those.tolist() if rare[a] and rare[b]]
            print(f"  cosine >= {least:.2f}: {_share(area, 'of one area')}; {_share(word, 'share a rare keyword')}")


def _place(row: dict[str, Any]) -> tuple[str, int]:
    return row["venue"], row["year"]


def _share(values: Sequence[bool], words: str) -> str:
    if not values:
        return f"none {words}"
    low, high = bootstrap(np.array(values, dtype=float), seed=0)
    return f"{np.mean(values):.3f} [{low:.3f}, {high:.3f}] {words} of {len(values)}"


def growth() -> None:
    """Print whether papers without earlier ones of their kind get more votes, and whether more papers follow them."""
    level = 0.69
    daily = list({row["id"]: row for row in rows(need_data() / "hf_daily" / "daily.jsonl.gz")}.values())
    daily.sort(key=lambda row: (row["day"], row["id"]))
    days = np.array([date.fromisoformat(row["day"]).toordinal() for row in daily])
    before, after = around(cached("minilm").encode([content(row) for row in daily]), days, level)
    inside = (days >= days[0] + 90) & (days <= days[-1] - 90)
    votes = _within_days(np.array([row["upvotes"] or 0 for row in daily], dtype=float), days)
    print(f"hf_daily: {inside.sum():,} papers with 90 days on either side; {np.mean(before[inside] == 0):.3f} are the "
          "first of their kind")  # fmt: skip
    told = votes[inside & (before == 0)], votes[inside & (before > 0)]
    print(f"  rank of the votes within the day, 0 to 1: first {np.mean(told[0]):.4f} {_low_high(told[0])}, others "
          f"{np.mean(told[1]):.4f} {_low_high(told[1])}; Spearman of votes and earlier papers "
          f"{spearman(votes[inside], before[inside]):+.4f}")  # fmt: skip
    _followed("hf_daily", before[inside], after[inside])
    papers = [row for row in arxiv() if "2015-01-01" <= row["date"] <= "2019-12-31"]
    days = np.array([date.fromisoformat(row["date"]).toordinal() for row in papers])
    before, after = around(cached("minilm").encode([content(row) for row in papers]), days, level)
    inside = (days >= days[0] + 90) & (days <= days[-1] - 90)
    _followed("papers_arxiv_cs 2015-2019", before[inside], after[inside])


def _low_high(values: Floats) -> str:
    low, high = bootstrap(values, seed=0)
    return f"[{low:.4f}, {high:.4f}]"


def _within_days(values: Floats, days: Any) -> Floats:
    """The rank of each value among those of its day, 0 to 1; 0.5 where a day has one paper."""
    out = np.full(len(values), 0.5)
    for day in np.unique(days):
        own = np.flatnonzero(days == day)
        if len(own) > 1:
            out[own] = [((values[own] < v).sum() + ((values[own] == v).sum() - 1) / 2) / (len(own) - 1)
                        for v in values[own]]  # fmt: skip
    return out


def around(vectors: Vectors, days: Any, level: float, window: int = 90) -> tuple[Floats, Floats]:
    """How many papers of its kind each has in the days before and after its own."""
    before, after = np.zeros(len(days)), np.zeros(len(days))
    for start in range(0, len(days), 512):
        part = slice(start, start + 512)
        first, last = np.searchsorted(days, days[part][0] - window), np.searchsorted(days, days[part][-1] + window + 1)
        near = vectors[part] @ vectors[first:last].T >= level
        gap = days[first:last][None, :] - days[part][:, None]
        before[part] = (near & (gap < 0) & (gap >= -window)).sum(axis=1)
        after[part] = (near & (gap > 0) & (gap <= window)).sum(axis=1)
    return before, after


def _followed(name: str, before: Floats, after: Floats) -> None:
    first, others = after[before == 0], after[before > 0]
    print(f"  {name}: {len(first):,} first of their kind, {len(others):,} others")
    print(f"    papers of the kind in the 90 days after: {first.mean():.3f} {_low_high(first)} and {others.mean():.3f} "
          f"{_low_high(others)}; any at all: {np.mean(first > 0):.3f} and {np.mean(others > 0):.3f}")  # fmt: skip
    print(f"    more after than before: {np.mean(first > 0):.3f} and "
          f"{np.mean(after[before > 0] > before[before > 0]):.3f}; Spearman of before and after "
          f"{spearman(before, after):+.3f}\n")  # fmt: skip


def cost() -> None:
    """Print the time of the novelty of the 500 papers of a day, among 102,289 of which 40,000 are in the window, and
    what each work once and variety add to a search."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "stand-in"
        copytree(CACHE / "stand-in", place)
        with open_collection(place, create=False) as collection:
            numbers = collection.space.snapshot().numbers[-40_500:].tolist()
            day = date(2026, 1, 1)
            with collection.store.writing() as db:  # by the table alone: 500 on the day, the others on the 90 before
                rows_of_days = [
                    (day.toordinal() - (at >= 500) * (1 + at % 90), number) for at, number in enumerate(numbers)
                ]
                db.execute("UPDATE documents SET day = NULL")
                db.executemany("UPDATE documents SET day = ? WHERE number = ?", rows_of_days)
            found_ = collection.store.papers.by_numbers(collection.store.days.between(day, day))
            today = [replace(document, announced=day, estimated=None) for document in found_.values()]
            searches(collection)
            for count in (1, len(today)):
                start, worked = time.perf_counter(), time.process_time()
                found = novelty(collection, today[:count])
                print(f"{count} papers of a day: {time.perf_counter() - start:.2f} s, of the processor "
                      f"{time.process_time() - worked:.2f} s; papers in the window "
                      f"{next(iter(found.values())).among:,}; first of their kind "
                      f"{np.mean([each.count == 0 for each in found.values()]):.3f}", flush=True)  # fmt: skip


def searches(collection: Collection) -> None:
    """Print the processor time of a search as it is, with each work once, and with variety, by turns."""
    asked = [row["title"] for row in list(rows(need_data() / "hf_daily" / "daily.jsonl.gz"))[:60]]
    ways: dict[str, View] = {"as it is": View(copies=True), "each work once": View(), "and variety": View(diverse=0.3)}
    taken: dict[str, list[float]] = defaultdict(list)
    for query in asked:
        for name, view in ways.items():
            start = time.process_time()
            search(collection, query, arrange=view)
            taken[name].append((time.process_time() - start) * 1e3)
    for name, values in taken.items():
        p50, p95 = np.quantile(values[5:], [0.5, 0.95])
        print(f"search {name}: processor time p50 {p50:.1f} ms, p95 {p95:.1f} ms of {len(values) - 5} queries")


if __name__ == "__main__":
    main()
