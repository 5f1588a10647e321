"""Messages for tests, in words made for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from broadsheet.core.types import Listing, Message

NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
LISTING = Listing(
    id="daily.example.org",
    unsubscribe_url="https://papers.example.org/u/t0ken",
    unsubscribe_address="unsub+t0ken@example.org",
    help_url="https://papers.example.org/help",
    archive_url="https://papers.example.org/day",
    feedback_id="daily:2026-03-02:broadsheet",
)


def message(**changed: Any) -> Message:
    """A message that is in order, but for what is changed."""
    fields: dict[str, Any] = {
        "to": "reader@lab.science",
        "sender": "daily@example.org",
        "sender_name": "Broadsheet",
        "subject": "Monday 2 March: tides and two more",
        "text": "Tides.\n",
        "message_id": "<digest-2026-03-02-17@example.org>",
        "date": NOW,
    }
    return Message(**(fields | changed))
