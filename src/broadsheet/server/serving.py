"""How the application is run: take the port, or say who should; answer; stop in order at a signal."""

from __future__ import annotations

import errno
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import uvicorn

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import UsageError
from broadsheet.server.allocator import few_arenas
from broadsheet.server.app import create_app

_LONGEST_REQUEST = 256 * 1024  # bytes of request line and headers: a query of 100 kB is answered, if only in part
_log = logging.getLogger("broadsheet.server")


def serve(
    collection: Collection,
    settings: Settings,
    *,
    now: Callable[[], datetime] | None = None,
    syncing: bool = False,
    scheduled: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted (SIGINT or SIGTERM), then finish the requests that are under way and return.

    ``ready`` is told the address once it can be opened. UsageError when the port cannot be had; port 0 is any free one.
    """
    few_arenas()
    with _listening(settings) as listener:
        app = create_app(collection, settings, now=now, syncing=syncing, scheduled=scheduled)
        config = uvicorn.Config(
            app,
            access_log=False,  # a log of queries is a log of what somebody thinks about
            log_config=None,  # its lines are formed as ours are: see ``logs``
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            h11_max_incomplete_event_size=_LONGEST_REQUEST,
            timeout_graceful_shutdown=5,
        )
        server = _Server(config, lambda: ready(_address(listener)) if ready else None)
        with _interruptible():
            server.run(sockets=[listener])


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _listening(settings: Settings) -> socket.socket:
    """A socket that listens where the settings say, or a UsageError that says why not."""
    if not 0 <= settings.port <= 65535:
        raise UsageError(f"cannot listen on port {settings.port}: expected 0 to 65535, 0 for any that is free")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=256)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        raise UsageError(f"cannot listen on {where} ({_reason(error)}): choose another with --port") from error
    # asyncio sets this only where the protocol is named; without it every answer waits 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _reason(error: OSError) -> str:
    return "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror or str(error)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@contextmanager
def _interruptible() -> Iterator[None]:
    """The server stops in order at a signal and then raises it again; here that is the end of it, and no failure."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    known = {}
    if threading.current_thread() is threading.main_thread():
        known = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        _log.info("stopped")
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)
