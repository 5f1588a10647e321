"""Split: part what an older version merged into one paper, as far as the records of the sources still hold it.

look: which papers hold records of several papers, and which records were made of several statements of a source?
split: the former get papers of their own; the latter are forgotten, so that their sources say them again
What readers did stays with the paper that keeps its id.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from broadsheet.store import Store
from broadsheet.store.clashes import Clash
from broadsheet.store.mixtures import Mixture, United


@dataclass(frozen=True, slots=True)
class Mixed:
    """What is merged: papers whose sources speak of different ones, and records of several statements of a source."""

    papers: tuple[Mixture, ...]
    records: tuple[United, ...]

    @property
    def sources(self) -> list[str]:
        """The sources that must be read again, since only they can say what their earlier statements were."""
        return sorted({each.source for each in self.records})


def look(store: Store) -> Mixed:
    """Find what is merged; nothing is changed."""
    return Mixed(tuple(store.mixtures.all()), tuple(store.mixtures.united()))


def split(store: Store, mixed: Mixed, *, now: datetime) -> list[Clash]:
    """Part what ``look`` returned; return what each record that went is called now. Doing it again changes nothing."""
    clashes = store.mixtures.split([each.number for each in mixed.papers], now=now)
    store.mixtures.forget(mixed.records)
    return clashes
