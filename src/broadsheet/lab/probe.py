"""What a candidate costs on this machine and this Collection: the time of single queries, texts a second, memory.

    a process of its own: load the encoder -> encode texts -> as many vectors as the Collection has papers
        each query: encode it, search the vectors        -> milliseconds
    this process: each query by its words, if the setting asks for them -> milliseconds to add
    a Probe: the median, and what 19 of 20 queries take; how much the process grew, and the bytes of all vectors

The vectors are random directions: only their number and dimension count for time and memory. What sharing the machine
with others costs is in the times; the load is noted with them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from broadsheet import names
from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.index.scan import ScanIndex
from broadsheet.core.vectors import Vectors, unit
from broadsheet.lab.cost import peak_megabytes
from broadsheet.lab.setting import SETTINGS
from broadsheet.search.hybrid import search

QUERIES, TEXTS = 60, 128
_WARM = 5  # queries that are not counted
_MOST_VECTORS = 400_000_000  # numbers: 1.6 GB
_NEAREST = 1_000  # rows by meaning that a search reads
_ONE_BIT = 1 / 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What a subject cost: ``query_ms`` in the median, and ``query_ms_high`` for the slowest in twenty, of ``queries``
    asked one after another over ``papers`` papers; ``texts_a_second`` encoded (None without an encoder); megabytes of
    the encoder at its peak (``model_mb``) and of all vectors with their codes (``vectors_mb``); the machine's ``load``.
    """

    subject: str
    papers: int
    queries: int
    query_ms: float
    query_ms_high: float
    texts_a_second: float | None
    model_mb: float
    vectors_mb: float
    load: float | None

    @property
    def megabytes(self) -> float:
        """Return the memory of encoder and vectors."""
        return self.model_mb + self.vectors_mb

    @property
    def busy(self) -> bool:
        """Return whether the machine had more to do than it has cores, so that times are longer than at rest."""
        return self.load is not None and self.load > (os.cpu_count() or 1)

    @property
    def queries_a_second(self) -> float:
        """Return how many queries one after another take a second."""
        return 1_000 / self.query_ms


def parts(subject: str) -> tuple[str, str]:
    """Return the setting of the search that a subject's name means, and its encoder's name, empty without one."""
    scheme, _, rest = subject.partition(":")
    if scheme in SETTINGS:
        return scheme, rest
    return "semantic", subject


def probe(subject: str, collection: Collection) -> Probe:
    """Measure a subject at the size of a Collection; its papers' titles are the queries. UsageError when it has no
    papers, ModelError when the encoder cannot be loaded."""
    papers = collection.store.papers.count()
    if not papers:
        raise UsageError("This Collection has no papers yet, so nothing can be measured on it. Ingest some first.")
    some = collection.store.papers.newest(max(TEXTS, QUERIES + _WARM))
    queries = [each.title for each in some][: QUERIES + _WARM]
    setting, encoder = parts(subject)
    spent = np.zeros(len(queries))
    measured = _Encoding()
    if setting != "semantic":
        spent += _by_words(collection, queries)
    if encoder:
        measured = _apart(encoder, collection, queries, [each.content for each in some][:TEXTS], papers)
        spent += np.array(measured.times)
    counted = spent[min(_WARM, len(spent) - 1) :] * 1_000
    return Probe(
        subject=subject, papers=papers, queries=len(counted), query_ms=float(np.median(counted)),
        query_ms_high=float(np.quantile(counted, 0.95)), texts_a_second=measured.texts_a_second,
        model_mb=measured.megabytes, vectors_mb=papers * measured.dim * (4 + _ONE_BIT) / 1e6,
        load=round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    )  # fmt: skip


def _by_words(collection: Collection, queries: Sequence[str]) -> Vectors:
    """The seconds that each query takes by its words, with the papers read for a page of results."""
    taken = []
    for query in queries:
        start = time.perf_counter()
        search(collection, query, mode="lexical", pins=False)
        taken.append(time.perf_counter() - start)
    return np.array(taken)


@dataclass(frozen=True, slots=True)
class _Encoding:
    """What the process of an encoder sends back."""

    times: tuple[float, ...] = ()
    texts_a_second: float | None = None
    megabytes: float = 0.0
    dim: int = 0


def _apart(
    encoder: str, collection: Collection, queries: Sequence[str], texts: Sequence[str], papers: int
) -> _Encoding:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(
            _encoding, encoder, (collection.models, collection.cache), list(queries), list(texts), papers
        ).result()


def _encoding(name: str, folders: tuple[Path, Path], queries: list[str], texts: list[str], papers: int) -> _Encoding:
    """Measure an encoder in a process that has done nothing else."""
    before = peak_megabytes()
    encoder = names.encoder(name, models=folders[0], cache=folders[1])
    encoder.encode(texts[:8])
    start = time.perf_counter()
    dim = encoder.encode(texts).shape[1]
    rate = len(texts) / (time.perf_counter() - start)
    encoder.encode(queries[:1], role="query")
    megabytes = max(0.0, peak_megabytes() - before)
    index = ScanIndex.of(_directions(min(papers, _MOST_VECTORS // dim), dim))
    times = []
    for query in queries:
        start = time.perf_counter()
        index.nearest(encoder.encode([query], role="query")[0], _NEAREST)
        times.append(time.perf_counter() - start)
    return _Encoding(tuple(times), rate, megabytes, dim)


def _directions(rows: int, dim: int) -> Vectors:
    return unit(np.random.default_rng(0).standard_normal((rows, dim), dtype=np.float32))
