"""Search and similar on 102,289 real papers: latency, recall of the scan, memory; LanceDB and SQLite FTS5 beside it.

    ./run.sh bench search [PART] [--vectors stand-in]      (the first run encodes all papers: an hour on two cores)

Queries are real: titles of papers that are not in the set (papers_conf/titles_only) and first sentences of abstracts
that are not in it (hf_daily). Each system answers in a process of its own, one query at a time, encoding included.
``--vectors stand-in`` gives the papers the vectors of pages.py's ``StandIn``, made in minutes: queries go through
MiniLM all the same and times are as they would be, but what is found by meaning, and so recall, says nothing.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from common import CACHE, ROOT, head, interval, latency, machine, need_data, resident, timed, verdict, versions

import broadsheet as bs
from broadsheet.core.protocols import Encoder
from broadsheet.core.text import plain, sentences
from broadsheet.lab.cache import CachedEncoder

FILES = ("papers_conf/papers.jsonl.gz", "papers_arxiv_cs/papers.jsonl.gz")
COLLECTION = CACHE / "collection"
QUERIES, WARM = 1_000, 100


def rows(path: Path) -> list[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def cached(encoder: Encoder) -> Encoder:
    """The encoder with its vectors taken from the cache, or encoded once."""
    return CachedEncoder(encoder, CACHE)


def open_collection(
    data: Path, folder: Path = COLLECTION, *, making: Callable[[Encoder], Encoder] = cached
) -> bs.Collection:
    """The Collection of all papers; ``making`` gives what makes their vectors where they are not there yet."""
    collection = bs.open(folder, encoder="minilm")
    for name in FILES:
        if not collection.store.journal.fact(f"bench {name}"):
            run = bs.ingest(collection, f"jsonl:{data / name}", now=datetime.now(UTC))
            print(f"ingested {name}: {run.new} new, {run.bad} bad", flush=True)
            collection.store.journal.set_fact(f"bench {name}", True)
    if (
        collection.store.papers.pending(collection.lexicon.change)
        or not collection.space.exists
        or collection.store.papers.pending(collection.space.snapshot().pointer.change)
    ):
        collection._encoder = making(collection.encoder)
        print(bs.sync(collection, progress=_say), flush=True)
        collection.close()
        return bs.open(folder)
    return collection


def _say(done: int, total: int | None) -> None:
    if done % 25_600 < 300:
        print(f"  synced {done:,} of {total:,}", flush=True)


def real_queries(data: Path, store: object) -> tuple[list[str], list[str]]:
    """Titles, and first sentences, of papers outside the set; a fixed random sample of each."""
    chosen = random.Random(20)
    titles = [row["title"] for row in rows(data / "papers_conf/titles_only.jsonl.gz")]
    firsts = [
        found[0]
        for row in rows(data / "hf_daily/daily.jsonl.gz")
        if not store.papers.with_title(plain(row["title"]))
        and (found := sentences(row["abstract"]))
        and len(found[0]) > 40
    ]
    return chosen.sample(titles, QUERIES), chosen.sample(firsts, QUERIES // 2)


def recall(collection: bs.Collection, queries: list[str]) -> np.ndarray:
    """Share of the exact 10 nearest that the scan finds, for each query."""
    snapshot = collection.space.snapshot()
    vectors, live = np.asarray(snapshot.vectors), np.flatnonzero(snapshot.live)
    shares = []
    for start in range(0, len(queries), 50):
        asked = collection.encoder.encode(queries[start : start + 50], role="query")
        scores = asked @ vectors[live].T
        for vector, row in zip(asked, scores, strict=True):
            edge = np.partition(row, -10)[-10]
            found, _ = snapshot.search(vector, 10)
            right = set(snapshot.numbers[live[row >= edge - 1e-6]].tolist())
            shares.append(len(right & set(found.tolist())) / 10)
    return np.array(shares)


def filtered_recall(collection: bs.Collection, queries: list[str]) -> None:
    """The same among papers that a filter allows: random ones, so that selectivity is what it says."""
    snapshot, rng = collection.space.snapshot(), np.random.default_rng(7)
    vectors, numbers = np.asarray(snapshot.vectors), snapshot.numbers
    asked = collection.encoder.encode(queries, role="query")
    for share in (0.5, 0.05, 0.005):
        allowed = np.sort(rng.choice(numbers[snapshot.live], int(share * snapshot.count), replace=False))
        rows = snapshot.rows(allowed)
        shares = []
        for vector in asked:
            scores = vectors[rows] @ vector
            right = set(allowed[scores >= np.partition(scores, -10)[-10] - 1e-6].tolist())
            shares.append(len(right & set(snapshot.search(vector, 10, allowed=allowed)[0].tolist())) / 10)
        print(f"recall@10 of the scan among {share:.1%} of the papers: {np.mean(shares):.4f} ({len(queries)} queries)")


def ours(place: Path) -> None:
    """Our own serving process: latency, then memory, then recall."""
    data = need_data()
    collection = bs.open(place)
    titles, firsts = real_queries(data, collection.store)
    queries = [q for pair in zip(titles, firsts + firsts, strict=True) for q in pair][:QUERIES]
    ids = [document.id for document in collection.store.papers.newest(QUERIES + WARM)]
    timed(lambda q: bs.search(collection, q), titles[:WARM])
    timed(lambda i: bs.similar(collection, i), ids[:WARM])
    hybrid = timed(lambda q: bs.search(collection, q), queries)
    near = timed(lambda i: bs.similar(collection, i), ids[WARM:])
    filters = bs.Filters(
        since=datetime(2018, 1, 1, tzinfo=UTC).date(), has_code=None, venues=("iclr", "neurips", "icml")
    )
    latency("hybrid, k=10, encoding included", hybrid)
    latency("  lexical alone", timed(lambda q: bs.search(collection, q, mode="lexical"), queries[:300]))
    latency("  semantic alone", timed(lambda q: bs.search(collection, q, mode="semantic"), queries[:300]))
    latency("  query encoding alone", timed(lambda q: collection.encoder.encode([q], role="query"), queries[:300]))
    latency(
        "  hybrid, filtered by date and venue",
        timed(lambda q: bs.search(collection, q, filters=filters), queries[:300]),
    )
    latency("similar, k=10", near)
    memory = resident()
    print(
        f"resident memory: {memory['VmRSS']:.0f} MB ({memory['RssAnon']:.0f} own, {memory['RssFile']:.0f} mapped files)"
    )
    for name, asked in (("titles", titles), ("first sentences", firsts)) if place == COLLECTION else ():
        shares = recall(collection, asked)
        low, high = interval(shares, np.mean)
        print(f"recall@10 of the scan, {len(asked)} {name}: {shares.mean():.4f} [{low:.4f}, {high:.4f}]")
        verdict(f"recall@10 ({name})", float(shares.mean()), 0.995, most=False)
    if place == COLLECTION:
        filtered_recall(collection, titles[:200])
    verdict("hybrid p50 (ms)", float(np.median(hybrid)), 6, most=True)
    verdict("hybrid p99 (ms)", float(np.quantile(hybrid, 0.99)), 15, most=True)
    verdict("similar p50 (ms)", float(np.median(near)), 2, most=True)
    verdict("resident memory (MB)", memory["VmRSS"], 700, most=True)


def grow(place: Path) -> None:
    """1,000 papers added to the 102,289: what sync costs beside their encoding alone, and whether they are found."""
    data = need_data()
    folder = CACHE / "growing"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(place, folder)
    with bs.open(folder) as collection:
        new = [
            bs.Document(id=row["id"], title=row["title"], text=row["abstract"], source="jsonl:new")
            for row in rows(data / "hf_daily/daily.jsonl.gz")[-1_000:]
        ]
        collection.encoder.encode(["warm"])
        alone = timed(lambda texts: collection.encoder.encode(texts), [[document.content for document in new]])[0]
        run = bs.ingest(collection, new, now=datetime.now(UTC), name="jsonl:new")
        whole = timed(lambda _: print("  ", bs.sync(collection)), [None])[0]
        found = sum(bs.search(collection, each.title, k=1).items[0].document.id == each.id for each in new)
    shutil.rmtree(folder, ignore_errors=True)
    print(f"adding {run.new} papers to 102,289: encoding alone {alone / 1e3:.1f} s, sync in all {whole / 1e3:.1f} s;")
    print(f"  {found} of them found first by their titles at once")


def baseline_inputs(place: Path) -> tuple[list[int], np.ndarray, list[str], list[str], bs.Collection]:
    """Numbers, vectors and contents of all papers, and the same queries as ours."""
    data = need_data()
    collection = bs.open(place)
    snapshot = collection.space.snapshot()
    numbers = snapshot.numbers[snapshot.live].tolist()
    documents = collection.store.papers.by_numbers(numbers)
    titles, firsts = real_queries(data, collection.store)
    queries = [q for pair in zip(titles, firsts + firsts, strict=True) for q in pair][: QUERIES // 4]
    return (
        numbers,
        np.asarray(snapshot.vectors[snapshot.live]),
        [documents[n].content for n in numbers],
        queries,
        collection,
    )


def fts5(place: Path) -> None:
    """SQLite FTS5 (porter) for the words, an exact numpy scan for the meaning, reciprocal ranks."""
    numbers, vectors, texts, queries, collection = baseline_inputs(place)
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE papers USING fts5(content, tokenize = 'porter unicode61')")
    db.executemany("INSERT INTO papers(rowid, content) VALUES (?, ?)", zip(numbers, texts, strict=True))
    ids = np.array(numbers)

    def ask(query: str) -> list[int]:
        vector = collection.encoder.encode([query], role="query")[0]
        words = " OR ".join(f'"{word}"' for word in plain(query).split())
        lexical = [
            r[0] for r in db.execute("SELECT rowid FROM papers WHERE papers MATCH ? ORDER BY rank LIMIT 100", (words,))
        ]
        scores = vectors @ vector
        semantic = ids[np.argpartition(-scores, 100)[:100]]
        semantic = (
            semantic[np.argsort(-scores[np.searchsorted(ids, semantic)])] if np.all(np.diff(ids) > 0) else semantic
        )
        return fused(lexical, semantic.tolist())

    timed(ask, queries[:10])
    latency("SQLite FTS5 + exact numpy, RRF", timed(ask, queries))
    latency(
        "  similar: exact numpy", timed(lambda row: np.argpartition(-(vectors @ vectors[row]), 10)[:10], range(200))
    )
    print(f"  resident memory: {resident()['VmRSS']:.0f} MB")


def fused(*lists: list[int]) -> list[int]:
    """Reciprocal rank fusion of lists of ids, k = 60."""
    scores: dict[int, float] = {}
    for found in lists:
        for rank, each in enumerate(found, 1):
            scores[each] = scores.get(each, 0) + 1 / (60 + rank)
    return sorted(scores, key=lambda each: -scores[each])[:10]


def lance(place: Path) -> None:
    """LanceDB: its own hybrid search, at its defaults, then with the index and refinement that serve it best here."""
    import lancedb
    import pyarrow as pa
    from lancedb.index import FTS, IvfRq

    numbers, vectors, texts, queries, collection = baseline_inputs(place)
    folder = CACHE / "lance"
    shutil.rmtree(folder, ignore_errors=True)
    table = lancedb.connect(folder).create_table(
        "papers",
        pa.table(
            {
                "number": pa.array(numbers, pa.int64()),
                "content": pa.array(texts),
                "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1]),
            }
        ),
    )
    exact = {q: top(vectors, numbers, collection.encoder.encode([q], role="query")[0]) for q in queries}

    def measure(name: str, refine: int | None) -> None:
        def vector_only(query: str) -> list[int]:
            found = (
                table.search(collection.encoder.encode([query], role="query")[0]).metric("cosine").select(["number"])
            )
            found = found.refine_factor(refine) if refine else found
            return [row["number"] for row in found.limit(10).to_list()]

        def hybrid(query: str) -> list[int]:
            vector = collection.encoder.encode([query], role="query")[0]
            found = table.search(query_type="hybrid").vector(vector).text(" ".join(plain(query).split()))
            found = found.refine_factor(refine) if refine else found
            return [row["number"] for row in found.select(["number"]).limit(10).to_list()]

        timed(hybrid, queries[:10])
        shares = np.array([len(exact[q] & set(vector_only(q))) / 10 for q in queries])
        latency(f"LanceDB hybrid, {name}", timed(hybrid, queries))
        latency("  vectors alone", timed(vector_only, queries), f"recall@10 {shares.mean():.3f}")

    table.create_index("content", config=FTS())
    table.create_index("vector", config=lancedb.index.IvfPq(distance_type="cosine"))
    measure("defaults (IVF_PQ, FTS)", None)
    table.create_index("vector", config=IvfRq(distance_type="cosine"), replace=True)
    measure("best found (IVF_RQ, refine 10, FTS)", 10)
    print(f"  resident memory: {resident()['VmRSS']:.0f} MB")
    shutil.rmtree(folder, ignore_errors=True)


def top(vectors: np.ndarray, numbers: list[int], vector: np.ndarray) -> set[int]:
    """The exact ten nearest."""
    return {numbers[i] for i in np.argpartition(-(vectors @ vector), 10)[:10].tolist()}


def main() -> None:
    """Each part in a process of its own, so that memory is its own."""
    from pages import VECTORS  # which imports this file

    parts = {"ours": ours, "grow": grow, "fts5": fts5, "lance": lance}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=parts)
    parser.add_argument("--vectors", choices=sorted(VECTORS), default="minilm", help="how the papers' vectors are made")
    asked = parser.parse_args()
    _, place, making = VECTORS[asked.vectors]
    open_collection(need_data(), place, making=making).close()
    if asked.part:
        parts[asked.part](place)
        return
    head(
        "search",
        "data: papers_conf + papers_arxiv_cs (102,289 papers)",
        "queries: titles of papers_conf/titles_only, first sentences of hf_daily abstracts",
        f"versions: {versions('openvino', 'tantivy', 'numpy', 'lancedb')}, sqlite {sqlite3.sqlite_version}",
        f"vectors of the papers: {asked.vectors}",
    )
    os.chdir(ROOT)
    for part in parts:
        subprocess.run([sys.executable, __file__, part, "--vectors", asked.vectors], check=False)
    print(f"\n({machine()})")


if __name__ == "__main__":
    main()
