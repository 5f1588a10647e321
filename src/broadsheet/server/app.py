"""One application of pages and API over a Collection, and the function that serves it.

guard -> compression -> API, pages, our own assets; errors worded for programs or for readers
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from os import PathLike
from typing import Any
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.responses import Response

from broadsheet import __version__
from broadsheet.api import routes as api
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import BroadsheetError, CollectionError, UsageError
from broadsheet.people.members import sole_reader
from broadsheet.server.allocator import few_arenas
from broadsheet.server.background import lifespan
from broadsheet.server.subpath import Subpath, check_subpath
from broadsheet.site import prometheus
from broadsheet.site.auth import admit
from broadsheet.site.compression import Compressed
from broadsheet.site.context import Site
from broadsheet.site.guard import Guard, is_loopback
from broadsheet.site.listen import open_listener, run
from broadsheet.site.problems import PATHS, problem_at, status_and_detail
from broadsheet.web import render
from broadsheet.web import routes as web


def create_app(
    collection: Collection,
    settings: Settings,
    *,
    now: Callable[[], datetime] | None = None,
    syncing: bool = False,
    scheduled: bool = False,
) -> FastAPI:
    """Make the application of an open Collection.

    ``now`` returns the time (aware UTC); ``syncing`` updates the indexes from the Store in the background once the
    application has started; ``scheduled`` runs the jobs that are due while it runs. UsageError if the settings would
    let others in as the one reader of this machine.
    """
    _require_loopback(settings)
    site = Site(collection, settings, now or (lambda: datetime.now(UTC)))
    if site.single:
        with suppress(CollectionError):  # a Store that cannot be written can still be read
            site.sole = sole_reader(collection.store, now=site.now())
    app = FastAPI(
        title="Broadsheet",
        version=__version__,
        description="Papers of this Collection, found by words and meaning. Errors are `application/problem+json`.",
        openapi_url="/api/openapi.json",
        servers=[{"url": settings.subpath}] if settings.subpath else None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan(site, syncing=syncing, scheduled=scheduled),
    )
    app.state.site = site
    app.state.measures = prometheus.Measures()
    app.include_router(prometheus.router)
    for router in (*web.OPEN, *api.OPEN):
        app.include_router(router)
    for router in (*api.ROUTERS, *web.ROUTERS):
        app.include_router(router, dependencies=[Depends(admit)])
    app.mount("/static", _Assets(directory=render.STATIC), name="static")
    app.add_middleware(Compressed)
    _word_errors(app, site)
    report = prometheus.log if settings.log_requests else None
    app.add_middleware(prometheus.Measured, measures=app.state.measures, report=report)
    if settings.subpath:
        check_subpath(settings.subpath, _paths(app))
        app.add_middleware(Subpath, path=settings.subpath)
    return app


def _paths(app: FastAPI) -> list[str]:
    """Return the paths of all pages, of the API and of our assets."""
    routers = (*web.OPEN, *web.ROUTERS, *api.OPEN, *api.ROUTERS, prometheus.router, app.router)
    return [path for router in routers for route in router.routes if (path := getattr(route, "path", ""))]


def serve(
    collection: Collection,
    settings: Settings,
    *,
    now: Callable[[], datetime] | None = None,
    syncing: bool = False,
    scheduled: bool = False,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted (SIGINT or SIGTERM), then finish the open requests and return.

    ``ready`` is called with the address once it can be opened. UsageError if the port cannot be taken; port 0 is any
    free one.
    """
    few_arenas()
    with open_listener(settings.host, settings.port) as listener:
        run(create_app(collection, settings, now=now, syncing=syncing, scheduled=scheduled), listener, ready=ready)


class _Assets(StaticFiles):
    """Our CSS, JavaScript and fonts. Their addresses change when they do, so browsers need not ask again."""

    def file_response(self, full_path: PathLike[str] | str, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(full_path, *arguments, **options)
        if str(full_path).endswith(".woff2"):  # some systems do not know this ending
            response.headers["content-type"] = "font/woff2"
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def _word_errors(app: FastAPI, site: Site) -> None:
    """Answer every error as a problem to a program that asks the API, and as a page to a reader."""

    def answer(request: Request, status: int, detail: str) -> Response:
        if asks_api(request):
            return problem_at(request.url.path, status, site.redact(detail))
        return render.failure(site, status, detail)

    async def handle(request: Request, error: Exception) -> Response:
        status, detail = status_and_detail(error)
        if status == 404 and detail == "Not Found":
            detail = f"This site has nothing at {request.url.path[:200]}."
        if status == 401 and request.method == "GET" and not asks_api(request):
            return RedirectResponse(f"/sign-in?{urlencode({'next': render.here(request)})}", 303)
        response = answer(request, status, detail)
        response.headers.update(getattr(error, "headers", None) or {})
        return response

    for kind in (HTTPException, RequestValidationError, BroadsheetError):
        app.add_exception_handler(kind, handle)
    app.add_middleware(Guard, names=site.settings.names, answer=answer)


def asks_api(request: Request) -> bool:
    """Tell whether a program sends the request, which gets problems, or a reader, who gets pages."""
    return request.url.path.startswith(PATHS)


def _require_loopback(settings: Settings) -> None:
    """Refuse, with UsageError, to serve others a site whose reader need not sign in."""
    others = [name for name in (settings.host, *settings.names) if not is_loopback(name)]
    if settings.access == "single" and others:
        raise UsageError(
            f'{others[0]!r} is not this machine, and with people = "single" anyone who can reach the site is its'
            " reader: set people to closed or open, or remove it from host and names"
        )
