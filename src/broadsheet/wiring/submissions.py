"""Papers that readers submitted, looked for through the Collection's client."""

from __future__ import annotations

from datetime import datetime

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people.submit import settle_submissions as settle
from broadsheet.wiring.sources import client


def settle_submissions(collection: Collection, settings: Settings, *, now: datetime) -> str:
    """Look for the papers that readers handed in, and say in a line what came of it."""
    today = now.astimezone(settings.time_zone).date()
    return settle(collection, client(collection, settings), now=now, today=today)
