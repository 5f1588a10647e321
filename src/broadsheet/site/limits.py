"""Limits on requests: how many a network, a person or an address may send, and which network a request comes from."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import HTTPException, Request

from broadsheet.people.limits import Limit, network
from broadsheet.site.instance import Instance


def limits() -> dict[str, Limit]:
    """Make the counters of one site, by what is counted."""
    minute, quarter = timedelta(minutes=1), timedelta(minutes=15)
    return {
        "requests": Limit(600, minute),  # of a network
        "pictures": Limit(3_000, minute),  # of a network: a page of papers has up to fifty
        "changes": Limit(60, minute),  # of a person, or of a stranger's network
        "comparisons": Limit(30, minute),  # of a person: each keeps every core busy for a moment
        "documents": Limit(30, minute),  # of a person: searches by a text, by references, by a vector
        "explanations": Limit(60, minute),  # of a person: each encodes a few texts
        "trials": Limit(120, minute),  # of a person: one for each step of a slider
        "submissions": Limit(30, timedelta(hours=1)),  # of a person
        "notes": Limit(60, minute),  # of a person: the page saves a note as it is typed
        "libraries": Limit(12, timedelta(hours=1)),  # of a person
        "letters": Limit(3, quarter),  # to an address that was typed in
        "letters from": Limit(20, quarter),  # asked for from a network
    }


def count(limit: Limit, key: str, *, now: datetime) -> None:
    """Count one more of this key; above the limit HTTPException 429, which says how long to wait."""
    wait = limit.wait(key, now=now)
    if wait is not None:
        seconds = max(1, -(-wait // timedelta(seconds=1)))
        message = f"You did this too often: try again in {_in_words(seconds)}."
        raise HTTPException(429, message, {"retry-after": str(seconds)})


def host_of(request: Request, site: Instance) -> str:
    """Return the network that a request comes from, as a trusted proxy says, else that of the connection."""
    host = request.client.host if request.client else ""
    if site.settings.trusted_proxy and host == site.settings.trusted_proxy:
        # What the proxy adds comes last, in a line of its own if it leaves an earlier line as it was.
        named = [each.strip() for line in request.headers.getlist("x-forwarded-for") for each in line.split(",")]
        host = named[-1] if named else host
    return network(host)


def _in_words(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"
