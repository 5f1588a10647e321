"""OpenVINO at work: compiles a graph once a machine, keeps the result in a file, runs batches on all cores.

blob of this processor, library and model in the cache? -> map it : build the graph, compile, write it, map it
one batch -> all cores work on it together ("quick"); many -> one core each, several at once ("wide")
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet import files
from broadsheet.encoders.quiet import core, ov

FORMAT = 2  # of the graph: raised when what build() computes changes
Batch = tuple[NDArray[Any], ...]
Outputs = tuple[NDArray[np.float32], ...]
_NO_USE = (OSError, RuntimeError, ValueError)  # a blob that is missing, damaged, or cannot be written
_HINTS = {"quick": "LATENCY", "wide": "THROUGHPUT"}


class Engine:
    """Run one model. Safe for threads: each call has requests of its own, each way of running is compiled once.

    ``build`` makes the graph if no blob fits; ``identity`` says what the graph is made from.
    """

    def __init__(self, build: Callable[[], Any], identity: str, cache: Path | None = None) -> None:
        self._build, self._identity, self._cache = build, identity, cache
        self._lock = threading.Lock()
        self._compiled: dict[str, Any] = {}
        self._blob: Any = None

    @cached_property
    def _core(self) -> Any:
        return core()

    @cached_property
    def precision(self) -> str:
        """Return ``bf16`` if OpenVINO itself would choose it on this processor, otherwise ``f32``."""
        hint = self._core.get_property("CPU", "INFERENCE_PRECISION_HINT")
        return "bf16" if hint.get_type_name() == "bf16" else "f32"

    def one(self, batch: Batch) -> NDArray[np.float32]:
        """Return the rows of one batch, with every core working on it."""
        return self.outputs(batch)[0]

    def outputs(self, batch: Batch) -> Outputs:
        """Return all that the graph makes of one batch, with every core working on it."""
        request = self._model("quick").create_infer_request()
        request.infer(list(batch))
        return _outputs(request)

    def many(self, batches: Iterable[tuple[Batch, Any]]) -> Iterator[tuple[NDArray[np.float32], Any]]:
        """Yield (rows, tag) of each (batch, tag) in order, running several batches at once."""
        return ((made[0], tag) for made, tag in self.every(batches))

    def every(self, batches: Iterable[tuple[Batch, Any]]) -> Iterator[tuple[Outputs, Any]]:
        """Yield (all that the graph makes, tag) of each (batch, tag) in order, running several batches at once."""
        model = self._model("wide")
        at_once = 2 * int(model.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))  # no core waits for the next
        free = [model.create_infer_request() for _ in range(at_once)]
        working: list[tuple[Any, Any]] = []
        for batch, tag in batches:
            if not free:
                request, done = working.pop(0)
                yield _waited(request), done
                free.append(request)
            request = free.pop()
            request.start_async(list(batch))
            working.append((request, tag))
        for request, tag in working:
            yield _waited(request), tag

    def _model(self, way: str) -> Any:
        with self._lock:
            if way not in self._compiled:
                self._compiled[way] = self._load(_HINTS[way])
            return self._compiled[way]

    def _load(self, hint: str) -> Any:
        options = {"PERFORMANCE_HINT": hint, "INFERENCE_PRECISION_HINT": self.precision}
        path = self._cache_file
        if path is None:
            return self._core.compile_model(self._build(), "CPU", options)
        with contextlib.suppress(*_NO_USE):
            return self._mapped(path, options)
        model = self._core.compile_model(self._build(), "CPU", options)
        with contextlib.suppress(*_NO_USE):  # a full or read-only cache costs time, not the answer
            path.parent.mkdir(parents=True, exist_ok=True)
            files.write(path, model.export_model().getvalue())
            return self._mapped(path, options)  # the compiled model's own copy of the weights can go
        return model

    @cached_property
    def _cache_file(self) -> Path | None:
        return self._cache / f"openvino-{self._key}.blob" if self._cache else None

    @property
    def _key(self) -> str:
        cpu = [self._core.get_property("CPU", name) for name in ("FULL_DEVICE_NAME", "OPTIMIZATION_CAPABILITIES")]
        facts = (FORMAT, self._identity, ov.__version__, cpu, self.precision)
        return hashlib.blake2b(repr(facts).encode(), digest_size=8).hexdigest()

    def _mapped(self, path: Path, options: dict[str, str]) -> Any:
        """The model in the blob at ``path``. Its weights stay in the mapped file, once for both ways of running."""
        pages = self._blob or _map(path)
        tensor = ov.Tensor(np.frombuffer(pages, np.uint8), shared_memory=True)
        model = self._core.import_model(tensor, "CPU", options)
        self._blob = pages  # must stay as long as the model
        if hasattr(pages, "madvise"):  # give back what was read only to prepare
            pages.madvise(mmap.MADV_DONTNEED)
        return model


def _map(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)  # OpenVINO asks for writable memory


def _waited(request: Any) -> Outputs:
    request.wait()
    return _outputs(request)


def _outputs(request: Any) -> Outputs:
    return tuple(np.array(each.data) for each in request.output_tensors)
