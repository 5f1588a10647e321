"""Who is here and as what: added, invited, given another role, removed; and the one reader of a machine."""

from __future__ import annotations

from datetime import datetime

from broadsheet.core.errors import UsageError
from broadsheet.people.signin import address
from broadsheet.store import Store
from broadsheet.store.people import Person, Role


def add(store: Store, who: str, *, role: Role, now: datetime) -> Person:
    """Add the person of an address with this role, or give it to one who is here. UsageError when it is no address."""
    person = store.people.add(address(who), role, now=now)
    return person if person.role == role else give_role(store, person, role=role)


def give_role(store: Store, person: Person, *, role: Role) -> Person:
    """Give a person another role; returns them as they are now."""
    store.people.set_role(person.number, role)
    return store.people.get(person.number) or person


def invite(store: Store, who: str, *, role: Role, now: datetime) -> None:
    """Let an address sign in with this role; nothing is mailed. UsageError for the address of a person who is here."""
    known = store.people.at(address(who))
    if known:
        raise UsageError(f"{known.address} is here already, as {known.role}: `broadsheet people role` changes that")
    store.people.invite(address(who), role, now=now)


def uninvite(store: Store, who: str) -> bool:
    """Take an invitation back; False when the address had none."""
    return store.people.uninvite(address(who))


def remove(store: Store, person: Person) -> None:
    """Remove a person with all they have; an empty place is left of each comment."""
    store.people.remove(person.number)


def sole_reader(store: Store, *, now: datetime) -> Person:
    """Give the one reader of an instance without signing in, an admin, and make them first where they are missing."""
    return store.people.sole() or store.people.add_sole(now=now)
