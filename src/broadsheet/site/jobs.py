"""Jobs that run once an answer is sent."""

from __future__ import annotations

from fastapi import BackgroundTasks

from broadsheet.site.instance import Instance
from broadsheet.wiring.jobs import catch_up, run_now
from broadsheet.wiring.sources import FIRST_DAYS


def run_after(site: Instance, tasks: BackgroundTasks, *names: str, first_days: int = FIRST_DAYS) -> None:
    """Run the jobs of these names after the answer, and then sync and find topics until nothing is behind. A rolling
    feed that was never read is read from so many days ago."""
    now = site.now()
    if names:
        tasks.add_task(run_now, site.collection, site.settings, *names, now=now, first_days=first_days)
    tasks.add_task(catch_up, site.collection, site.settings, now=now)
