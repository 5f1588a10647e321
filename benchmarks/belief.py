"""How far to believe a figure: what each set can see, whether noise is found and twins are not, leaks, thresholds.

./run.sh bench belief                 all parts
./run.sh bench belief noise leaks     some of: systems noise leaks thresholds seeds grid

Vectors are MiniLM's, from the cache of `evaluate` (the first run encodes, minutes). Noise is Gaussian, added to the
vectors of all texts, so large that MiniLM loses 1.5 times the set's resolution in the mean of five draws on *other*
items than those that are judged: SciFact's train claims, STS-B's dev pairs, a quarter of Banking77's train texts; half
of the queries of Cranfield and CACM, each half for the other. The resolution is the median over all pairs of five real
systems on the judged items. Nothing was tuned on these sets.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from common import CACHE, head, need_data, verdict, versions

from broadsheet import names
from broadsheet.core.metrics import Floats, parse
from broadsheet.core.protocols import Encoder, Vectors
from broadsheet.core.vectors import best, unit
from broadsheet.encoders.static import named as static_named
from broadsheet.lab.beir import read_task
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.comparison import (
    across_seeds,
    compare,
    resolutions,
    summary,
    table,
    ties,
    ties_sentences,
    variance_shares,
)
from broadsheet.lab.controls import at_chance, planted, twins
from broadsheet.lab.distil import distil
from broadsheet.lab.intervals import Sample, estimate, judgement_warnings, query_groups
from broadsheet.lab.leaks import leaks, pair_leaks, shared_documents
from broadsheet.lab.subject import RandomEncoder
from broadsheet.lab.task import Figure
from broadsheet.lab.threshold import classified, decided, recommend

STORE = Path("~/.cache/broadsheet/evaluate")
SEEDS, DRAWS = 50, 5
NEIGHBOURS = 10
Judge = Callable[[Vectors], Floats]  # vectors of all texts of a set -> rows


def lines(path: str) -> list[dict[str, Any]]:
    with gzip.open(need_data() / path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


# --- systems


def bags(texts: Sequence[str]) -> Vectors:
    """Words weighted by rarity, as a control that needs no model: tf-idf in 4,096 hashed places."""
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    counts = HashingVectorizer(n_features=4096, alternate_sign=False, norm=None).transform(texts)
    return unit(TfidfTransformer(sublinear_tf=True).fit_transform(counts).toarray())


@cache
def minilm() -> Encoder:
    return CachedEncoder.under(names.encoder("minilm", cache=CACHE / "models"), STORE)


@cache
def static(dim: int) -> Encoder:
    """MiniLM distilled on STS-B's train sentences and SciFact's abstracts."""
    folder = CACHE / "belief" / f"static-{dim}"
    if not folder.is_dir():
        texts = [row["s1"] for row in lines("stsb/en.jsonl.gz") if row["split"] == "train"]
        distil(
            minilm(),
            [*texts, *(each.content for each in read_task(need_data() / "scifact").documents())],
            folder,
            dim=dim,
        )
    return static_named(str(folder))


SYSTEMS: dict[str, Callable[[Sequence[str]], Vectors]] = {
    "minilm": lambda texts: minilm().encode(texts),
    "static:256": lambda texts: static(256).encode(texts),
    "static:64": lambda texts: static(64).encode(texts),
    "hash": lambda texts: names.encoder("hash").encode(texts),
    "tf-idf": bags,
}


def noisy(vectors: Vectors, size: float, seed: int) -> Vectors:
    """Vectors with Gaussian noise of a length of about ``size``, back on the sphere."""
    random = np.random.default_rng(seed)
    noise = random.standard_normal(vectors.shape, dtype=np.float32) * np.float32(size / np.sqrt(vectors.shape[1]))
    return unit(vectors + noise)


# --- sets: texts, and how rows are made of their vectors


@dataclass(frozen=True)
class Half:
    """Items that are judged, and the others on which the noise is measured out."""

    figure: Figure
    items: tuple[str, ...]
    judge: Judge
    calibrate: Judge
    groups: np.ndarray | None = None
    asked: int | None = None  # the row of texts from which on they are queries

    def sample(self, name: str, subject: str, vectors: Vectors) -> Sample:
        return Sample(subject, name, self.figure, self.items, self.judge(vectors), self.groups)


@dataclass(frozen=True)
class Set:
    name: str
    texts: list[str]
    halves: list[Half]


def retrieval(name: str, judged: Mapping[str, Mapping[str, int]], other: Mapping[str, Mapping[str, int]] | None) -> Set:
    """nDCG@10. Without ``other`` queries, the judged ones are halved."""
    task = read_task(need_data() / name)
    documents = list(task.documents())
    ids, asked = [each.id for each in documents], {row["_id"]: row["text"] for row in lines(f"{name}/queries.jsonl.gz")}
    parts = [dict(judged), dict(other)] if other else [dict(list(judged.items())[start::2]) for start in (0, 1)]
    order = [query for part in parts for query in part]
    place = {query: len(ids) + row for row, query in enumerate(order)}
    measure = parse("nDCG@10")

    def judge(part: Mapping[str, Mapping[str, int]]) -> Judge:
        def rows(vectors: Vectors) -> Floats:
            scores = vectors[[place[query] for query in part]] @ vectors[: len(ids)].T
            ranked = ([ids[row] for row in best(own, 10)[0]] for own in scores)
            return np.array([[measure(own, grades)] for own, grades in zip(ranked, part.values(), strict=True)])

        return rows

    ways = [(0, 1)] if other else [(0, 1), (1, 0)]
    halves = [
        Half(Figure("nDCG@10"), tuple(parts[a]), judge(parts[a]), judge(parts[b]), grouped(parts[a]), len(ids))
        for a, b in ways
    ]
    return Set(name, [*(each.content for each in documents), *(asked[query] for query in order)], halves)


def grouped(judged: Mapping[str, Mapping[str, int]]) -> np.ndarray:
    """The codes of the groups of queries that ask for the same documents."""
    groups = query_groups(judged)
    return np.unique([groups.get(query, query) for query in judged], return_inverse=True)[1].astype(np.int64)


def scifact() -> Set:
    qrels: dict[str, dict[str, dict[str, int]]] = {}
    split = {row["_id"]: row["split"] for row in lines("scifact/queries.jsonl.gz")}
    with gzip.open(need_data() / "scifact/qrels.tsv.gz", "rt") as file:
        columns = next(file).strip().split("\t")
        for line in file:
            row = dict(zip(columns, line.rstrip("\n").split("\t"), strict=False))
            own = qrels.setdefault(split[row["query-id"]], {}).setdefault(row["query-id"], {})
            own[row["corpus-id"]] = int(row["score"])
    return retrieval("scifact", qrels["dev"], qrels["train"])


def stsb() -> Set:
    rows = [row for row in lines("stsb/en.jsonl.gz") if row["split"] in ("test", "dev")]
    texts = list(dict.fromkeys(row[side] for row in rows for side in ("s1", "s2")))
    place = {text: row for row, text in enumerate(texts)}

    def judge(split: str) -> Judge:
        own = [row for row in rows if row["split"] == split]
        left, right = ([place[row[side]] for row in own] for side in ("s1", "s2"))
        gold = np.array([float(row["score"]) for row in own])
        return lambda vectors: np.column_stack([np.vecdot(vectors[left], vectors[right]), gold])

    items = tuple(str(row["id"]) for row in rows if row["split"] == "test")
    return Set("stsb", texts, [Half(Figure("Spearman", "spearman"), items, judge("test"), judge("dev"))])


def banking() -> Set:
    rows = lines("classify/banking77.jsonl.gz")
    train, test = ([place for place, row in enumerate(rows) if row["split"] == split] for split in ("train", "test"))
    kinds = {name: code for code, name in enumerate(sorted({row["label"] for row in rows}))}
    label = np.array([kinds[row["label"]] for row in rows])

    def judge(own: Sequence[int], known: Sequence[int]) -> Judge:
        return lambda vectors: neighbours(vectors, label, own, known)[:, None]

    rest = [place for row, place in enumerate(train) if row % 4]
    half = Half(Figure("accuracy", "accuracy"), tuple(map(str, test)), judge(test, train), judge(train[::4], rest))
    return Set("banking77", [row["text"] for row in rows], [half])


def neighbours(vectors: Vectors, label: np.ndarray, own: Sequence[int], known: Sequence[int]) -> Floats:
    """Whether the ten nearest known texts, weighted by cosine, vote for the label of each text."""
    scores = vectors[list(own)] @ vectors[list(known)].T
    near = np.argpartition(-scores, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    votes = np.zeros((len(own), int(label.max()) + 1))
    rows = np.repeat(np.arange(len(own)), NEIGHBOURS)
    np.add.at(votes, (rows, label[np.asarray(known)][near].ravel()), np.take_along_axis(scores, near, axis=1).ravel())
    return np.asarray(votes.argmax(axis=1) == label[list(own)], dtype=np.float64)


SETS: dict[str, Callable[[], Set]] = {
    "scifact": scifact,
    "cranfield": lambda: retrieval("cranfield", read_task(need_data() / "cranfield").judged, None),
    "cacm": lambda: retrieval("cacm", read_task(need_data() / "cacm").judged, None),
    "stsb": stsb,
    "banking77": banking,
}


@cache
def loaded(name: str) -> Set:
    return SETS[name]()


@cache
def vectors_of(name: str, system: str) -> Vectors:
    return SYSTEMS[system](loaded(name).texts)


@cache
def samples_of(name: str, half: int) -> list[Sample]:
    """The judged rows of all systems."""
    own = loaded(name)
    return [own.halves[half].sample(name, system, vectors_of(name, system)) for system in SYSTEMS]


# --- parts


def systems() -> None:
    """What each system reaches, what each set can see, which cannot be told apart, and the controls."""
    pairs = []
    for name in SETS:
        samples = samples_of(name, 0)
        compared = table(samples)
        [seen] = resolutions(compared)
        print(f"\n{name}: {seen.figure}, {seen.items:,} items; resolution {seen.value:.4f} "
              f"[{seen.low:.4f}, {seen.high:.4f}] over {seen.pairs} pairs of systems")  # fmt: skip
        ranked = sorted(samples, key=lambda each: -each.value)
        for each in ranked:
            found = estimate(each)
            print(f"  {each.subject:<12} {found.value:.4f} [{found.low:.4f}, {found.high:.4f}] {found.method}"
                  + "".join(f"  ! {warning}" for warning in found.warnings))  # fmt: skip
        for sentence in ties_sentences(ties([each.subject for each in ranked], compared)):
            print(f"  {sentence}")
        print(f"  to see 0.01 between minilm and static:256: {compared[0].needed(0.01):,} items")
        for control in controls(name):
            print(f"  control {control.name}: {'holds' if control.holds else 'FAILS'}: {control.message}")
        pairs.append((samples[0], samples[1]))
    whole = summary(pairs, margin=0.01)
    print(f"\n{whole.sentence}\n  mean gain {whole.gain:+.4f} [{whole.low:+.4f}, {whole.high:+.4f}], "
          f"sign test p {whole.sign:.3f}")  # fmt: skip
    for name in ("scifact", "cranfield", "cacm"):
        for warning in judgement_warnings(read_task(need_data() / name).judged):
            print(f"  {name}: {warning}")


def controls(name: str) -> Iterator[Any]:
    own = loaded(name)
    half, good = own.halves[0], samples_of(name, 0)[0]
    again = half.sample(name, "minilm again", minilm().encode(own.texts))
    worse = half.sample(name, "minilm with noise", noisy(vectors_of(name, "minilm"), 2.0, 0))
    chance = half.sample(name, "random", RandomEncoder().encode(own.texts))
    yield twins(good, again)
    yield planted(compare(good, worse))
    yield at_chance(chance, expected=_expected(name))


def _expected(name: str) -> float | None:
    """What a random order has on average: of 77 classes, 1 / 77; of nDCG@10, grades spread evenly over the ranks."""
    if name == "stsb":
        return None
    if name == "banking77":
        return 1 / 77
    task = read_task(need_data() / name)
    count, gains = sum(1 for _ in task.documents()), 1 / np.log2(np.arange(2, 12))
    values = []
    for grades in task.judged.values():
        ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)
        total = sum(gain * grade for gain, grade in zip(gains, ideal, strict=False))
        values.append(sum(ideal) / count * gains.sum() / total if total else 0.0)
    return float(np.mean(values))


def noise() -> None:
    """How often noise of so many resolutions is found, and twins are called different."""
    found_all, wrong_all, asked_all = [], [], []
    for name in SETS:
        halves = loaded(name).halves
        found, wrong, single, facts, asked = [], [], [], [], []
        start = time.perf_counter()
        for place, half in enumerate(halves):
            [seen] = resolutions(table(samples_of(name, place)))
            seeds = range(place, SEEDS, len(halves))
            for factor, into in ((1.5, found), (1.0, single)):
                size, loss = calibrated(name, half, factor * seen.value)
                judged = [noised(name, half, size, seed) for seed in seeds]
                good = samples_of(name, place)[0]
                into += [compare(good, each).verdict == "better" for each in judged]
                if factor == 1.5:
                    facts.append(f"resolution {seen.value:.4f}, noise {size:.3f}, loss {loss:.4f} calibrated, "
                                 f"{np.mean([good.value - each.value for each in judged]):.4f} judged")  # fmt: skip
                    for seed, each in zip(seeds, judged, strict=True):
                        wrong.append(compare(each, noised(name, half, size, seed + 10_000)).p <= 0.05)
                        asked += _asked(name, half, size, seed)
        found_all.append(np.mean(found))
        wrong_all.append(np.mean(wrong))
        asked_all += asked
        print(f"{name:<10} {'; '.join(facts)}\n{'':<10} found worse in {sum(found)} of {SEEDS} seeds "
              f"(at 1.0 resolutions: {sum(single)}); twins called different in {sum(wrong)} of {SEEDS}"
              f"{f', with noise on the queries alone in {sum(asked)} of {len(asked)}' if asked else ''}"
              f"  ({time.perf_counter() - start:.0f} s)", flush=True)  # fmt: skip
    verdict("noise of 1.5 resolutions found worse, least over the sets", float(min(found_all)), 0.8, most=False)
    verdict("twins called different, most over the sets", float(max(wrong_all)), 0.05, most=True)
    verdict("twins called different, mean over the sets", float(np.mean(wrong_all)), 0.05, most=True)
    verdict("twins with noise on the queries alone, mean over the sets", float(np.mean(asked_all)), 0.05, most=True)


def _asked(name: str, half: Half, size: float, seed: int) -> list[bool]:
    """Whether twins differ whose documents are the same, so that each query is a draw of its own."""
    if half.asked is None:
        return []
    pair = []
    for draw in (seed, seed + 10_000):
        vectors = vectors_of(name, "minilm").copy()
        vectors[half.asked :] = noisy(vectors[half.asked :], size, draw)
        pair.append(half.sample(name, f"minilm with noise {draw}", vectors))
    return [compare(*pair).p <= 0.05]


def noised(name: str, half: Half, size: float, seed: int) -> Sample:
    return half.sample(name, f"minilm with noise {seed}", noisy(vectors_of(name, "minilm"), size, seed))


def calibrated(name: str, half: Half, loss: float) -> tuple[float, float]:
    """The size of noise at which MiniLM loses so much on the other items, and what it lost."""
    clean, measure = vectors_of(name, "minilm"), Sample("", name, half.figure, (), np.empty(0)).statistic
    whole = measure(half.calibrate(clean))

    def lost(size: float) -> float:
        draws = (measure(half.calibrate(noisy(clean, size, 1_000 + draw))) for draw in range(DRAWS))
        return whole - float(np.mean(list(draws)))

    low, high = 0.0, 4.0
    for _ in range(7):
        middle = (low + high) / 2
        low, high = (middle, high) if lost(middle) < loss else (low, middle)
    return (low + high) / 2, lost((low + high) / 2)


def leaks_of_sets() -> None:
    """One line for each set that has splits, and for queries against their corpus."""
    for path in ("stsb/en", "stsb/de", "stsb/fr", "stsb/es", "stsb/zh", "sick/sick", "mrpc/mrpc"):
        rows = lines(f"{path}.jsonl.gz")
        test, train = ([(row["s1"], row["s2"]) for row in rows if row["split"] == split] for split in ("test", "train"))
        print(f"{path:<24} {pair_leaks(test, train).sentence}", flush=True)
    for name in ("dblp_acm", "abt_buy", "fodors_zagats"):
        rows = lines(f"entity_match/{name}.jsonl.gz")
        parts = [[(record(row["left"]), record(row["right"])) for row in rows if row["split"] == split]
                 for split in ("test", "train")]  # fmt: skip
        print(f"{name:<24} {pair_leaks(parts[0], parts[1]).sentence}", flush=True)
    for path in ("classify/banking77", "classify/trec_questions", "classify/emotion", "multi30k/task1.en"):
        rows = lines(f"{path}.jsonl.gz")
        sides = [[row["text"] for row in rows if row["split"].startswith(split)] for split in ("test", "train")]
        near = (minilm().encode(sides[0]), minilm().encode(sides[1])) if path.startswith("classify/b") else None
        print(f"{path:<24} {leaks(sides[0], sides[1], vectors=near).sentence}", flush=True)
    questions = [list(dict.fromkeys(row["qtext"] for row in lines(f"trecqa/{split}.jsonl.gz")))
                 for split in ("test", "train")]  # fmt: skip
    print(f"{'trecqa questions':<24} {leaks(questions[0], questions[1]).sentence}")
    _leaks_of_scifact()
    for name in ("scifact", "cranfield", "cacm"):
        task = read_task(need_data() / name)
        documents = [each.content for each in task.documents()]
        found = leaks(list(task.queries.values()), documents, what="documents", within=True)
        print(f"{name + ' corpus':<24} {found.sentence}", flush=True)
    _effect()


def _leaks_of_scifact() -> None:
    split = {row["_id"]: (row["split"], row["text"]) for row in lines("scifact/queries.jsonl.gz")}
    dev, train = ([text for kind, text in split.values() if kind == name] for name in ("dev", "train"))
    near = minilm().encode(dev), minilm().encode(train)
    judged = read_task(need_data() / "scifact").judged
    others = _scifact_train()
    shared = shared_documents(judged, others)
    print(f"{'scifact claims':<24} {leaks(dev, train, vectors=near).sentence}; {len(shared)} of {len(judged)} dev "
          "claims share a relevant abstract with a train claim")  # fmt: skip
    measured = samples_of("scifact", 0)[0]
    _split_by("scifact, minilm", measured, set(shared), "that share an abstract")


def _scifact_train() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with gzip.open(need_data() / "scifact/qrels.tsv.gz", "rt") as file:
        columns = next(file).strip().split("\t")
        for line in file:
            row = dict(zip(columns, line.rstrip("\n").split("\t"), strict=False))
            if row["split"] == "train":
                found.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return found


def _effect() -> None:
    """Accuracy on Banking77 of test texts that are in train, and of the others."""
    rows = lines("classify/banking77.jsonl.gz")
    sides = [[row["text"] for row in rows if row["split"] == split] for split in ("test", "train")]
    measured = samples_of("banking77", 0)[0]
    found = {measured.items[match.test] for match in leaks(sides[0], sides[1]).matches}
    _split_by("banking77, minilm", measured, found, "that are in train")


def _split_by(name: str, measured: Sample, chosen: set[str], what: str) -> None:
    held = np.array([item in chosen for item in measured.items])
    for keep, words in ((held, what), (~held, "of the others")):
        items = tuple(item for item, kept in zip(measured.items, keep, strict=True) if kept)
        found = estimate(Sample(measured.subject, name, measured.figure, items, measured.numbers[keep]))
        print(f"{'':<24} {name}: {measured.figure.name} {found.value:.4f} [{found.low:.4f}, {found.high:.4f}] of the "
              f"{found.items:,} {words}")  # fmt: skip


def record(fields: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in fields.values() if value)


def pair_sets(name: str, split: str) -> tuple[list[tuple[str, str]], Floats]:
    if name == "mrpc":
        rows = [row for row in lines("mrpc/mrpc.jsonl.gz") if row["split"] == split]
        return [(row["s1"], row["s2"]) for row in rows], np.array([float(row["label"]) for row in rows])
    rows = [row for row in lines(f"entity_match/{name}.jsonl.gz") if row["split"] == split]
    return [(record(row["left"]), record(row["right"])) for row in rows], np.array(
        [float(row["label"]) for row in rows]
    )


def scored(name: str, system: str, split: str) -> Sample:
    """(cosine, label) of a pair set; pairs of one left record are one group."""
    pairs, labels = pair_sets(name, split)
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    vectors, place = SYSTEMS[system](texts), {text: row for row, text in enumerate(texts)}
    left, right = np.array([(place[one], place[other]) for one, other in pairs]).T
    rows = np.column_stack([np.vecdot(vectors[left], vectors[right]), labels])
    groups = np.unique(left, return_inverse=True)[1].astype(np.int64)
    return Sample(system, name, Figure("AP", "ap"), tuple(map(str, range(len(pairs)))), rows, groups)


def thresholds() -> None:
    """For each model: the threshold chosen on train pairs, and the accuracy of test pairs at it."""
    for name in ("mrpc", "dblp_acm", "abt_buy"):
        print(f"\n{name}")
        for system in ("minilm", "static:256", "hash"):
            train, test = scored(name, system, "train"), scored(name, system, "test")
            chosen, f1 = recommend(train), recommend(train, aim="f1")
            right, kinds = estimate(decided(test, chosen.score)), estimate(classified(test, f1.score))
            print(f"  {system:<11} threshold {chosen.score:.3f} [{chosen.low:.3f}, {chosen.high:.3f}]: accuracy "
                  f"{right.value:.4f} [{right.low:.4f}, {right.high:.4f}] of {right.items:,} test pairs; for F1 "
                  f"{f1.score:.3f} [{f1.low:.3f}, {f1.high:.3f}]: macro F1 {kinds.value:.4f} "
                  f"[{kinds.low:.4f}, {kinds.high:.4f}]")  # fmt: skip
            if system == "minilm":
                _narrowing(train, test)


def _narrowing(train: Sample, test: Sample) -> None:
    widths = []
    for share in (16, 8, 4, 2, 1):
        few, judged = _part(train, share), _part(test, share)
        chosen = recommend(few)
        right = estimate(decided(judged, chosen.score))
        widths.append(right.high - right.low)
        print(f"    {len(few.items):>6,} train and {len(judged.items):>6,} test pairs: threshold {chosen.score:.3f} "
              f"± {(chosen.high - chosen.low) / 2:.3f}, accuracy {right.value:.4f} ± {widths[-1] / 2:.4f}")  # fmt: skip
    verdict(
        "width of accuracy's interval with all pairs, of that with a sixteenth", widths[-1] / widths[0], 0.5, most=True
    )


def _part(measured: Sample, share: int) -> Sample:
    keep = np.arange(0, len(measured.items), share)
    groups = np.unique(np.asarray(measured.groups)[keep], return_inverse=True)[1].astype(np.int64)
    items = tuple(measured.items[place] for place in keep)
    return Sample(measured.subject, measured.set, measured.figure, items, measured.numbers[keep], groups)


def seeds() -> None:
    """Banking77 with eight train texts a label, drawn with five seeds: the interval over seeds and items."""
    rows = lines("classify/banking77.jsonl.gz")
    label = np.unique([row["label"] for row in rows], return_inverse=True)[1]
    train, test = (np.array([i for i, row in enumerate(rows) if row["split"] == s]) for s in ("train", "test"))
    for system in ("minilm", "static:256", "hash"):
        runs = []
        for seed in range(5):
            drawn = np.random.default_rng(seed).permutation(train)
            few = np.concatenate([drawn[label[drawn] == code][:8] for code in range(77)])
            values = neighbours(vectors_of("banking77", system), label, test.tolist(), few.tolist())
            runs.append(
                Sample(system, "banking77", Figure("accuracy", "accuracy"), tuple(map(str, test)), values[:, None])
            )
        found, alone = across_seeds(runs), estimate(runs[0])
        print(f"  {system:<11} accuracy {found.mean:.4f} [{found.low:.4f}, {found.high:.4f}] over {len(found.values)} "
              f"seeds (deviation {found.deviation:.4f}); one seed alone {alone.value:.4f} "
              f"[{alone.low:.4f}, {alone.high:.4f}]")  # fmt: skip


DISTANCES: dict[str, Callable[[Vectors, Vectors], Floats]] = {
    "cosine": lambda one, other: np.vecdot(one, other).astype(np.float64),
    "manhattan": lambda one, other: -np.abs(one - other).sum(axis=1, dtype=np.float64),
    "chebyshev": lambda one, other: -np.abs(one - other).max(axis=1).astype(np.float64),
}


def grid() -> None:
    """Encoders by distances by data sets: accuracy of test pairs at the threshold of train pairs."""
    values: dict[tuple[str, ...], float] = {}
    for name in ("mrpc", "dblp_acm", "abt_buy"):
        for system in SYSTEMS:
            parts = {}
            for split in ("train", "test"):
                pairs, labels = pair_sets(name, split)
                vectors = SYSTEMS[system]([text for pair in pairs for text in pair])
                parts[split] = (vectors[::2], vectors[1::2], labels)
            for distance, measure in DISTANCES.items():
                train, test = (
                    Sample(system, name, Figure("AP", "ap"), tuple(map(str, range(len(own)))),
                           np.column_stack([measure(one, other), own]))
                    for one, other, own in (parts["train"], parts["test"])
                )  # fmt: skip
                values[system, distance, name] = decided(test, recommend(train).score).value
    for name in ("mrpc", "dblp_acm", "abt_buy"):
        print(
            f"  {name}: most frequent label {_majority(name):.4f}; features: pairs of texts, train chose the threshold"
        )
        for system in SYSTEMS:
            print(f"    {system:<11} " + "  ".join(f"{each} {values[system, each, name]:.4f}" for each in DISTANCES))
    shares = variance_shares(values, ["encoder", "distance", "data set"])
    print(
        f"  variance of accuracy {np.var(list(values.values())):.5f}, of which "
        + ", ".join(f"{n} {s:.3f}" for n, s in shares.items())
    )


def _majority(name: str) -> float:
    labels = pair_sets(name, "test")[1]
    return float(max(labels.mean(), 1 - labels.mean()))


PARTS = {
    "systems": systems,
    "noise": noise,
    "leaks": leaks_of_sets,
    "thresholds": thresholds,
    "seeds": seeds,
    "grid": grid,
}


def main() -> None:
    """Print the parts that were named, or all."""
    head("belief", f"versions: {versions('broadsheet', 'numpy', 'openvino', 'scikit-learn')}")
    for name in sys.argv[1:] or PARTS:
        start = time.perf_counter()
        print(f"\n## {name}", flush=True)
        PARTS[name]()
        print(f"({time.perf_counter() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
