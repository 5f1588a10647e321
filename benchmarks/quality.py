"""How good the search is on judged sets: nDCG@10 of the shipped setting, and of what it is made of.

    ./run.sh bench quality [SET ...]     (the first run encodes 9,785 abstracts, minutes; later ones read the cache)

It runs `evaluate`, so the search is the product's own. Nothing was tuned on these sets. Intervals are 95 % bootstrap
intervals over the queries; `behind` is how far hybrid is above a setting on the same queries.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from common import CACHE, head, need_data, verdict, versions

from broadsheet import names
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.evaluate import Row, evaluate
from broadsheet.lab.setting import SETTINGS

BARS = {"scifact": 0.735, "cranfield": 0.405, "cacm": 0.560}
MEASURES = ("nDCG@10", "R@100", "RR@10")


def data_line(folder: Path) -> str:
    """A set's files by their size and the beginning of their hash."""
    files = [(each, each.read_bytes()) for each in sorted(folder.glob("*.gz"))]
    said = (f"{each.name} {len(data):,} B {hashlib.sha256(data).hexdigest()[:12]}" for each, data in files)
    return f"data: {folder.name}: {'; '.join(said)}"


def steps(step: str) -> Callable[[int, int | None], None]:
    """Say each step once, and how far a sync is, on standard error."""
    print(f"  {step} ...", file=sys.stderr, flush=True)

    def tell(done: int, total: int | None) -> None:
        if step.endswith("sync") and done % 2_560 == 0 and done:
            print(f"  {step}: {done:,} of {total:,}", file=sys.stderr, flush=True)

    return tell


def line(row: Row) -> str:
    """One row of the table."""
    behind = ""
    if row.behind:
        gap = row.behind
        behind = f"hybrid is {gap.mean:+.4f} [{gap.low:+.4f}, {gap.high:+.4f}] above, p {gap.p:.4f}"
    return (
        f"{row.set:<10} {row.split or 'all':<5} {row.queries:>4}  {row.measure:<8} {row.setting:<9}"
        f" {row.value:.4f} [{row.low:.4f}, {row.high:.4f}]  {behind}"
    )


def main() -> None:
    data, start = need_data(), time.perf_counter()
    folders = [data / name for name in sys.argv[1:] or BARS]
    encoder = CachedEncoder.under(names.encoder("minilm", cache=CACHE), CACHE.parent / "evaluate")
    head(
        "quality: judged sets",
        versions("broadsheet", "openvino", "tantivy", "numpy", "tokenizers"),
        f"encoder: {encoder.manifest.encoder}, weights {encoder.manifest.weights[:12]}, {encoder.manifest.precision}",
        *(data_line(folder) for folder in folders if folder.is_dir()),
    )
    rows = evaluate(
        folders, encoder=encoder, now=datetime.now(UTC), settings=SETTINGS, measures=MEASURES, progress=steps
    )
    print(*(line(row) for row in rows), "", sep="\n")
    for row in rows:
        if row.setting == "hybrid" and row.measure == "nDCG@10" and row.set in BARS:
            verdict(f"{row.set} nDCG@10 hybrid", row.value, BARS[row.set], most=False)
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
