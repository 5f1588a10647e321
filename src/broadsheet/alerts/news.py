"""What is new for a person apart from the picks: papers that match their alerts, papers by authors and in topics that
they follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import matches
from broadsheet.collection import Collection
from broadsheet.core.topic import Topic
from broadsheet.core.types import Result
from broadsheet.daily.copies import works_of
from broadsheet.store import Store
from broadsheet.store.alerts import SavedQuery

_MOST = 10_000  # papers of one author: all of them, but for a name that is a word


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


def by_followed(store: Store, *, authors: Sequence[str] = (), topics: Sequence[Topic] = ()) -> dict[int, str]:
    """Find the papers by these authors and in these topics or fields, which a person follows: row numbers, newest
    first, each with the reason in words, without what the editor has hidden."""
    reasons: dict[int, str] = {}
    for author, numbers in store.papers.newest_by(authors, _MOST).items():
        for number in numbers:
            reasons.setdefault(number, because_of_author(author))
    within = {topic.id: because_of_topic(topic) for topic in topics}
    for home in store.topics.within(list(within)):
        reasons.setdefault(home.number, within.get(home.topic) or within.get(home.field or 0, ""))
    shown = store.papers.newest_first(sorted(reasons.keys() - set(store.desk.hidden())))
    return {number: reasons[number] for number in shown}


def because_of_author(author: str) -> str:
    """Return why a reader sees a paper by an author whom they follow, in words."""
    return f"by {author}, whom you follow"


def because_of_topic(topic: Topic) -> str:
    """Return why a reader sees a paper in a topic or a field that they follow, in words."""
    return f"in “{topic.name}”, which you follow"
