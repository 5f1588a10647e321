"""Topics of a whole Collection: how long and how much memory it takes to find them, and to place new papers.

    ./run.sh bench topics_collection [--papers 100000]

Real papers (papers_arxiv_cs, papers_conf) with the vectors that MiniLM gave them, as the lab stores them. Nothing is
encoded here: a paper without one there gets that of a stand-in (hashed words, of the same size), and the report says
how many did. Each step runs in a process of its own, which says its peak of memory. The first run builds the
Collection, without a Lexicon, which takes minutes.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from common import CACHE, head, need_data, verdict, versions

import broadsheet as bs
from broadsheet import names
from broadsheet.core.protocols import Encoder, Vectors
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.files.vectors import text_key
from broadsheet.lab.cache import CachedEncoder
from broadsheet.topics.tree import bring_up, words

VECTORS = Path.home() / ".cache" / "broadsheet" / "evaluate"
FILES = ("papers_arxiv_cs", "papers_conf")
PAPERS, NEW = 100_000, 50
SECONDS, MEGABYTES, SOON = 60.0, 1_500.0, 1.0
SAID = "said: "


class Stored:
    """MiniLM's vectors of texts that the lab has encoded, and a stand-in's of others, which are counted."""

    def __init__(self) -> None:
        real: Encoder = names.encoder("minilm")
        self.manifest, self.missing = real.manifest, 0
        self._file = CachedEncoder.under(real, VECTORS).file
        self._other = HashEncoder(real.manifest.dim)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 (n, dim), unit rows."""
        keys = [text_key(text) for text in texts]
        known = self._file.read(keys)
        others = [text for text, key in zip(texts, keys, strict=True) if key not in known]
        self.missing += len(others)
        known |= dict(zip(map(text_key, others), self._other.encode(others, role="document"), strict=True))
        return np.stack([known[key] for key in keys])


def papers(data: Path) -> Iterator[Document]:
    """All real papers."""
    for name in FILES:
        yield from names.source(f"jsonl:{data / name}/papers.jsonl.gz").fetch(None)


def fill(folder: Path, documents: Iterable[Document], name: str) -> int:
    """Bring papers into a Collection and its Space; return how many have a stand-in's vector."""
    encoder = Stored()
    with bs.open(folder, encoder="minilm") as collection:
        bs.ingest(collection, documents, now=datetime.now(UTC), name=name)
        space, store = collection.space, collection.store.papers
        if not space.exists:
            space.create(encoder.manifest)
        while changes := store.changes(space.change, limit=4_096):
            fresh = [(each.number, each.document) for each in changes if each.document]
            vectors = encoder.encode([document.content for _, document in fresh])
            keys = [document.content_key for _, document in fresh]
            space.append([number for number, _ in fresh], vectors, keys, np.zeros(len(fresh), dtype=np.bool_))
            space.commit(changes[-1].sequence)
    return encoder.missing


def built(data: Path, count: int) -> tuple[Path, dict[str, int]]:
    """A Collection of so many papers, and how many there are and have a stand-in's vector; made once."""
    folder = CACHE / f"topics-{count}"
    if not (folder / "done").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        missing = fill(folder, islice(papers(data), count), "jsonl:papers")
        with bs.open(folder) as collection:
            facts = {"papers": collection.store.papers.count(), "stand-ins": missing}
        (folder / "done").write_text(json.dumps(facts))
    return folder, json.loads((folder / "done").read_text())


def step(folder: Path) -> None:
    """Bring topics up once, in this process; say how long it took and the peak of memory."""
    with bs.open(folder) as collection:
        begun, used = time.perf_counter(), time.process_time()
        done = bring_up(collection, now=datetime.now(UTC))
        taken, used = time.perf_counter() - begun, time.process_time() - used
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    print(
        SAID
        + json.dumps(
            {
                "seconds": taken,
                "processor": used,
                "megabytes": peak,
                "words": words(done),
                "fitted": "sklearn" in sys.modules,
            }
        )
    )


def measured(folder: Path) -> dict[str, Any]:
    """The same in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--step", str(folder)], capture_output=True, text=True, check=True)
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith(SAID)).removeprefix(SAID))


def collection_table(data: Path, count: int = PAPERS) -> None:
    """Print a row for each step, and the bars."""
    base, facts = built(data, count)
    there = facts["papers"]
    print(f"{there:,} papers; {facts['stand-ins']:,} of them have a stand-in's vector\n")
    with TemporaryDirectory(dir=CACHE) as name:
        folder = Path(shutil.copytree(base, Path(name) / "c"))
        rows = {f"first topics of {there:,} papers": measured(folder)}
        rows["nothing new"] = measured(folder)
        fill(folder, islice(papers(data), count, count + NEW), "jsonl:new")
        rows[f"{NEW} new papers"] = measured(folder)
    print(f"{'step':<36} {'seconds':>8} {'of CPU':>8} {'peak MB':>8}  scikit-learn  what it said")
    for which, row in rows.items():
        numbers = f"{row['seconds']:8.2f} {row['processor']:8.2f} {row['megabytes']:8.0f}"
        print(f"{which:<36} {numbers}  {'yes' if row['fitted'] else 'no':<12}  {row['words']}")
    first, _, more = rows.values()
    verdict("seconds to find topics", first["seconds"], SECONDS, most=True)
    verdict("megabytes to find topics", first["megabytes"], MEGABYTES, most=True)
    verdict(f"seconds to place {NEW} papers", more["seconds"], SOON, most=True)


def main() -> None:
    """Measure one step, or print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=PAPERS)
    parser.add_argument("--step", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.step:
        step(asked.step)
        return
    head("Topics of a Collection", versions("numpy", "scikit-learn", "scipy"))
    collection_table(need_data(), asked.papers)


if __name__ == "__main__":
    main()
