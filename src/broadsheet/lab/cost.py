"""Cost: what an encoder takes, counted only on texts that it really encodes.

encoder -> Metered, below every cache -> texts, seconds, processor seconds and joules by role
the same for the queries of any ranker -> a Cost's numbers, with the machine and the versions they were seen on

Energy is read from the processor's counters (RAPL) where the system shows them; else it is an estimate, processor
seconds times a stated number of watts a core, and says so.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from broadsheet.core.metrics import Floats
from broadsheet.core.protocols import Encoder, Role, SparseEncoder, SparseVectors
from broadsheet.core.types import Document, Manifest
from broadsheet.core.vectors import Rows, Vectors
from broadsheet.lab.task import Judge, Ranker, Subject

if sys.platform != "win32":
    import resource

WATTS = 5.0  # of one busy core, with its share of memory and package: an assumption, printed with each estimate
_POWERCAP = Path("/sys/class/powercap")
_STATUS, _REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_PACKAGES = ("broadsheet", "openvino", "numpy", "tokenizers", "tantivy")
_WARM = "A text that is not counted."


@dataclass(slots=True)
class Spent:
    """Texts, and what they took: seconds, seconds of all cores, joules."""

    texts: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    joules: float = 0.0

    def add(self, other: Spent) -> None:
        """Add another's numbers."""
        self.texts += other.texts
        self.seconds += other.seconds
        self.processor += other.processor
        self.joules += other.joules


@dataclass(slots=True)
class Meter:
    """What was spent on ``documents`` and on ``queries`` since ``reset``. ``watch`` is called with the number of
    documents so far."""

    power: Path = _POWERCAP
    watts: float = WATTS
    bytes_a_vector: int | None = None
    watch: Callable[[int], None] | None = None
    documents: Spent = field(default_factory=Spent)
    queries: Spent = field(default_factory=Spent)

    def reset(self) -> None:
        """Count from 0 again, the peak of memory included where the system can."""
        self.documents, self.queries = Spent(), Spent()
        _forget_peak()

    @contextmanager
    def counting(self, spent: Spent, texts: int) -> Iterator[None]:
        """Add what the block takes, for so many texts."""
        counters, start, busy = _counters(self.power), time.perf_counter(), time.process_time()
        yield
        seconds, processor = time.perf_counter() - start, time.process_time() - busy
        joules = _joules(counters, _counters(self.power)) if counters else processor * self.watts
        spent.add(Spent(texts, seconds, processor, joules))
        if self.watch:
            self.watch(self.documents.texts)

    def numbers(self) -> dict[str, Any] | None:
        """Return everything as JSON values; None when no text was encoded and no query ranked."""
        if not self.documents.texts and not self.queries.texts:
            return None
        read = bool(_counters(self.power))
        return {
            "documents": _as_json(self.documents),
            "queries": _as_json(self.queries),
            "bytes_a_vector": self.bytes_a_vector,
            "peak_megabytes": round(peak_megabytes(), 1),
            "energy": "RAPL" if read else f"estimate: processor seconds x {self.watts:g} W a core",
            "machine": machine(),
            "versions": versions(),
        }


class Metered:
    """An encoder whose work is counted by a ``meter``. All other attributes are the encoder's own."""

    def __init__(self, encoder: Encoder, meter: Meter) -> None:
        self._encoder, self._meter, self._warm = encoder, meter, False

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._encoder, name)

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Encode as the encoder does. What it does once, before its first text, is not counted."""
        if not self._warm:
            self._encoder.encode([_WARM], role=role)
            self._warm = True
        if role != "document":
            return self._encoder.encode(texts, role=role)  # a query is counted where it is ranked
        with self._meter.counting(self._meter.documents, len(texts)):
            return self._encoder.encode(texts, role=role)


class MeteredTerms:
    """A sparse encoder whose work on documents is counted by a ``meter``. Other attributes are the encoder's own."""

    def __init__(self, encoder: SparseEncoder, meter: Meter) -> None:
        self._encoder, self._meter = encoder, meter

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._encoder, name)

    def sparse_vectors(self, texts: Sequence[str], *, role: Role = "document") -> SparseVectors:
        """Encode as the encoder does; a query is counted where it is ranked."""
        if role != "document":
            return self._encoder.sparse_vectors(texts, role=role)
        with self._meter.counting(self._meter.documents, len(texts)):
            return self._encoder.sparse_vectors(texts, role=role)


class MeteredSubject:
    """A subject whose queries are counted, and its documents where it has no encoder that counts them."""

    def __init__(self, subject: Subject, meter: Meter, *, counts_documents: bool) -> None:
        self._subject, self.meter, self._counts = subject, meter, counts_documents
        self.name, self.key, self.abilities = subject.name, subject.key, subject.abilities

    def pairs(self, one: Sequence[str], other: Sequence[str], *, role: Role = "document") -> Floats:
        """Return the similarity of each pair."""
        if not self._counts:
            return self._subject.pairs(one, other, role=role)
        with self.meter.counting(self.meter.documents, len(one) + len(other)):
            return self._subject.pairs(one, other, role=role)

    @contextmanager
    def corpus(self, documents: Sequence[Document], *, role: Role = "query") -> Iterator[Ranker]:
        """Make documents ready; what ranking queries takes is counted, their encoding included."""
        with ExitStack() as stack:
            with self.meter.counting(self.meter.documents, len(documents)) if self._counts else nullcontext():
                ranker = stack.enter_context(self._subject.corpus(documents, role=role))
            yield _metered(ranker, self.meter)

    def features(self, texts: Sequence[str]) -> Vectors:
        """Return a row of numbers for each text."""
        if not self._counts:
            return self._subject.features(texts)
        with self.meter.counting(self.meter.documents, len(texts)):
            return self._subject.features(texts)

    def words(self, texts: Sequence[str], spans: Sequence[tuple[int, int]]) -> Vectors:
        """Return a vector of a word in each text, counted as its text is."""
        with self.meter.counting(self.meter.documents, len(texts)):
            return self._subject.words(texts, spans)


class _MeteredRanker:
    def __init__(self, ranker: Ranker, meter: Meter) -> None:
        self._ranker, self._meter = ranker, meter

    def rank(self, queries: Sequence[str], k: int) -> tuple[Rows, Vectors]:
        with self._meter.counting(self._meter.queries, len(queries)):
            return self._ranker.rank(queries, k)


class _MeteredJudge(_MeteredRanker):
    def __init__(self, ranker: Ranker, judge: Judge, meter: Meter) -> None:
        super().__init__(ranker, meter)
        self._judge = judge

    def judge(self, query: str, rows: Rows) -> Vectors:
        with self._meter.counting(self._meter.queries, 1):
            return self._judge.judge(query, rows)


def _metered(ranker: Ranker, meter: Meter) -> Ranker:
    return _MeteredJudge(ranker, ranker, meter) if isinstance(ranker, Judge) else _MeteredRanker(ranker, meter)


def bytes_a_vector(encoder: Encoder) -> int | None:
    """Return the bytes of a float32 vector of an encoder; None where it does not say its dimension."""
    manifest = getattr(encoder, "manifest", None)
    return manifest.dim * 4 if isinstance(manifest, Manifest) else None


def machine() -> dict[str, Any]:
    """Return what is known of this machine: processor, cores, gigabytes, whether it multiplies bf16, load, system."""
    facts = {"model name": platform.processor() or platform.machine(), "flags": ""}
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() in facts:
                facts[key.strip()] = value.strip()
    except OSError:
        pass
    flags = set(facts["flags"].split())
    return {
        "processor": facts["model name"],
        "cores": os.cpu_count(),
        "gigabytes": _gigabytes(),
        "bf16": bool(flags & {"avx512_bf16", "amx_bf16"}),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _gigabytes() -> float | None:
    if not hasattr(os, "sysconf"):
        return None
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


def versions() -> dict[str, str]:
    """Return the installed versions of what results depend on."""
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "-"
    return found


def peak_megabytes() -> float:
    """Return the most memory that this process had since it was last forgotten, else since its start."""
    try:
        for line in _STATUS.read_text("utf-8").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    if sys.platform == "win32":
        return 0.0
    scale = 2**20 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def _forget_peak() -> None:
    with suppress(OSError):  # without it, the peak is that of the whole process
        _REFS.write_text("5")


def _as_json(spent: Spent) -> dict[str, Any]:
    return {
        "texts": spent.texts,
        "seconds": round(spent.seconds, 4),
        "processor_seconds": round(spent.processor, 4),
        "joules": round(spent.joules, 3),
    }


def _counters(power: Path) -> dict[str, tuple[int, int]]:
    """The energy counter of each package in microjoules, and where it begins again; empty where none can be read."""
    found = {}
    for zone in sorted(power.glob("intel-rapl:*")):
        if zone.name.count(":") == 1:  # packages; what is below them is part of them
            try:
                found[zone.name] = (
                    int((zone / "energy_uj").read_text()),
                    int((zone / "max_energy_range_uj").read_text()),
                )
            except (OSError, ValueError):
                continue
    return found


def _joules(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> float:
    """Joules between two readings; a counter that began again in between is set right."""
    total = 0
    for name, (start, most) in before.items():
        if name in after:
            gone = after[name][0] - start
            total += gone if gone >= 0 else gone + most
    return total / 1e6
