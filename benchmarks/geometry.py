"""The health of vectors on real ones: the bar, the rows of the shelf, and repairs that are kept or not.

    ./run.sh bench geometry [bar | report | rows | try]      (the first run encodes 140,000 short texts, minutes)

bar: 102,289 titles under MiniLM (384 numbers) in a process of its own, whose time and memory are measured. rows: what
each row of the shelf claims, on real data, next to the vectors as they are. try: judged sets, bitext, definitions.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from common import CACHE, head, need_data, verdict, versions

from broadsheet import names
from broadsheet.core.errors import UsageError
from broadsheet.core.maps import fit, from_npz, principal
from broadsheet.core.metrics import bootstrap, difference, spearman
from broadsheet.core.vectors import unit
from broadsheet.core.words import words
from broadsheet.lab.beir import read_task
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.geometry import neighbours, rescaling, scores
from broadsheet.lab.geometry.health import health
from broadsheet.lab.geometry.pools import judged_pool
from broadsheet.lab.geometry.rows import Rows, drawn, read_npy
from broadsheet.lab.geometry.spread import effective_rank, isoscore
from broadsheet.lab.geometry.trial import MEASURE, Pool, moments_of, try_repairs

VECTORS = CACHE / "geometry-titles.npy"
SECONDS, MEGABYTES = 15, 300
JUDGED = ("scifact", "cranfield", "cacm")
TRIED = ("fra", "deu", "rus")
LANGUAGES = (
    "ara", "cmn", "deu", "fin", "fra", "heb", "hin", "ind", "ita", "jpn", "kor", "nld", "pol", "por", "rus", "spa",
    "swe", "tam", "tur", "vie",
)  # fmt: skip


def read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def encoder(name: str = "minilm") -> CachedEncoder:
    return CachedEncoder.under(names.encoder(name, cache=CACHE), CACHE.parent / "evaluate")


def titles(data: Path) -> list[str]:
    return [
        row["title"] for name in ("papers_arxiv_cs", "papers_conf") for row in read(data / name / "papers.jsonl.gz")
    ]


def prepare(data: Path) -> None:
    """Write the vectors of all titles, which the bar reads."""
    if not VECTORS.is_file():
        texts, made = titles(data), encoder()
        VECTORS.parent.mkdir(parents=True, exist_ok=True)
        np.save(VECTORS, np.concatenate([made.encode(texts[at : at + 4_096]) for at in range(0, len(texts), 4_096)]))


def worker() -> None:
    """What the bar measures: the report on a file, in a fresh process. Print its seconds, megabytes and findings."""
    start = time.perf_counter()
    found = health(read_npy(VECTORS))
    seconds, busy = time.perf_counter() - start, time.process_time()
    status = Path("/proc/self/status").read_text().splitlines()  # the system's own peak counts the parent's memory too
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    print(json.dumps({"seconds": seconds, "busy": busy, "peak": peak, **found.to_json()}))


def bar(data: Path) -> None:
    prepare(data)
    done = subprocess.run([sys.executable, __file__, "worker"], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    print(f"\n## bar: {found['rows']:,} titles x {found['dim']} under MiniLM, sample of {found['sample']:,}")
    for each in found["findings"]:
        low, high = each["low"], each["high"]
        between = "" if low is None else f"[{low:.4f}, {high:.4f}]"
        value = "-" if each["value"] is None else f"{each['value']:.4f}"
        print(f"  {each['name']:<32} {value:>10} {between:<20} {each['verdict']}")
    print(f"  {found['busy']:.1f} processor seconds, with the start of the process; load {os.getloadavg()[0]:.1f}")
    verdict("seconds", found["seconds"], SECONDS, most=True)
    verdict("peak memory in MB", found["peak"], MEGABYTES, most=True)
    hubs = next(each for each in found["findings"] if each["name"] == "hubness")
    whole_hubs(hubs["low"], hubs["high"])


def whole_hubs(low: float, high: float) -> None:
    """The same set at a fifth of its size, all rows counted, against samples of it: is the interval to be trusted?"""
    some = unit(read_npy(VECTORS).some(drawn(102_289, 20_000, 1)))
    rows, whole = Rows(some, name="titles"), np.ones(len(some), bool)
    found = neighbours.neighbourhood(rows, whole, np.arange(len(some)))
    truth = neighbours.hubness(found).value
    inside, estimates = 0, []
    for seed in range(50):
        places = drawn(len(some), 2_000, seed)
        part = neighbours.hubness(
            neighbours.Neighbourhood(places, found.nearest[places], found.cosines[places], len(some))
        )
        estimates.append(part.value)
        inside += part.low <= truth <= part.high
    print(f"  hubness of 20,000 titles, all counted: {truth:.3f}; from samples of 2,000: mean {np.mean(estimates):.3f}"
          f"; the interval holds it in {inside} of 50 (all 102,289 by sample: [{low:.2f}, {high:.2f}])")  # fmt: skip


def judged(data: Path) -> None:
    for name in JUDGED:
        show(judged_pool(data / name, encoder()))


def show(pool: Pool) -> None:
    start = time.perf_counter()
    found = try_repairs(pool)
    print(f"\n{found.task}: {found.queries} queries, {found.documents:,} documents; as it is "
          f"{found.value:.4f} {found.measure} on {found.held_out} held out, hubness {found.hubness:.2f}; "
          f"{time.perf_counter() - start:.0f} s")  # fmt: skip
    for each in found.repairs:
        gap = f"{each.above.mean:+.4f} [{each.above.low:+.4f}, {each.above.high:+.4f}]"
        chosen = "chosen" if each in found.chosen else ""
        print(f"  {each.name:<18} {each.first:.4f} {each.value:.4f}  {gap}  hubness {each.hubness:5.2f} {chosen}")
    print(f"  {found.sentence}")


def bitext(data: Path, language: str, made: CachedEncoder) -> Pool:
    pairs = [(row["src"], row["eng"]) for row in read(data / "tatoeba" / "tatoeba.jsonl.gz") if row["lang"] == language]
    english = list(dict.fromkeys(target for _, target in pairs))
    place = {text: row for row, text in enumerate(english)}
    sources = list(dict.fromkeys(source for source, _ in pairs))
    answers: dict[str, dict[int, int]] = {source: {} for source in sources}
    for source, target in pairs:
        answers[source][place[target]] = 1
    return Pool(f"tatoeba {language}-eng", made.encode(sources), made.encode(english), list(answers.values()))


def definitions(data: Path, made: CachedEncoder) -> Pool:
    """Words look for their definitions: every third of the dictionary."""
    rows = list(read(data / "wordset" / "definitions.jsonl.gz"))[::3]
    meanings = list(dict.fromkeys(row["definition"] for row in rows))
    place = {text: row for row, text in enumerate(meanings)}
    answers: dict[str, dict[int, int]] = {}
    for row in rows:
        answers.setdefault(row["word"], {})[place[row["definition"]]] = 1
    words = list(answers)[::3]
    return Pool("wordset definitions", made.encode(words), made.encode(meanings), [answers[word] for word in words])


def attempts(data: Path) -> None:
    print("\n## try: repairs chosen on one half of the queries, judged on the other (97.5 % intervals)")
    judged(data)
    for language in TRIED:
        show(bitext(data, language, encoder()))
    show(definitions(data, encoder()))


def isotropy(data: Path) -> None:
    print("\n## S080 IsoScore")
    random = np.random.default_rng(0)
    normal = isoscore(principal(moments_of(random.normal(size=(100_000, 384))).covariance)[0])
    line = isoscore(principal(moments_of(np.outer(random.normal(size=1_000), np.ones(384))).covariance)[0])
    print(f"  isotropic normal 100,000 x 384: {normal:.4f}; a line: {line:.2g}")
    rows = np.asarray(np.load(VECTORS, mmap_mode="r")[:20_000], np.float64)
    turn = np.linalg.qr(random.normal(size=(384, 384)))[0]
    for name, changed in (("titles", rows), ("shifted", rows + 3), ("scaled", rows * 7), ("turned", rows @ turn)):
        print(f"  {name:<8} {isoscore(principal(moments_of(changed).covariance)[0]):.6f}")


def whitening(data: Path) -> None:
    """Layers mixed, then whitened, against the encoder as it is; the map is fitted to texts, not to scores."""
    print("\n## S218 WhiteningBERT: Spearman on STS-B test, and whether whitening makes the covariance the identity")
    one, other, gold = sts(data, "test")
    for name in ("minilm", "minilm?layers=1,6", "minilm?layers=1", "minilm?layers=0"):
        left, right = (encoder(name).encode(texts) for texts in (one, other))
        both = np.vstack([left, right])
        moments, plain = moments_of(both), cosines(left, right)
        print(f"  {name}: IsoScore {isoscore(principal(moments.covariance)[0]):.3f}, "
              f"effective rank {effective_rank(principal(moments.covariance)[0]):.0f}")  # fmt: skip
        for recipe in ("whiten:1", "whiten:0.5", "top:3"):
            mapped = fit(recipe, moments)
            off = off_identity(mapped.linear(both), moments.covariance)
            more = f"covariance off by {off:.0e}" if recipe == "whiten:1" else ""
            gap(f"  {recipe}", plain, cosines(mapped.apply(left), mapped.apply(right)), gold, more)


def off_identity(rows: np.ndarray, before: np.ndarray) -> float:
    """How far the covariance is from the identity at most, along the principal axes that hold data (MiniLM has three
    axes that never change)."""
    variances, axes = principal(before)
    filled = axes[:, variances > 1e-10 * variances[0]]
    return float(np.abs(filled.T @ np.cov(rows.T, bias=True) @ filled - np.eye(filled.shape[1])).max())


def sts(data: Path, split: str) -> tuple[list[str], list[str], np.ndarray]:
    rows = [row for row in read(data / "stsb" / "en.jsonl.gz") if row["split"] == split]
    return [row["s1"] for row in rows], [row["s2"] for row in rows], np.array([row["score"] for row in rows])


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", one, other)


def gap(name: str, plain: np.ndarray, mapped: np.ndarray, gold: np.ndarray, more: str) -> None:
    """Print Spearman before and after, with the paired interval of their difference."""
    random, n = np.random.default_rng(0), len(gold)
    gaps = []
    for _ in range(1_000):
        rows = random.integers(0, n, n)
        gaps.append(spearman(mapped[rows], gold[rows]) - spearman(plain[rows], gold[rows]))
    low, high = np.quantile(gaps, [0.025, 0.975])
    first, second = spearman(plain, gold), spearman(mapped, gold)
    print(f"  {name:<14} {first:.4f} -> {second:.4f}, {second - first:+.4f} [{low:+.4f}, {high:+.4f}] {more}")


def alignment(data: Path) -> None:
    """Alignment of pairs rated 4 and more, uniformity of all texts, and how well cosines follow the ratings."""
    print("\n## S220 alignment and uniformity: STS-B dev, pairs rated at least 4")
    one, other, gold = sts(data, "dev")
    same = gold >= 4
    table = []
    for name in (*(f"minilm?layers={layer}" for layer in range(6)), "minilm", "hash"):
        left, right = (encoder(name).encode(texts) for texts in (one, other))
        near, even = (
            neighbours.alignment(left[same], right[same]),
            neighbours.uniformity(unit(np.vstack([left, right]))),
        )
        table.append((near.value, even.value, spearman(cosines(left, right), gold)))
        print(f"  {name:<18} alignment {near.value:.3f} [{near.low:.3f}, {near.high:.3f}]  uniformity {even.value:.3f} "
              f"[{even.low:.3f}, {even.high:.3f}]  Spearman {table[-1][2]:.3f}")  # fmt: skip
    columns = np.array(table)
    tied = [spearman(columns[:, place], columns[:, 2]) for place in (1, 0)]
    print(
        f"  over these: quality goes with uniformity {tied[0]:+.2f}, with alignment {tied[1]:+.2f} (rank correlation)"
    )


def caution(data: Path) -> None:
    """A linear model of real texts (LSA), whose axes can be scaled at will: P D and Q / D are one model."""
    print("\n## S162 the caution about cosines: LSA of Cranfield, 64 axes, queries by their words")
    task = read_task(data / "cranfield")
    documents = list(task.documents())
    place = {each.id: row for row, each in enumerate(documents)}
    left, right, queries = lsa([each.content for each in documents], list(task.queries.values()))
    grades = [
        {str(place[key]): grade for key, grade in task.judged[query].items() if key in place} for query in task.queries
    ]
    first: dict[str, list[np.ndarray]] = {}
    for power in (0.0, -1.0, -0.5, 0.5, 1.0):
        scale = np.arange(1, 65) ** power
        here, asked = left * scale, queries @ (right / scale)
        ranked = {
            "dot": [top(row) for row in asked @ here.T],
            "cosine": [top(row) for row in unit(asked) @ unit(here).T],
        }
        first = first or ranked
        print(f"  axes x place ** {power:+.1f}: " + "; ".join(of_model(name, ranked, first, grades) for name in ranked))
        stay = ", ".join(f"{name} {each.value:.2f}" for name, each in rescaling.kept(here, moments_of(here)).items())
        print(f"    the diagnostic, neighbours that stay: {stay}")


def of_model(
    name: str,
    ranked: Mapping[str, list[np.ndarray]],
    first: Mapping[str, list[np.ndarray]],
    grades: Sequence[Mapping[str, int]],
) -> str:
    values = [MEASURE([str(row) for row in rows], grade) for rows, grade in zip(ranked[name], grades, strict=True)]
    low, high = bootstrap(values, seed=0)
    stays = [len(set(a.tolist()) & set(b.tolist())) / 10 for a, b in zip(first[name], ranked[name], strict=True)]
    return f"{name} nDCG@10 {np.mean(values):.4f} [{low:.4f}, {high:.4f}], top 10 as at first {np.mean(stays):.3f}"


def top(scores: np.ndarray) -> np.ndarray:
    return np.argsort(-scores, kind="stable")[:10]


def lsa(texts: Sequence[str], queries: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Documents (n, 64) and words (t, 64) of one model, and queries (q, t) as counts of words."""
    counts = Counter(word for text in texts for word in set(words(text)))
    known = {word: column for column, (word, count) in enumerate(counts.most_common(4_000)) if count > 1}
    rarity = np.array([np.log(len(texts) / counts[word]) for word in known])

    def matrix(some: Sequence[str]) -> np.ndarray:
        out = np.zeros((len(some), len(known)))
        for row, text in enumerate(some):
            for word in words(text):
                if word in known:
                    out[row, known[word]] += 1
        return np.log1p(out) * rarity

    left, sizes, right = np.linalg.svd(matrix(texts), full_matrices=False)
    root = np.sqrt(sizes[:64])
    return left[:, :64] * root, right[:64].T * root, matrix(queries)


def sentences(data: Path) -> dict[str, Pool]:
    made = encoder()
    return {language: bitext(data, language, made) for language in LANGUAGES}


def at_one(found: np.ndarray, pool: Pool, rows: np.ndarray) -> np.ndarray:
    """Whether the best of each row's scores is right."""
    return np.array([float(int(scores.argmax()) in pool.judged[row]) for row, scores in zip(rows, found, strict=True)])


JOINT = (
    "rotate:0", "drop:outliers", "centre", "clusters:2,1", "clusters:5,1", "clusters:5,3", "whiten:0.5", "whiten:1",
    "apart",
)  # fmt: skip


def multilingual(data: Path) -> None:
    """Maps that are fitted to both sides together, as a Space carries them; ``apart``: each side loses its own mean."""
    print("\n## S086 outliers, clusters, ZCA: is the translation the nearest? Tatoeba, 20 languages to English")
    pools = sentences(data)
    everyone = {language: np.arange(len(pool.queries)) for language, pool in pools.items()}
    plain = [at_one(multilingual_scores(pool, ""), pool, everyone[language]) for language, pool in pools.items()]
    each = ", ".join(f"{language} {values.mean():.2f}" for language, values in zip(pools, plain, strict=True))
    print(f"  as it is {np.concatenate(plain).mean():.4f} ({each})")
    for recipe in JOINT:
        now = [at_one(multilingual_scores(pool, recipe), pool, everyone[language]) for language, pool in pools.items()]
        better = sum(a.mean() > b.mean() for a, b in zip(now, plain, strict=True))
        print(f"  {recipe:<14} {above(now, plain)}, better in {better} of {len(now)} languages")


def above(now: Sequence[np.ndarray], plain: Sequence[np.ndarray]) -> str:
    """The mean over all items, and how far it is above, paired."""
    gap = difference(np.concatenate(now), np.concatenate(plain), seed=0, rounds=1_000)
    return f"{np.concatenate(now).mean():.4f}  {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}]"


def multilingual_scores(pool: Pool, recipe: str) -> np.ndarray:
    sides = pool.queries, pool.documents
    if recipe == "apart":
        return scores.centred_apart(*sides, pool.queries)
    both = np.vstack(sides)
    try:
        mapped = fit(recipe, moments_of(both), both) if recipe else None
    except UsageError:  # no axis is an outlier
        mapped = None
    return scores.cosine(*(mapped.apply(side) if mapped else side for side in sides), pool.queries)


def hubs(data: Path) -> None:
    """Half of the sentences are the bank, the other half look for their translations among all."""
    print("\n## S209 and S193 hubs in bitext: Tatoeba, a bank of half the sentences, the other half asks")
    found = {"cosine": scores.cosine, **scores.CORRECTIONS}
    rows = {name: [corrected(pool, correct) for pool in sentences(data).values()] for name, correct in found.items()}
    plain = rows["cosine"]
    hubness = np.array([each.hubness for each in plain])
    few, many = np.argsort(hubness)[:5], np.argsort(hubness)[-5:]
    for name, parts in rows.items():
        gap = above([each.right for each in parts], [each.right for each in plain])
        print(f"  {name:<18} R@1 {gap}, hubness {np.mean([each.hubness for each in parts]):.2f}")
        gains = np.array([now.right.mean() - before.right.mean() for now, before in zip(parts, plain, strict=True)])
        moved = np.array([(a.first != b.first).mean() for a, b in zip(parts, plain, strict=True)])
        for words_for, of in (("fewest", few), ("most", many)):
            print(f"    5 languages with the {words_for} hubs ({hubness[of].mean():.2f}): the first place moves for "
                  f"{moved[of].mean():.3f}, R@1 {gains[of].mean():+.4f}")  # fmt: skip

    print("  without hubs, 2,000 arXiv titles for their abstracts, the same halves:")
    calm = abstracts(data)
    before = corrected(calm, scores.cosine)
    for name, correct in found.items():
        now = corrected(calm, correct)
        print(f"    {name:<18} R@1 {above([now.right], [before.right])}, hubness {now.hubness:.2f}, first moves for "
              f"{(now.first != before.first).mean():.3f}")  # fmt: skip


def abstracts(data: Path) -> Pool:
    """Titles for their abstracts, of every twenty-fourth paper of arXiv."""
    rows = list(read(data / "papers_arxiv_cs" / "papers.jsonl.gz"))[::24]
    made = encoder()
    queries, documents = (made.encode([row[field] for row in rows]) for field in ("title", "abstract"))
    return Pool("titles for their abstracts", queries, documents, [{row: 1} for row in range(len(rows))])


@dataclass(frozen=True)
class Corrected:
    """Whether the first place is right (n,), what it is (n,), and the hubness of the first ten."""

    right: np.ndarray
    first: np.ndarray
    hubness: float


def corrected(pool: Pool, correct: scores.Correction) -> Corrected:
    asked = np.arange(0, len(pool.queries), 2)
    now = correct(pool.queries[asked], pool.documents, pool.queries[1::2])
    counts = neighbours.occurrences(np.argsort(-now, axis=1)[:, :10], len(pool.documents))
    return Corrected(at_one(now, pool, asked), now.argmax(axis=1), neighbours.skewness(counts, len(counts)))


def reversible(data: Path) -> None:
    print("\n## maps are reversible: the largest error of the way back on 20,000 real vectors")
    rows = np.asarray(np.load(VECTORS, mmap_mode="r")[:20_000])
    for recipe in ("centre", "whiten:0.25", "whiten:0.5", "whiten:1", "standardise", "rotate:1"):
        made = from_npz(fit(recipe, moments_of(rows)).to_npz(), "benchmark")
        print(f"  {recipe:<12} {np.abs(made.inverse(made.apply(rows)) - rows).max():.1e}")


ROWS: dict[str, Callable[[Path], None]] = {
    "S080": isotropy, "S086": multilingual, "S162": caution, "S209": hubs, "S218": whitening, "S220": alignment,
    "maps": reversible,
}  # fmt: skip


def main() -> None:
    chosen = sys.argv[1:] or ["bar", "rows", "try"]
    if chosen == ["worker"]:
        worker()
        return
    data, start = need_data(), time.perf_counter()
    head("geometry: the health of vectors, and repairs", versions("broadsheet", "openvino", "numpy"))
    prepare(data)
    if "bar" in chosen:
        bar(data)
    for name, row in ROWS.items():
        if "rows" in chosen or name in chosen:
            row(data)
    if "try" in chosen:
        attempts(data)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
