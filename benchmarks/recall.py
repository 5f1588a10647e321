"""Does the scan find the nearest papers under every kind of encoder? Codes in the axes of the vectors, and in others.

    ./run.sh bench recall [ENCODER ...]

Titles of papers_arxiv_cs; queries are other titles. A Space measures its own recall when it is synced and makes its
codes again where they miss too much (``Space.tune``): `Space` says what it chose, and the bar is about that. The last
rows are vectors whose axes fall off as 1 / place, as those of principal components may.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from common import head, need_data, verdict, versions

from broadsheet import names
from broadsheet.core.index.scan import ScanIndex
from broadsheet.core.metrics import bootstrap
from broadsheet.core.types import Document, Manifest
from broadsheet.core.vectors import Vectors, best, cosines, unit
from broadsheet.lab.cache import CachedEncoder
from broadsheet.space import Space

PAPERS, QUERIES = 20_000, 300
BELIEF = Path("~/.cache/broadsheet/bench/belief").expanduser()
KINDS = [
    "minilm", "minilm?layers=3", "minilm?pooling=cls", f"static:{BELIEF / 'static-256'}",
    f"static:{BELIEF / 'static-64'}", "hash", "join:minilm|hash", "bert:~/.cache/broadsheet/models/e5-small",
]  # fmt: skip


def main(asked: list[str]) -> None:
    """Print the recall of each encoder kind."""
    head("recall", versions("broadsheet", "numpy", "openvino"), f"{PAPERS:,} titles, {QUERIES} queries")
    source = names.source(f"jsonl:{need_data() / 'papers_arxiv_cs' / 'papers.jsonl.gz'}")
    titles = list(dict.fromkeys(each.title for each in source.fetch(None) if isinstance(each, Document)))
    texts, queries = titles[:PAPERS], titles[PAPERS : PAPERS + QUERIES]
    print(f"{'encoder':<24}  dim   own axes                 other axes               Space")
    for name in asked or KINDS:
        encoder = CachedEncoder.under(names.encoder(name), "~/.cache/broadsheet/evaluate")
        vectors, questions = encoder.encode(texts), encoder.encode(queries, role="query")
        row(name.replace(f"{BELIEF}/", ""), vectors, questions)
    random = np.random.default_rng(0)
    centres = random.normal(size=(500, 256))
    made = centres[random.integers(0, 500, 50_000 + QUERIES)] + 0.8 * random.normal(size=(50_000 + QUERIES, 256))
    made = unit(made / np.arange(1, 257))
    row("made: 1 / place, 50,000", made[:-QUERIES], made[-QUERIES:])


def row(name: str, vectors: Vectors, queries: Vectors) -> None:
    """Print one encoder's recall, and check that of the codes that a Space chooses."""
    made = tuned(vectors)
    tried = [(0, 1), (1, 1), *([(1, made.turns)] if made.turns > 1 else [])]
    found = {each: shares(ScanIndex.of(vectors, *each), vectors, queries) for each in tried}
    chosen = (made.rotation, made.turns)
    said = {(0, 1): "own axes", (1, 1): "other axes"}.get(chosen, f"{made.turns} sets: {told(found[chosen])}")
    print(f"{name:<24} {vectors.shape[1]:>4}  {told(found[0, 1])}  {told(found[1, 1])}  {said}", flush=True)
    verdict(f"recall@10 ({name})", float(found[chosen].mean()), 0.995, most=False)


def told(values: np.ndarray) -> str:
    """A mean with its interval."""
    low, high = bootstrap(values, seed=0)
    return f"{values.mean():.4f} [{low:.4f}, {high:.4f}]"


def shares(index: ScanIndex, vectors: Vectors, queries: Vectors) -> np.ndarray:
    """The share of the exact ten nearest that the scan finds, for each query."""
    exact = (best(cosines(vectors, query), 10)[0] for query in queries)
    found = (index.nearest(query, 10)[0] for query in queries)
    return np.array([np.isin(a, b).mean() for a, b in zip(exact, found, strict=True)])


def tuned(vectors: Vectors) -> Manifest:
    """Return the manifest of a Space of these vectors after it has chosen its codes."""
    with tempfile.TemporaryDirectory() as folder:
        space = Space(Path(folder) / "space")
        space.create(Manifest(encoder="any", version="1", weights="", dim=vectors.shape[1]))
        numbers = range(1, len(vectors) + 1)
        space.append(numbers, vectors, ["00" * 16] * len(vectors), np.zeros(len(vectors), dtype=np.bool_))
        space.commit(len(vectors))
        space.tune()
        return space.snapshot().manifest


if __name__ == "__main__":
    main(sys.argv[1:])
