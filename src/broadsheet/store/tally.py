"""Tally: how often each fact occurs among the papers of a list, and which order votes give them.

Every method takes all papers at once, by row number.
"""

# ruff: noqa: S608 - statements are put together from constants of this package; every value is bound

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from broadsheet.store.database import AMONG, Part, listed
from broadsheet.store.derived import BODY

_VOTES = "coalesce(votes, 0) + (SELECT count(*) FROM votes AS here WHERE here.number = documents.number)"


class Tally(Part):
    """Count facts of papers."""

    def years(self, numbers: Sequence[int]) -> list[tuple[int, int]]:
        """Return the years in which these papers appeared and how many did, the newest year first."""
        sql = (
            f"SELECT first, count(*) FROM documents WHERE {AMONG} AND first IS NOT NULL AND deleted = 0 GROUP BY first"
        )
        years: Counter[int] = Counter()
        for day, papers in self._db.rows(sql, (listed(numbers),)):
            years[date.fromordinal(day).year] += papers
        return sorted(years.items(), reverse=True)

    def venues(self, numbers: Sequence[int], most: int) -> list[tuple[str, int]]:
        """Return the most frequent venues of these papers, at most so many, as one of the papers writes them."""
        sql = (
            f"SELECT max(number), count(*) FROM documents WHERE {AMONG} AND venue <> '' GROUP BY venue"
            " ORDER BY count(*) DESC, venue LIMIT ?"
        )
        counts = dict(self._db.rows(sql, (listed(numbers), most)))
        sql = f"SELECT number, json_extract({BODY}, '$.venue') FROM documents WHERE {AMONG}"
        names = dict(self._db.rows(sql, (listed(counts),)))
        return [(str(names[number]), papers) for number, papers in counts.items() if number in names]

    def categories(self, numbers: Sequence[int], most: int) -> list[tuple[str, int]]:
        """Return the most frequent categories of these papers, at most so many. They are read from the papers: the
        table of categories is in their order, so that papers are found in it by reading all of it."""
        each = f"json_each({BODY}, '$.categories') AS each"
        sql = f"SELECT each.value, count(DISTINCT number) AS papers FROM documents, {each} WHERE {AMONG}"
        rows = self._db.rows(
            f"{sql} GROUP BY each.value ORDER BY papers DESC, each.value LIMIT ?", (listed(numbers), most)
        )
        return [(str(value), papers) for value, papers in rows]

    def sources(self, numbers: Sequence[int]) -> list[tuple[int, str]]:
        """Return each of these papers with each of its sources."""
        sql = f"SELECT number, source FROM records WHERE {AMONG}"
        return [(number, source) for number, source in self._db.rows(sql, (listed(numbers),))]

    def with_code(self, numbers: Sequence[int]) -> int:
        """Count those of these papers that link to code."""
        sql = f"SELECT count(*) FROM documents WHERE {AMONG} AND has_code = 1"
        return int(self._db.column(sql, (listed(numbers),))[0])

    def by_votes(self, numbers: Sequence[int]) -> list[int]:
        """Return these papers by their votes, at their sources and here, the most first; then the newest first."""
        order = f"{_VOTES} DESC, first DESC, number DESC"
        sql = f"SELECT number FROM documents WHERE {AMONG} AND deleted = 0 ORDER BY {order}"
        return self._db.column(sql, (listed(numbers),))
