"""Topics of a whole Collection: how long and how much memory it takes to find them, and to place new papers.

    ./run.sh bench topics_collection [--papers 102289]

Real papers (papers_arxiv_cs, papers_conf) with the vectors that MiniLM gave them, as the lab stores them; a paper
without one there is left out, since nothing is encoded here. Each step runs in a process of its own, which says its
peak of memory. The first run builds the Collection, which takes minutes.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from common import CACHE, head, need_data, verdict, versions

import broadsheet as bs
from broadsheet import names
from broadsheet.core.protocols import Encoder, Role, Vectors
from broadsheet.core.types import Document
from broadsheet.files.vectors import text_key
from broadsheet.lab.cache import CachedEncoder
from broadsheet.topics.tree import bring_up, words

VECTORS = Path.home() / ".cache" / "broadsheet" / "evaluate"
FILES = ("papers_arxiv_cs", "papers_conf")
PAPERS, NEW = 102_289, 50
SECONDS, MEGABYTES, SOON = 60.0, 1_500.0, 1.0
SAID = "said: "


class Stored:
    """MiniLM's vectors of texts that the lab has encoded; it encodes nothing."""

    def __init__(self) -> None:
        real: Encoder = names.encoder("minilm")
        self.name, self.manifest = "minilm", real.manifest
        self.file = CachedEncoder.under(real, VECTORS).file

    def knows(self, texts: Sequence[str]) -> list[bool]:
        """Return for each text whether it has a vector."""
        keys = [text_key(text) for text in texts]
        known = self.file.read(keys)
        return [key in known for key in keys]

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Float32 (n, dim), unit rows."""
        keys = [text_key(text) for text in texts]
        known = self.file.read(keys)
        return np.stack([known[key] for key in keys])


def papers(data: Path, encoder: Stored) -> Iterator[Document]:
    """Real papers whose vectors are there."""
    for name in FILES:
        stream = names.source(f"jsonl:{data / name}/papers.jsonl.gz").fetch(None)
        documents = (each for each in stream if isinstance(each, Document))
        while block := list(islice(documents, 2_048)):
            known = encoder.knows([each.content for each in block])
            yield from (each for each, there in zip(block, known, strict=True) if there)


def built(data: Path, count: int) -> tuple[Path, int]:
    """A Collection of so many papers and ``NEW`` more that are not synced, and how many there are; made once."""
    folder = CACHE / f"topics-{count}"
    if not (folder / "done").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        encoder = Stored()
        with bs.open(folder, encoder="minilm") as collection:
            collection._encoder = encoder
            stream = papers(data, encoder)
            bs.ingest(collection, islice(stream, count), now=datetime.now(UTC), name="jsonl:papers")
            bs.sync(collection)
            (folder / "done").write_text(str(collection.store.papers.count()))
    return folder, int((folder / "done").read_text())


def step(folder: Path, more: int = 0) -> None:
    """Bring topics up once, in this process; say how long it took and the peak of memory."""
    with bs.open(folder) as collection:
        begun = time.perf_counter()
        done = bring_up(collection, now=datetime.now(UTC))
        taken = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        SAID
        + json.dumps({"seconds": taken, "megabytes": peak, "words": words(done), "fitted": "sklearn" in sys.modules})
    )


def measured(folder: Path) -> dict[str, object]:
    """The same in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--step", str(folder)], capture_output=True, text=True, check=True)
    return json.loads(next(line for line in done.stdout.splitlines() if line.startswith(SAID)).removeprefix(SAID))


def add(folder: Path, data: Path, count: int) -> None:
    """Bring ``NEW`` papers that were not there, with their vectors."""
    encoder = Stored()
    with bs.open(folder, encoder="minilm") as collection:
        collection._encoder = encoder
        bs.ingest(
            collection, islice(papers(data, encoder), count, count + NEW), now=datetime.now(UTC), name="jsonl:new"
        )
        bs.sync(collection)


def collection_table(data: Path, count: int = PAPERS) -> None:
    """Print a row for each step, and the bars."""
    base, there = built(data, count)
    with TemporaryDirectory(dir=CACHE) as name:
        folder = Path(shutil.copytree(base, Path(name) / "c"))
        rows = {f"first topics of {there:,} papers": measured(folder)}
        rows["nothing new"] = measured(folder)
        add(folder, data, there)
        rows[f"{NEW} new papers"] = measured(folder)
    print(f"{'step':<36} {'seconds':>8} {'peak MB':>8}  scikit-learn  what it said")
    for step_, row in rows.items():
        fitted = "yes" if row["fitted"] else "no"
        print(f"{step_:<36} {row['seconds']:8.2f} {row['megabytes']:8.0f}  {fitted:<12}  {row['words']}")
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
