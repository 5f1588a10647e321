"""A reader brings a library: its papers become saved, in a list that is called after the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from broadsheet.collection import Collection
from broadsheet.people.library import Taken, read_library, take_library
from broadsheet.store.lists import list_name

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a library: the list it is in now, by number and name, how many papers it ``saved`` there, and
    what was ``taken`` into the Collection."""

    list: int
    name: str
    saved: int
    taken: Taken

    @property
    def known(self) -> int:
        """How many of its papers the Collection had already."""
        return len(self.taken.likes) - self.taken.new


def bring(collection: Collection, person: int, data: bytes, filename: str, *, now: datetime) -> Brought:
    """Save the papers of a BibTeX, RIS or Zotero CSV file for a person. Brought again, nothing is new.

    The papers stand in the Collection as ``library:rN``, by the person's number alone, less what only its owner should
    see: ``relevance.library`` says what. UsageError or SourceError for a file that cannot be read as a library.
    """
    records = read_library(data, filename)
    taken = take_library(collection, records, f"r{person}", now=now)
    name = named(filename)
    list_ = collection.store.list_named(person, name, now=now)
    return Brought(list_, name, collection.store.save(person, list_, taken.likes, now=now), taken)


def named(filename: str) -> str:
    """The list of a file: its name without folders, endings and what cannot be seen."""
    plain = PurePath(filename.replace("\\", "/")).name.removesuffix(".gz")
    stem = "".join(letter for letter in PurePath(plain).stem if letter.isprintable())
    return list_name(stem.strip(" .")[:_LONGEST] or "Library")
