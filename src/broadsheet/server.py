"""The server: one application of pages and API over a Collection, and how it is run.

create_app: guard -> API, pages, our own assets; errors worded for whoever asks
serve: take the port, or say who should -> warm the encoder, sync if asked, while requests are answered -> stop in order
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import anyio.to_thread
import uvicorn
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import Response

from broadsheet import __version__
from broadsheet.api import (
    daily,
    embeddings,
    feeds,
    hub,
    own,
    people,
    recommending,
    routes,
    saved,
    submissions,
    trending,
)
from broadsheet.api.problems import PATHS, described, told
from broadsheet.api.site import Site
from broadsheet.api.visitor import admitted
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.errors import BroadsheetError, CollectionError, UsageError
from broadsheet.schedule import Schedule
from broadsheet.search.hybrid import search
from broadsheet.sync import sync
from broadsheet.web import (
    account,
    acts,
    days,
    desk,
    entering,
    foryou,
    house,
    interests,
    keeping,
    mailing,
    measures,
    pages,
    queries,
    rising,
    submitting,
    talking,
)
from broadsheet.web.guard import Guard, is_loopback

_LONGEST_REQUEST = 256 * 1024  # bytes of request line and headers: a query of 100 kB is answered, if only in part
_log = logging.getLogger("broadsheet.server")


def create_app(
    collection: Collection,
    settings: Settings,
    *,
    now: Callable[[], datetime] | None = None,
    syncing: bool = False,
    scheduled: bool = False,
) -> FastAPI:
    """The site over an open Collection. ``now`` gives the time (aware UTC); ``syncing`` brings the indexes up to the
    Store in the background once the application has started; ``scheduled`` runs the jobs that are due while it runs."""
    _require_loopback(settings)
    site = Site(collection, settings, now or (lambda: datetime.now(UTC)))
    if site.single:
        with suppress(CollectionError):  # a Store that cannot be written is read all the same
            site.sole = collection.store.add_sole_person(now=site.now())
    app = FastAPI(
        title="Broadsheet",
        version=__version__,
        description="Papers of this Collection, found by words and meaning. Errors are `application/problem+json`.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(site, syncing=syncing, scheduled=scheduled),
    )
    app.state.site = site
    app.state.measures = measures.Measures()
    app.include_router(measures.router)
    for each in (entering, mailing, own):
        app.include_router(each.router)
    for each in (
        people,
        saved,
        submissions,
        feeds,
        hub,
        recommending,
        embeddings,
        daily,
        trending,
        routes,
        days,
        rising,
        desk,
        acts,
        talking,
        submitting,
        keeping,
        foryou,
        queries,
        interests,
        account,
        house,
        pages,
    ):
        app.include_router(each.router, dependencies=[Depends(admitted)])
    app.mount("/static", _Assets(directory=pages.STATIC), name="static")
    _word_errors(app, site)
    told = measures.log if settings.log_requests else None
    app.add_middleware(measures.Measured, measures=app.state.measures, told=told)
    return app


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


class _Assets(StaticFiles):
    """Our CSS and JavaScript; their addresses change when they do, so browsers need not ask again."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(*arguments, **options)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def _word_errors(app: FastAPI, site: Site) -> None:
    """Every error is told as a problem to who asked the API, and as a page to who reads pages."""

    def answer(request: Request, status: int, detail: str) -> Response:
        if asks_api(request):
            return told(request.url.path, status, site.told(detail))
        return pages.failure(site, status, detail)

    async def handle(request: Request, error: Exception) -> Response:
        status, detail = described(error)
        if status == 404 and detail == "Not Found":
            detail = f"There is nothing at {request.url.path[:200]}."
        if status == 401 and request.method == "GET" and not asks_api(request):
            return RedirectResponse(f"/sign-in?{urlencode({'next': str(request.url.path)})}", 303)
        response = answer(request, status, detail)
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    for kind in (HTTPException, RequestValidationError, BroadsheetError):
        app.add_exception_handler(kind, handle)
    app.add_middleware(Guard, names=site.settings.names, answer=answer)


def asks_api(request: Request) -> bool:
    """Whether a program asks, which is answered with problems, or a reader, who is answered with pages."""
    return request.url.path.startswith(PATHS)


def _require_loopback(settings: Settings) -> None:
    """A site whose reader need not sign in is this machine's alone."""
    others = [name for name in (settings.host, *settings.names) if not is_loopback(name)]
    if settings.access == "single" and others:
        raise UsageError(
            f'{others[0]!r} is not this machine, and with people = "single" whoever can reach the site is its reader:'
            " set people to closed or open, or take it out of host and names"
        )


def _lifespan(site: Site, *, syncing: bool, scheduled: bool) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # Searches compute: a few more of them than cores at once, and the others wait in line.
        anyio.to_thread.current_default_thread_limiter().total_tokens = 4 + 2 * (os.cpu_count() or 1)
        background = _Background(site, syncing=syncing)
        schedule = Schedule(site.collection, site.settings, clock=site.now)
        background.start()
        if scheduled:
            schedule.start()
        yield
        await anyio.to_thread.run_sync(schedule.stop)
        await anyio.to_thread.run_sync(background.stop)

    return lifespan


class _Background(threading.Thread):
    """Makes the first search quick, then syncs if it is to; what fails is logged and shown, and the site goes on."""

    def __init__(self, site: Site, *, syncing: bool) -> None:
        super().__init__(name="background", daemon=True)
        self._site, self._syncing = site, syncing
        self._stopping = threading.Event()

    def run(self) -> None:
        try:
            if self._syncing:
                sync(self._site.collection, progress=self._told)
            search(self._site.collection, "warm", k=1)
        except _StoppedError:
            return
        except BroadsheetError as error:
            _log.log(logging.WARNING if self._syncing else logging.INFO, "%s", error)  # to be warm is no duty
            self._site.trouble = str(error) if self._syncing else ""
        except Exception:
            _log.exception("the background work failed")
            self._site.trouble = "the sync met an error that it did not foresee; the server's log says more"

    def stop(self) -> None:
        """End between two steps of the sync, which goes on from there the next time."""
        self._stopping.set()
        self.join(timeout=10)

    def _told(self, *_: int | None) -> None:
        if self._stopping.is_set():
            raise _StoppedError


class _StoppedError(Exception):
    """The server ends while its sync is under way."""


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
