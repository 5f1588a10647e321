"""Aspects: how well the roles of sentences are read, and whether papers that are like one in an aspect come first.

    ./run.sh bench aspects              the tables
    ./run.sh bench aspects --context    also vectors of sentences read in their paper (a pass over 4,205 papers)
    ./run.sh bench aspects --fit        write the weights of roles again

Sections of 500 PubMed abstracts, phrases in arXiv's computer science, 22 abstracts read by hand, CSFCube.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from common import ROOT, head, need_data, versions

from broadsheet import names
from broadsheet.core.alignment import Weighed, aligned, best_of_each, mean_vector, single_best, transported
from broadsheet.core.aspects import ASPECTS
from broadsheet.core.metrics import Floats, bootstrap, difference
from broadsheet.core.roles import FEATURES, RoleModel
from broadsheet.core.text import sentences
from broadsheet.core.vectors import Vectors, best, unit
from broadsheet.lab import roles
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.roles import Labelled
from broadsheet.lab.tasks.aspects import ndcg_of_pool
from broadsheet.search.aspects.build import spans_of
from broadsheet.search.aspects.roles import roles_for

WEIGHTS = ROOT / "src" / "broadsheet" / "search" / "aspects"
BY_HAND = Path(__file__).with_name("roles_by_hand.json")
DATE = "2026-11-29"
PHRASES = {"task": 500, "method": 500, "data": 250, "result": 500}
PLACE, WORDS = range(6), range(6, len(FEATURES))
LETTERS = {"T": "task", "M": "method", "D": "data", "R": "result"}
OF_CUBE = {"background": "task", "objective": "task", "method": "method", "result": "result"}
FACETS = {"background": "task", "method": "method", "result": "result"}
BARS = {"method": 0.454, "background": 0.713, "result": 0.630}


@cache
def encoder() -> CachedEncoder:
    """MiniLM, whose vectors are stored."""
    return CachedEncoder.under(names.encoder("minilm"), "~/.cache/broadsheet/evaluate")


def lines(path: str) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    with gzip.open(need_data() / path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def vectors_of(labelled: Sequence[Labelled]) -> Vectors:
    """The vectors of sentences, each encoded alone."""
    return encoder().encode([each.text for each in labelled])


@cache
def of_sections() -> tuple[list[Labelled], Vectors]:
    """The sentences of PubMed's sections."""
    found = roles.of_sections(lines("roles/pubmed_sections.jsonl.gz"))
    return found, vectors_of(found)


@cache
def by_phrases() -> tuple[list[Labelled], Vectors]:
    """Sentences of arXiv's computer science that phrases give away."""
    rows = list(lines("papers_arxiv_cs/papers.jsonl.gz"))
    random.Random(1).shuffle(rows)
    found = roles.by_phrases(((row["id"], row["abstract"]) for row in rows), PHRASES)
    return found, vectors_of(found)


def both() -> tuple[list[Labelled], Vectors]:
    """All sentences that the shipped weights are fitted on."""
    return of_sections()[0] + by_phrases()[0], np.concatenate([of_sections()[1], by_phrases()[1]])


@cache
def by_hand() -> list[tuple[list[str], str]]:
    """The sentences of abstracts that were read by hand, with the letters of their roles."""
    labels = json.loads(BY_HAND.read_text("utf-8"))["labels"]
    rows = {row["id"]: row for row in lines("hf_daily/daily.jsonl.gz") if row["id"] in labels}
    return [(sentences(rows[name]["abstract"]), letters) for name, letters in labels.items()]


def none(count: int) -> Vectors:
    """Vectors that say nothing."""
    return np.empty((count, 0), np.float32)


def read(model: RoleModel, texts: Sequence[str]) -> list[str]:
    """The roles that weights read from the sentences of one abstract."""
    vectors = encoder().encode(texts) if model.dim else none(len(texts))
    return [ASPECTS[place] for place in model.probabilities(texts, vectors).argmax(axis=1)]


def macro(truth: np.ndarray, guess: np.ndarray, roles_: Sequence[str]) -> float:
    """The mean of F1 over the roles (scikit-learn gives the same: tests/benchmarks check it)."""
    scores = []
    for role in roles_:
        hit = np.count_nonzero((truth == role) & (guess == role))
        scores.append(2 * hit / max(1, np.count_nonzero(truth == role) + np.count_nonzero(guess == role)))
    return float(np.mean(scores))


def judged(name: str, truth: Sequence[str], guess: Sequence[str], groups: Sequence[str]) -> None:
    """One row: accuracy and macro F1, each with an interval over abstracts."""
    right, said, own = np.array(truth), np.array(guess), np.array(groups)
    known = [role for role in ASPECTS if (right == role).any()]
    numbers = [np.flatnonzero(own == each) for each in dict.fromkeys(groups)]
    draw = np.random.default_rng(0)
    drawn = []
    for _ in range(1_000):
        chosen = np.concatenate([numbers[place] for place in draw.integers(0, len(numbers), len(numbers))])
        drawn.append(((right[chosen] == said[chosen]).mean(), macro(right[chosen], said[chosen], known)))
    (low, f_low), (high, f_high) = np.quantile(np.array(drawn), [0.025, 0.975], axis=0)
    print(
        f"  {name:<44} accuracy {(right == said).mean():.3f} [{low:.3f}, {high:.3f}]  "
        f"macro F1 {macro(right, said, known):.3f} [{f_low:.3f}, {f_high:.3f}]  of {len(right):,}",
        flush=True,
    )


def columns(name: str) -> tuple[range | None, bool]:
    """Which features a row of the table looks at, and whether vectors."""
    return {
        "place": (PLACE, False), "words": (WORDS, False), "place and words": (None, False), "vectors": (range(0), True),
        "place, words and vectors": (None, True),
    }[name]  # fmt: skip


def fitted(labelled: Sequence[Labelled], vectors: Vectors, name: str) -> RoleModel:
    """Weights fitted on some sentences, of one row of the table."""
    chosen, with_vectors = columns(name)
    kept = vectors if with_vectors else none(len(labelled))
    return RoleModel.of(roles.fit(labelled, kept, columns=chosen))


def guesses(model: RoleModel, labelled: Sequence[Labelled], vectors: Vectors) -> list[str]:
    """The roles of sentences whose features are known."""
    sums = model.bias + np.array([each.features for each in labelled]) @ model.own
    sums = sums + vectors @ model.of_vectors if model.dim else sums
    return [ASPECTS[place] for place in sums.argmax(axis=1)]


TABLE = ("place", "words", "place and words", "vectors", "place, words and vectors")


def cross_validated() -> None:
    """PubMed's sections in five parts of abstracts: fitted on four, judged on the fifth."""
    print("\nRoles on PubMed's sections, five parts by abstract")
    found, vectors = of_sections()
    truth, groups = [each.role for each in found], [each.abstract for each in found]
    ids = sorted(set(groups))
    random.Random(0).shuffle(ids)
    part_of = {name: place % 5 for place, name in enumerate(ids)}
    parts = np.array([part_of[name] for name in groups])
    judged("always the most frequent", truth, [max(set(truth), key=truth.count)] * len(truth), groups)
    for name in TABLE:
        guess = np.empty(len(truth), dtype="<U8")
        for part in range(5):
            train, test = np.flatnonzero(parts != part), np.flatnonzero(parts == part)
            model = fitted([found[place] for place in train], vectors[train], name)
            guess[test] = guesses(model, [found[place] for place in test], vectors[test])
        judged(name, truth, guess.tolist(), groups)


def on_readers_papers() -> None:
    """Abstracts of computer science that were read by hand."""
    print("\nRoles on 22 abstracts of the daily papers, read by hand (none was fitted on)")
    truth = [LETTERS[letter] for _, letters in by_hand() for letter in letters if letter in LETTERS]
    groups = [str(place) for place, (_, letters) in enumerate(by_hand()) for letter in letters if letter in LETTERS]

    def row(name: str, model: RoleModel | None) -> None:
        guess = []
        for texts, letters in by_hand():
            said = read(model, texts) if model else [max(set(truth), key=truth.count)] * len(texts)
            guess += [each for each, letter in zip(said, letters, strict=True) if letter in LETTERS]
        judged(name, truth, guess, groups)

    row("always the most frequent", None)
    for name in TABLE:
        row(f"{name}; sections and phrases", fitted(*both(), name))
    row("place, words and vectors; sections alone", fitted(*of_sections(), "place, words and vectors"))
    row("place, words and vectors; phrases alone", fitted(*by_phrases(), "place, words and vectors"))
    row("shipped", roles_for(encoder().manifest))


class Cube:
    """CSFCube with vectors: of whole papers, of sentences, and how much each sentence counts in a facet."""

    def __init__(self) -> None:
        self.rows = {str(row["_id"]): row for row in lines("csfcube/corpus.jsonl.gz")}
        grades: dict[str, dict[str, int]] = {}
        with gzip.open(need_data() / "csfcube" / "qrels.tsv.gz", "rt", encoding="utf-8") as file:
            for query, paper, grade in (line.split() for line in list(file)[1:]):
                grades.setdefault(query, {})[paper] = int(grade)
        self.pools = [
            (str(row["_id"]), str(row["doc_id"]), str(row["facet"]), dict(sorted(grades[row["_id"]].items())))
            for row in lines("csfcube/queries.jsonl.gz")
            if row["_id"] in grades
        ]
        texts = {name: [text for _, text in row["sentences"]] for name, row in self.rows.items()}
        whole = encoder().encode([f"{row['title']} {row['text']}" for row in self.rows.values()])
        self.whole = dict(zip(self.rows, whole, strict=True))
        flat = encoder().encode([text for each in texts.values() for text in each])
        ends = np.cumsum([len(each) for each in texts.values()])
        self.sentences = dict(zip(texts, np.split(flat, ends[:-1]), strict=True))
        self.texts = texts

    def given(self) -> dict[str, dict[str, Floats]]:
        """The weights of sentences by the labels that come with the set."""
        return {
            name: {
                facet: np.array([OF_CUBE.get(label) == role for label, _ in row["sentences"]], float)
                for facet, role in FACETS.items()
            }
            for name, row in self.rows.items()
        }

    def read(self, model: RoleModel) -> dict[str, dict[str, Floats]]:
        """The weights of sentences as the shipped weights read them."""
        made = {}
        for name, texts in self.texts.items():
            shares = model.probabilities(texts, self.sentences[name])
            made[name] = {facet: shares[:, ASPECTS.index(role)] for facet, role in FACETS.items()}  # type: ignore[arg-type]
        return made

    def in_context(self) -> dict[str, Vectors]:
        """The vectors of sentences as the mean of their tokens, which were read with the whole paper."""
        made, named = {}, list(self.rows)
        for start in range(0, len(named), 256):
            part = named[start : start + 256]
            contents = [f"{self.rows[name]['title']} {self.rows[name]['text']}" for name in part]
            for name, content, tokens in zip(part, contents, encoder().token_vectors(contents), strict=True):
                middle, there = tokens.spans.mean(axis=1), tokens.spans[:, 1] > tokens.spans[:, 0]
                spans = spans_of(content, self.texts[name])
                chosen = [there & (middle >= first) & (middle < last) for first, last in spans]
                rows = [
                    tokens.vectors[each].mean(axis=0) if each.any() else tokens.vectors.mean(axis=0) for each in chosen
                ]
                made[name] = unit(np.array(rows)) if rows else np.empty((0, tokens.vectors.shape[1]), np.float32)
        return made


Score = Callable[[str, str, Sequence[str]], Floats]
Weights = Mapping[str, Mapping[str, Floats]]


def scorers(cube: Cube, vectors: Mapping[str, Vectors], weights: Weights) -> dict[str, Score]:
    """Ways to compare a paper with others in a facet, by name."""

    def of(name: str, facet: str) -> Weighed:
        own = weights[name][facet]
        return Weighed(vectors[name], own if own.any() else np.ones(len(own)))

    def vector(name: str, facet: str) -> Vectors:
        own = mean_vector(Weighed(vectors[name], weights[name][facet]))
        return cube.whole[name] if own is None else own

    def whole(paper: str, _: str, others: Sequence[str]) -> Floats:
        return np.array([cube.whole[paper] @ cube.whole[each] for each in others])

    def mean(paper: str, facet: str, others: Sequence[str]) -> Floats:
        asked = vector(paper, facet)
        return np.array([asked @ vector(each, facet) for each in others])

    def matched(way: Callable[[Weighed, Sequence[Weighed]], Floats]) -> Score:
        def score(paper: str, facet: str, others: Sequence[str]) -> Floats:
            found = way(of(paper, facet), [of(each, facet) for each in others])
            return np.where(np.isnan(found), whole(paper, facet, others), found)

        return score

    ways = {
        "mean of the sentences": mean, "single best match": matched(single_best),
        "best match of each": matched(best_of_each), "optimal transport": matched(transported),
    }  # fmt: skip

    def half(way: Score) -> Score:
        return lambda *given: (whole(*given) + way(*given)) / 2

    return ways | {f"half whole, half {name}": half(way) for name, way in ways.items()}


def measured(cube: Cube, score: Score) -> dict[str, float]:
    """NDCG%20 of each query."""
    values = {}
    for query, paper, facet, grades in cube.pools:
        scores = np.asarray(score(paper, facet, list(grades)), dtype=np.float32)
        order = best(scores, len(scores))[0]
        values[query] = ndcg_of_pool(np.array(list(grades.values()))[order].tolist())
    return values


def table_row(cube: Cube, name: str, values: Mapping[str, float], base: Mapping[str, float]) -> None:
    """One row: the mean, that of each facet, and how far it is above whole abstracts."""
    facet_of = {query: facet for query, _, facet, _ in cube.pools}
    means = {facet: np.mean([values[q] for q in values if facet_of[q] == facet]) for facet in BARS}
    gap = difference(list(values.values()), [base[query] for query in values], seed=0)
    met = sum(bool(means[facet] > bar) for facet, bar in BARS.items())
    print(
        f"  {name:<44} {np.mean(list(values.values())):.3f}  "
        + "  ".join(f"{facet} {value:.3f}" for facet, value in means.items())
        + f"  above whole {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}] p {gap.p:.3f}; {met} of 3 bars",
        flush=True,
    )


def on_cube(context: bool) -> None:
    """CSFCube's 50 queries."""
    cube = Cube()
    given, own = cube.given(), cube.read(roles_for(encoder().manifest))
    truth, guess, groups = [], [], []
    for name, row in cube.rows.items():
        for place, (label, _) in enumerate(row["sentences"]):
            if label in OF_CUBE:
                truth.append(OF_CUBE[label])
                guess.append(max(FACETS, key=lambda facet, p=place, n=name: own[n][facet][p]))
                groups.append(name)
    print("\nRoles on CSFCube's sentences against the labels that come with it (made by another model)")
    judged("always the most frequent", truth, ["method"] * len(truth), groups)
    judged("shipped", truth, [FACETS[each] for each in guess], groups)
    print("\nCSFCube, NDCG%20 of 50 queries (bars: " + ", ".join(f"{k} {v}" for k, v in BARS.items()) + ")")
    base = measured(cube, lambda paper, _, others: np.array([cube.whole[paper] @ cube.whole[each] for each in others]))
    table_row(cube, "whole abstracts", base, base)
    views = {"alone": cube.sentences, **({"in context": cube.in_context()} if context else {})}
    for view, vectors in views.items():
        for labels, weights in (("given labels", given), ("own roles", own)):
            print(f"  sentences {view}, {labels}:")
            found = {name: measured(cube, score) for name, score in scorers(cube, vectors, weights).items()}
            for name, values in found.items():
                table_row(cube, f"  {name}", values, base)
            crossed(cube, {"whole abstracts": base, **found}, base)
    discriminate(cube, given, "given labels")
    discriminate(cube, own, "own roles")
    timed_matching(cube, given)


def crossed(cube: Cube, found: Mapping[str, Mapping[str, float]], base: Mapping[str, float]) -> None:
    """The way that is best on the one half of the queries, measured on the other: the set's own two folds."""
    folds = json.loads((need_data() / "csfcube" / "evaluation_splits.json").read_text("utf-8"))
    values: dict[str, float] = {}
    chosen = []
    for fold in ("fold1", "fold2"):
        known = [query for facet in folds.values() for query in facet[f"{fold}_dev"]]
        name = max(found, key=lambda way, q=known: np.mean([found[way][each] for each in q]))  # type: ignore[misc]
        chosen.append(name)
        values |= {query: found[name][query] for facet in folds.values() for query in facet[f"{fold}_test"]}
    ordered = {query: values[query] for query in base}
    table_row(cube, "  chosen on the other half of the queries", ordered, base)
    print(f"      (chosen: {'; '.join(chosen)})", flush=True)


def discriminate(cube: Cube, weights: Weights, labels: str) -> None:
    """S057: a candidate graded higher in one facet than in another comes earlier by the vector of the first."""
    score = scorers(cube, cube.sentences, weights)["mean of the sentences"]
    pools: dict[str, dict[str, dict[str, int]]] = {}
    for _, paper, facet, grades in cube.pools:
        pools.setdefault(paper, {})[facet] = grades
    gaps: dict[str, list[float]] = {}
    for paper, facets in pools.items():
        for one in facets:
            for other in facets:
                shared = sorted(set(facets[one]) & set(facets[other])) if one != other else []
                chosen = [at for at, each in enumerate(shared) if facets[one][each] >= 2 > facets[other][each]]
                if chosen:
                    places = [_places(score(paper, facet, shared)) for facet in (one, other)]
                    gaps.setdefault(paper, []).append(float((places[1] - places[0])[chosen].mean()))
    values = [float(np.mean(each)) for each in gaps.values()]
    low, high = bootstrap(values, seed=0)
    print(
        f"\nS057, {labels}: papers graded 2 or 3 in one facet and 0 or 1 in another come earlier by the vector of the "
        f"first than by that of the other, by this share of the list: {np.mean(values):+.3f} [{low:+.3f}, {high:+.3f}] "
        f"({len(values)} papers, {sum(map(len, gaps.values()))} pairs of facets)"
    )


def _places(scores: Floats) -> Floats:
    """The place of each in a list, best first, as a share of the list."""
    places = np.empty(len(scores))
    places[np.argsort(-scores, kind="stable")] = np.arange(len(scores)) / len(scores)
    return places


def timed_matching(cube: Cube, weights: Weights) -> None:
    """S160: how long it takes to match one paper with 100 others."""
    paper, facet, others = cube.pools[0][1], cube.pools[0][2], list(cube.rows)[:100]
    asked = Weighed(cube.sentences[paper], weights[paper][facet])
    found = [Weighed(cube.sentences[each], weights[each][facet]) for each in others]
    print("\nS160: one paper matched with 100 others, median of 20")
    for name, way in (
        ("single best match", single_best),
        ("best match of each", best_of_each),
        ("optimal transport", transported),
    ):
        taken = []
        for _ in range(20):
            start = time.perf_counter()
            way(asked, found)
            taken.append((time.perf_counter() - start) * 1e3)
        print(f"  {name:<24} {np.median(taken):.2f} ms")


METHODS = {
    "reinforcement": r"reinforcement learning", "adversarial nets": r"\bgans?\b|generative adversarial",
    "federated": r"federated", "semi-supervised": r"semi-supervised",
    "adversarial": r"adversarial (machine )?learning|adversarial (attack|machine)", "several views": r"multi-view",
    "graphs": r"graph neural|sequence and graph learning|graph convolution", "few shots": r"few-shot|low-shot",
    "self-supervised": r"self-supervised|contrastive", "weak labels": r"weakly supervised",
    "attention": r"attention|transformer", "causes": r"causal", "Bayes": r"bayesian|variational|gaussian process",
    "diffusion": r"diffusion model", "clusters": r"\bclustering", "transport": r"optimal transport",
    "several tasks": r"multi-?task", "distillation": r"distillation", "active": r"active learning",
    "metric": r"metric learning|hashing", "evolution": r"evolutionary|genetic",
    "language models": r"large language model|\bllms?\b",
}  # fmt: skip
TASKS = {
    "segments": r"segmentation", "objects": r"object detection|categorization\)", "video": r"\bvideos?\b",
    "answers": r"question answering|reading comprehension", "dialogue": r"dialog",
    "extraction": r"information extraction|named entit|relation extraction|knowledge extraction",
    "text classes": r"text classification|sentiment|stylistic", "recommendation": r"recommend",
    "generation": r"natural language generation|language generation|summari[sz]ation", "anomalies": r"anomaly",
    "space": r"spatial|traffic|transportation", "health": r"health|medic|biomedical|bio/",
    "translation": r"machine translation", "speech": r"speech|audio|music",
    "faces": r"face|biometrics|person re-id", "knowledge graphs": r"knowledge graph",
    "code": r"\bcode generation|program synthesis|software", "robots": r"robot|manipulation",
    "molecules": r"drug|molecul|protein",
    "images and words": r"vision and language|language and vision|visual question|image caption",
    "poses": r"pose|motion and tracking", "time": r"time.series",
    "retrieval": r"information retrieval|\bsearch engine|document retrieval",
}  # fmt: skip
_MOST_KEYWORDS, _SHORTEST = 2, 500


class Keyed:
    """Papers whose authors gave keywords of a method and of a task."""

    def __init__(self) -> None:
        kinds = [{name: re.compile(words, re.IGNORECASE) for name, words in each.items()} for each in (METHODS, TASKS)]
        self.labels: list[tuple[set[str], set[str]]] = []
        papers = []
        for row in lines("papers_conf/papers.jsonl.gz"):
            words = [each.strip() for each in row.get("keywords") or []]
            found = [{name for name, pattern in each.items() for w in words if pattern.search(w)} for each in kinds]
            if all(0 < len(each) <= _MOST_KEYWORDS for each in found) and len(row.get("abstract") or "") > _SHORTEST:
                papers.append((row["id"], row["title"], row["abstract"]))
                self.labels.append((found[0], found[1]))
        texts = [sentences(abstract) for _, _, abstract in papers]
        flat, ends = encoder().encode([each for of in texts for each in of]), np.cumsum([len(of) for of in texts])
        self.sentences = np.split(flat, ends[:-1])
        self.whole = encoder().encode([f"{title} {abstract}" for _, title, abstract in papers])
        model = roles_for(encoder().manifest)
        self.roles = [model.probabilities(own, rows) for own, rows in zip(texts, self.sentences, strict=True)]

    def scores(self, aspect: str) -> dict[str, Floats]:
        """The similarities (n, n) of all papers, by how they are compared."""
        place = ASPECTS.index(aspect)  # type: ignore[arg-type]
        own = [Weighed(rows, shares[:, place]) for rows, shares in zip(self.sentences, self.roles, strict=True)]
        even = [Weighed(rows, np.ones(len(rows))) for rows in self.sentences]
        means, all_ = (np.array([mean_vector(each) for each in papers]) for papers in (own, even))
        whole, mean = self.whole @ self.whole.T, means @ means.T
        moved = np.array([transported(each, own) for each in own])
        return {
            "whole abstracts": whole, "mean of the sentences": mean, "optimal transport": moved,
            "best match of each": np.array([best_of_each(each, own) for each in own]),
            "half whole, half mean": (whole + mean) / 2, "half whole, half transport": (whole + moved) / 2,
            "all sentences: mean": all_ @ all_.T,
            "all sentences: transport": np.array([transported(each, even) for each in even]),
            "all sentences: single best": np.array([single_best(each, even) for each in even]),
        }  # fmt: skip

    def judged(self, scores: Floats, which: int) -> dict[int, tuple[float, float]]:
        """Of each paper: average precision of those that share the keyword, and how often one that shares only it comes
        before one that shares only the other kind."""
        values = {}
        for paper, own in enumerate(self.labels):
            others = [each for each in range(len(self.labels)) if each != paper]
            same = np.array([[bool(own[kind] & self.labels[each][kind]) for kind in (0, 1)] for each in others])
            wanted, other = same[:, which], same[:, 1 - which]
            if wanted.sum() < 3 or not (wanted & ~other).any() or not (other & ~wanted).any():
                continue
            row = scores[paper, others]
            hits = wanted[np.argsort(-row, kind="stable")]
            precision = float((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean())
            before = float((row[wanted & ~other][:, None] > row[other & ~wanted][None]).mean())
            values[paper] = precision, before
        return values


def on_keywords() -> None:
    """Papers that share a keyword of a method, or of a task."""
    keyed = Keyed()
    print(f"\n{len(keyed.labels)} papers with keywords of a method and of a task")
    vectors: dict[str, Floats] = {}
    for which, aspect in enumerate(("method", "task")):
        table = keyed.scores(aspect)
        vectors[aspect] = table["mean of the sentences"]
        found = {name: keyed.judged(scores, which) for name, scores in table.items()}
        base = [value[0] for value in found["whole abstracts"].values()]
        for name, values in found.items():
            precision, before = np.array(list(values.values())).mean(axis=0)
            gap = difference([value[0] for value in values.values()], base, seed=0)
            print(
                f"  same {aspect}: {name:<28} AP {precision:.4f} above whole {gap.mean:+.4f} [{gap.low:+.4f}, "
                f"{gap.high:+.4f}]; same {aspect} alone before the other alone {before:.3f}",
                flush=True,
            )
        for one, other in (
            ("optimal transport", "mean of the sentences"), ("all sentences: transport", "all sentences: mean"),
        ):  # fmt: skip
            gap = difference([v[0] for v in found[one].values()], [v[0] for v in found[other].values()], seed=0)
            print(f"    S160, same {aspect}: {one} above {other}: {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]")
    for which, (aspect, other) in enumerate((("method", "task"), ("task", "method"))):
        by_own, by_other = (list(keyed.judged(vectors[each], which).values()) for each in (aspect, other))
        gap = difference([each[1] for each in by_own], [each[1] for each in by_other], seed=0)
        print(
            f"  S057: papers of the same {aspect} alone come before those of the same {other} alone: "
            f"{np.mean([each[1] for each in by_own]):.3f} by the vector of the {aspect}, "
            f"{np.mean([each[1] for each in by_other]):.3f} by that of the {other}: {gap.mean:+.3f} "
            f"[{gap.low:+.3f}, {gap.high:+.3f}]"
        )


def tell_aspects_apart() -> None:
    """S057: papers that share a method but not the task, by the vectors of both: keywords, and CSFCube's grades"""
    on_keywords()
    cube = Cube()
    discriminate(cube, cube.given(), "given labels")
    discriminate(cube, cube.read(roles_for(encoder().manifest)), "own roles")


def match_sentences() -> None:
    """S160: transport of sentences against mean vectors on papers of several keywords; times of both, and a pair"""
    on_keywords()
    cube = Cube()
    timed_matching(cube, cube.given())
    show_pairs(cube)


def show_pairs(cube: Cube) -> None:
    """Print the sentences of two papers that are matched one to one."""
    paper, facet, grades = cube.pools[0][1:]
    other = max(grades, key=lambda each: grades[each])
    chosen = np.flatnonzero(cube.given()[paper][facet])
    table = (cube.sentences[paper][chosen] @ cube.sentences[other].T).astype(np.float64)
    print(f"  {paper} and {other} in {facet}:")
    for left, right in aligned(table)[:3]:
        one, two = cube.texts[paper][chosen[left]], cube.texts[other][right]
        print(f"    {table[left, right]:.2f}  {one[:90]} | {two[:90]}")


def fit() -> None:
    """Write the weights again, with what they were fitted on and how well they do."""
    found, vectors = both()
    manifest = encoder().manifest
    sources = {
        "sections of 500 PubMed abstracts (labels: their authors')": len(of_sections()[0]),
        "sentences of arXiv abstracts in computer science (labels: phrases)": len(by_phrases()[0]),
    }
    for name, rows in (("minilm", "place, words and vectors"), ("words", "place and words")):
        chosen, with_vectors = columns(rows)
        values = roles.fit(found, vectors if with_vectors else none(len(found)), columns=chosen)
        about = {
            "name": f"{name}-1", "date": DATE, "looks at": rows, "fitted on": sources,
            "encoder": manifest.encoder if with_vectors else "", "weights": manifest.weights if with_vectors else "",
            "accuracy": accuracies(RoleModel.of(values), rows), "feature names": list(FEATURES),
        }  # fmt: skip
        (WEIGHTS / f"{name}.json").write_text(json.dumps(about | values) + "\n", "utf-8")
        print(f"wrote {WEIGHTS / name}.json: {about['accuracy']}")


def accuracies(model: RoleModel, rows: str) -> dict[str, float]:
    """How well weights do: on PubMed those of the same kind, left out in turn; on the daily papers these."""
    pairs = [
        (said, LETTERS[letter])
        for texts, letters in by_hand()
        for said, letter in zip(read(model, texts), letters, strict=True)
        if letter in LETTERS
    ]
    found, vectors = of_sections()
    ids = sorted({each.abstract for each in found})
    left = set(ids[::5])
    train = [place for place, each in enumerate(found) if each.abstract not in left]
    test = [place for place, each in enumerate(found) if each.abstract in left]
    other = fitted([found[place] for place in train], vectors[train], rows)
    said = guesses(other, [found[place] for place in test], vectors[test])
    return {
        "PubMed, a fifth left out": round(
            float(np.mean([a == found[b].role for a, b in zip(said, test, strict=True)])), 3
        ),
        "daily papers read by hand": round(float(np.mean([a == b for a, b in pairs])), 3),
    }


def main() -> None:
    """Print the tables, or fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--context", action="store_true")
    parser.add_argument("--fit", action="store_true")
    asked = parser.parse_args()
    head("Aspects", versions("numpy", "scikit-learn", "openvino"), "encoder: minilm")
    if asked.fit:
        fit()
        return
    cross_validated()
    on_readers_papers()
    on_keywords()
    on_cube(asked.context)


if __name__ == "__main__":
    main()
