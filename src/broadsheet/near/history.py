"""What changed in the title and the text of a paper from one version of a source to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from broadsheet.collection import Collection
from broadsheet.core.changes import Piece, changes, share
from broadsheet.core.types import Document
from broadsheet.store.versions import Version


@dataclass(frozen=True, slots=True)
class Revision:
    """A change of what a ``source`` says, at the moment ``at``: the versions ``before`` and ``after``, the pieces of
    title and text, and how much of the words of both changed (``share``, 0 to 1)."""

    source: str
    at: datetime
    before: Version
    after: Version
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]
    share: float

    @property
    def in_words(self) -> str:
        """Return when it changed, and how much."""
        numbers = [each.version for each in (self.before, self.after)]
        versions = " (version {} to {})".format(*numbers) if all(numbers) and numbers[0] != numbers[1] else ""
        return f"Changed on {self.at:%Y-%m-%d}{versions}: {self.share:.0%} of the words."


def history(collection: Collection, document: Document) -> list[Revision]:
    """Return the changes of a paper that are known, the newest first. A change from before the Store kept former texts
    is not known."""
    number = collection.store.papers.number(document.id)
    versions = {} if number is None else collection.store.versions.of(number)
    found = [
        _revision(source, before, after, before.until)
        for source, several in versions.items()
        for before, after in pairwise(several)
        if before.until
    ]
    return sorted(found, key=lambda each: (each.at, each.source), reverse=True)


def _revision(source: str, before: Version, after: Version, at: datetime) -> Revision:
    title, text = changes(before.title, after.title), changes(before.text, after.text)
    return Revision(source, at, before, after, tuple(title), tuple(text), share([*title, *text]))
