"""Who gets a digest now, and which: planned once for each person and period, together with their frozen list.

for each subscription: its last hour -> the period -> no delivery of it yet? -> too late: say so
in batches: what is new to each person -> their lists -> frozen and planned in one transaction
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.core.edition import PersonalEdition
from broadsheet.core.periods import Period
from broadsheet.digest import editions
from broadsheet.digest.offer import Offer, Offers, arrange, heard, shown
from broadsheet.digest.personal import Own, Reader, lists
from broadsheet.store.deliveries import Had, Planned
from broadsheet.store.mail import Choice, Subscription

LATE = {"day": timedelta(hours=12), "week": timedelta(hours=48)}
"""After this time a digest is no longer sent: the next one is due soon."""
KEPT = timedelta(days=90)
"""How long people's own lists are kept."""
_AT_ONCE = 200
_MONDAY, _FRIDAY = 0, 4
_DAYS = {"daily": range(7), "weekdays": range(_FRIDAY + 1), "weekly": range(_MONDAY, _MONDAY + 1)}


@dataclass(frozen=True, slots=True)
class Due:
    """A subscription whose hour has come: the period, and when the hour was (``at``); ``late`` when that is too long
    ago."""

    subscription: Subscription
    period: Period
    at: datetime
    late: bool = False


def plan(collection: Collection, *, now: datetime, zone: tzinfo | None = None, share: tuple[int, int] = (0, 1)) -> int:
    """Plan the digests that are due; return how many were not planned before, quiet ones included.

    Two processes may plan at once: the first one decides, and the work of the other is lost, unless each takes a
    ``share`` of the people: (0, 2) and (1, 2).
    """
    dues = _due(collection, now, zone, share)
    planned = sum(_planned(collection, dues[name], now=now, zone=zone) for name in sorted(dues))
    if planned:
        collection.store.editions.forget_lists(now - KEPT)
    return planned


def waiting(collection: Collection, *, now: datetime, zone: tzinfo | None = None) -> int:
    """Return for how many people a digest is due and not planned yet."""
    dues = _due(collection, now, zone, (0, 1))
    had = {name: collection.store.deliveries.planned_for(name) for name in dues}
    return sum(each.subscription.person not in had[name] for name, several in dues.items() for each in several)


def _due(collection: Collection, now: datetime, zone: tzinfo | None, share: tuple[int, int]) -> dict[str, list[Due]]:
    """Return what is due to a share of the people, by the name of the period."""
    dues: dict[str, list[Due]] = {}
    for subscription in collection.store.mail.subscriptions():
        each = due(subscription, now=now, zone=zone) if subscription.person % share[1] == share[0] else None
        if each:
            dues.setdefault(each.period.name, []).append(each)
    return dues


def due(subscription: Subscription, *, now: datetime, zone: tzinfo | None = None) -> Due | None:
    """Return the digest for a subscriber's last hour; None when that hour was before they subscribed.

    The period is the day, or the last whole week, in the time ``zone`` of the instance.
    """
    choice = subscription.choice
    at = _last_hour(choice, now)
    if at < subscription.since:
        return None
    if choice.cadence == "weekly":
        period = periods.period("week", at.astimezone(_zone(choice.zone)).date() - timedelta(days=7))
    else:
        period = periods.period("day", at.astimezone(zone).date())
    return Due(subscription, period, at, late=now - at > LATE[period.kind])


def _last_hour(choice: Choice, now: datetime) -> datetime:
    """Return when the subscriber's hour came last on a day that they chose."""
    zone = _zone(choice.zone)
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=back) for back in range(8))
    chosen = (_at(day, choice.hour, zone) for day in days if day.weekday() in _DAYS[choice.cadence])
    return next(at for at in chosen if at <= now)


def _at(day: date, hour: int, zone: tzinfo) -> datetime:
    """Return that hour in UTC; an hour that the clocks skip comes an hour later, of one that comes twice it is the
    first."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # a zone that this machine no longer knows
        return UTC


def _planned(collection: Collection, dues: Sequence[Due], *, now: datetime, zone: tzinfo | None) -> int:
    store, period = collection.store, dues[0].period
    had = store.deliveries.planned_for(period.name)
    new = [each for each in dues if each.subscription.person not in had]
    waiting = [each for each in new if not each.late]
    late = [_too_late(each) for each in new if each.late]
    planned = store.deliveries.plan(period.name, late, now=now) if late else 0
    if not waiting:
        return planned
    editions.general(collection, period, now=now, zone=zone)
    reason = editions.quiet(collection, period, today=now.astimezone(zone).date(), zone=zone)
    offers = Offers(collection, period)
    for start in range(0, len(waiting), _AT_ONCE):
        some = waiting[start : start + _AT_ONCE]
        planned += store.deliveries.plan(period.name, list(_each(collection, some, offers, reason)), now=now)
    return planned


def _too_late(each: Due) -> Planned:
    reason = "too late: Broadsheet was not running at the chosen hour"
    return Planned(each.subscription.person, each.subscription.address, each.at, state="failed", reason=reason)


def _each(collection: Collection, dues: Sequence[Due], offers: Offers, reason: str) -> Iterator[Planned]:
    had = collection.store.deliveries.had([each.subscription.person for each in dues], offers.around)
    groups: dict[tuple[str, ...], list[Due]] = {}
    for each in dues:
        names = offers.names(had[each.subscription.person], since=each.subscription.since.date())
        groups.setdefault(names, []).append(each)
    for names, some in groups.items():
        yield from _together(collection, [(each, _reader(each, had[each.subscription.person])) for each in some],
                             offers, names, reason)  # fmt: skip


def _reader(due: Due, had: Sequence[Had]) -> Reader:
    return Reader(due.subscription.person, due.subscription.choice, shown(had), heard(had))


def _together(
    collection: Collection,
    dues: Sequence[tuple[Due, Reader]],
    offers: Offers,
    names: tuple[str, ...],
    reason: str,
) -> Iterator[Planned]:
    """Yield the digests of people to whom the same editions are new."""
    offer = offers.of(names)
    readers = [reader for _, reader in dues]
    own = lists(collection, offer.day, readers, window=offers.window) if offer.papers else {}
    for each, reader in dues:
        edition = personal(collection, reader, own.get(reader.person, Own()), offer=offer, reason=reason)
        skipped = reader.choice.quiet == "skip" and edition.quiet
        yield Planned(
            reader.person, each.subscription.address, each.at, edition,
            state="suppressed" if skipped else "planned", reason=f"quiet: {skipped}" if skipped else "",
        )  # fmt: skip


def personal(collection: Collection, reader: Reader, own: Own, *, offer: Offer, reason: str) -> PersonalEdition:
    """Return what a reader's digest holds, and why where it holds nothing; ``reason`` is why nothing is new to
    anyone."""
    edition = arrange(reader, own, offer)
    if edition.papers or edition.general:
        return edition
    return replace(edition, quiet=_nothing(collection, reader, offer, reason))


def _nothing(collection: Collection, reader: Reader, offer: Offer, reason: str) -> str:
    """Return why there are no papers for a person; ``reason`` where nothing is new to anyone."""
    new = len(offer.day.documents) if offer.papers else 0
    if not offer.papers or not new:
        return editions.GONE if offer.papers else reason
    if reader.choice.contents != "mine":
        return "You already got all new papers."
    taste = collection.store.reactions.tastes([reader.person])[reader.person]
    if taste.saved or taste.voted or taste.queries or taste.authors or taste.topics:
        none = "The new paper is not" if new == 1 else f"None of the {new:,} new papers is"
        return f"{none} close to the papers that you save, the authors and topics that you follow, or your alerts."
    papers = "the new paper is not" if new == 1 else f"none of the {new:,} new papers is"
    return (
        f"Broadsheet does not know your interests yet, so {papers} in this digest. Save or vote for a few papers, "
        "follow an author or a topic, or create an alert."
    )
