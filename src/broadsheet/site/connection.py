"""A connection from a client, as uvicorn's own, that does not wait for ever: for a head, for a body, or to be read.

opened: one too many? -> the one that has been waiting longest for a whole head is closed, else the new one
a head must be whole within a time, a body must not pause for long and must end within a time
a client that takes nothing of its answer is closed, too
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_SHARE = 2  # of the files that a process may open, one in so many may be a connection
_FEWEST, _MOST = 16, 2_000


def most_connections() -> int:
    """Return how many connections may be open at once: few enough that files can still be opened."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if resource else 512
    unlimited = resource is not None and files == resource.RLIM_INFINITY
    return _MOST if unlimited else max(_FEWEST, min(_MOST, files // _SHARE))


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds until a head must be whole, that a body may pause, until it must have ended, and that a client may take
    nothing of an answer; and how many connections may be open at once."""

    head: float = 15.0
    pause: float = 20.0
    body: float = 300.0
    answer: float = 60.0
    most: int = _MOST


def connections(patience: Patience) -> Callable[..., Connection]:
    """Return what makes the connections of a server with this patience, as uvicorn calls it."""

    def made(*given: Any, **named: Any) -> Connection:
        return Connection(patience, *given, **named)

    return made


class Connection(H11Protocol):
    """One connection; ``waiting`` since a moment of the loop's clock for a whole head, or not at all (None)."""

    def __init__(self, patience: Patience, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._patience = patience
        self._phase: Any = None
        self._ends = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self.waiting: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a new connection, and close one if it is one too many."""
        super().connection_made(transport)
        self._watch()
        if len(self.connections) > self._patience.most:
            others = (each for each in self.connections if isinstance(each, Connection) and each.waiting is not None)
            longest = min(others, key=lambda each: each.waiting or 0.0, default=self)
            longest.transport.abort()
            self.connections.discard(longest)

    def data_received(self, data: bytes) -> None:
        """Take bytes of the client."""
        super().data_received(data)
        self._watch(fresh=True)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection that has ended."""
        self._stop()
        self._read_on()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Begin to wait for a client that does not read its answer."""
        super().pause_writing()
        self._read_on()
        self._unread = self.loop.call_later(self._patience.answer, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: the client has read on."""
        super().resume_writing()
        self._read_on()

    def _read_on(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _watch(self, *, fresh: bool = False) -> None:
        """Set the timer for what is awaited now; with ``fresh`` bytes of a body its pause begins again."""
        now, state = self.loop.time(), self.conn.their_state
        if state not in (h11.IDLE, h11.SEND_BODY) or self.transport.is_closing():
            self._stop()
            return
        if self._phase is not state:
            self._stop()
            head = state is h11.IDLE
            self._phase, self.waiting = state, now if head else None
            self._ends = now + (self._patience.head if head else self._patience.body)
        elif not fresh or state is h11.IDLE:
            return
        due = self._ends if state is h11.IDLE else min(self._ends, now + self._patience.pause)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_at(due, self._late)

    def _late(self) -> None:
        """Close the connection, unless it is the application that does not read the body on."""
        if self._phase is h11.SEND_BODY and self.flow.read_paused and self.loop.time() < self._ends:
            self._watch(fresh=True)
            return
        self.transport.abort()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._phase = self.waiting = None
