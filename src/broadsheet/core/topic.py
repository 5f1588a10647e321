"""Topics: the Collection's own subjects in two levels, each with a number that never changes and a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from broadsheet.core.text import clipped, plain

Level = Literal["field", "topic"]
_LONGEST_SLUG = 60
_MOST_NAMED = 3
_NOT_SLUG = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic, or a field that holds topics.

    ``parent`` is the field of a topic, None for a field. ``name`` is what an editor wrote, or else ``own_name``, which
    the program found. ``phrases`` are its own words, best first. ``papers`` counts the papers in it. A ``pinned`` one
    keeps its centre and its name whatever papers come.
    """

    id: int
    level: Level
    name: str
    own_name: str = ""
    parent: int | None = None
    phrases: tuple[str, ...] = ()
    papers: int = 0
    pinned: bool = False

    @property
    def slug(self) -> str:
        """The number and the name as they are written in an address; only the number counts."""
        return slug(self.id, self.name)


class Named(NamedTuple):
    """A topic as a paper in it shows it."""

    id: int
    name: str


class Counted(NamedTuple):
    """A topic, and how many papers of a list are in it."""

    id: int
    name: str
    papers: int


def unknown_note(names: Sequence[str]) -> str:
    """Say that no topic has these numbers or names, so that nothing was found by them; empty without any."""
    shown = " or ".join(f"“{clipped(each, _LONGEST_SLUG)}”" for each in names[:_MOST_NAMED])
    return f"No topic is called {shown}; `broadsheet topics` lists them." if names else ""


def slug(topic: int, name: str) -> str:
    """Return a topic's number and name as they are written in an address; only the number counts."""
    words = _NOT_SLUG.sub("-", plain(name))[:_LONGEST_SLUG].strip("-")
    return f"{topic}-{words}" if words else str(topic)


def topic_number(text: str) -> int | None:
    """Return the number that ``12`` or the slug ``12-word-embeddings`` begins with; None for a name."""
    found = re.fullmatch(r"([0-9]{1,15})(?:-[\w-]*)?", text.strip())
    return int(found[1]) if found else None
