"""The schedule: a thread that checks every few seconds which jobs are due, and runs them one by one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import BroadsheetError
from broadsheet.wiring.jobs import JOBS, Job, Round, StoppedError, is_due, run

TICK = 15.0  # seconds between two checks
_PATIENCE = 20.0  # seconds that a stop waits for the current step
_log = logging.getLogger("broadsheet.jobs")


class Schedule(threading.Thread):
    """``start`` it, and ``stop`` it: a running job ends between two of its steps. ``clock`` gives aware moments."""

    def __init__(
        self,
        collection: Collection,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        jobs: Sequence[Job] = JOBS,
        tick: float = TICK,
    ) -> None:
        super().__init__(name="schedule", daemon=True)
        self._collection, self._settings, self._clock = collection, settings, clock
        self._jobs, self._tick = jobs, tick
        self._stopping = threading.Event()
        self._trouble = ""

    def run(self) -> None:
        """Run due jobs again and again, until stopped."""
        while not self._stopping.is_set():
            try:
                self.look()
            except StoppedError:
                return
            self._stopping.wait(self._tick)

    def look(self) -> None:
        """Run what is due now. A Store that cannot be read is reported once, and tried again at the next check."""
        for job in self._jobs:
            self._step()
            try:
                self._run_if_due(job)
            except BroadsheetError as error:
                if str(error) != self._trouble:
                    _log.warning("cannot tell whether %s is due: %s", job.name, error)
                self._trouble = str(error)

    def stop(self) -> None:
        """Stop between two steps of the running job."""
        self._stopping.set()
        if self.is_alive():
            self.join(timeout=_PATIENCE)

    def _run_if_due(self, job: Job) -> None:
        round_ = Round(
            collection=self._collection, settings=self._settings, now=self._clock(), progress=lambda *_: self._step()
        )
        if is_due(job, self._collection.store.journal.job_run(job.name), round_):
            run(job, round_, clock=self._clock)

    def _step(self) -> None:
        if self._stopping.is_set():
            raise StoppedError
