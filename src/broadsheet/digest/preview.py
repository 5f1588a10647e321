"""A digest as it would be now: made like any other, but nothing is frozen, planned or sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, tzinfo

from broadsheet.collection import Collection
from broadsheet.digest import editions
from broadsheet.digest.message import Composer, Letterhead
from broadsheet.digest.personal import day_of, lists
from broadsheet.periods import Period
from broadsheet.store.mailing import Choice, Delivery
from broadsheet.types import Message

NOBODY = "reader@localhost"


def preview(
    collection: Collection, head: Letterhead, period: Period, person: int, *, now: datetime, zone: tzinfo | None = None
) -> Message:
    """The mail of a period for a person (0: the general edition): of what is frozen, else of what would be."""
    store = collection.store
    general = store.edition(period.name) or editions.drafted(collection, period, now=now, zone=zone)
    known = store.choice(person) if person else None
    choice = known[0] if known else replace(Choice(), contents="both" if person else "general")
    own: editions.Body = {"papers": []}
    if not general:
        own = {"papers": [], "quiet": editions.quiet(collection, period, today=now.astimezone(zone).date(), zone=zone)}
    elif person and choice.contents != "general":
        made = store.edition(period.name, person)
        own = made or {"papers": lists(collection, day_of(collection, general["pool"]), [(person, choice)])[person]}
    delivery = Delivery(period.name, person, _address(collection, person), "planned", now, "", None, 0, now, "")
    return Composer(collection, head, period, general).made(delivery, choice, store.secret(), own)


def _address(collection: Collection, person: int) -> str:
    found = collection.store.person(person) if person else None
    return found.address if found and found.address else NOBODY
