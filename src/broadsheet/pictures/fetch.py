"""Fetch the pictures that the newest papers still need, a bounded number in a bounded time.

the newest papers -> the first address of each that did not fail for good -> those that are not here yet
-> each through the polite client, made small, stored; a failure is noted, and a host that fails thrice is left alone
-> what belongs to no paper any longer goes -> if nothing is left to do, note how far the Store was followed
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from broadsheet.collection import Collection
from broadsheet.core.errors import SourceError
from broadsheet.core.protocols import Progress
from broadsheet.core.types import Document
from broadsheet.http import AnswerError, Client, Limits
from broadsheet.pictures.address import addresses
from broadsheet.pictures.folder import Pictures, State
from broadsheet.pictures.image import webp

NEWEST = 10_000
"""Papers that have pictures: the newest ones. At about 25 kB each they take 250 MB at most."""
A_RUN, SECONDS = 60, 120.0  # pictures that one run fetches at most, and for how long it begins new ones
LIMITS = Limits(
    connect=5.0, read=10.0, total=20.0, max_bytes=8 * 2**20, redirects=3, attempts=1, longest_wait=0.0, stored=False
)
"""Bounds of one exchange: what comes is not stored by the client, because it is stored here."""
_ACCEPT = "image/webp, image/png, image/jpeg, image/gif"
_BATCH = 1_000
_MOST_FAILURES = 3  # of one host in one run
_PASSING = frozenset({408, 425, 429})  # refusals that may end


@dataclass(frozen=True, slots=True)
class Fetched:
    """The outcome of one run: pictures ``fetched``, addresses that ``failed``, pictures ``removed``, addresses
    ``left`` for the next run."""

    fetched: int
    failed: int
    removed: int
    left: int

    @property
    def words(self) -> str:
        """Describe it in one line."""
        return f"{self.fetched:,} fetched, {self.failed:,} failed, {self.removed:,} removed, {self.left:,} left"


def pictures_of(collection: Collection) -> Pictures:
    """Return the pictures of a Collection, whether there are any yet or not."""
    return Pictures(collection.path / "pictures")


def is_behind(collection: Collection, *, now: datetime) -> bool:
    """Tell whether papers changed since all pictures were fetched, or an address is to be tried again."""
    state = pictures_of(collection).state
    return collection.store.papers.last_change() > state.change or (state.again is not None and state.again <= now)


def fetch(collection: Collection, client: Client, *, now: datetime, progress: Progress) -> Fetched:
    """Fetch what is missing, at most 60 pictures and for about two minutes; a later run goes on.

    ``client`` carries ``LIMITS``. OSError when the disk is full or cannot be written.
    """
    pictures, change = pictures_of(collection), collection.store.papers.last_change()
    of_papers = [some for paper in _newest(collection) if (some := addresses(paper))]
    removed = pictures.prune({address for some in of_papers for address in some})
    run = _Run(pictures, client, now, progress)
    run.through(_missing(pictures, of_papers, now))
    left = len(_missing(pictures, of_papers, now))  # a paper whose first address failed for good may have a second
    if not left:
        pictures.follow(State(change, _next(pictures, of_papers)))
    return Fetched(run.fetched, run.failed, removed, left)


@dataclass(slots=True)
class _Run:
    """One run: what it works with, and what it has done."""

    pictures: Pictures
    client: Client
    now: datetime
    progress: Progress
    fetched: int = 0
    failed: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def through(self, missing: Sequence[str]) -> None:
        """Try the first addresses, as many as a run may."""
        begun, some = time.perf_counter(), missing[:A_RUN]
        for place, address in enumerate(some):
            if time.perf_counter() - begun > SECONDS:
                return
            self.progress(place, len(some))
            self._try(address)

    def _try(self, address: str) -> None:
        host = _host(address)
        if self.failures[host] >= _MOST_FAILURES:
            reason = f"the host {host[:100]!r} failed {_MOST_FAILURES} times just before"
            self.pictures.postpone(address, reason, now=self.now)
            self.failed += 1
            return
        try:
            answer = self.client.get(address, accept=_ACCEPT)
        except SourceError as error:
            self.failures[host] += not _is_final(error)
            self._fail(address, error, final=_is_final(error))
            return
        try:
            self.pictures.put(address, webp(answer.body))
            self.fetched += 1
        except SourceError as error:  # what the address holds is not a picture, and will not be one tomorrow
            self._fail(address, error, final=True)

    def _fail(self, address: str, error: SourceError, *, final: bool) -> None:
        self.pictures.fail(address, str(error), final=final, now=self.now)
        self.failed += 1


def _is_final(error: SourceError) -> bool:
    """Tell whether an answer will be the same tomorrow: a refusal other than for haste."""
    return isinstance(error, AnswerError) and 400 <= error.status < 500 and error.status not in _PASSING


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _missing(pictures: Pictures, of_papers: Iterable[Sequence[str]], now: datetime) -> list[str]:
    """Return the address to try for each paper without a picture, those of the newest papers first."""
    missing = (_open(pictures, some, now) for some in of_papers)
    return list(dict.fromkeys(address for address in missing if address))


def _open(pictures: Pictures, some: Sequence[str], now: datetime) -> str | None:
    """The first of a paper's addresses that may be tried now; None if it has a picture, or none may be tried."""
    for address in some:
        if pictures.has(address):
            return None
        failure = pictures.failure(address)
        if failure is None or (failure.again and failure.again <= now):
            return address
        if failure.again:  # it may bring a picture later: no second best one until then
            return None
    return None


def _next(pictures: Pictures, of_papers: Iterable[Sequence[str]]) -> datetime | None:
    """Return the moment at which the first failed address is to be tried again; None if no address is."""
    notes = (pictures.failure(address) for some in of_papers for address in some if not pictures.has(address))
    return min((note.again for note in notes if note and note.again), default=None)


def _newest(collection: Collection) -> Iterator[Document]:
    for offset in range(0, NEWEST, _BATCH):
        papers = collection.store.papers.newest(_BATCH, offset, hidden=False)
        yield from papers
        if len(papers) < _BATCH:
            return
