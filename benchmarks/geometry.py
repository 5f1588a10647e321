"""The health of vectors on real ones: the bar, the rows of the shelf, and repairs that are kept or not.

    ./run.sh bench geometry [bar | report | rows | try]      (the first run encodes 140,000 short texts, minutes)

bar: 102,289 titles under MiniLM (384 numbers) in a process of its own, whose time and memory are measured. rows: what
each row of the shelf claims, on real data, next to the vectors as they are. try: judged sets, bitext, definitions.
"""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from common import CACHE, head, need_data, verdict, versions

from broadsheet import names
from broadsheet.core.maps import fit, from_npz, principal
from broadsheet.core.metrics import spearman
from broadsheet.core.vectors import unit
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.geometry import neighbours
from broadsheet.lab.geometry.health import health
from broadsheet.lab.geometry.pools import judged_pool
from broadsheet.lab.geometry.rows import Rows, drawn, read_npy
from broadsheet.lab.geometry.spread import isoscore
from broadsheet.lab.geometry.trial import Pool, moments_of, try_repairs

VECTORS = CACHE / "geometry-titles.npy"
SECONDS, MEGABYTES = 15, 300
JUDGED = ("scifact", "cranfield", "cacm")
LANGUAGES = ("fra", "deu", "spa")


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
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                      **found.to_json()}))  # fmt: skip


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
    for language in LANGUAGES:
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
    """S218: layers mixed, then whitened, on STS-B and SICK, against the encoder as it is."""
    print("\n## S218 WhiteningBERT: Spearman on STS-B test; the map is fitted to its texts alone")
    rows = [row for row in read(data / "stsb" / "en.jsonl.gz") if row.get("split") == "test"]
    gold = np.array([float(row["score"]) for row in rows])
    for name in ("minilm", "minilm?layers=1,6", "minilm?layers=1", "minilm?layers=0"):
        made = encoder(name)
        one, other = (made.encode([row[side] for row in rows]) for side in ("s1", "s2"))
        moments = moments_of(np.vstack([one, other]))
        plain = cosines(one, other)
        for recipe in ("whiten:1", "whiten:0.5", "top:3"):
            mapped = fit(recipe, moments)
            off = np.abs(np.cov(mapped.linear(np.vstack([one, other])).T, bias=True) - np.eye(384)).max()
            report(f"{name} {recipe}", plain, cosines(mapped.apply(one), mapped.apply(other)), gold,
                   f"covariance off by {off:.1e}" if recipe == "whiten:1" else "")  # fmt: skip


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ij->i", one, other)


def report(name: str, plain: np.ndarray, mapped: np.ndarray, gold: np.ndarray, more: str) -> None:
    random, n = np.random.default_rng(0), len(gold)
    gaps = []
    for _ in range(1_000):
        rows = random.integers(0, n, n)
        gaps.append(spearman(mapped[rows], gold[rows]) - spearman(plain[rows], gold[rows]))
    low, high = np.quantile(gaps, [0.025, 0.975])
    print(f"  {name:<30} {spearman(plain, gold):.4f} -> {spearman(mapped, gold):.4f}, "
          f"{spearman(mapped, gold) - spearman(plain, gold):+.4f} [{low:+.4f}, {high:+.4f}] {more}")  # fmt: skip


def reversible(data: Path) -> None:
    print("\n## maps are reversible: the largest error of the way back on 20,000 real vectors")
    rows = np.asarray(np.load(VECTORS, mmap_mode="r")[:20_000])
    for recipe in ("centre", "whiten:0.25", "whiten:0.5", "whiten:1", "standardise", "rotate:1"):
        made = from_npz(fit(recipe, moments_of(rows)).to_npz(), "benchmark")
        print(f"  {recipe:<12} {np.abs(made.inverse(made.apply(rows)) - rows).max():.1e}")


ROWS: dict[str, Callable[[Path], None]] = {"S080": isotropy, "S218": whitening, "maps": reversible}


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
