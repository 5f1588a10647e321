"""Concepts: does ranking through them keep the quality, do parts sum, does turning one move the list, who is foreign?

    ./run.sh bench concepts            (about 10 minutes on two cores at the first run, which encodes; then 3)

SciFact's abstracts as a Collection with its own topics, by MiniLM: nDCG@10 of the dev claims by the score that concepts
give (what all papers share, and what each concept adds) against the cosine, paired. Each claim's weightiest concept of
its first ten papers is turned up, down and off. Lists of conference papers with one keyword and one foreign paper: how
often the foreign one is farthest, and the AUROC.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from common import head, interval, need_data, verdict, versions

from broadsheet import names
from broadsheet.collection import Collection, open_collection
from broadsheet.core.metrics import difference, parse
from broadsheet.core.outliers import FAR, distances, nearness
from broadsheet.core.types import Document
from broadsheet.explain.concepts import Concepts, Turns, concepts_of
from broadsheet.ingest import ingest
from broadsheet.lab.cache import CachedEncoder
from broadsheet.sync import sync
from broadsheet.topics import tree

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SHOWN = 10
LISTS, SIZE = 200, 12  # lists of papers, and papers of a list, of which one is foreign


class Abstracts:
    """SciFact's abstracts as a source."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def fetch(self, since: date | None = None) -> Iterator[Document]:
        """Yield them all."""
        for row in rows(self.data / "scifact" / "corpus.jsonl.gz"):
            yield Document(id=f"s:{row['_id']}", title=row["title"], text=row["text"], source="scifact")


def rows(path: Path) -> Iterator[dict]:
    """The rows of a file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


@contextmanager
def abstracts(data: Path) -> Iterator[Collection]:
    """A Collection of SciFact's abstracts with topics, for as long as it is needed."""
    folder = Path(tempfile.mkdtemp())
    encoder = CachedEncoder.under(names.encoder("minilm"), "~/.cache/broadsheet/evaluate")
    try:
        with open_collection(folder, encoder=encoder) as collection:
            ingest(collection, Abstracts(data), now=NOW, name="scifact")
            sync(collection)
            tree.bring_up(collection, now=NOW)
            yield collection
    finally:
        shutil.rmtree(folder)


def claims(data: Path) -> tuple[list[str], list[dict[str, int]]]:
    """The dev claims, and the abstracts that answer each."""
    judged: dict[str, dict[str, int]] = {}
    with gzip.open(data / "scifact" / "qrels.tsv.gz", "rt") as file:
        for line in list(file)[1:]:
            query, document, score, split, _ = line.split("\t")
            if split == "dev":
                judged.setdefault(query, {})[f"s:{document}"] = int(score)
    texts = {row["_id"]: row["text"] for row in rows(data / "scifact" / "queries.jsonl.gz")}
    return [texts[query] for query in judged], list(judged.values())


def ranking() -> None:
    """S005: named concepts: parts that sum to the score, nDCG@10 against dense, and concepts that can be turned"""
    data = need_data()
    asked, judged = claims(data)
    with abstracts(data) as collection:
        concepts, snapshot = concepts_of(collection), collection.space.snapshot()
        numbers = snapshot.numbers[snapshot.live]
        vectors = snapshot.of(numbers)
        ids = collection.store.papers.ids(numbers.tolist())
        named = [ids[number] for number in numbers.tolist()]
        queries = collection.encoder.encode(asked, role="query")
        said, stored = concepts.axes.of(queries.T), concepts.axes.of(vectors.T)
        common = np.outer(concepts.axes.common @ queries.T, concepts.axes.common @ vectors.T)
        scores = {"dense": queries @ vectors.T, "concepts": common + said.T @ stored, "alone": said.T @ stored}
        values = {name: ndcg(table, named, judged) for name, table in scores.items()}
        print(f"  {len(concepts.names)} concepts of {len(numbers):,} papers")
        for name, what in (("concepts", "concepts, and what all papers share"), ("alone", "concepts alone")):
            gain = difference(values[name], values["dense"], seed=0)
            print(f"  nDCG@10 by {what}: {values[name].mean():.4f}; dense {values['dense'].mean():.4f}; difference "
                  f"{gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]")  # fmt: skip
        verdict("nDCG@10 by concepts, of dense", values["concepts"].mean() / values["dense"].mean(), 0.95, most=False)
        first = np.argsort(-scores["concepts"], axis=1)[:, :SHOWN]
        off = [
            abs(found.score + found.rest - found.cosine) + abs(found.score - scores["concepts"][row, column])
            for row, columns in enumerate(first)
            for column in columns[:3]
            if (found := concepts.shares(queries[row], vectors[column]))
        ]
        verdict("how far a hit's parts are from its score", max(off), 1e-6, most=True)
        told = [sum(weight.weight for weight in found.concepts) / (found.score - found.common)
                for row, columns in enumerate(first)
                if (found := concepts.shares(queries[row], vectors[columns[0]]))]  # fmt: skip
        print(f"  the concepts that are named add {np.mean(told):.0%} of what all concepts add, on the mean first hit")
        turning(concepts, queries, vectors)


def ndcg(table: np.ndarray, named: list[str], judged: list[dict[str, int]]) -> np.ndarray:
    """The nDCG@10 of each query."""
    measure, order = parse("nDCG@10"), np.argsort(-table, axis=1, kind="stable")[:, :10]
    return np.array([measure([named[at] for at in row], own) for row, own in zip(order, judged, strict=True)])


def turning(concepts: Concepts, queries: np.ndarray, vectors: np.ndarray) -> None:
    """Turn the weightiest concept of each query's first papers, and look at what the first papers say of it then."""
    moves: dict[str, list[float]] = {name: [] for name in ("more", "less", "without")}
    kept = Counter[str]()
    for query in queries:
        before = np.argsort(-(vectors @ query))[:SHOWN]
        place = int(np.argmax(concepts.axes.of(vectors[before].mean(axis=0))))
        for name in moves:
            turned = concepts.turned(query, Turns(**{name: (concepts.names[place],)}))
            after = np.argsort(-(vectors @ turned))[:SHOWN]
            axis = concepts.axes.rows[place]
            moves[name].append(float((vectors[after] @ axis).mean() - (vectors[before] @ axis).mean()))
            kept[name] += len(set(before.tolist()) & set(after.tolist()))
    for name, values in moves.items():
        own = np.array(values) if name == "more" else -np.array(values)
        right, stay = np.mean(own > 0), kept[name] / len(own)
        print(f"  {name:<8} the first {SHOWN} say {np.mean(values):+.3f} of the concept; in the right direction in "
              f"{right:.1%} of {len(own)} queries; {stay:.1f} of {SHOWN} papers stay")  # fmt: skip


def outliers() -> None:
    """Foreign papers in lists: how often the foreign one is farthest, against nearness to the three nearest"""
    papers = [row for row in rows(need_data() / "papers_conf" / "papers.jsonl.gz") if row.get("keywords")]
    keywords = Counter(word.lower() for row in papers for word in set(row["keywords"]))
    usable = sorted(word for word, count in keywords.items() if 40 <= count <= 300)
    random = np.random.default_rng(0)
    of = {word: [at for at, row in enumerate(papers) if word in {each.lower() for each in row["keywords"]}]
          for word in random.choice(usable, size=40, replace=False)}  # fmt: skip
    members = sorted({at for own in of.values() for at in own[:40]})
    encoder = CachedEncoder.under(names.encoder("minilm"), "~/.cache/broadsheet/evaluate")
    texts = [f"{papers[at]['title']} {papers[at].get('abstract') or papers[at].get('text', '')}" for at in members]
    row_of = dict(zip(members, encoder.encode(texts), strict=True))
    words, hits, flagged, false, areas, plain = list(of), [], [], [], [], []
    for _ in range(LISTS):
        one, other = random.choice(len(words), size=2, replace=False)
        own = random.choice(of[words[one]][:40], size=SIZE - 1, replace=False)
        strangers = [at for at in of[words[other]][:40] if at not in of[words[one]]]
        vectors = np.stack([row_of[at] for at in [*own, random.choice(strangers)]])
        near = nearness(vectors)
        far = distances(near)
        hits.append(near.argmin() == SIZE - 1)
        flagged.append(far[-1] >= FAR)
        false.append((far[:-1] >= FAR).mean())
        areas.append((near[:-1] > near[-1]).mean())
        cosines = vectors @ vectors.T - 2 * np.eye(SIZE, dtype=np.float32)
        nearest = np.sort(cosines, axis=1)[:, -3:].mean(axis=1)
        plain.append((nearest[:-1] > nearest[-1]).mean())
    low, high = interval(np.array(areas), np.mean)
    print(f"  {LISTS} lists of {SIZE} papers with one foreign: it is farthest in {np.mean(hits):.1%}, AUROC "
          f"{np.mean(areas):.3f} [{low:.3f}, {high:.3f}], by the three nearest "
          f"{np.mean(plain):.3f}; told as foreign {np.mean(flagged):.1%}, others {np.mean(false):.1%}")  # fmt: skip


if __name__ == "__main__":
    head("concepts and outliers", f"versions: {versions('broadsheet', 'numpy', 'openvino', 'tantivy')}")
    ranking()
    outliers()
