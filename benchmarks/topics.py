"""Topics against real labels and against what others do: quality, stability, growth, cost.

    ./run.sh bench topics [quality stability growth cost names]

Labels: the primary category of papers_arxiv_cs, the session or area of papers_conf (without "I", "II" ...). Everything
was chosen on the half of the papers whose SHA-256 of the id is even; what is printed is measured on the odd half alone.
Rivals run in the same run, at the same number of topics: k-means of the vectors, and BERTopic's recipe (UMAP, HDBSCAN,
c-TF-IDF, ``topics_worker.py``) under this interpreter or the one that BROADSHEET_BERTOPIC_PYTHON names.
Intervals are 95 %: of agreement by a jackknife over 20 groups of papers, since a resample with repeated papers agrees
too well; else over draws.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import topics_names
from common import CACHE, head, need_data, verdict, versions
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, v_measure_score

from broadsheet import names
from broadsheet.core.types import Document
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.lab.cache import CachedEncoder
from broadsheet.topics.clusters import Tree, fit, grow, match, place

WORKER = Path(__file__).with_name("topics_worker.py")
BERTOPIC = os.environ.get("BROADSHEET_BERTOPIC_PYTHON") or (sys.executable if find_spec("bertopic") else "")
ABSENT = [
    ("papers_arxiv_cs", ("cs.CL", "cmp-lg", "cs.SD", "eess.AS")),
    ("papers_arxiv_cs", ("cs.NI",)),
    ("papers_arxiv_cs", ("cs.CR",)),
    ("papers_arxiv_cs", ("cs.RO", "cs.SY", "eess.SY")),
    ("papers_arxiv_cs", ("stat.ME", "stat.AP", "stat.CO", "math.ST")),
    ("papers_arxiv_cs", ("cs.LO", "cs.PL", "cs.SE")),
    ("papers_conf", ("agent-based and multi-agent systems", "game theory and economic paradigms")),
    ("papers_conf", ("natural language processing", "speech and natural language processing")),
]
DRAWS, GROUPS = 5, 20
NUMERAL = re.compile(r"\s+[ivx]+$")


@dataclass(frozen=True, slots=True)
class Papers:
    """Papers of a set: what they say, their vectors (n, dim), and their labels (n,)."""

    name: str
    texts: list[str]
    vectors: Vectors
    labels: np.ndarray

    def of(self, rows: np.ndarray) -> Papers:
        texts = [self.texts[row] for row in np.arange(len(self.texts))[rows]]
        return replace(self, texts=texts, vectors=self.vectors[rows], labels=self.labels[rows])


def papers(name: str) -> Papers:
    """The papers of the half that nothing was chosen on and that have a label. Encodes what is not in the store."""
    path = need_data() / name / "papers.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    documents = [each for each in names.source(f"jsonl:{path}").fetch(None) if isinstance(each, Document)]
    chosen = [
        (document.content, label)
        for row, document in zip(rows, documents, strict=True)
        if (label := label_of(row)) and int(hashlib.sha256(row["id"].encode()).hexdigest()[:8], 16) % 2
    ]
    texts, labels = [text for text, _ in chosen], np.array([label for _, label in chosen])
    return Papers(name, texts, encoder().encode(texts), labels)


def label_of(row: dict[str, Any]) -> str:
    if primary := row["extra"].get("primary"):
        return str(primary)
    return NUMERAL.sub("", row["topics"][0].lower().strip()) if row["topics"] else ""


def encoder() -> CachedEncoder:
    return CachedEncoder.under(names.encoder("minilm"), "~/.cache/broadsheet/evaluate")


def jackknife(value: Callable[[np.ndarray], float], n: int) -> tuple[float, float]:
    """A value of all of n papers, and half its 95 % interval, from what it is without one group of 20 in turn."""
    group = np.random.default_rng(0).permutation(n) % GROUPS
    without = np.array([value(group != each) for each in range(GROUPS)])
    spread = np.sqrt((GROUPS - 1) * np.mean((without - without.mean()) ** 2))
    return value(np.ones(n, dtype=bool)), 1.96 * float(spread)


def over(values: list[float]) -> str:
    """The mean of draws, with its interval."""
    return f"{np.mean(values):.4f} ± {1.96 * np.std(values, ddof=1) / np.sqrt(len(values)):.4f}"


def quality() -> None:
    """How far topics agree with labels that people gave."""
    for name in ("papers_arxiv_cs", "papers_conf"):
        quality_of(papers(name))


def quality_of(some: Papers) -> None:
    """Topics, fields, and topics of papers that nothing was fitted to, next to the rivals' at the same number."""
    print(f"\n## {some.name}: {len(some.texts):,} papers, {len(set(some.labels.tolist()))} labels\n")
    tree = fit(some.vectors)
    ours, _ = place(tree, some.vectors)
    plain = 1 + KMeans(len(tree), n_init=4, random_state=0).fit_predict(some.vectors)
    agreement(some, {"Broadsheet": ours, "k-means": plain, **bertopic(some, len(tree))})
    fields = np.array([tree.fields.get(topic, 0) for topic in ours.tolist()])
    broad = KMeans(len(set(tree.fields.values())), n_init=4, random_state=0).fit_predict(some.vectors)
    agreement(some, {"Broadsheet, fields": fields, "k-means": 1 + broad})
    half = np.random.default_rng(0).permutation(len(some.texts)) % 2 == 0
    known, new = some.of(half), some.of(~half)
    tree = fit(known.vectors)
    flat = KMeans(len(tree), n_init=4, random_state=0).fit(known.vectors)
    later = {"Broadsheet, fitted to others": place(tree, new.vectors)[0], "k-means": 1 + flat.predict(new.vectors)}
    agreement(new, later)


def agreement(some: Papers, systems: dict[str, Rows]) -> None:
    """Print a row of V-measure, NMI and ARI for each system, and what the first has above it."""
    labels, first = np.unique(some.labels, return_inverse=True)[1], next(iter(systems.values()))
    print(f"{'system':34} topics  none    V-measure         NMI     ARI    Broadsheet above, V")
    for name, topics in systems.items():
        v, wide = jackknife(lambda rows, topics=topics: v_measure_score(labels[rows], topics[rows]), len(labels))
        above, by = jackknife(lambda rows, topics=topics: gap(labels[rows], first[rows], topics[rows]), len(labels))
        nmi, ari = normalized_mutual_info_score(labels, topics), adjusted_rand_score(labels, topics)
        none, size = float(np.mean(topics == 0)), len(set(topics.tolist()) - {0})
        print(f"{name:34} {size:6} {none:5.1%}  {v:.4f} ± {wide:.4f}  {nmi:.4f}  {ari:.4f}  "
              + (f"{above:+.4f} ± {by:.4f}" if topics is not first else ""), flush=True)  # fmt: skip


def gap(labels: np.ndarray, one: Rows, other: Rows) -> float:
    return float(v_measure_score(labels, one) - v_measure_score(labels, other))


def bertopic(some: Papers, count: int) -> dict[str, Rows]:
    """BERTopic's topics of the same vectors, at most ``count``: as they are, and with its ways to place the rest."""
    if not BERTOPIC:
        print("BERTopic is not installed here: left out")
        return {}
    with TemporaryDirectory() as folder:
        given, made = Path(folder) / "given.npz", Path(folder) / "made.npz"
        np.savez(given, vectors=some.vectors, texts=np.array(some.texts))
        done = subprocess.run(
            [BERTOPIC, str(WORKER), str(given), str(made), str(count)], capture_output=True, text=True
        )
        if done.returncode:
            print(f"BERTopic failed: {done.stderr.strip().splitlines()[-1:]}")
            return {}
        print(done.stdout.strip().splitlines()[-1])
        with np.load(made) as arrays:
            return {name: arrays[name] + 1 for name in arrays.files}  # 0: none, as ours


def stability() -> None:
    """What share of papers keeps its topic's id when 5 % more papers come."""
    print("\n## Stability: papers that keep the id of their topic after 5 % new papers")
    for name in ("papers_arxiv_cs", "papers_conf"):
        some, kept = papers(name).vectors, dict[str, list[float]]()
        for draw in range(DRAWS):
            order = np.random.default_rng(draw).permutation(len(some))
            old, every = some[order[: int(len(some) / 1.05)]], some[order]
            tree = fit(old)
            before, now = place(tree, old)[0], place(tree, every)[0]
            grown = grow(tree, every, now, first=10_000)
            kept.setdefault("grown", []).append(float(np.mean(place(grown, old)[0] == before)))
            again = place(fit(every, first=10_000), old)[0]
            kept.setdefault("fitted again, matched", []).append(matched(before, again))
            one, two = (KMeans(len(tree), n_init=1, random_state=0).fit(each) for each in (old, every))
            kept.setdefault("k-means again, matched", []).append(matched(one.labels_ + 1, two.predict(old) + 1))
        print(f"{name}, {DRAWS} draws: " + "; ".join(f"{way} {over(values)}" for way, values in kept.items()))
        verdict(f"{name}, grown", float(np.mean(kept["grown"])), 0.95, most=False)


def matched(before: Rows, after: Rows) -> float:
    """The share of papers whose topic, after a match, has the id it had."""
    same = match(before, after)
    return float(
        np.mean([same.get(topic, 0) == old for topic, old in zip(after.tolist(), before.tolist(), strict=True)])
    )


def growth() -> None:
    """Half as many papers again from a field that was absent: agreement, and new topics for it."""
    print("\n## Growth: half as many papers again, of categories that were absent")
    print(f"{'absent':26} (old + new papers)  topics  V fresh, grown (difference)        newcomers in new topics,"
          " in new fields; old papers moved")  # fmt: skip
    every = {name: papers(name) for name in ("papers_arxiv_cs", "papers_conf")}
    worst, least = 1.0, 1.0
    for name, absent in ABSENT:
        some = every[name]
        new = np.flatnonzero(np.isin(some.labels, absent))
        rest = np.flatnonzero(~np.isin(some.labels, absent))
        old = np.sort(np.random.default_rng(0).permutation(rest)[: 2 * len(new)])
        tree, vectors = fit(some.vectors[old]), some.vectors[np.concatenate([old, new])]
        now = place(tree, vectors)[0]
        grown = grow(tree, vectors, now, first=10_000)
        line = after_growth(tree, grown, (vectors, some.labels[np.concatenate([old, new])], now), len(old))
        print(f"{', '.join(absent)[:26]:26} ({len(old):5} + {len(new):5}) {line[0]}", flush=True)
        worst, least = min(worst, line[1]), min(least, line[2])
    verdict("lowest difference of V-measure to a fresh fit", worst, -0.02, most=False)
    verdict("lowest share of newcomers in new topics", least, 0.5, most=False)


def after_growth(
    tree: Tree, grown: Tree, found: tuple[Vectors, np.ndarray, Rows], old: int
) -> tuple[str, float, float]:
    vectors, labels, before = found
    fresh, after = place(fit(vectors), vectors)[0], place(grown, vectors)[0]
    above, wide = jackknife(lambda rows: gap(labels[rows], after[rows], fresh[rows]), len(labels))
    fields = set(grown.fields.values()) - set(tree.fields.values())
    inside = float(np.mean(~np.isin(after[old:], list(tree.fields))))
    home = np.mean([grown.fields.get(topic, 0) in fields for topic in after[old:].tolist()])
    moved = np.mean(after[:old] != before[:old])
    v = v_measure_score(labels, fresh)
    text = f"{len(tree):3} + {len(grown) - len(tree):<3} {v:.4f} {v + above:.4f} ({above:+.4f} ± {wide:.4f})"
    return f"{text}  {inside:.3f}  {home:.3f}  {moved:.3f}", above, inside


def cost() -> None:
    """Seconds and memory for 102,289 papers, in a process of its own; the same topics in one thread and in two."""
    print("\n## Cost: a fit and the place of every paper, titles of papers_arxiv_cs and papers_conf")
    file = CACHE / "topics-titles.npy"
    if not file.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        np.save(file, encoder().encode(titles()))
    found = []
    for threads in ("1", "2"):
        env = os.environ | {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads}
        command = [sys.executable, __file__, "worker", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
        found.append(json.loads(done.stdout))
        print(f"{threads} threads allowed: {done.stdout.strip()}", flush=True)
    verdict("seconds", min(each["seconds"] for each in found), 60, most=True)
    verdict("seconds of the processor", min(each["processor"] for each in found), 60, most=True)
    verdict("MB at most", max(each["megabytes"] for each in found), 1_500, most=True)
    print(f"  the same tree in both: {found[0]['tree'] == found[1]['tree']}")


def titles() -> list[str]:
    files = [need_data() / name / "papers.jsonl.gz" for name in ("papers_arxiv_cs", "papers_conf")]
    texts = []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            texts += [json.loads(line)["title"] for line in lines]
    return texts


def worker(file: str) -> None:
    """Fit and place the vectors of a file; print what it took."""
    vectors = np.load(file)
    began, busy = time.perf_counter(), time.process_time()
    tree = fit(vectors)
    fitted = time.perf_counter() - began
    topics, _ = place(tree, vectors)
    facts: dict[str, Any] = {"papers": len(vectors), "topics": len(tree), "fit": round(fitted, 1)}
    facts |= {"seconds": round(time.perf_counter() - began, 1), "processor": round(time.process_time() - busy, 1)}
    status = Path("/proc/self/status").read_text().splitlines()
    facts["megabytes"] = round(next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024)
    facts["tree"] = hashlib.sha256(tree.centres.tobytes() + topics.tobytes()).hexdigest()[:12]
    print(json.dumps(facts))


TABLES = {"quality": quality, "stability": stability, "growth": growth, "cost": cost, "names": topics_names.tables}


def main(asked: list[str]) -> None:
    """The tables that are named, or all."""
    if asked[:1] == ["worker"]:
        return worker(asked[1])
    if unknown := set(asked) - set(TABLES):
        sys.exit(f"unknown table {', '.join(sorted(unknown))}: there are {', '.join(TABLES)}")
    head(
        "topics",
        versions("broadsheet", "numpy", "scikit-learn", "scipy", "bertopic", "umap-learn", "hdbscan"),
        "data: papers_arxiv_cs, papers_conf; MiniLM on title and abstract; the odd half by SHA-256 of the id",
    )
    for table in asked or TABLES:
        TABLES[table]()
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
