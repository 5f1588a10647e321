"""What a day's address means for its own reader: the order "for you", and the reader's alerts.

the address and who asks -> the options of ``feed``: a sort, or the reader's own order; a test of each paper
the same address for everyone, to pass on: the alert's words instead of its number, a sort that does not need the reader
"""

from __future__ import annotations

from dataclasses import replace

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import prepare
from broadsheet.alerts.news import alert_of
from broadsheet.collection import Collection
from broadsheet.core import periods
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.periods import Period
from broadsheet.daily.day import SIZE, Matching, Wanted, order_named
from broadsheet.foryou import person as fitting
from broadsheet.people.alerts import own
from broadsheet.people.day import is_read
from broadsheet.site.context import Site
from broadsheet.site.params import DayParams
from broadsheet.trending.ranking import ORDERS

FOR_YOU = "for you"
USUAL = "votes"
BY_TOPIC = "topic"
"""The order of pages that show papers under their topics: the usual one within each."""
_EXAMPLES = {"day": "2025-09-30", "week": "2025-W40", "month": "2025-09"}
_TYPED = ("for you", "foryou", "for-you", "for_you")


def read_period(name: str, kind: str) -> Period:
    """Read the name of a ``day``, ``week`` or ``month`` in an address; NotFoundError if it is not one of that kind."""
    found = periods.parse(name)
    if found is None or found.kind != kind:
        raise NotFoundError(f"{name[:40]!r} is not a {kind}: expected, for example, {_EXAMPLES[kind]}.")
    return found


def day_request(site: Site, person: int, asked: DayParams, *, k: int = SIZE, sort: str = "") -> Wanted:
    """Return what a ``person`` (0: a stranger) asks of a day; ``sort``, if given, replaces the address's own order.

    UsageError for an unknown order, or for "for you" by a stranger; NotFoundError for an alert that is not theirs.
    """
    sort = USUAL if (sort or asked.sort) == BY_TOPIC else sort or asked.sort
    mine = for_you(sort)
    if mine and not person:
        raise UsageError("papers can be sorted for you only if you sign in or send your token")
    if not mine:
        order_named(sort, ORDERS)
    return Wanted(
        sort=FOR_YOU if mine else sort,
        order=fitting.order(person) if mine else None,
        filters=asked.filters,
        matching=paper_test(site.collection, person, asked),
        without=is_read(person) if person and asked.hide == "read" else None,
        k=k,
        offset=asked.offset,
    )


def for_you(sort: str) -> bool:
    """Tell whether an order is the reader's own."""
    return sort.strip().lower() in _TYPED


def paper_test(collection: Collection, person: int, asked: DayParams) -> Matching | None:
    """Make the test of papers against the typed words, else against the person's alert; None without either.

    An alert is tested with its own minimum unless the address gives another. UsageError for an unknown minimum,
    NotFoundError for an alert that is not the person's.
    """
    if asked.match.strip():
        query = Alert.read(asked.match, minimum=asked.least)
    elif asked.query is not None:
        alert = own(collection.store, person, asked.query)
        query = alert_of(replace(alert, least=asked.least or alert.least))
    else:
        return None
    return prepare(collection, [query]).matching


def for_everyone(collection: Collection, person: int, asked: DayParams) -> DayParams:
    """Return the same in words that mean the same for everyone."""
    changes: dict[str, object] = {"sort": USUAL} if for_you(asked.sort) or asked.sort == BY_TOPIC else {}
    if asked.query is not None and not asked.match.strip():
        alert = own(collection.store, person, asked.query)
        without = "".join(f", not about {each}" for each in alert.without)
        changes |= {"match": f"{alert.text}{without}", "least": asked.least or alert.least}
    return asked.model_copy(update={**changes, "query": None, "hide": ""})
