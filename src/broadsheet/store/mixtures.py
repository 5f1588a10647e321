"""Documents in which an older version merged several papers, and how they are split.

a document of several sources: the records that agree with the one that gives its title stay, the others go
a record made of several statements of its source: no one knows what the earlier ones were; when they are forgotten,
    the source states them again at its next reading, and each finds its document
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from broadsheet.core.identity import everywhere
from broadsheet.core.types import Document
from broadsheet.core.works import agree
from broadsheet.store.batch import Batch
from broadsheet.store.clashes import Clash, Kept, records_of
from broadsheet.store.database import Part
from broadsheet.store.merge import precedence

_AT_ONCE = 500  # documents that are looked at together
_LISTED = "(SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Mixture:
    """A document of several papers: its row ``number``, the record that it keeps, and those of other papers."""

    number: int
    stays: Document
    goes: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class United:
    """A record that was made of several ``statements`` of its source, which may have been several papers."""

    said: int
    id: str
    source: str
    statements: int


class Mixtures(Part):
    """Find documents that hold several papers, and split them."""

    def all(self) -> list[Mixture]:
        """Return the documents whose sources speak of different papers, by row number."""
        numbers = self._db.column("SELECT number FROM merged ORDER BY number")
        mixtures: list[Mixture] = []
        for start in range(0, len(numbers), _AT_ONCE):
            with self._db.reading() as db:
                several = [(number, records_of(db, number)) for number in numbers[start : start + _AT_ONCE]]
            for number, kept in several:
                stay, go = _parted(kept)
                if go:
                    mixtures.append(Mixture(number, stay[0].document, tuple(each.document for each in go)))
        return mixtures

    def split(self, numbers: Sequence[int], *, now: datetime) -> list[Clash]:
        """Give the records of other papers in these documents documents of their own; return what each is called now.

        The ids of these documents stay, with all that readers did with them.
        """
        clashes: list[Clash] = []
        for number in numbers:
            with self._db.writing() as db:
                _, go = _parted(records_of(db, number))
                batch = Batch(db, now, set())
                batch.take_out(number, go)
                clashes += batch.counts.clashes
        return clashes

    def united(self) -> list[United]:
        """Return the records that were made of several statements under an identifier that need not be of one paper."""
        sql = (
            "SELECT said, id, source, length(digests) - length(replace(digests, ' ', '')) + 1"
            " FROM records JOIN documents USING (number) WHERE instr(digests, ' ') > 0 ORDER BY source, id"
        )
        rows = [United(*row) for row in self._db.rows(sql)]
        return [row for row in rows if not everywhere(row.id)]

    def forget(self, united: Sequence[United]) -> None:
        """Forget what these records were made of, so that the next reading of their sources compares it again."""
        said = json.dumps([each.said for each in united])
        self._db.write(f"UPDATE records SET digests = '' WHERE said IN {_LISTED}", (said,))  # noqa: S608


def _parted(kept: Sequence[Kept]) -> tuple[list[Kept], list[Kept]]:
    """Return the records that stay, the one that gives the document its title first, and those of other papers."""
    stay, go = list[Kept](), list[Kept]()
    for each in sorted(kept, key=lambda each: precedence(each.record)):
        others = [other.document for other in stay]
        (stay if all(agree(each.document, other, each.document.id) for other in others) else go).append(each)
    return stay, go
