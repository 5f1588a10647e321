"""The secret addresses of a person's own lists as feeds, which the pages and the API show."""

from __future__ import annotations

from fastapi import Request

from broadsheet.people.account import feed_key
from broadsheet.site.compression import keep_uncompressed
from broadsheet.site.context import Site
from broadsheet.site.urls import base_of
from broadsheet.store.people import Person


def addresses(request: Request, site: Site, person: Person, form: str = "atom") -> list[tuple[str, str]]:
    """Return the names of a person's lists and the addresses of their feeds, all saved papers first."""
    store, number = site.collection.store, person.number
    named = [("All I saved", "saved"), *((each.name, f"list/{each.number}") for each in store.lists.of(number))]
    named += [(each.name, f"query/{each.number}") for each in store.alerts.of(number)]
    named += [("For you", "foryou"), ("Authors I follow", "authors")]
    if store.follows.topics_of(number):
        named.append(("Authors and topics I follow", "follows"))
    return [(name, f"{address(request, site, person, path)}.{form}") for name, path in named]


def address(request: Request, site: Site, person: Person, path: str) -> str:
    """Return the address of a person's list (``saved``, ``list/7``, ``query/7``, ``foryou``, ``authors``, ``follows``)
    without its form. What shows it is not compressed."""
    keep_uncompressed(request)
    return f"{base_of(request, site)}/feeds/own/{feed_key(site.collection.store, person)}/{path}"
