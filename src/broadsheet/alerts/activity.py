"""What a reader's alerts and follows bring: how many papers a day, how many today, and when the last one came.

the newest days that have papers -> all alerts matched with all of their papers at once
                                 -> the papers of each followed author, and of each followed topic, among them
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from broadsheet.alerts.alert import Alert
from broadsheet.alerts.match import gather, prepare
from broadsheet.alerts.news import alert_of
from broadsheet.alerts.trial import repeated
from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.topic import Topic
from broadsheet.store.alerts import SavedQuery

DAYS = 30  # that have papers
_BLOCK = 32_768  # papers matched at once: 50 MB of vectors
_MOST = 1_000  # newest papers of one author that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """How many ``papers`` came in how many ``days`` with papers, how many of them on the reader's ``today``, and the
    day of the ``last``; None if none came."""

    papers: int
    days: int
    today: int
    last: date | None

    @property
    def a_day(self) -> float:
        """Papers a day, over the days that had papers; 0 without any."""
        return self.papers / self.days if self.days else 0.0


@dataclass(frozen=True, slots=True)
class Past:
    """The newest days that have papers, up to ``today``: the day of each paper, without what the editor has hidden."""

    collection: Collection
    today: date
    days: Mapping[int, date]

    @classmethod
    def of(cls, collection: Collection, today: date, *, days: int = DAYS) -> Past:
        """Read the newest ``days`` days that have papers."""
        hidden = set(collection.store.desk.hidden())
        newest = collection.store.days.newest(today, days)
        return cls(collection, today, {number: day for number, day in newest if number not in hidden})

    def of_alerts(self, alerts: Sequence[SavedQuery]) -> dict[int, Activity]:
        """Return what each alert brought, by its number; one that can no longer be read is left out.

        CollectionError without a synced Space, ModelError when the encoder cannot be loaded.
        """
        read = {}
        for each in alerts:
            try:
                read[each.number] = alert_of(each)
            except UsageError:
                continue
        matched = self._matched(list(dict.fromkeys(read.values()))) if read else {}
        return {number: self._activity(matched[alert]) for number, alert in read.items()}

    def _matched(self, alerts: Sequence[Alert]) -> dict[Alert, set[int]]:
        prepared, numbers = prepare(self.collection, alerts), list(self.days)
        matched: dict[Alert, set[int]] = {alert: set() for alert in alerts}
        for start in range(0, len(numbers), _BLOCK):
            papers = gather(self.collection, numbers[start : start + _BLOCK], prepared, words=False)
            for alert, hits in zip(alerts, prepared.hits(papers), strict=True):
                matched[alert].update(hit.number for hit in hits)
        again = repeated(self.collection, set().union(*matched.values()))
        return {alert: found - again for alert, found in matched.items()}

    def of_authors(self, authors: Sequence[str]) -> dict[str, Activity]:
        """Return what each followed author brought, by name."""
        written = self.collection.store.papers.newest_by(authors, _MOST)
        return {
            author: self._activity([number for number in written.get(author, ()) if number in self.days])
            for author in authors
        }

    def of_topics(self, topics: Sequence[Topic]) -> dict[int, Activity]:
        """Return what each followed topic or field brought, by its number."""
        members: dict[int, set[int]] = {topic.id: set() for topic in topics}
        for home in self.collection.store.topics.homes_of(list(self.days)) if topics else ():
            for topic in (home.topic, home.field):
                if topic in members:
                    members[topic].add(home.number)
        return {topic: self._activity(numbers) for topic, numbers in members.items()}

    def _activity(self, numbers: Iterable[int]) -> Activity:
        days = [self.days[number] for number in numbers]
        return Activity(
            papers=len(days),
            days=len(set(self.days.values())),
            today=days.count(self.today),
            last=max(days, default=None),
        )
