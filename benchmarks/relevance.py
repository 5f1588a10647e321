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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from common import CACHE, head, need_data, versions
from relevance_sets import FOREIGN, SETS, Lists, observed

from broadsheet.collection import open_collection
from broadsheet.core.conformal import MISSED, cutoff
from broadsheet.core.relevance import EDGES, Calibration, Scale, worth
from broadsheet.core.vectors import unit
from broadsheet.lab.relevance.fit import POWERS, answer, curves, ended, relevant_worths
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
ROUNDS = 500


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
    rows = []
    for scale, weights in ((SCALE, WEIGHTS), (None, "")):
        made = fit(found, None, scale)
        errors = [
            calibration_error(*flat(lists, fit(found, name, scale), 100)) for name, lists in judged_lists(found).items()
        ]
        facts = {"error_left_out": round(float(np.mean(errors)), 4), "worst_left_out": round(max(errors), 4)}
        sets = trained(found, None)
        made = replace(made, weights=weights, made=datetime.now(UTC).date(), data=tuple(sets),
                       queries=sum(map(len, sets.values())), facts=facts)  # fmt: skip
        rows.append(made.to_json())
    path.write_text(json.dumps(rows, indent=1) + "\n")
    print(f"{path}: {len(rows)} calibrations, {rows[0]['facts']}")


# --- reliability


def raw_cosine(found: Lists, without: str) -> Callable[[JudgedList], np.ndarray]:
    """A logistic curve of the raw cosine alone, fitted in the same way: what a fixed threshold would be."""
    lists = [(each, 1 / len(own)) for own in trained(found, without).values() for each in own]
    values = [np.nan_to_num(each.seen.cosines[:100]) for each, _ in lists]
    counts = [np.full(len(each), share) for each, (_, share) in zip(values, lists, strict=True)]
    truth = [each.relevant[:100].astype(float) for each, _ in lists]
    curve = fitted({"cosine": np.concatenate(values)}, np.concatenate(truth), np.concatenate(counts))
    return lambda each: curve({"cosine": np.nan_to_num(each.seen.cosines)})


def boot(count: int, value: Callable[[np.ndarray], float]) -> tuple[float, float]:
    """The 95 % bootstrap interval of a value of queries, drawn again with replacement."""
    random = np.random.default_rng(0)
    drawn = [value(random.integers(0, count, count)) for _ in range(ROUNDS)]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def span(values: tuple[float, float], digits: int = 3) -> str:
    return f"[{values[0]:.{digits}f}, {values[1]:.{digits}f}]"


def show_reliability(found: Lists, models: Mapping[str, Calibration]) -> None:
    print("## Calibration error of a set left out (10 bins of the same size), Brier score of the first 100 places\n")
    print("| set | queries | first 100 | interval | first 10 | interval | without words: 100 | 10 | raw cosine: 100 | 10 | Brier | of raw cosine |")  # fmt: skip  # noqa: E501
    print("|---|--:|--:|---|--:|---|--:|--:|--:|--:|--:|--:|")
    pooled, means = [], []
    for name, lists in judged_lists(found).items():
        made, raw = models[name], raw_cosine(found, name)
        alone = replace(made, both=made.meaning)
        ways = {
            "ours": [each.under(made).places for each in lists],
            "alone": [without_words(each, alone) for each in lists],
            "raw": [raw(each) for each in lists],
        }
        truth = [each.relevant.astype(float) for each in lists]

        def error(way: str, first: int, rows: Sequence[int] | np.ndarray, ways=ways, truth=truth) -> float:  # noqa: ANN001
            return calibration_error(
                np.concatenate([ways[way][at][:first] for at in rows]),
                np.concatenate([truth[at][:first] for at in rows]),
            )  # noqa: E501

        every = range(len(lists))
        values = [error(way, first, every) for way in ways for first in (100, 10)]
        scores = [
            brier(np.concatenate([part[:100] for part in ways[way]]), np.concatenate([part[:100] for part in truth]))
            for way in ("ours", "raw")
        ]  # noqa: E501
        bounds = [
            boot(len(lists), lambda rows, first=first, error=error: error("ours", first, rows)) for first in (100, 10)
        ]
        print(
            f"| {name} | {len(lists)} | {values[0]:.3f} | {span(bounds[0])} | {values[1]:.3f} | {span(bounds[1])} | {values[2]:.3f} | {values[3]:.3f} | {values[4]:.3f} | {values[5]:.3f} | {scores[0]:.4f} | {scores[1]:.4f} |",
            flush=True,
        )  # noqa: E501
        means.append([*values, *scores])
        pooled.append(
            (np.concatenate([part[:100] for part in ways["ours"]]), np.concatenate([part[:100] for part in truth]))
        )
    mean = np.mean(means, axis=0)
    print(
        f"| mean | | {mean[0]:.3f} | | {mean[1]:.3f} | | {mean[2]:.3f} | {mean[3]:.3f} | {mean[4]:.3f} | {mean[5]:.3f} | {mean[6]:.4f} | {mean[7]:.4f} |\n"
    )  # noqa: E501
    print("## Reliability: what was promised and what came, all sets left out in turn, first 100 places\n")
    print("| promised | papers | mean promised | relevant | interval |\n|---|--:|--:|--:|---|")
    edges = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 0.75]
    chances, truth = (np.concatenate(parts) for parts in zip(*pooled, strict=True))
    for each in reliability(chances, truth, edges=edges):
        where = np.searchsorted(edges, each.promised)
        label = f"{[0, *edges][where]:g} to {[*edges, 1][where]:g}"
        print(
            f"| {label} | {each.count:,} | {each.promised:.3f} | {each.relevant:.3f} | {span((each.low, each.high))} |"
        )


def without_words(each: JudgedList, made: Calibration) -> np.ndarray:
    return replace(each, seen=replace(each.seen, words=None)).under(made).places


def show_words(found: Lists, models: Mapping[str, Calibration]) -> None:
    print("\n## What share of the papers with a word is relevant (first 10 places): the bands before, and now\n")
    print(
        "| set | strong before | good | fair | weak | strong now | good | fair | weak |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    )
    for name, lists in judged_lists(found).items():
        truth = np.concatenate([each.relevant[:10] for each in lists]).astype(float)
        before = np.concatenate([np.nan_to_num(each.seen.cosines[:10], nan=-1.0) for each in lists])
        now = np.concatenate([each.under(models[name]).places[:10] for each in lists])
        cells = []
        for values, edges in ((before, BANDS), (now, EDGES)):
            steps = np.searchsorted(edges, values, side="right")
            cells += [
                f"{truth[steps == step].mean():.2f} of {(steps == step).sum()}" if (steps == step).any() else "-"
                for step in (3, 2, 1, 0)
            ]  # noqa: E501
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


# --- one threshold for all queries (S043), and adaptive length against a fixed one (S121)


def show_thresholds(found: Lists, models: Mapping[str, Calibration]) -> None:
    print("\n## S043: precision at equal recall, one threshold over all queries of a set that was left out\n")
    print(
        "| set | recall | raw cosine | mapped, without words | gain, interval | mapped, with words | gain, interval |"
    )
    print("|---|--:|--:|--:|---|--:|---|")
    for name, lists in judged_lists(found).items():
        made = models[name]
        ways = {
            "raw": [np.nan_to_num(each.seen.cosines, nan=-1.0) for each in lists],
            "alone": [made.probabilities(each.scaled(made.scale).shape, each.seen.cosines) for each in lists],
            "both": [each.under(made).places for each in lists],
        }
        for recall in (0.3, 0.5, 0.7):

            def at(way: str, rows: Sequence[int] | np.ndarray, ways=ways, lists=lists, recall=recall) -> float:  # noqa: ANN001
                truth = np.concatenate([lists[row].relevant for row in rows]).astype(float)
                total = sum(int(lists[row].relevant.sum()) + lists[row].missing for row in rows)
                return precision_at_recall(
                    np.concatenate([ways[way][row] for row in rows]), truth, recall=recall, relevant=total
                )

            every = range(len(lists))
            raw, alone, both = (at(way, every) for way in ways)
            one, two = (
                boot(len(lists), lambda rows, way=way, at=at: at(way, rows) - at("raw", rows))
                for way in ("alone", "both")
            )
            print(
                f"| {name} | {recall} | {raw:.3f} | {alone:.3f} | {alone - raw:+.3f} {span(one)} | {both:.3f} | {both - raw:+.3f} {span(two)} |",
                flush=True,
            )  # noqa: E501
    empty = {
        name: [each.under(models[name]).places[0] < EDGES[0] for each in lists]
        for name, lists in judged_lists(found).items()
    }
    print(
        "\nLists without a paper of at least 1 in 10: "
        + ", ".join(f"{name} {np.mean(each):.1%}" for name, each in empty.items())
    )


def show_lengths(found: Lists, models: Mapping[str, Calibration]) -> None:
    print("\n## S121: as many as have a probability, against a fixed k of equal recall (mean over queries)\n")
    print(
        "| set | k | recall | precision of k | of the adaptive list | gain, interval | mean length | share shorter than k |"
    )
    print("|---|--:|--:|--:|--:|---|--:|--:|")
    for name, lists in judged_lists(found).items():
        places = [each.under(models[name]).places for each in lists]
        totals = np.array([each.relevant.sum() + each.missing for each in lists])
        for k in (5, 10, 20):
            hits = np.array([each.relevant[:k].sum() for each in lists])
            recall, precise = hits / totals, hits / k
            low, high = 0.0, 1.0  # the highest threshold of at least this recall
            for _ in range(40):
                middle = (low + high) / 2
                lengths = np.array([(each >= middle).sum() for each in places])
                got = np.array([each.relevant[:size].sum() for each, size in zip(lists, lengths, strict=True)])
                low, high = (middle, high) if (got / totals).mean() >= recall.mean() - 1e-12 else (low, middle)
            lengths = np.array([(each >= low).sum() for each in places])
            got = np.array([each.relevant[:size].sum() for each, size in zip(lists, lengths, strict=True)])
            ratio = lambda rows, got=got, lengths=lengths, hits=hits, k=k: (
                got[rows].sum() / max(1, lengths[rows].sum()) - hits[rows].sum() / (k * len(rows))
            )  # noqa: E731, E501
            bounds, every = boot(len(lists), ratio), np.arange(len(lists))
            print(
                f"| {name} | {k} | {recall.mean():.3f} | {precise.mean():.3f} | {got.sum() / max(1, lengths.sum()):.3f} | {ratio(every):+.3f} {span(bounds)} | {lengths.mean():.1f} | {(lengths < k).mean():.0%} |",
                flush=True,
            )  # noqa: E501


# --- the end of the list (S099)


def show_cutoffs(found: Lists, models: Mapping[str, Calibration]) -> None:
    print(
        f"\n## S099: a conformal cutoff that misses {MISSED:.0%} at most: half of a set calibrates, half is held out, 20 times\n"
    )
    print("| set | held out | share of the relevant that is shown | interval | mean places | fixed k of equal coverage | shorter by | shipped to a new Collection: coverage, places |")  # fmt: skip  # noqa: E501
    print("|---|--:|--:|---|--:|--:|--:|---|")
    for name, lists in judged_lists(found).items():
        made, random = models[name], np.random.default_rng(0)
        worths = {power: [worth(each.under(made).places, power) for each in lists] for power in (*POWERS, np.inf)}
        kept, sizes, fixed, per_query = [], [], [], np.zeros((len(lists), 2))
        for seed in range(20):
            order = random.permutation(len(lists))
            half = [lists[at] for at in order[: len(lists) // 2]]
            own = ended(made, half, seed=seed)
            edge = -np.inf if own.cutoff is None else own.cutoff
            straight = cutoff(relevant_worths(made, half, np.inf))
            for at in order[len(lists) // 2 :]:
                inside = worths[own.power][at] >= edge
                share = lists[at].relevant[inside].sum() / (lists[at].relevant.sum() + lists[at].missing)
                per_query[at] += (share if np.isfinite(edge) else 1.0, 1)
                kept.append(share if np.isfinite(edge) else 1.0)
                sizes.append(inside.sum())
                fixed.append((worths[np.inf][at] >= straight).sum())
        tried = per_query[per_query[:, 1] > 0]
        means = tried[:, 0] / tried[:, 1]
        bounds = boot(len(means), lambda rows, means=means: float(means[rows].mean()))
        abroad = ended(made, [each for lists in trained(found, name).values() for each in lists][::4])
        away = [(worth(each.under(made).places, abroad.power) >= (abroad.cutoff or -np.inf)) for each in lists]
        shown = [
            each.relevant[inside].sum() / (each.relevant.sum() + each.missing)
            for each, inside in zip(lists, away, strict=True)
        ]
        print(
            f"| {name} | {len(kept):,} | {np.mean(kept):.3f} | {span(bounds)} | {np.mean(sizes):.1f} | {np.mean(fixed):.1f} | {1 - np.mean(sizes) / np.mean(fixed):.0%} | {np.mean(shown):.3f}, {np.mean([each.sum() for each in away]):.0f} |",
            flush=True,
        )  # noqa: E501


# --- abstention


def show_abstention(found: Lists, models: Mapping[str, Calibration]) -> None:
    print(
        "\n## Is anything here about it? AUROC of queries that have an answer, against others; the set left out of the fit\n"
    )
    print(
        "| set | against | queries | answerable | interval | top cosine | linear fit on the ten best | max | std | best less second |"
    )
    print("|---|---|--:|--:|---|--:|--:|--:|--:|--:|")
    for name in ("scifact", "cranfield", "cacm"):
        real, made = judged_lists(found)[name], models[name]
        ways = {"ours": made_answers(made), "top": top, "linear": linear(found, name), "max": best_mean,
                "std": best_spread, "diff": first_gap}  # fmt: skip
        groups = {
            kind: [each for other, lists in found[name].items() if other.startswith(kind) for each in lists]
            for kind in KINDS
        }
        groups["all three"] = [each for lists in groups.values() for each in lists]
        for kind, others in groups.items():
            scores = {
                way: (np.array([value(each) for each in real]), np.array([value(each) for each in others]))
                for way, value in ways.items()
            }  # noqa: E501
            values = {way: auroc(*both) for way, both in scores.items()}
            one, two = scores["ours"]
            random = np.random.default_rng(0)
            drawn = [auroc(random.choice(one, len(one)), random.choice(two, len(two))) for _ in range(200)]
            print(
                f"| {name} | {kind} | {len(real)} and {len(others)} | {values['ours']:.3f} | {span(tuple(np.quantile(drawn, [0.025, 0.975])))} | "
                + " | ".join(f"{values[way]:.3f}" for way in ("top", "linear", "max", "std", "diff"))
                + " |",
                flush=True,
            )  # noqa: E501
    print("\n## Risk and coverage: the error among the answered, when the least answerable are refused first\n")
    print(
        "| set | answered below 1 in 2 | of others | error at full coverage | at 90 % | at 80 % | at 50 % |\n|---|--:|--:|--:|--:|--:|--:|"
    )
    for name in ("scifact", "cranfield", "cacm"):
        real, made = judged_lists(found)[name], models[name]
        others = [each for kind, lists in found[name].items() if kind.split()[0] in KINDS for each in lists]
        chances = np.array([each.under(made).answerable for each in [*real, *others]])
        wrong = np.array([*(0.0 if each.relevant[:10].any() else 1.0 for each in real), *np.ones(len(others))])
        curve = risk_coverage(chances, wrong)
        at = [curve[max(0, int(share * len(curve)) - 1)] for share in (1.0, 0.9, 0.8, 0.5)]
        print(
            f"| {name} | {(chances[: len(real)] < 0.5).mean():.1%} | {(chances[len(real) :] < 0.5).mean():.1%} | "
            + " | ".join(f"{value:.3f}" for value in at)
            + " |"
        )  # noqa: E501
    print("\nOn SciFact, mean probability that anything is about it: " + ", ".join(
        f"{kind} {np.mean([each.under(models['scifact']).answerable for each in found['scifact'][kind]]):.3f}"
        for kind in ("scifact-dev", "false premise", "unknown entity")))  # fmt: skip


def auroc(one: np.ndarray, other: np.ndarray) -> float:
    """The chance that one of the first is higher than one of the others, ties half."""
    joined = np.concatenate([one, other])
    _, inverse, counts = np.unique(joined, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[: len(one)].sum() - len(one) * (len(one) + 1) / 2) / (len(one) * len(other)))


def made_answers(made: Calibration) -> Callable[[JudgedList], float]:
    return lambda each: made.answerable(each.scaled(made.scale).shape)


def ten(each: JudgedList) -> np.ndarray:
    """The ten best cosines."""
    return np.sort(np.nan_to_num(each.seen.cosines, nan=-1.0))[::-1][:10]


def top(each: JudgedList) -> float:
    return float(ten(each)[0])


def best_mean(each: JudgedList) -> float:
    """mteb's ``max``: the best score of the list that is ranked, here by both sides."""
    return float(np.nan_to_num(each.seen.cosines[:10]).max())


def best_spread(each: JudgedList) -> float:
    return float(ten(each).std())


def first_gap(each: JudgedList) -> float:
    return float(ten(each)[0] - ten(each)[1])


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
        vectors = unit(
            snapshot.sample[random.integers(0, len(snapshot.sample), 60)]
            + random.normal(0, 0.02, (60, snapshot.manifest.dim)).astype("f4")
        )  # noqa: E501
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


def main() -> None:
    need_data()
    encoder = next(
        (each for each in sys.argv[1:] if not each.startswith("--") and "/" not in each and "." not in each), "minilm"
    )
    head("relevance: probabilities, cutoffs, abstention", f"encoder: {encoder}", f"versions: {versions('numpy')}",
         "data: SciFact (dev claims judged; train claims in the fit, of which 196 of 300 share an abstract), Cranfield,",
         "CACM, CSFCube (grades from 2), TREC QA, keywords of conference papers, XQuAD English (every third question)")  # fmt: skip
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
