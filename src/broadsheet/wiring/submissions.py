"""Submissions, looked up through the Collection's client."""

from __future__ import annotations

from datetime import datetime

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people.submit import settle_submissions as settle
from broadsheet.wiring.sources import client


def settle_submissions(collection: Collection, settings: Settings, *, now: datetime) -> str:
    """Look up the papers that readers submitted, and return a one-line summary."""
    today = now.astimezone(settings.time_zone).date()
    return settle(collection, client(collection, settings), now=now, today=today)
