"""A person's account: their name, a new address, tokens for programs, all their data as JSON."""

from __future__ import annotations

import hmac
from datetime import UTC, date, datetime, timedelta
from typing import Any

from broadsheet.core.errors import UsageError
from broadsheet.core.text import squeeze
from broadsheet.people import links
from broadsheet.people.members import remove
from broadsheet.people.signin import address
from broadsheet.people.subscription import unsubscribe
from broadsheet.store import Store
from broadsheet.store.people import Person

LINK = timedelta(hours=24)
_PURPOSE = "another address"
_LONGEST_NAME = 80
_MOST_TOKENS = 30


def clean_name(text: str) -> str:
    """Clean the name that a person wants to be called by; it may be empty."""
    return squeeze(text)[:_LONGEST_NAME]


def rename(store: Store, person: int, *, name: str) -> None:
    """Change the name that stands next to what a person writes; it may be empty."""
    store.people.set_name(person, clean_name(name))


def drop_address(store: Store, person: int, *, now: datetime) -> None:
    """Forget the address of the single reader, who needs none, and end the subscription sent there."""
    unsubscribe(store, person, now=now)
    store.people.set_address(person, "")


def address_link(store: Store, person: Person, new: str, *, now: datetime) -> tuple[str, str]:
    """Return the new address as it is stored, and the token of the link mailed there. UsageError for a bad address."""
    ends = int((now + LINK).timestamp())
    new = address(new)
    return new, links.sign(store.people.secret(), _PURPOSE, [person.number, person.address, new, ends])


def new_address(store: Store, given: str, *, now: datetime) -> tuple[Person, str]:
    """Return whose address a link changes, and the new address, without changing it. UsageError says why it fails."""
    match links.verify(store.people.secret(), _PURPOSE, given):
        case [int(number), str(old), str(new), int(ends)]:
            person = store.people.get(number)
        case _:
            raise UsageError("this link is incomplete: copy all of it from the email, or ask for a new one")
    if datetime.fromtimestamp(ends, UTC) <= now:
        raise UsageError("this link has expired: it works for a day. Ask for a new one")
    if person is None or person.address != old:  # so it works once: afterwards the old address is another
        raise UsageError("this link has been used already, or the address has changed since. Ask for a new one")
    return person, new


def change_address(store: Store, given: str, *, now: datetime) -> Person:
    """Use a link to give a person the new address. UsageError when it does not work or the address is taken."""
    person, new = new_address(store, given, now=now)
    if not store.people.set_address(person.number, new):
        raise UsageError(f"{new} belongs to another person here")
    return store.people.get(person.number) or person


def make_token(store: Store, person: Person, name: str, *, writes: bool, now: datetime) -> str:
    """Make a token for programs, returned only this once and stored as a digest. UsageError when there are too many."""
    if len(store.people.tokens(person.number)) >= _MOST_TOKENS:
        raise UsageError(f"you may have at most {_MOST_TOKENS} tokens: remove one first")
    key = links.new_key()
    store.people.add_token(links.digest(key), person.number, clean_name(name) or "unnamed", writes=writes, now=now)
    return key


def remove_token(store: Store, person: int, *, number: int) -> bool:
    """Remove a person's token, which stops working at once. False when they have no token of this number."""
    return 0 < number < 2**53 and store.people.remove_token(person, number)


def renew_feeds(store: Store, person: int) -> None:
    """Change the secret addresses of a person's own feeds; the old ones stop working at once."""
    store.people.renew(person)


def feed_key(store: Store, person: Person) -> str:
    """Return the secret part of the addresses of a person's own feeds; ``renew_feeds`` changes it."""
    return f"{person.number}-{links.derive(store.people.secret(), 'feed', person.number, person.renewals)}"


def feed_owner(store: Store, key: str) -> Person | None:
    """Find whose feeds this key opens; None for a wrong or former key."""
    number = key[:200].partition("-")[0]
    person = store.people.get(int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else None
    if person is None or not key.isascii() or not hmac.compare_digest(key, feed_key(store, person)):
        return None
    return person


def export(store: Store, person: Person, *, now: datetime) -> dict[str, Any]:
    """Return everything that is stored about a person as JSON values: papers by id, saves within their lists."""
    data = store.archive.belongings(person.number)
    own = data.pop("person")[0]
    saves = data.pop("saves")
    for each in data["lists"]:
        number = each.pop("list")
        each["papers"] = [{"paper": row["paper"], "at": row["at"]} for row in saves if row["list"] == number]
    for each in data["lines"]:
        each["day"] = date.fromordinal(each["day"]).isoformat()
    for each in data["tokens"]:
        each["writes"] = bool(each["writes"])
    return {"format": "broadsheet person 1", "exported": now.isoformat(), "person": own, **data}


def delete(store: Store, person: Person) -> None:
    """Delete a person with all their data. UsageError for the only admin, without whom no one could invite others."""
    admins = [each for each in store.people.all() if each.role == "admin"]
    if [each.number for each in admins] == [person.number]:
        raise UsageError("you are the only admin: make another person admin first, with `broadsheet people role`")
    remove(store, person)
