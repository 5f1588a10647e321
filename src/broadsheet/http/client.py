"""The polite client: says who it is, asks only for what changed, waits when asked to, and visits no private network.

for every hop: check the address, wait for the host's turn, exchange, wait and try again if that may help
a redirect is a new hop, checked again; a 304 gives the stored body; anything but success is a SourceError
a file is saved piece by piece, and an attempt goes on where the last one ended
"""

from __future__ import annotations

import functools
import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin

from broadsheet import __version__
from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.text import squeeze
from broadsheet.http.address import Resolve, checked, sealed, shown, system_resolve, target
from broadsheet.http.cache import Cache, Kept
from broadsheet.http.pace import Pace
from broadsheet.http.wire import Answer, BrokenError, Limits, Rest, UnreachableError, exchange, receive

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PASSING = frozenset({429, 500, 502, 503, 504})
_SLOWEST = 100_000  # bytes a second at which a file may arrive; slower ones would hold a command for hours


class AnswerError(SourceError):
    """The server answered, but not with success: ``status``, ``headers`` and the beginning of ``body`` say what."""

    def __init__(
        self, message: str, *, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.body, self.headers = status, body, headers or {}


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: the server's status, headers with lower-case names, the body unpacked, the address it came from.

    ``not_modified``: the server said 304, and ``body`` is what was stored (empty when nothing was).
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    not_modified: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What the client takes from its surroundings; tests bring their own. ``jitter`` gives numbers in [0, 1)."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    resolve: Resolve = system_resolve
    ssl_context: ssl.SSLContext | None = None


class Client:
    """Fetch addresses. ``contact`` (an email or web address) is sent to every server; ``folder`` holds the cache and
    the turns shared with other processes; ``allow_private`` opens private networks."""

    def __init__(
        self,
        *,
        contact: str = "",
        folder: Path | None = None,
        allow_private: bool = False,
        limits: Limits | None = None,
        world: World | None = None,
    ) -> None:
        if not contact.isascii() or not contact.isprintable():
            raise UsageError(f"contact {contact!r} must be plain ASCII, for example mailto:you@example.org")
        self.contact = contact
        self._agent = f"broadsheet/{__version__}" + (f" (+{contact})" if contact else "")
        self._allow_private = allow_private
        self._limits, self._world = limits or Limits(), world or World()
        self._cache = Cache(folder if self._limits.stored else None)
        self._pace = Pace(folder, clock=self._world.clock, sleep=self._world.sleep)

    def get(self, url: str, *, accept: str = "*/*", since: datetime | None = None, token: str = "") -> Response:
        """Return the answer for ``url``; if none is stored, ``since`` asks for it only if it changed after that time.

        A ``token`` goes to the host of ``url`` alone, never to one that it redirects to, and what it opens is not
        stored. Raises AnswerError for a status other than success, SourceError for any other failure; each message is
        one line.
        """
        first = url
        for _ in range(self._limits.redirects + 1):
            kept = None if token else self._cache.find(url, accept)
            answer = self._patiently(url, self._headers(accept, kept, since) | _bearer(token, first, url))
            if answer.status == 200 and not token:
                self._cache.keep(url, accept, Kept(answer.headers, answer.body))
            if answer.status not in _REDIRECTS:
                return _finished(url, answer, kept)
            url = _next(url, answer)
        raise self._lost(first, url)

    def save(self, url: str, path: Path, *, size: int, token: str = "", held: Callable[[int], object] = int) -> None:
        """Fetch a file of ``size`` bytes into ``path``, going on where an earlier attempt ended.

        It may take the total of the limits and a second for every 100,000 bytes. ``held`` is told how many bytes are
        there. The ``token`` goes to the host of ``url`` alone. Raises AnswerError for a status other than success,
        SourceError for any other failure, each in one line; what came until then stays in ``path``.
        """
        rest = Rest(path, size, held)
        for attempt in range(1, self._limits.attempts + 1):
            try:
                if rest.held > size:
                    path.unlink()
                if size == 0:
                    path.touch()
                return None if rest.held == size else self._save(url, rest, token)
            except BrokenError as error:
                if attempt == self._limits.attempts:
                    raise SourceError(f"{shown(url)}: {error}; tried {attempt} times, try again later") from error
            self._world.sleep(self._backoff(attempt))
        raise AssertionError("attempts is at least 1")

    def _save(self, url: str, rest: Rest, token: str) -> None:
        first, held = url, rest.held
        for _ in range(self._limits.redirects + 1):
            headers = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "identity"}
            headers |= ({"Range": f"bytes={held}-"} if held else {}) | _bearer(token, first, url)
            answer = self._once(url, headers, rest=rest)
            if answer.status in (200, 206):
                return
            if answer.status == 416:  # what is there is not the beginning of this file
                rest.path.unlink(missing_ok=True)
                raise BrokenError("the server does not have the rest of the file")
            if answer.status in _PASSING and (_retry_after(answer) or 0) <= self._limits.longest_wait:
                self._world.sleep(_retry_after(answer) or 0)
                raise BrokenError(f"the server answers {answer.status}")
            if answer.status not in _REDIRECTS:
                raise _unanswered(url, answer)
            url = _next(url, answer)
        raise self._lost(first, url)

    def _lost(self, first: str, url: str) -> SourceError:
        return SourceError(f"{shown(first)}: more than {self._limits.redirects} redirects, the last to {shown(url)}")

    def post(
        self, url: str, body: bytes, *, headers: Mapping[str, str], final: Callable[[int, bytes], bool] | None = None
    ) -> Response:
        """Send a body of JSON and return the answer; nothing is stored, no redirect is followed, and plain http is used
        on private networks alone. ``final`` tells from status and body that another attempt cannot help.

        Raises AnswerError for a status other than success, SourceError for any other failure; each message is one line.
        """
        own = {"User-Agent": self._agent, "Accept": "application/json", "Accept-Encoding": "gzip",
               "Content-Type": "application/json", **headers}  # fmt: skip
        answer = self._patiently(url, own, body=body, final=final)
        if answer.status in _REDIRECTS:
            there = shown(urljoin(url, answer.headers.get("location", "")))
            message = f"{shown(url)} answers {answer.status} and points to {there}: if that is right, name that address"
            raise AnswerError(message, status=answer.status)
        if not 200 <= answer.status < 300:
            raise AnswerError(_refusal(url, answer), status=answer.status, body=answer.body[:100_000])
        return Response(answer.status, answer.headers, answer.body, url)

    def _headers(self, accept: str, kept: Kept | None, since: datetime | None) -> dict[str, str]:
        headers = {"User-Agent": self._agent, "Accept": accept, "Accept-Encoding": "gzip"}
        if kept:
            return headers | kept.conditions
        return headers | ({"If-Modified-Since": format_datetime(since.astimezone(UTC), usegmt=True)} if since else {})

    def _patiently(
        self, url: str, headers: Mapping[str, str], *, body: bytes | None = None,
        final: Callable[[int, bytes], bool] | None = None,
    ) -> Answer:  # fmt: skip
        """Return the answer of the last attempt; attempts end when waiting cannot help or would take too long."""
        begun = self._world.clock()
        for attempt in range(1, self._limits.attempts + 1):
            answer, broken = self._tried(url, headers, body)
            wait = _retry_after(answer) if answer else None
            pause = self._backoff(attempt) if wait is None else wait
            patient = self._world.clock() - begun + pause <= self._limits.patience
            again = attempt < self._limits.attempts and patient
            if answer and not (again and self._passing(answer, final)):
                return answer
            if not again:
                message = f"{shown(url)}: {broken}; tried {attempt} times, try again later"
                raise SourceError(message) from broken
            self._world.sleep(pause)
        raise AssertionError("attempts is at least 1")

    def _tried(
        self, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> tuple[Answer | None, BrokenError | None]:
        """The answer of one attempt, or why it may be made again."""
        try:
            return self._once(url, headers, body=body), None
        except BrokenError as error:
            return None, error

    def _passing(self, answer: Answer, final: Callable[[int, bytes], bool] | None) -> bool:
        """Whether an answer may be a better one after a wait that is not too long."""
        if answer.status not in _PASSING or (_retry_after(answer) or 0) > self._limits.longest_wait:
            return False
        return final is None or not final(answer.status, answer.body)

    def _backoff(self, attempt: int) -> float:
        """Full jitter (Brooker 2015) over 2, 4, 8 ... seconds, never under a quarter of it."""
        ceiling = min(2.0**attempt, self._limits.longest_wait)
        return ceiling * (0.25 + 0.75 * self._world.jitter())

    def _once(
        self, url: str, headers: Mapping[str, str], *, body: bytes | None = None, rest: Rest | None = None
    ) -> Answer:
        asked = target(url)
        broken = UnreachableError("the host has no address")
        with self._pace.turn(asked.host):
            addresses = checked(asked, self._world.resolve, allow_private=self._allow_private)
            for address in addresses if body is None else sealed(asked, addresses):
                try:
                    if rest is None:
                        return exchange(asked, address, headers, self._limits, self._world.ssl_context, body=body)
                    patient = replace(self._limits, total=self._limits.total + rest.size / _SLOWEST)
                    return receive(asked, address, headers, patient, self._world.ssl_context, rest)
                except UnreachableError as error:
                    broken = error
                except SourceError as error:
                    raise SourceError(f"{shown(url)}: {error}") from error
        raise broken


@functools.cache
def default_client() -> Client:
    """Return the client of sources that were not given one: one for the process, so that all share their turns."""
    return Client()


def _finished(url: str, answer: Answer, kept: Kept | None) -> Response:
    if answer.status == 304:
        return Response(304, kept.headers if kept else answer.headers, kept.body if kept else b"", url, True)
    if not 200 <= answer.status < 300:
        raise _unanswered(url, answer)
    return Response(answer.status, answer.headers, answer.body, url)


def _unanswered(url: str, answer: Answer) -> AnswerError:
    return AnswerError(_refusal(url, answer), status=answer.status, body=answer.body[:100_000], headers=answer.headers)


def _bearer(token: str, first: str, url: str) -> dict[str, str]:
    """The header with a secret: only for the host that it was meant for, and only where no one on the way reads it."""
    there, here = target(first), target(url)
    same = (there.scheme, there.host, there.port) == (here.scheme, here.host, here.port)
    local = here.host in ("localhost", "127.0.0.1", "::1")
    return {"Authorization": f"Bearer {token}"} if token and same and (here.scheme == "https" or local) else {}


def _next(url: str, answer: Answer) -> str:
    there = answer.headers.get("location", "")
    if not there:
        raise SourceError(f"{shown(url)} answers {answer.status} without saying where to go")
    following = urljoin(url, there)
    if url.lower().startswith("https:") and following.lower().startswith("http:"):
        raise SourceError(f"{shown(url)} redirects from https to plain http ({shown(following)}): this is not allowed")
    return following


def _retry_after(answer: Answer) -> float | None:
    """Seconds the server asks to wait; a date counts from the server's own Date. None when it does not say."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        ends, now = parsedate_to_datetime(text), parsedate_to_datetime(answer.headers.get("date", ""))
        return max(0.0, (ends - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _refusal(url: str, answer: Answer) -> str:
    says = squeeze(answer.body[:400].decode("utf-8", "replace"))[:160]
    wait = _retry_after(answer)
    when = f"; it asks to wait {wait:.0f} s" if wait else ""
    words = f" ({says})" if says and "<" not in says else ""
    return f"{shown(url)} answers {answer.status}{words}{when}: check the address, or try again later"
