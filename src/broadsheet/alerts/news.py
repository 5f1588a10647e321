"""What is new for a person apart from the picks: papers that match their alerts, and papers by authors they follow."""

from __future__ import annotations

from datetime import date

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import matches
from broadsheet.collection import Collection
from broadsheet.core.types import Filters, Result
from broadsheet.daily.copies import works_of
from broadsheet.store import Store
from broadsheet.store.alerts import SavedQuery

_AT_ONCE = 200  # authors that one filter may name


def alert_of(kept: SavedQuery) -> Alert:
    """Make a stored alert into one that can be matched."""
    return Alert.read(kept.text, kept.without, kept.least)


def new_matches(collection: Collection, kept: SavedQuery, *, last: date, days: int, k: int = 100) -> list[Result]:
    """Find at most k papers of the newest ``days`` days, up to ``last``, that match a stored alert: the newest day
    first, best first within it, one paper per work, without works that the editor has hidden and papers that came after
    their day. CollectionError or ModelError when nothing can be matched yet."""
    hidden = set(collection.store.desk.hidden())
    numbers = [number for number, _ in collection.store.days.newest(last, days) if number not in hidden]
    results = [each for each in matches(collection, alert_of(kept), numbers).items if not each.document.is_late]
    number = collection.store.papers.numbers([result.document.id for result in results])
    work = {each: place for place, group in enumerate(works_of(collection, list(number.values()))) for each in group}
    best: dict[int, Result] = {}
    for result in results:
        best.setdefault(work.get(number.get(result.document.id, 0), -result.rank), result)
    return sorted(best.values(), key=lambda each: -(each.document.day or date.min).toordinal())[:k]


def by_followed(store: Store, person: int) -> list[int]:
    """Find the papers by authors whom a person follows: row numbers, newest first, without what the editor has
    hidden."""
    authors = store.follows.of(person)
    parts = [tuple(authors[start : start + _AT_ONCE]) for start in range(0, len(authors), _AT_ONCE)]
    papers = {int(number) for part in parts for number in store.papers.numbers_where(Filters(authors=part))}
    return store.papers.newest_first(sorted(papers.difference(store.desk.hidden())))
