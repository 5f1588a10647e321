"""What runs next to the requests: the first sync, the jobs that are due, the listener for returned email."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI

from broadsheet.core.errors import BroadsheetError
from broadsheet.search.hybrid import search
from broadsheet.server.returned import door
from broadsheet.site.context import Site
from broadsheet.sync import sync
from broadsheet.wiring.schedule import Schedule

_log = logging.getLogger("broadsheet.server")


def lifespan(site: Site, *, syncing: bool, scheduled: bool) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Make the application's lifespan: start the background work, and stop it in order at the end."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # Searches compute: a few more of them than cores at once, and the others wait in line.
        anyio.to_thread.current_default_thread_limiter().total_tokens = 4 + 2 * (os.cpu_count() or 1)
        background = _Background(site, syncing=syncing)
        schedule = Schedule(site.collection, site.settings, clock=site.now)
        background.start()
        if scheduled:
            schedule.start()
        async with door(site):
            yield
        await anyio.to_thread.run_sync(schedule.stop)
        await anyio.to_thread.run_sync(background.stop)

    return lifespan


class _Background(threading.Thread):
    """Syncs if asked to, then makes the first search quick. A failure is logged and shown, and the site goes on."""

    def __init__(self, site: Site, *, syncing: bool) -> None:
        super().__init__(name="background", daemon=True)
        self._site, self._syncing = site, syncing
        self._stopping = threading.Event()

    def run(self) -> None:
        try:
            if self._syncing:
                self._site.trouble = sync(self._site.collection, progress=self._check_stop).note
            search(self._site.collection, "warm", k=1)
        except _StoppedError:
            return
        except BroadsheetError as error:
            _log.log(logging.WARNING if self._syncing else logging.INFO, "%s", error)  # a cold start is not a failure
            self._site.trouble = str(error) if self._syncing else ""
        except Exception:
            _log.exception("the background work failed")
            self._site.trouble = "the sync met an unexpected error; the server's log says more"

    def stop(self) -> None:
        """Stop between two steps of the sync; the next sync continues from there."""
        self._stopping.set()
        self.join(timeout=10)

    def _check_stop(self, *_: int | None) -> None:
        if self._stopping.is_set():
            raise _StoppedError


class _StoppedError(Exception):
    """The server stops while its sync is running."""
