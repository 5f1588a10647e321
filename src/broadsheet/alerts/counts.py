"""How many of a day's papers match each alert of a reader, quickly enough for every look at the day.

the alerts whose vectors are stored (no model is loaded for a page) -> match all of them with the papers at once
remember the counts until an alert, the papers or the Space changes
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import gather, prepare
from broadsheet.alerts.memory import stored_vectors
from broadsheet.alerts.news import alert_of
from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError, ModelError
from broadsheet.core.query import ask
from broadsheet.core.recent import Recent
from broadsheet.daily.copies import Group
from broadsheet.store.alerts import SavedQuery

_MOST, _ROOM = 256, 8_000_000  # remembered lists of counts, and roughly their bytes
_ROW = 120  # bytes of a paper in a key, and of a count

_Memory = Recent[tuple[object, ...], dict[int, int]]


def counts(collection: Collection, saved: Sequence[SavedQuery], works: Sequence[Group]) -> dict[int, int]:
    """Return how many of these works (row numbers of their papers) match each alert, by the alert's number. One that
    cannot be matched without loading a model or syncing first is left out."""
    memory: _Memory = collection.memory("alert counts", lambda: Recent(_MOST, size=_ROOM))
    asked = tuple((each.number, each.text, each.without, each.least) for each in saved)
    key = (asked, tuple(works), collection.space.change, collection.store.papers.last_change())
    known = memory.get(key)
    if known is None:
        known = _counted(collection, saved, works)
        if len(known) < len(saved):  # what is missing may be stored or synced by the next look
            return known
        memory.keep(key, known, size=_ROW * (2 + len(works) + len(asked)))
    return known


def _counted(collection: Collection, saved: Sequence[SavedQuery], works: Sequence[Group]) -> dict[int, int]:
    try:
        alerts = {each.number: alert_of(each) for each in saved}
        texts = {text for alert in alerts.values() for text in _texts(alert)}
        ready = stored_vectors(collection, sorted(texts)).keys()
        alerts = {number: alert for number, alert in alerts.items() if ready >= set(_texts(alert))}
        if not alerts:
            return {}
        prepared = prepare(collection, alerts.values())
        papers = sorted(number for work in works for number in work)
        hits = prepared.hits(gather(collection, papers, prepared, words=False))
    except (CollectionError, ModelError):
        return {}
    found = [{hit.number for hit in each} for each in hits]
    return {number: _works_among(works, matching) for number, matching in zip(alerts, found, strict=True)}


def _texts(alert: Alert) -> list[str]:
    """The texts of an alert that need a vector."""
    return [text for text in (ask(alert.text).words, *alert.without) if text]


def _works_among(works: Sequence[Group], numbers: AbstractSet[int]) -> int:
    return sum(not numbers.isdisjoint(work) for work in works)
