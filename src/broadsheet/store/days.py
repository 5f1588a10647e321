"""Reads of the Store by day: which papers are listed, which days have papers, and which papers may be one work."""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import NamedTuple

from broadsheet.core.types import Filters
from broadsheet.store.database import Part
from broadsheet.store.derived import BODY
from broadsheet.store.filters import conditions

_MOST_COPIES = 20  # a title or a mark that more papers share names none of them
_WITH_PAPERS = "SELECT day FROM documents INDEXED BY documents_day WHERE deleted = 0 AND "
_ASKED = "WITH asked (number) AS MATERIALIZED (SELECT value FROM json_each(?)) "
_TWINS = (
    _ASKED
    + f"""
SELECT d.number, o.number FROM asked CROSS JOIN documents d USING (number) CROSS JOIN documents o ON o.title = d.title
    WHERE d.title <> '' AND (SELECT count(*) FROM (SELECT 1 FROM documents t WHERE t.title = d.title
    LIMIT {_MOST_COPIES + 1})) <= {_MOST_COPIES}
UNION SELECT s.number, o.number FROM asked CROSS JOIN sketches s USING (number) CROSS JOIN sketches o USING (mark)
    WHERE (SELECT count(*) FROM (SELECT 1 FROM sketches t WHERE t.mark = s.mark
    LIMIT {_MOST_COPIES + 1})) <= {_MOST_COPIES}
UNION SELECT a.number, o.number FROM asked CROSS JOIN aliases a USING (number) CROSS JOIN aliases o USING (alias)
UNION SELECT a.number, o.number FROM asked CROSS JOIN aliases a USING (number) CROSS JOIN documents o ON o.id = a.alias
UNION SELECT d.number, a.number FROM asked CROSS JOIN documents d USING (number) CROSS JOIN aliases a ON a.alias = d.id
"""
)
_KEYS = (
    _ASKED
    + """
SELECT mark, number FROM asked CROSS JOIN sketches USING (number)
UNION ALL SELECT alias, number FROM asked CROSS JOIN aliases USING (number)
UNION ALL SELECT id, number FROM asked CROSS JOIN documents USING (number)
"""
)

# ``not Document.is_late``, without reading the documents.
_IN_TIME = (
    "CASE json_valid(body) WHEN 1 THEN json_extract(body, '$.estimated') IS NULL"
    " OR coalesce(json_extract(body, '$.announced'), json_extract(body, '$.listed')) IS NOT NULL"
    " OR coalesce(json_extract(body, '$.first_seen') <= json_extract(body, '$.estimated'), 0) ELSE 0 END"
)


# ``not Document.on_estimate``
_STATED = (
    "CASE json_valid(body) WHEN 1 THEN json_extract(body, '$.estimated') IS NULL"
    " OR coalesce(json_extract(body, '$.announced'), json_extract(body, '$.listed')) IS NOT NULL ELSE 0 END"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """The values that sort a list of papers: the id, the day of its list, its votes."""

    number: int
    id: str
    day: date | None
    votes: int | None


class DayCount(NamedTuple):
    """How many papers are listed on a day, and how many of them a reader has read."""

    papers: int
    read: int = 0

    @property
    def unread(self) -> int:
        """How many of them the reader has not read."""
        return self.papers - self.read


class Days(Part):
    """Find the papers listed on each day. The starter shelf is not on any day."""

    def between(self, first: date, last: date) -> list[int]:
        """Return the row numbers of the documents listed on the days from ``first`` to ``last``."""
        sql = "SELECT number FROM documents WHERE day BETWEEN ? AND ? AND deleted = 0 ORDER BY number"
        with self._db.reading() as db:
            return [row[0] for row in db.execute(sql, (first.toordinal(), last.toordinal()))]

    def before(self, day: date, filters: Filters | None = None) -> date | None:
        """Return the newest day before this one that has papers (that meet the filters)."""
        return self._day("day < ? {} ORDER BY day DESC", day, filters)

    def after(self, day: date, filters: Filters | None = None) -> date | None:
        """Return the first day after this one that has papers (that meet the filters)."""
        return self._day("day > ? {} ORDER BY day", day, filters)

    def _day(self, asked: str, day: date, filters: Filters | None) -> date | None:
        met = conditions(filters or Filters())
        where = asked.format("".join(f"AND {text} " for text, _ in met))
        values = [value for _, several in met for value in several]
        with self._db.reading() as db:
            found = db.execute(_WITH_PAPERS + where + " LIMIT 1", (day.toordinal(), *values)).fetchone()
        return date.fromordinal(found[0]) if found else None

    def newest(self, last: date, most: int) -> list[tuple[int, date]]:
        """Return row number and day of every paper on the newest ``most`` days with papers up to ``last``, by day."""
        newest = "(SELECT DISTINCT day FROM documents WHERE deleted = 0 AND day <= ? ORDER BY day DESC LIMIT ?)"
        sql = f"SELECT number, day FROM documents WHERE deleted = 0 AND day IN {newest} ORDER BY day, number"
        with self._db.reading() as db:
            rows = db.execute(sql, (last.toordinal(), most)).fetchall()
        return [(number, date.fromordinal(day)) for number, day in rows]

    def counts(self, first: date, last: date, *, reader: int = 0) -> dict[date, DayCount]:
        """Count the papers of each day from ``first`` to ``last`` that has some, and which of them a ``reader`` (0: a
        stranger) has read, without those that the editor has hidden."""
        sql = (
            "SELECT day, count(*), count(seen.number) FROM documents INDEXED BY documents_day"
            " LEFT JOIN read_papers AS seen ON seen.person = ? AND seen.number = documents.number"
            " WHERE day BETWEEN ? AND ? AND deleted = 0"
            " AND documents.number NOT IN (SELECT number FROM desk WHERE act = 'hide') GROUP BY day"
        )
        rows = self._db.rows(sql, (reader, first.toordinal(), last.toordinal()))
        return {date.fromordinal(day): DayCount(papers, read) for day, papers, read in rows}

    def news(self, numbers: Sequence[int]) -> set[int]:
        """Return the papers among these that are listed on a day and did not come after it (``Document.is_late``)."""
        bodies = f"SELECT number, {BODY} AS body FROM asked CROSS JOIN documents USING (number)"
        sql = f"{_ASKED} SELECT number FROM ({bodies} WHERE deleted = 0 AND day IS NOT NULL) WHERE {_IN_TIME}"
        return set(self._db.column(sql, (json.dumps([int(number) for number in numbers]),)))

    def stated(self, numbers: Sequence[int]) -> set[int]:
        """Return the papers among these whose day a source stated or showed: those not ``Document.on_estimate``."""
        bodies = f"SELECT number, {BODY} AS body FROM asked CROSS JOIN documents USING (number)"
        sql = f"{_ASKED} SELECT number FROM ({bodies} WHERE deleted = 0 AND day IS NOT NULL) WHERE {_STATED}"
        return set(self._db.column(sql, (json.dumps([int(number) for number in numbers]),)))

    def placements(self, numbers: Sequence[int]) -> list[Standing]:
        """Return what sorts these papers, without deleted ones."""
        sql = _ASKED + "SELECT number, id, day, votes FROM asked CROSS JOIN documents USING (number) WHERE deleted = 0"
        with self._db.reading() as db:
            rows = db.execute(sql, (json.dumps(list(numbers)),)).fetchall()
        return [Standing(n, name, date.fromordinal(day) if day else None, votes) for n, name, day, votes in rows]

    def twins(self, numbers: Sequence[int]) -> list[tuple[int, int]]:
        """Return pairs of papers, one of ``numbers``, that may be the same work: they share a title, an identifier
        or a part of their texts. Only ``works.tie`` can tell."""
        with self._db.reading() as db:
            rows = db.execute(_TWINS, (json.dumps(list(numbers)),)).fetchall()
        return [(one, other) for one, other in rows if one != other]

    def shared(self, numbers: Sequence[int]) -> set[tuple[int, int]]:
        """Return the pairs among these papers, the lower number first, that share a title, an identifier or a part of
        their texts; what more than a few of them share names none. For a list this is far quicker than ``twins``."""
        holders: dict[object, list[int]] = {}
        for key, number in self._db.rows(_KEYS, (json.dumps([int(number) for number in numbers]),)):
            holders.setdefault(key, []).append(number)
        several = (sorted(set(some)) for some in holders.values() if 1 < len(some) <= _MOST_COPIES)
        return {pair for some in several for pair in combinations(some, 2)}
