"""What a day's address asks for that only its reader can mean: the order that suits them, a standing query of theirs.

the address and who asks -> what ``feed`` wants: a sort, or an order of the reader's own; a test of each paper
the address alone again, for whoever it is passed on to: the query's words in the place of its number, a sort for all
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
from broadsheet.site.context import Site
from broadsheet.site.params import DayAsked
from broadsheet.trending.ranking import ORDERS

FOR_YOU = "for you"
USUAL = "votes"
_EXAMPLES = {"day": "2025-09-30", "week": "2025-W40", "month": "2025-09"}
_TYPED = ("for you", "foryou", "for-you", "for_you")


def named(name: str, kind: str) -> Period:
    """Read the name of a ``day``, ``week`` or ``month`` in an address; NotFoundError when it is another or none."""
    found = periods.parse(name)
    if found is None or found.kind != kind:
        raise NotFoundError(f"{name[:40]!r} is no {kind}: expected, for example, {_EXAMPLES[kind]}.")
    return found


def wanted(site: Site, person: int, asked: DayAsked, *, k: int = SIZE, sort: str = "") -> Wanted:
    """What is asked of a day by a ``person`` (0: a stranger), in the order ``sort`` in place of the address's own.

    UsageError for an order that there is not, and for "for you" when nobody is known to ask; NotFoundError for a query
    that is not theirs.
    """
    sort = sort or asked.sort
    mine = for_you(sort)
    if mine and not person:
        raise UsageError("papers can be sorted for you only when it is known who you are: sign in, or send your token")
    if not mine:
        order_named(sort, ORDERS)
    return Wanted(
        sort=FOR_YOU if mine else sort,
        order=fitting.order(person) if mine else None,
        filters=asked.filters,
        matching=matching(site.collection, person, asked),
        k=k,
        offset=asked.offset,
    )


def for_you(sort: str) -> bool:
    """Whether an order is the reader's own."""
    return sort.strip().lower() in _TYPED


def matching(collection: Collection, person: int, asked: DayAsked) -> Matching | None:
    """The test of the words that papers should match, if any: those typed, else those of a kept query, by its own
    minimum unless another is asked for. UsageError for a minimum that is none, NotFoundError for a query that is not
    the person's."""
    if asked.match.strip():
        query = Alert.read(asked.match, minimum=asked.least)
    elif asked.query is not None:
        kept = own(collection.store, person, asked.query)
        query = alert_of(replace(kept, least=asked.least or kept.least))
    else:
        return None
    return prepare(collection, [query]).matching


def for_all(collection: Collection, person: int, asked: DayAsked) -> DayAsked:
    """The same in words that mean it for everybody."""
    changes: dict[str, object] = {"sort": USUAL} if for_you(asked.sort) else {}
    if asked.query is not None and not asked.match.strip():
        kept = own(collection.store, person, asked.query)
        without = "".join(f", not about {each}" for each in kept.without)
        changes |= {"match": f"{kept.text}{without}", "least": asked.least or kept.least}
    return asked.model_copy(update={**changes, "query": None})
