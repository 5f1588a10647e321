"""A digest as it would be now, made like any other; nothing is frozen, planned or sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, tzinfo

from broadsheet.collection import Collection
from broadsheet.core.edition import PersonalEdition
from broadsheet.core.periods import Period
from broadsheet.core.types import Message
from broadsheet.digest import editions
from broadsheet.digest.message import Composer, Letterhead
from broadsheet.digest.offer import Offers, heard, shown
from broadsheet.digest.personal import Own, Reader, lists
from broadsheet.digest.plan import personal
from broadsheet.store.deliveries import Delivery
from broadsheet.store.mail import Choice

NOBODY = "reader@localhost"


def preview(
    collection: Collection, head: Letterhead, period: Period, person: int, *, now: datetime, zone: tzinfo | None = None
) -> Message:
    """Return the email of a period for a person (0: the general edition): from its frozen list, otherwise from the one
    that would be frozen now."""
    store = collection.store
    draft = store.editions.get(period.name) or editions.draft(collection, period, now=now, zone=zone)
    known = store.mail.choice(person) if person else None
    choice = known[0] if known else replace(Choice(), contents="both" if person else "general")
    edition = store.editions.personal(period.name, person) if person else None
    if edition is None:
        reason = editions.quiet(collection, period, today=now.astimezone(zone).date(), zone=zone)
        edition = _drafted(collection, Offers(collection, period, draft), Reader(person, choice), reason)
    delivery = Delivery(period.name, person, _address(collection, person), "planned", now, "", None, 0, now, "")
    return Composer(collection, head, period, draft).compose(delivery, store.people.secret(), edition)


def _drafted(collection: Collection, offers: Offers, reader: Reader, reason: str) -> PersonalEdition:
    since = collection.store.mail.subscribed_since(reader.person)
    had = collection.store.deliveries.had([reader.person], offers.around)[reader.person]
    offer = offers.of(offers.names(had, since=since.date() if since else date.max))
    reader = replace(reader, shown=shown(had), heard=heard(had))
    own = lists(collection, offer.day, [reader], window=offers.window).get(reader.person, Own())
    return personal(collection, reader, own, offer=offer, reason=reason)


def _address(collection: Collection, person: int) -> str:
    reader = collection.store.people.get(person) if person else None
    return reader.address if reader and reader.address else NOBODY
