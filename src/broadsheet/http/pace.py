"""One request at a time and a pause between them, for hosts that ask for it: across threads, and processes by a file.

arXiv's terms: one request every three seconds, one connection, whatever the number of machines.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from broadsheet.core.errors import CollectionError, SourceError
from broadsheet.locks import held

PAUSES: Mapping[str, float] = {
    "arxiv.org": 3.0, "openreview.net": 1.0, "huggingface.co": 0.5, "openalex.org": 0.2, "crossref.org": 1.0,
    "ncbi.nlm.nih.gov": 0.4, "biorxiv.org": 1.0,
}  # fmt: skip
_PATIENCE = 600.0  # seconds to wait behind other processes


class Pace:
    """Give out turns to speak with a host. ``clock`` gives seconds that only grow, the same in all local processes."""

    def __init__(
        self,
        folder: Path | None,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        pauses: Mapping[str, float] = PAUSES,
    ) -> None:
        self._folder, self._clock, self._sleep, self._pauses = folder, clock, sleep, pauses
        self._last: dict[str, float] = {}
        self._locks = {domain: threading.Lock() for domain in pauses}

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Hold the turn for ``host`` during the block, after the pause it asks for."""
        domain = next((d for d in self._pauses if host == d or host.endswith("." + d)), None)
        if domain is None:
            yield
            return
        with self._lock(domain):
            self._wait(domain)
            self._remember(domain)
            yield

    def _lock(self, domain: str) -> AbstractContextManager[object]:
        if self._folder is None:
            return self._locks[domain]
        return _file_turn(self._folder / f"{domain}.turn", domain)

    def _wait(self, domain: str) -> None:
        pause, last = self._pauses[domain], self._recall(domain)
        if last is not None:
            # A time later than now was written before the machine restarted: wait once, no longer.
            due = last + pause - self._clock()
            if due > 0:
                self._sleep(min(due, pause))

    def _recall(self, domain: str) -> float | None:
        if self._folder is None:
            return self._last.get(domain)
        try:
            return float((self._folder / f"{domain}.last").read_text())
        except (OSError, ValueError):
            return None

    def _remember(self, domain: str) -> None:
        self._last[domain] = self._clock()
        if self._folder is not None:
            (self._folder / f"{domain}.last").write_text(repr(self._last[domain]))


@contextmanager
def _file_turn(path: Path, domain: str) -> Iterator[None]:
    turn = held(path, timeout=_PATIENCE)
    try:
        turn.__enter__()
    except (CollectionError, OSError) as error:
        raise SourceError(
            f"{domain} cannot be asked now: another process holds {path}, or it cannot be written"
        ) from error
    try:
        yield
    finally:
        turn.__exit__(None, None, None)
