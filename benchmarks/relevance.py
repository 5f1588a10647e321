"""How far the probability of relevance can be believed, where lists end, and when nothing here is about a query.

Every figure of a set comes from a calibration that was fitted without it (SciFact's train and dev claims count as one
set). What was not judged counts as not relevant. The baselines are in the same tables.

    relevance.py [ENCODER]          measure, for minilm unless another is named
    relevance.py --ship FILE        fit to all sets, SciFact's dev claims left out, and write what the package ships
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
from common import CACHE, head, need_data, verdict, versions
from relevance_sets import FOREIGN, SETS, Lists, observed

from broadsheet.collection import open_collection
from broadsheet.core.conformal import MISSED, cutoff
from broadsheet.core.relevance import EDGES, Calibration, Scale, worth
from broadsheet.core.vectors import unit
from broadsheet.lab.relevance.fit import answer, curves, ended
from broadsheet.lab.relevance.lists import JudgedList, flat
from broadsheet.lab.relevance.logistic import fitted
from broadsheet.lab.relevance.measures import (
    brier,
    calibration_error,
    precision_at_recall,
    reliability,
    risk_coverage,
)
from broadsheet.search.question import read
from broadsheet.search.relevance import calibration_of, relevance_of, shapes
from broadsheet.search.sides import Lists as Sides
from broadsheet.search.sides import fused, ordered

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SCALE: Scale = (0.1, 0.1)
BANDS = (0.36, 0.47, 0.58)  # of MiniLM, before there were probabilities
ROUNDS = 100
NEAR = 200  # places among which one threshold chooses


def judged_lists(found: Lists) -> dict[str, list[JudgedList]]:
    """The lists of each set by name; SciFact is its dev claims, which are never fitted to."""
    return {name: found[name]["scifact-dev" if name == "scifact" else "here"] for name in SETS}


def trained(found: Lists, without: str | None) -> dict[str, list[JudgedList]]:
    """The lists that may be fitted to, by set."""
    return {("scifact-train" if name == "scifact" else name): found[name]["here"] for name in SETS if name != without}


def fit(found: Lists, without: str | None, scale: Scale | None, *, words: bool = True) -> Calibration:
    """A calibration that never saw a set, neither its queries nor what else its Collection was asked."""
    meaning, both = curves(trained(found, without), scale, words=words)
    here = {name: [each.scaled(scale).shape for each in lists] for name, lists in trained(found, without).items()}
    other = {
        f"{name} {kind}": [each.scaled(scale).shape for each in lists]
        for name in FOREIGN if name != without for kind, lists in found[name].items() if kind.split()[0] in KINDS
    }  # fmt: skip
    return Calibration(meaning=meaning, both=both, answer=answer(here, other), scale=scale)


KINDS = ("field", "language", "nonsense")


def ship(found: Lists, path: Path) -> None:
    """Write the calibrations of the package: for MiniLM's weights, and for any vectors."""
    made, lists = [], judged_lists(found)
    for scale, weights in ((SCALE, WEIGHTS), (None, "")):
        errors = [calibration_error(*flat(own, fit(found, name, scale), 100)) for name, own in lists.items()]
        facts = {"error_left_out": round(float(np.mean(errors)), 4), "worst_left_out": round(max(errors), 4)}
        sets, today = trained(found, None), datetime.now(UTC).date()
        counts = {"data": tuple(sets), "queries": sum(map(len, sets.values())), "facts": facts}
        made.append(replace(fit(found, None, scale), weights=weights, made=today, **counts).to_json())
    path.write_text(json.dumps(made, indent=1) + "\n")
    print(f"{path}: {len(made)} calibrations, {made[0]['facts']}, {made[1]['facts']}")


# --- what all tables share


def row(*cells: object) -> None:
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def header(*names: str) -> None:
    """The first lines of a table; ``#`` before a name: numbers."""
    row(*(each.removeprefix("#") for each in names))
    print("|" + "|".join("--:" if each.startswith("#") else "---" for each in names) + "|", flush=True)


def boot(count: int, value: Callable[[np.ndarray], float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of a value of queries, drawn again with replacement."""
    random = np.random.default_rng(0)
    low, high = np.nanquantile([value(random.integers(0, count, count)) for _ in range(ROUNDS)], [0.025, 0.975])
    return float(low), float(high)


def span(values: tuple[float, float]) -> str:
    return f"[{values[0]:.3f}, {values[1]:.3f}]"


def relevant_to(each: JudgedList) -> int:
    """How many papers are relevant to a query, in its list or not."""
    return int(each.relevant.sum()) + each.missing


# --- reliability


def raw_cosine(found: Lists, without: str) -> Callable[[JudgedList], np.ndarray]:
    """A logistic curve of the raw cosine alone, fitted in the same way: what a fixed threshold would be."""
    lists = [(each, 1 / len(own)) for own in trained(found, without).values() for each in own]
    values = [np.nan_to_num(each.seen.cosines[:100]) for each, _ in lists]
    counts = [np.full(len(each), share) for each, (_, share) in zip(values, lists, strict=True)]
    truth = [each.relevant[:100].astype(float) for each, _ in lists]
    curve = fitted({"cosine": np.concatenate(values)}, np.concatenate(truth), np.concatenate(counts))
    return lambda each: np.asarray(curve({"cosine": np.nan_to_num(each.seen.cosines)}))


def without_words(each: JudgedList, made: Calibration) -> np.ndarray:
    return replace(each, seen=replace(each.seen, words=None)).under(made).places


class Believed:
    """Probabilities of the lists of a set, next to what is relevant."""

    def __init__(self, lists: Sequence[JudgedList], chances: Sequence[np.ndarray]) -> None:
        self._truth, self._chances = [each.relevant.astype(float) for each in lists], chances

    def rows(self, first: int, queries: Iterable[int] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Both for the first places of some queries, None for all."""
        some = list(range(len(self._truth)) if queries is None else queries)
        return tuple(np.concatenate([part[at][:first] for at in some]) for part in (self._chances, self._truth))

    def error(self, first: int, queries: Iterable[int] | None = None) -> float:
        return calibration_error(*self.rows(first, queries))


def show_reliability(found: Lists, models: Mapping[str, Calibration]) -> None:
    print("## Calibration error of sets left out (10 bins of the same size), and Brier score of the first 100 places\n")
    header("set", "#queries", "#first 100", "interval", "#first 10", "interval", "#no words: 100", "#10",
           "#raw cosine: 100", "#10", "#Brier", "#of raw cosine")  # fmt: skip
    pooled, means = [], []
    for name, lists in judged_lists(found).items():
        made, raw = models[name], raw_cosine(found, name)
        ours = Believed(lists, [each.under(made).places for each in lists])
        alone = Believed(lists, [without_words(each, made) for each in lists])
        cosine = Believed(lists, [raw(each) for each in lists])
        errors = [way.error(first) for way in (ours, alone, cosine) for first in (100, 10)]
        scores = [brier(*way.rows(100)) for way in (ours, cosine)]
        bounds = [boot(len(lists), partial(ours.error, first)) for first in (100, 10)]
        values = [f"{each:.3f}" for each in errors]
        row(name, len(lists), values[0], span(bounds[0]), values[1], span(bounds[1]), *values[2:],
            *(f"{each:.4f}" for each in scores))  # fmt: skip
        means.append([*errors, *scores])
        pooled.append(ours.rows(100))
    mean = [f"{each:.3f}" for each in np.mean(means, axis=0)]
    row("mean", "", mean[0], "", mean[1], "", *mean[2:])
    print("\n## Reliability: what was promised and what came, all sets left out in turn, first 100 places\n")
    header("promised", "#papers", "#mean promised", "#relevant", "interval")
    edges = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75]
    chances, truth = (np.concatenate(parts) for parts in zip(*pooled, strict=True))
    for each in reliability(chances, truth, edges=edges):
        where = int(np.searchsorted(edges, each.promised, side="right"))
        label = f"{[0, *edges][where]:g} to {[*edges, 1][where]:g}"
        row(label, f"{each.count:,}", f"{each.promised:.3f}", f"{each.relevant:.3f}", span((each.low, each.high)))


def show_words(found: Lists, models: Mapping[str, Calibration]) -> None:
    print("\n## What share of the papers with a word is relevant (first 10 places): the bands before, and now\n")
    header("set", "#strong before", "#good", "#fair", "#weak", "#strong now", "#good", "#fair", "#weak")
    for name, lists in judged_lists(found).items():
        truth = np.concatenate([each.relevant[:10] for each in lists]).astype(float)
        before = np.concatenate([np.nan_to_num(each.seen.cosines[:10], nan=-1.0) for each in lists])
        now = np.concatenate([each.under(models[name]).places[:10] for each in lists])
        steps = [np.searchsorted(edges, values, side="right") for values, edges in ((before, BANDS), (now, EDGES))]
        row(name, *(_share(truth, own == step) for own in steps for step in (3, 2, 1, 0)))


def _share(truth: np.ndarray, those: np.ndarray) -> str:
    return f"{truth[those].mean():.2f} of {those.sum():,}" if those.any() else "-"


# --- one threshold for all queries (S043), and adaptive length against a fixed one (S121)


def show_thresholds(found: Lists, models: Mapping[str, Calibration]) -> None:
    print("\n## S043: precision at equal recall, one threshold over all queries of a set that was left out\n")
    header("set", "#recall", "#raw cosine", "#mapped, no words", "gain, interval", "#mapped, words", "gain, interval")
    empty = []
    for name, lists in judged_lists(found).items():
        made = models[name]
        raw = [np.nan_to_num(each.seen.cosines, nan=-1.0) for each in lists]
        alone = [made.probabilities(each.scaled(made.scale).shape, each.seen.cosines) for each in lists]
        both = [each.under(made).places for each in lists]
        empty.append(f"{name} {np.mean([each[0] < EDGES[0] for each in both]):.1%}")
        for recall in (0.3, 0.5, 0.7):
            at = partial(_precision, lists, recall)
            every = np.arange(len(lists))
            cells = [f"{at(raw, every):.3f}"]
            for way in (alone, both):
                gain = partial(_gain, at, way, raw)
                cells += [f"{at(way, every):.3f}", f"{gain(every):+.3f} {span(boot(len(lists), gain))}"]
            row(name, recall, *cells)
    print(f"\nLists without a paper of at least 1 in 10: {', '.join(empty)}")


def _precision(lists: Sequence[JudgedList], recall: float, scores: Sequence[np.ndarray], queries: np.ndarray) -> float:
    truth = np.concatenate([lists[at].relevant[:NEAR] for at in queries]).astype(float)
    total = sum(relevant_to(lists[at]) for at in queries)
    values = np.concatenate([scores[at][:NEAR] for at in queries])
    return precision_at_recall(values, truth, recall=recall, relevant=total)


def _gain(
    at: Callable[..., float], way: Sequence[np.ndarray], other: Sequence[np.ndarray], queries: np.ndarray
) -> float:
    return at(way, queries) - at(other, queries)


def show_lengths(found: Lists, models: Mapping[str, Calibration]) -> None:
    print("\n## S121: as many as are worth it, against a fixed k of equal recall (the mean over queries)\n")
    header("set", "#k", "#recall", "#precision of k", "#of the adaptive list", "gain, interval", "#mean length",
           "#shorter than k")  # fmt: skip
    for name, lists in judged_lists(found).items():
        places = [worth(each.under(models[name]).places, models[name].power)[:NEAR] for each in lists]
        totals = np.array([relevant_to(each) for each in lists])
        for k in (5, 10, 20):
            hits = np.array([each.relevant[:k].sum() for each in lists])
            sizes = _as_many(lists, places, float((hits / totals).mean()), totals)
            got = np.array([each.relevant[:size].sum() for each, size in zip(lists, sizes, strict=True)])
            gain = partial(_longer, got, sizes, hits, k)
            every = np.arange(len(lists))
            precise = got.sum() / max(1, sizes.sum())
            row(name, k, f"{(hits / totals).mean():.3f}", f"{hits.sum() / (k * len(lists)):.3f}", f"{precise:.3f}",
                f"{gain(every):+.3f} {span(boot(len(lists), gain))}", f"{sizes.mean():.1f}",
                f"{(sizes < k).mean():.0%}")  # fmt: skip


def _as_many(
    lists: Sequence[JudgedList], places: Sequence[np.ndarray], recall: float, totals: np.ndarray
) -> np.ndarray:
    """The lengths of the lists down to the highest worth that gives this recall."""
    low, high = min(float(own[-1]) for own in places), 1.0
    for _ in range(40):
        middle = (low + high) / 2
        got = np.array([each.relevant[: (own >= middle).sum()].sum() for each, own in zip(lists, places, strict=True)])
        low, high = (middle, high) if (got / totals).mean() >= recall - 1e-12 else (low, middle)
    return np.array([(own >= low).sum() for own in places])


def _longer(got: np.ndarray, sizes: np.ndarray, hits: np.ndarray, k: int, queries: np.ndarray) -> float:
    """How much more precise the adaptive lists are than the first k."""
    return float(got[queries].sum() / max(1, sizes[queries].sum()) - hits[queries].sum() / (k * len(queries)))


# --- the end of the list (S099)


def show_cutoffs(found: Lists, models: Mapping[str, Calibration]) -> dict[str, float]:
    """Print the table, and return the share shown of what is relevant, by set."""
    all_shown = {}
    print(
        f"\n## S099: a conformal cutoff that misses {MISSED:.0%} at most; half of a set calibrates, half is held out\n"
    )
    print("The mean of 10 draws. The last columns: a cutoff from the other sets, which are not exchangeable with it.\n")
    header("set", "#held out", "#share shown", "interval", "#places", "#fixed k of equal promise", "#shorter by",
           "#from other sets: shown", "#places")  # fmt: skip
    for name, lists in judged_lists(found).items():
        made, random = models[name], np.random.default_rng(0)
        read = [(each, each.under(made).places) for each in lists]
        ways = {power: [(each, worth(places, power)) for each, places in read] for power in (made.power, np.inf)}
        seen, sizes, fixed = [], [], []
        for _ in range(10):
            order = random.permutation(len(lists))
            half, rest = order[: len(lists) // 2], order[len(lists) // 2 :]
            edge, straight = (cutoff([_held(*way[at]) for at in half]) for way in ways.values())
            ours, theirs = ways.values()
            seen += [(at, _shown(lists[at], ours[at][1] >= edge)) for at in rest]
            sizes += [(ours[at][1] >= edge).sum() for at in rest]
            fixed += [(theirs[at][1] >= straight).sum() for at in rest]
        means = np.array([np.mean([share for at, share in seen if at == each]) for each in {at for at, _ in seen}])
        bounds = boot(len(means), lambda rows, means=means: float(means[rows].mean()))
        others = [each for own_lists in trained(found, name).values() for each in own_lists][::4]
        abroad = ended(made, others)
        away = [worth(each.under(made).places, abroad.power) >= (abroad.cutoff or -np.inf) for each in lists]
        shown = np.mean([_shown(each, inside) for each, inside in zip(lists, away, strict=True)])
        row(name, f"{len(seen):,}", f"{np.mean([share for _, share in seen]):.3f}", span(bounds),
            f"{np.mean(sizes):.1f}", f"{np.mean(fixed):.1f}", f"{1 - np.mean(sizes) / np.mean(fixed):.0%}",
            f"{shown:.3f}", f"{np.mean([each.sum() for each in away]):.0f}")  # fmt: skip
        all_shown[name] = float(np.mean([share for _, share in seen]))
    return all_shown


def _held(each: JudgedList, values: np.ndarray) -> np.ndarray:
    """What the relevant papers of a list are worth, in the list or not."""
    return np.append(values[each.relevant], np.full(each.missing, -np.inf))


def _shown(each: JudgedList, inside: np.ndarray) -> float:
    """The share of what is relevant to a query that is within its cutoff; all of it where the list has no end."""
    return 1.0 if inside.all() else float(each.relevant[inside].sum() / relevant_to(each))


# --- abstention


def show_abstention(found: Lists, models: Mapping[str, Calibration]) -> None:
    print("\n## Is anything here about it? AUROC of queries with an answer against others; the set was left out\n")
    header("set", "against", "#queries", "#answerable", "interval", "#top cosine", "#linear fit on the ten best",
           "#max", "#std", "#first less second")  # fmt: skip
    for name in ("scifact", "cranfield", "cacm"):
        real, ways = judged_lists(found)[name], answers(found, name, models[name])
        groups = {kind: [each for other, lists in found[name].items() if other.startswith(kind) for each in lists]
                  for kind in KINDS}  # fmt: skip
        groups["all three"] = [each for lists in groups.values() for each in lists]
        for kind, others in groups.items():
            scores = [tuple(np.array([value(each) for each in own]) for own in (real, others)) for value in ways]
            values, random = [f"{auroc(*both):.3f}" for both in scores], np.random.default_rng(0)
            drawn = [auroc(*(random.choice(own, len(own)) for own in scores[0])) for _ in range(200)]
            low, high = np.quantile(drawn, [0.025, 0.975])
            row(name, kind, f"{len(real)} and {len(others)}", values[0], span((low, high)), *values[1:])
    print("\n## Risk and coverage: the error among the answered, when the least answerable are refused first\n")
    print("Wrong: a query about something else, or one whose first ten places have nothing relevant.\n")
    header("set", "#refused below 1 in 2", "#of the others", "#error of all", "#90 % answered", "#80 %", "#50 %")
    for name in ("scifact", "cranfield", "cacm"):
        real, made = judged_lists(found)[name], models[name]
        others = [each for kind, lists in found[name].items() if kind.split()[0] in KINDS for each in lists]
        chances = np.array([each.under(made).answerable for each in [*real, *others]])
        wrong = np.array([*(0.0 if each.relevant[:10].any() else 1.0 for each in real), *np.ones(len(others))])
        curve = risk_coverage(chances, wrong)
        at = [f"{curve[max(0, int(share * len(curve)) - 1)]:.3f}" for share in (1.0, 0.9, 0.8, 0.5)]
        refused = [f"{(part < 0.5).mean():.1%}" for part in (chances[: len(real)], chances[len(real) :])]
        row(name, *refused, *at)
    print("\nOn SciFact, the mean probability that anything is about it, and how many are refused:")
    for kind in ("scifact-dev", "false premise", "unknown entity"):
        own = np.array([each.under(models["scifact"]).answerable for each in found["scifact"][kind]])
        print(f"  {kind}: {own.mean():.3f}, {(own < 0.5).mean():.1%} of {len(own)}")


def answers(found: Lists, name: str, made: Calibration) -> list[Callable[[JudgedList], float]]:
    """Ours, the top cosine, a linear fit on the ten best, and what mteb measures the area under (`nauc`): the highest
    score, the spread, and the gap between the first two."""
    return [
        lambda each: made.answerable(each.scaled(made.scale).shape),
        lambda each: float(ten(each)[0]),
        linear(found, name),
        lambda each: float(np.nan_to_num(each.seen.cosines[:10]).max()),
        lambda each: float(ten(each).std()),
        lambda each: float(ten(each)[0] - ten(each)[1]),
    ]


def auroc(one: np.ndarray, other: np.ndarray) -> float:
    """The chance that one of the first is higher than one of the others, ties half."""
    joined = np.concatenate([one, other])
    _, inverse, counts = np.unique(joined, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[: len(one)].sum() - len(one) * (len(one) + 1) / 2) / (len(one) * len(other)))


def ten(each: JudgedList) -> np.ndarray:
    """The ten best cosines."""
    return np.sort(np.nan_to_num(each.seen.cosines, nan=-1.0))[::-1][:10]


def linear(found: Lists, without: str) -> Callable[[JudgedList], float]:
    """A logistic fit on the ten best cosines, in their order, from the other sets."""
    rows, truth = [], []
    for name in FOREIGN:
        if name != without:
            for kind, lists in found[name].items():
                if kind == "here" or kind.split()[0] in KINDS:
                    rows += [ten(each) for each in lists]
                    truth += [float(kind == "here")] * len(lists)
    features = {str(place): np.array([row[place] for row in rows]) for place in range(10)}
    curve = fitted(features, np.array(truth), np.ones(len(truth)))
    return lambda each: float(curve.odds({str(place): value for place, value in enumerate(ten(each))}))


# --- cost


def show_cost() -> None:
    """Milliseconds that the probabilities of a list take at 100,000 papers, out of a whole search."""
    path = CACHE / "stand-in"
    if not (path / "store.db").is_file():
        print("\n(no Collection of 100,000 papers here: `./run.sh bench search` makes one)")
        return
    with open_collection(path, create=False) as collection:
        snapshot = collection.space.snapshot()
        random = np.random.default_rng(0)
        some = snapshot.sample[random.integers(0, len(snapshot.sample), 60)]
        vectors = unit(some + random.normal(0, 0.02, some.shape).astype(np.float32))
        titles = [each.shown_title for each in collection.store.papers.newest(60)]
        took = []
        for title, vector in zip(titles, vectors, strict=True):
            question = read(collection, title, typed=False)
            lists = Sides(lexical=collection.lexicon.search(collection.lexicon.terms(question.asked.words), 100),
                                semantic=snapshot.search(vector, 1_000), vector=vector)  # fmt: skip
            order = ordered(lists, fused(collection, lists, "hybrid"))
            start = time.perf_counter()
            relevance_of(collection, order, lists)
            took.append((time.perf_counter() - start) * 1e3)
        start = time.perf_counter()
        made = calibration_of(collection, snapshot)
        edges = [made.edges(each) for each in shapes(collection, vectors)]
        alerts = (time.perf_counter() - start) * 1e3 / len(edges)
    print(f"\ncost at {snapshot.count:,} papers: {np.median(took[5:]):.2f} ms a query (median of {len(took) - 5}; p95 "
          f"{np.quantile(took[5:], 0.95):.2f}); the edges of an alert, with its search: {alerts:.1f} ms")  # fmt: skip


# --- what the shelf says is offered


def one_threshold() -> None:
    """S043: one threshold on mapped cosines against one on raw ones, at equal recall, each set left out of the fit"""
    need_data()
    found = observed()
    models = {name: fit(found, name, SCALE) for name in SETS}
    show_thresholds(found, models)
    gains = []
    for name, lists in judged_lists(found).items():
        made = models[name]
        raw = [np.nan_to_num(each.seen.cosines, nan=-1.0) for each in lists]
        mapped = [made.probabilities(each.scaled(made.scale).shape, each.seen.cosines) for each in lists]
        gain, random = partial(_gain, partial(_precision, lists, 0.5), mapped, raw), np.random.default_rng(0)
        drawn = [gain(random.integers(0, len(lists), len(lists))) for _ in range(ROUNDS)]
        gains.append([gain(np.arange(len(lists))), *drawn])
    means = np.nanmean(gains, axis=0)
    low, high = np.nanquantile(means[1:], [0.025, 0.975])
    print(f"\n  precision at recall 0.5, the mean gain over {len(gains)} sets: {means[0]:+.3f} {span((low, high))}")
    verdict("lower end of the interval", float(low), 0, most=False)


def conformal_end() -> None:
    """S099: a conformal cutoff shows what is relevant to held-out queries as often as it promises (0.9)"""
    need_data()
    found = observed()
    shown = show_cutoffs(found, {name: fit(found, name, SCALE) for name in SETS})
    verdict("least share shown of what is relevant, any set", min(shown.values()), 0.87, most=False)


def main() -> None:
    need_data()
    encoder = next(
        (each for each in sys.argv[1:] if not each.startswith("--") and "/" not in each and "." not in each), "minilm"
    )
    head(
        "relevance: probabilities, cutoffs, abstention",
        f"encoder: {encoder}",
        f"versions: {versions('numpy')}",
        "data: SciFact (dev claims are judged; 196 of 300 share an abstract with train claims, which are left out",
        "  with them), Cranfield, CACM, CSFCube (grades from 2), TREC QA, keywords of 6,000 conference",
        "  papers, XQuAD in English (every third question)",
    )
    found = observed(encoder)
    if "--ship" in sys.argv:
        ship(found, Path(sys.argv[sys.argv.index("--ship") + 1]))
        return
    scale = SCALE if encoder == "minilm" else None
    models = {name: fit(found, name, scale) for name in SETS}
    print(f"\nfitted without SciFact: {models['scifact'].both}, query: {models['scifact'].answer}\n")
    show_reliability(found, models)
    show_words(found, models)
    show_thresholds(found, models)
    show_lengths(found, models)
    show_cutoffs(found, models)
    show_abstention(found, models)
    show_cost()


if __name__ == "__main__":
    main()
