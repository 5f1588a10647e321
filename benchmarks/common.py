"""What every benchmark prints: the machine, the versions, and medians with an interval."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("BROADSHEET_DATA") or ROOT.parent / "shared" / "data")
CACHE = Path(os.environ.get("BROADSHEET_BENCH_CACHE") or Path.home() / ".cache" / "broadsheet" / "bench")


def need_data() -> Path:
    """The folder of real test sets, or an end with a clear word."""
    if not (DATA / "INDEX.md").is_file():
        sys.exit(f"real data not found in {DATA}: set BROADSHEET_DATA")
    return DATA


def machine() -> str:
    """Processor, cores, what it can do, memory, system, Python."""
    facts = {"model name": platform.processor() or platform.machine(), "flags": ""}
    if (info := Path("/proc/cpuinfo")).exists():
        for line in info.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() in facts:
                facts[key.strip()] = value.strip()
    able = [flag for flag in ("avx2", "avx512f", "amx_bf16", "amx_int8") if flag in facts["flags"].split()]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{facts['model name']}, {os.cpu_count()} cores ({' '.join(able) or 'no AVX2'}), {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def versions(*names: str) -> str:
    """Installed versions, ``-`` for what is not there."""

    def one(name: str) -> str:
        try:
            return f"{name} {metadata.version(name)}"
        except metadata.PackageNotFoundError:
            return f"{name} -"

    return ", ".join(one(name) for name in names)


def head(title: str, *lines: str) -> None:
    """The first lines of a report."""
    print(f"# {title}", f"machine: {machine()}", *lines, "", sep="\n", flush=True)


def timed(call: Callable[[Any], Any], inputs: Iterable[Any]) -> np.ndarray:
    """Milliseconds of each call, one after the other."""
    taken = []
    for each in inputs:
        start = time.perf_counter()
        call(each)
        taken.append((time.perf_counter() - start) * 1e3)
    return np.array(taken)


def interval(
    values: np.ndarray, statistic: Callable[..., Any], *, rounds: int = 1_000, seed: int = 0
) -> tuple[float, float]:
    """95 % percentile bootstrap of a statistic with an ``axis`` argument."""
    rng = np.random.default_rng(seed)
    drawn = statistic(values[rng.integers(0, len(values), (rounds, len(values)))], axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def latency(name: str, taken: np.ndarray, more: str = "") -> None:
    """One row: p50 with its interval, p95, p99."""
    low, high = interval(taken, np.median)
    p50, p95, p99 = np.quantile(taken, [0.5, 0.95, 0.99])
    print(f"{name:<44} p50 {p50:7.2f} ms [{low:.2f}, {high:.2f}]  p95 {p95:7.2f}  p99 {p99:7.2f}  {more}", flush=True)


def resident() -> dict[str, float]:
    """Megabytes of this process in memory: all, its own, mapped files."""
    status = Path("/proc/self/status").read_text().splitlines()
    facts = {line.split(":")[0]: line.split()[1] for line in status if line.startswith(("VmRSS", "RssAnon", "RssFile"))}
    return {name: int(value) / 1024 for name, value in facts.items()}


def verdict(name: str, value: float, bar: float, *, most: bool) -> None:
    """A bar and whether it is met: ``most`` when the value must not be above it."""
    met = value <= bar if most else value >= bar
    print(f"  bar: {name} {'at most' if most else 'at least'} {bar:g}: {value:.4g} -> {'met' if met else 'MISSED'}")
