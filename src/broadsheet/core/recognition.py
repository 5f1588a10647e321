"""What a query names besides what it is about: people who wrote papers, and topics of the Collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from broadsheet.core.topic import Counted


class Writer(NamedTuple):
    """An author whom a query names, and how many papers of the Collection can be theirs."""

    name: str
    papers: int


@dataclass(frozen=True, slots=True)
class Recognition:
    """The authors and topics that a query names, each with how many papers there are; the likeliest first."""

    writers: tuple[Writer, ...] = ()
    topics: tuple[Counted, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.writers or self.topics)
