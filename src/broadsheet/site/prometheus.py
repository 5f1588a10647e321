"""The metrics at ``/metrics``: counts and times of requests by route, and the state of the Collection.

The text is Prometheus' exposition format 0.0.4. Labels are our routes, methods, statuses and names of jobs, never a
query or an address. Some forty lines write it; docs/dependencies.md says why no library does.
"""

from __future__ import annotations

import logging
import os
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broadsheet import __version__
from broadsheet.site.context import Site, TheSite
from broadsheet.site.guard import forwarding, is_loopback

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FORMAT = "text/plain; version=0.0.4; charset=utf-8"
Family = tuple[str, str, str, Iterable[tuple[str, float]]]  # name, kind, help, and for each sample its labels and value
Report = Callable[[str, str, int, float], None]  # method, route, status, seconds

router = APIRouter()
_log = logging.getLogger("broadsheet.requests")


class Times:
    """A histogram: how many requests took at most each bucket's seconds, and the sum of their seconds."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one more that took this many seconds."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds

    def samples(self, route: str) -> Iterator[tuple[str, float]]:
        """Yield the samples of a histogram in Prometheus' form: cumulative buckets, the sum, the count."""
        total = 0
        for bound, count in zip([*map(str, BUCKETS), "+Inf"], self.counts, strict=True):
            total += count
            yield f"_bucket{labels(route=route, le=bound)}", total
        yield f"_sum{labels(route=route)}", self.seconds
        yield f"_count{labels(route=route)}", total


class Measures:
    """Requests since the start. Only the server's one loop writes, and a reader takes a copy first, so no lock."""

    def __init__(self) -> None:
        self.started = time.time()
        self.requests: Counter[tuple[str, str, str]] = Counter()
        self.times: defaultdict[str, Times] = defaultdict(Times)

    def add(self, method: str, route: str, status: int, *, seconds: float) -> None:
        """Count one more request."""
        self.requests[method if method in _METHODS else "other", route, str(status)] += 1
        self.times[route].add(seconds)


class Measured:
    """ASGI middleware around everything else: counts requests, times them, and calls ``report`` if given."""

    def __init__(self, app: ASGIApp, *, measures: Measures, report: Report | None = None) -> None:
        self._app, self._measures, self._report = app, measures, report

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on. HEAD becomes GET from here on, so that the scope we hold gets the route."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, begun, status = scope["method"], time.perf_counter(), 500
        scope = {**scope, "method": "GET"} if method == "HEAD" else scope

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            route, seconds = route_of(scope), time.perf_counter() - begun
            self._measures.add(method, route, status, seconds=seconds)
            if self._report:
                self._report(method, route, status, seconds)


def log(method: str, route: str, status: int, seconds: float) -> None:
    """Log a request, without its query and its sender."""
    _log.info("%s %s %d %.0f ms", method, route, status, 1000 * seconds)


def route_of(scope: Scope) -> str:
    """Return the template of the route that answered, for example ``/papers/{id:path}``; ``none`` if none did."""
    if (route := getattr(scope.get("route"), "path", None)) is not None:
        return str(route)
    return "/static" if scope["path"].startswith("/static/") else "none"


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, site: TheSite) -> PlainTextResponse:
    """Answer with the metrics, for this machine; for others only if the settings say so."""
    if not (site.settings.open_metrics or _from_here(request)):
        raise HTTPException(404, "Not Found")
    measures: Measures = request.app.state.measures
    families = (*_requests(measures), *_collection(site), *_jobs(site), *_mail(site), *_process(measures))
    return PlainTextResponse("".join(map(_family_text, families)), media_type=_FORMAT)


def _from_here(request: Request) -> bool:
    """Tell whether a program of this machine asks for itself. A proxy sends headers, or the site's public name."""
    client, host = request.client.host if request.client else "", request.url.hostname or ""
    return is_loopback(client) and is_loopback(host) and not forwarding(request.headers)


def labels(**values: str) -> str:
    """Write labels as they follow a name, with escaped values."""
    return "{" + ",".join(f'{name}="{_escape(value)}"' for name, value in values.items()) + "}"


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _family_text(family: Family) -> str:
    name, kind, meaning, samples = family
    lines = [
        f"# HELP {name} {meaning}",
        f"# TYPE {name} {kind}",
        *(f"{name}{mark} {value:.12g}" for mark, value in samples),
    ]
    return "\n".join(lines) + "\n"


def _requests(measures: Measures) -> Iterator[Family]:
    counted = [
        (labels(method=method, route=route, status=status), float(count))
        for (method, route, status), count in list(measures.requests.items())
    ]
    yield "broadsheet_requests_total", "counter", "Requests answered.", counted
    timed = [sample for route, times in list(measures.times.items()) for sample in times.samples(route)]
    yield "broadsheet_request_seconds", "histogram", "Seconds until a request was answered.", timed


def _collection(site: Site) -> Iterator[Family]:
    reach = site.reach()
    yield "broadsheet_papers", "gauge", "Papers in the Store.", [("", reach.papers)]
    behind = [
        (labels(part="lexicon"), reach.papers - reach.words),
        (labels(part="space"), reach.papers - reach.meaning),
    ]
    yield "broadsheet_papers_behind", "gauge", "Papers not yet searchable by words or by meaning.", behind


def _jobs(site: Site) -> Iterator[Family]:
    runs = site.collection.store.journal.job_runs()
    well = [(labels(job=run.job), run.well.timestamp()) for run in runs if run.well]
    yield "broadsheet_job_last_success_timestamp_seconds", "gauge", "When a job last succeeded.", well
    took = [(labels(job=run.job), run.seconds) for run in runs if run.seconds is not None]
    yield "broadsheet_job_last_duration_seconds", "gauge", "Seconds that the last successful run of a job took.", took
    failed = [(labels(job=run.job), float(bool(run.error))) for run in runs]
    yield "broadsheet_job_failed", "gauge", "Whether the last run of a job failed.", failed


def _mail(site: Site) -> Iterator[Family]:
    states = [(labels(state=state), float(count)) for state, count in site.collection.store.deliveries.states().items()]
    yield "broadsheet_deliveries", "gauge", "Digests by state.", states


def _process(measures: Measures) -> Iterator[Family]:
    yield "broadsheet_info", "gauge", "The running version.", [(labels(version=__version__), 1.0)]
    yield "process_start_time_seconds", "gauge", "When the server started.", [("", measures.started)]
    if (memory := _memory()) is not None:
        yield "process_resident_memory_bytes", "gauge", "Memory that the server uses.", [("", memory)]


def _memory() -> float | None:
    try:
        return float(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None
