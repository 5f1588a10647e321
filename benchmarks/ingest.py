"""What an ingest costs: python benchmarks/ingest.py [FILE.jsonl.gz] (default: papers_conf of the real test sets).

Ingests the file into an empty Store and again into the full one, asks some filters, and prints one JSON object.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from broadsheet import __version__
from broadsheet.core.types import Filters
from broadsheet.ingest import ingest
from broadsheet.store import Store

FILTERS = {
    "venue": Filters(venues=("ICLR",)),
    "author": Filters(authors=("Wei Wang",)),
    "since": Filters(since=date(2024, 1, 1)),
    "author and since": Filters(authors=("wang",), since=date(2024, 1, 1)),
}


class TimedStore(Store):
    """A Store that notes how long each write transaction held the lock, in milliseconds."""

    def __init__(self, path: Path, *, mode: str, timeout: float) -> None:
        super().__init__(path, mode=mode, timeout=timeout)
        self.held: list[float] = []

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        began = 0.0
        with super().writing() as db:
            began = time.perf_counter()
            yield db
        self.held.append((time.perf_counter() - began) * 1e3)  # the commit included


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measured(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    wall, processor = time.perf_counter(), processor_seconds()
    result = work()
    return result, {
        "seconds": round(time.perf_counter() - wall, 2),
        "processor_seconds": round(processor_seconds() - processor, 2),
    }


def asked(store: Store, filters: Filters) -> dict[str, float]:
    times = []
    for _ in range(20):
        began = time.perf_counter()
        found = store.papers.numbers_where(filters)
        times.append((time.perf_counter() - began) * 1e3)
    return {"rows": len(found), "p50_ms": round(statistics.median(times), 2)}


def main() -> None:
    data = Path(os.environ.get("BROADSHEET_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else data / "papers_conf" / "papers.jsonl.gz"
    with TemporaryDirectory() as folder, TimedStore.open(Path(folder) / "store.db") as store:
        desk = SimpleNamespace(store=store)
        read = lambda: ingest(desk, f"jsonl:{file}", now=datetime.now(UTC))  # noqa: E731
        first, cost = measured(read)
        transactions = sorted(store.held)
        second, again = measured(read)
        everything, page = range(1, store.papers.count() + 1), range(1_000, 1_020)
        report = {
            "file": file.name,
            "first": {"new": first.new, "bad": first.bad, "error": first.error, **cost},
            "again": {"same": second.same, "changed": second.changed, **again},
            "file_mb": round((Path(folder) / "store.db").stat().st_size / 1e6, 1),
            "transaction_ms": {
                "p50": round(transactions[len(transactions) // 2], 1),
                "most": round(transactions[-1], 1),
            },
            "all_changes": measured(lambda: [store.papers.changes(n, 1_000) for n in everything[::1_000]])[1],
            "page_of_20_ms": measured(lambda: [store.papers.by_numbers(page) for _ in range(100)])[1]["seconds"] * 10,
            "filters": {name: asked(store, filters) for name, filters in FILTERS.items()},
            "broadsheet": __version__,
            "sqlite": sqlite3.sqlite_version,
            "machine": f"{platform.machine()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}",
        }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
