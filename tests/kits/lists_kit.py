"""A Collection whose papers are of three kinds, and a reader with a list of each of two of them."""

from __future__ import annotations

from pathlib import Path

from broadsheet.collection import Collection, open_collection
from broadsheet.ingest import ingest
from broadsheet.people import lists as acts
from broadsheet.store.lists import SAVED
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper
from foryou_kit import EACH, numbers, papers
from site_kit import Given

BRIDGE, SOUP, OWL, ELSEWHERE = 0, EACH, 2 * EACH, 900  # the first paper of each kind, and of the others
SUITED = BRIDGE + 34
"""A paper that suits the list of bridges well."""


def kinds(folder: Path) -> Collection:
    """A Collection of bridges, soups and owls, and more papers about other things."""
    others = [paper(ELSEWHERE + place, f"kelp lichen moss fern number{place} herb{place % 7}") for place in range(200)]
    made = open_collection(folder, encoder=WordEncoder())
    ingest(made, Given([*papers(), *others]), now=NOW)
    sync(made)
    return made


def with_lists(made: Collection, person: int) -> int:
    """Give a person a list of bridges and one of soups, and saved owls without a list of their own."""
    for name, first in (("Spans", BRIDGE), ("Broths", SOUP), (SAVED, OWL)):
        acts.put_numbers(made, person, numbers=numbers(made, *range(first, first + 10)), into=name, now=NOW)
    return person


def id_of(place: int) -> str:
    """The id of the paper at a place."""
    return f"made:{place:03d}"
