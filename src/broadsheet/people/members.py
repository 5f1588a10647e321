"""Members and their roles: added, invited, given another role, removed; and the single reader of a machine."""

from __future__ import annotations

from datetime import datetime

from broadsheet.core.errors import UsageError
from broadsheet.people.signin import address
from broadsheet.store import Store
from broadsheet.store.people import Person, Role


def add(store: Store, who: str, *, role: Role, now: datetime) -> Person:
    """Add a person with this role, or give the role to the one with this address. UsageError for a bad address."""
    person = store.people.add(address(who), role, now=now)
    return person if person.role == role else give_role(store, person, role=role)


def give_role(store: Store, person: Person, *, role: Role) -> Person:
    """Give a person another role and return the person as stored."""
    store.people.set_role(person.number, role)
    return store.people.get(person.number) or person


def invite(store: Store, who: str, *, role: Role, now: datetime) -> None:
    """Let an address sign in with this role; no email is sent. UsageError for the address of a member."""
    known = store.people.at(address(who))
    if known:
        raise UsageError(f"{known.address} is a member already, as {known.role}: `broadsheet people role` changes that")
    store.people.invite(address(who), role, now=now)


def uninvite(store: Store, who: str) -> bool:
    """Take back an invitation; False when the address had none."""
    return store.people.uninvite(address(who))


def remove(store: Store, person: Person) -> None:
    """Remove a person with all their data; each of their comments leaves an empty place."""
    store.people.remove(person.number)


def sole_reader(store: Store, *, now: datetime) -> Person:
    """Return the single reader of an instance without sign-in, an admin, who is made at first use."""
    return store.people.sole() or store.people.add_sole(now=now)
