"""Trending: each day of the last three months of hf_daily ranked before its votes exist, and what acceleration costs.

./run.sh bench trending

The back-test is what `broadsheet evaluate trending` does. How fast votes come is bounded by two counts of the same
papers: on their day, and by somebody else at a later time that was not written down. The speed is on made-up unit
vectors: of a Collection of 100,000 papers, a day of 500 with 3,500 in its week and the 20,000 of the eight weeks before
that are read at most.
"""

from __future__ import annotations

import time

import numpy as np
from common import head, need_data, versions
from search import rows

from broadsheet import names
from broadsheet.core.types import Document
from broadsheet.core.vectors import unit
from broadsheet.lab.backtest import backtest
from broadsheet.lab.cache import CachedEncoder
from broadsheet.trending.score import acceleration


def main() -> None:
    """Print both tables."""
    head(
        "trending", f"versions: {versions('broadsheet', 'numpy', 'openvino')}", "data: hf_daily/daily.jsonl.gz, MiniLM"
    )
    source = names.source(f"jsonl:{need_data() / 'hf_daily' / 'daily.jsonl.gz'}")
    papers = [record for record in source.fetch(None) if isinstance(record, Document)]
    encoder = CachedEncoder.under(names.encoder("minilm"), "~/.cache/broadsheet/evaluate")
    found = backtest(papers, encoder)
    print(f"{found.days} days from {found.first} to {found.last}, {found.papers:,} papers, {found.left_out} days left "
          f"out; learned from {found.learned} days before, anew each month\n")  # fmt: skip
    for row in found.rows:
        above = "  ".join(
            f"{name} {gap.mean:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]" for name, gap in row.above.items()
        )
        print(f"{row.measure:8} {row.method:16} {row.value:.3f} [{row.low:.3f}, {row.high:.3f}]  {above}")
    arrivals()
    speed()


def arrivals() -> None:
    """Print, by month, what share of the votes of a later count the count of the day held, and the half-life that
    follows if votes come in ever more slowly and a list was a day old when it was counted: a lower bound, since votes
    went on to come after the later count too."""
    folder = need_data() / "hf_daily"
    early = {row["id"]: row for row in rows(folder / "daily.jsonl.gz")}
    months: dict[str, list[tuple[int, int]]] = {}
    for row in rows(folder / "list_2023_2025.jsonl.gz"):
        if row["id"] in early and row.get("votes") is not None:
            months.setdefault(row["date"][:7], []).append((early[row["id"]]["upvotes"], row["votes"]))
    print("\nmonth    papers  votes of the day  later  share  half-life at least (days)")
    for month, counts in sorted(months.items()):
        of_day, later = (sum(each) for each in zip(*counts, strict=True))
        share = of_day / later
        least = -1 / np.log2(1 - share) if share < 1 else float("inf")
        print(f"{month}  {len(counts):6,}  {of_day:16,}  {later:5,}  {share:.2f}   {least:.2f}")


def speed() -> None:
    """Print the median time of the acceleration of a day's papers."""
    random = np.random.default_rng(0)
    recent, past = (unit(random.normal(size=(count, 384))) for count in (3_500, 20_000))
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        acceleration(recent[:500], recent, past)
        times.append(time.perf_counter() - begun)
    print(f"\nacceleration of 500 papers against {len(recent):,} new and {len(past):,} of before: "
          f"{np.median(times) * 1000:.0f} ms (median of 5)")  # fmt: skip


if __name__ == "__main__":
    main()
