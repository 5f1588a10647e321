"""What is new for a person apart from the picks: papers that match their alerts, papers by authors and in topics that
they follow, new versions of papers that they follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from broadsheet.alerts.alert import Alert, ask_alert
from broadsheet.alerts.match import matches
from broadsheet.collection import Collection
from broadsheet.core.topic import Topic
from broadsheet.core.types import Result
from broadsheet.daily.copies import works_of
from broadsheet.near.history import Revision, history
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


@dataclass(frozen=True, slots=True)
class Changed:
    """A followed paper whose text changed: its row number, the moment, how the new text is ``named`` (``version 2``),
    and the ``share`` of the words that changed, 0 to 1."""

    number: int
    at: datetime
    named: str
    share: float

    @property
    def why(self) -> str:
        """Return why a reader sees the paper again, in words."""
        return f"{self.named} of a paper you follow, {self.share:.0%} of its words changed"


def followed_papers(store: Store, alerts: Iterable[SavedQuery]) -> dict[str, int]:
    """Return the papers that these alerts follow: the names in the alerts, and the row numbers of those that are
    here."""
    names = dict.fromkeys(name for each in alerts for name in ask_alert(each.text).like)
    known = {name: store.papers.number(name) for name in names}
    return {name: number for name, number in known.items() if number is not None}


def new_versions(collection: Collection, numbers: Iterable[int], *, after: datetime) -> list[Changed]:
    """Find which of these papers say something else since a moment, the newest change first."""
    changed = collection.store.versions.changed(sorted(set(numbers)), after=after)
    papers = collection.store.papers.by_numbers([number for number, _ in changed])
    newest = {number: next(iter(history(collection, paper)), None) for number, paper in papers.items()}
    return [Changed(number, at, _named(made), made.share) for number, at in changed if (made := newest.get(number))]


def _named(made: Revision) -> str:
    before, version = made.before.version, made.after.version
    return f"version {version}" if version and version != before else "new text"


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
