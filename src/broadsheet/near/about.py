"""What is near a paper: the same work elsewhere, how new it is, and what changed in its text."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.near.history import Revision, history
from broadsheet.near.novelty import DAYS, Novelty, novelty
from broadsheet.near.same import Copy, copies_of


@dataclass(frozen=True, slots=True)
class About:
    """The other papers that may be the same work, how new the paper is, and its changes, the newest first."""

    copies: tuple[Copy, ...]
    novelty: Novelty
    revisions: tuple[Revision, ...]


def about(collection: Collection, document: Document, *, days: int = DAYS) -> About:
    """Return what is near a stored paper; ``days`` is how far back its novelty looks. UsageError for other days."""
    new = novelty(collection, [document], days=days)
    return About(
        tuple(copies_of(collection, document)),
        new.get(document.id, Novelty(note="It is not in this Collection.")),
        tuple(history(collection, document)),
    )
