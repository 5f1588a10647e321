"""Run an application: take the port, or say why not; answer; stop in order at a signal.

with open_listener(host, port) as listener:
    run(app, listener, ready=print)
"""

from __future__ import annotations

import errno
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from broadsheet.core.errors import UsageError
from broadsheet.site.connection import Patience, connections, most_connections

_LONGEST_REQUEST = 256 * 1024  # bytes of request line and headers: a query of 100 kB is answered, if only in part
_AT_ONCE = 64  # connections that are taken before any of them is looked at
_GRACE = 5  # seconds that requests under way have to end
_log = logging.getLogger("broadsheet.server")


def open_listener(host: str, port: int) -> socket.socket:
    """Take ``port`` of ``host`` and listen there; port 0 is any free one. UsageError if the port cannot be taken."""
    if not 0 <= port <= 65535:
        raise UsageError(f"cannot listen on port {port}: expected 0 to 65535, 0 for any free port")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        raise UsageError(f"cannot listen on {host}:{port} ({_reason(error)}): choose another with --port") from error
    # asyncio sets this only where the protocol is named; without it every answer waits 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def run(
    app: ASGIApp,
    listener: socket.socket,
    *,
    ready: Callable[[str], None] | None = None,
    patience: Patience | None = None,
) -> None:
    """Answer until SIGINT or SIGTERM, finish the requests that are under way, and return.

    Call ``ready`` with the address (``http://127.0.0.1:8000``) once it can be opened. ``patience`` says how long
    clients may take and how many there may be; by default as many as the files that may be open allow.
    """
    patience = patience or Patience(most=most_connections())
    config = uvicorn.Config(
        app,
        access_log=False,  # a log of queries is a log of what people think about
        log_config=None,  # its lines are formatted like ours: see ``logs``
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        h11_max_incomplete_event_size=_LONGEST_REQUEST,
        http=connections(patience),  # type: ignore[arg-type]  # uvicorn only calls it
        ws="none",
        backlog=_AT_ONCE,
        timeout_graceful_shutdown=_GRACE,
    )
    with _interruptible():
        _Server(config, lambda: ready(_address(listener)) if ready else None).run(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that calls ``ready`` once it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _reason(error: OSError) -> str:
    return "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror or str(error)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let a signal stop the server in order. The server then raises the signal again, which is not a failure here."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    former = {}
    if threading.current_thread() is threading.main_thread():
        former = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except KeyboardInterrupt:
        _log.info("stopped")
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
