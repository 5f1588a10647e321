"""Earlier texts of papers: what a source said of a paper before it said otherwise."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from broadsheet.core.text import squeeze
from broadsheet.core.types import Document
from broadsheet.store.database import AMONG, Part, listed
from broadsheet.store.derived import decoded
from broadsheet.store.people import moment

MOST = 20
"""Earlier texts of one paper that are kept, the newest of them."""
LONGEST = 20_000
"""Characters of a text that is kept: abstracts, not whole papers."""
_KEEP = (
    "INSERT OR IGNORE INTO former_texts (number, source, at, version, updated, title, text)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
_BOUND = (
    "DELETE FROM former_texts WHERE number = ? AND (source, at) IN"
    " (SELECT source, at FROM former_texts WHERE number = ? ORDER BY at DESC, source LIMIT -1 OFFSET ?)"
)


@dataclass(frozen=True, slots=True)
class Version:
    """What a source said: title and text as they are shown, the ``version`` as it numbered it (None: it did not), the
    authors' date (``updated``), and the moment ``until`` which it said so (None: it still does)."""

    title: str
    text: str
    version: int | None
    updated: date | None
    until: datetime | None = None


class Versions(Part):
    """Read what sources said of a paper before."""

    def of(self, number: int) -> dict[str, list[Version]]:
        """Return the texts of each source that said another one before, the oldest first, the present one last."""
        former: defaultdict[str, list[Version]] = defaultdict(list)
        sql = "SELECT source, at, version, updated, title, text FROM former_texts WHERE number = ? ORDER BY at"
        for source, at, version, updated, title, text in self._db.rows(sql, (number,)):
            day = date.fromisoformat(updated) if updated else None
            former[source].append(Version(title, text, version, day, datetime.fromisoformat(at)))
        present = self._db.rows("SELECT source, body FROM records WHERE number = ?", (number,)) if former else []
        return {source: [*former[source], version_of(decoded(body))] for source, body in present if source in former}

    def changed(self, numbers: Sequence[int], *, after: datetime) -> list[tuple[int, datetime]]:
        """Return which of these papers say something else since a moment, and when they changed last, the newest
        change first."""
        sql = f"SELECT number, max(at) FROM former_texts WHERE {AMONG} AND at > ? GROUP BY number ORDER BY 2 DESC, 1"  # noqa: S608 - a constant
        found = self._db.rows(sql, (listed(numbers), moment(after)))
        return [(number, datetime.fromisoformat(at)) for number, at in found]


def version_of(document: Document) -> Version:
    """Return what a Document says, as a version that its source still says."""
    return Version(document.shown_title, document.shown_text, document.version, document.updated)


def keep(db: sqlite3.Connection, number: int, before: Document, after: Document, *, at: str) -> None:
    """Keep what a source said of a paper ``before``, if it is an abstract and the source says another one now.

    ``at`` is the moment of the change. Of two changes at one moment, what was there before both stays.
    """
    if (
        not before.shown_text
        or not after.shown_text
        or len(before.shown_text) > LONGEST
        or not _reworded(before, after)
    ):
        return
    updated = before.updated.isoformat() if before.updated else ""
    row = (number, before.source, at, before.version, updated, before.shown_title, before.shown_text)
    db.execute(_KEEP, row)
    db.execute(_BOUND, (number, number, MOST))


def _reworded(one: Document, other: Document) -> bool:
    return any(
        squeeze(first) != squeeze(second)
        for first, second in ((one.shown_title, other.shown_title), (one.shown_text, other.shown_text))
    )
