"""The people of an instance: who may sign in, their roles, and their API tokens."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import typer

from broadsheet import config
from broadsheet.cli import options
from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, print_json, table
from broadsheet.config import Settings
from broadsheet.core.errors import NotFoundError, UsageError, nearest
from broadsheet.people import account, members, signin
from broadsheet.people.account import make_token
from broadsheet.store import Store
from broadsheet.store.people import ROLES, Person, Role
from broadsheet.wiring.collection import open_configured

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="An email address; it identifies a person.")]
AsRole = Annotated[str, typer.Option("--role", metavar="ROLE", help="reader, editor or admin.")]
NewRole = Annotated[str, typer.Argument(metavar="ROLE", help="reader, editor or admin.")]
Sure = Annotated[bool, typer.Option("--yes", help="Confirm: everything they have is deleted for good.")]
Whose = Annotated[
    str | None,
    typer.Option("--for", metavar="ADDRESS", help="The person's email address; without it, the single reader."),
]
TokenName = Annotated[str, typer.Argument(metavar="NAME", help="What the token is for.")]
TokenNumber = Annotated[int, typer.Argument(metavar="NUMBER", help="Its number in `people tokens list`.")]
Writes = Annotated[bool, typer.Option("--writes", help="Let it change things, not only read.")]
_SHOWN = {"queries": "alerts"}  # kinds of belongings that readers know by another word


def add(address: Address, as_role: AsRole = "reader", data: Data = None) -> None:
    """Add a person, or give an existing person this role.

    Use it to make the first admin. Then `people link` prints a sign-in link.

    Example: broadsheet people add ada@example.org --role admin
    """
    wanted, who = _role(as_role), signin.address(address)
    with open_configured(data) as collection:
        members.add(collection.store, who, role=wanted, now=options.now())
        settings = _settings(data)
    note(f"{who} now has the role {wanted}. {_next(settings, who)}")


def invite(address: Address, as_role: AsRole = "reader", data: Data = None) -> None:
    """Allow an address to sign in. No email is sent.

    Example: broadsheet people invite ben@example.org
    """
    wanted, who = _role(as_role), signin.address(address)
    with open_configured(data) as collection:
        members.invite(collection.store, who, role=wanted, now=options.now())
        settings = _settings(data)
    note(f"{who} may now sign in as {wanted}. {_next(settings, who)}")


def link(address: Address, data: Data = None) -> None:
    """Print a sign-in link. It works once, within 15 minutes.

    Use it for the first sign-in, or where no mail server is set up. Anyone who has the link can sign in as that person.

    Example: broadsheet people link ada@example.org
    """
    who, settings = signin.address(address), _settings(data)
    if settings.access == "single":
        raise UsageError('no one signs in while people = "single": set it to closed or open in broadsheet.toml')
    with open_configured(data, create=False) as collection:
        if signin.role_of(collection.store, who, settings.access) is None:
            near = _nearest_address(collection.store, who)
            raise NotFoundError(f"{who} may not sign in: run `broadsheet people add {who}` first. {near}".rstrip())
        key = signin.token(collection.store, who, now=options.now())
    print(f"{_base(settings)}/sign-in/link?{urlencode({'key': key})}")
    note(f"It signs {who} in once, within 15 minutes, while the server runs.")


def role(address: Address, new: NewRole, data: Data = None) -> None:
    """Change a person's role: reader, editor (picks and hides papers, sees sources) or admin.

    Example: broadsheet people role ben@example.org editor
    """
    wanted = _role(new)
    with open_configured(data, create=False) as collection:
        who = signin.address(address)
        if collection.store.people.at(who) is None and collection.store.people.invited(who):
            members.invite(collection.store, who, role=wanted, now=options.now())
            note(f"{who} is invited as {wanted} now.")
            return
        person = _person(collection.store, address)
        members.give_role(collection.store, person, role=wanted)
        left = any(each.role == "admin" for each in collection.store.people.all())
    note(f"{person.address} now has the role {wanted}.{'' if left else ' No admin is left.'}")


def list_all(data: Data = None, as_json: AsJson = False) -> None:
    """List everyone, and the people who were invited and have not signed in yet.

    Example: broadsheet people list
    """
    with open_configured(data, create=False) as collection:
        people, invited = collection.store.people.all(), collection.store.people.invitations()
    if as_json:
        joined = [
            {"address": p.address, "name": p.name, "role": p.role, "joined": p.joined.isoformat()} for p in people
        ]
        waiting = [{"address": who, "name": "", "role": as_role, "joined": None} for who, as_role in invited]
        print_json([*joined, *waiting])
        return
    rows = [[p.address or "(the single reader)", p.role, f"{p.joined:%Y-%m-%d}", p.name] for p in people]
    rows += [[who, as_role, "invited", ""] for who, as_role in invited]
    if rows:
        table(["address", "role", "=since", "name"], rows)
    else:
        note("There are no people yet. Example: broadsheet people add ada@example.org --role admin")


def remove(address: Address, yes: Sure = False, data: Data = None) -> None:
    """Delete a person with everything they have, or withdraw an invitation.

    Example: broadsheet people remove ben@example.org --yes
    """
    with open_configured(data, create=False) as collection:
        store = collection.store
        if members.uninvite(store, address):
            note(f"The invitation of {address} is withdrawn.")
            return
        person = _person(store, address)
        if not yes:
            raise UsageError(f"this deletes {person.address}{_has(store, person)} for good: confirm with --yes")
        members.remove(store, person)
    note(f"{person.address} is deleted. Their comments stay as empty placeholders.")


def add_token(name: TokenName, whose: Whose = None, writes: Writes = False, data: Data = None) -> None:
    """Make an API token and print it. It is shown only once, because only its digest is stored.

    Example: broadsheet people tokens add backup-script --writes
    """
    with open_configured(data) as collection:
        person = holder(collection.store, whose, _settings(data))
        key = make_token(collection.store, person, name, writes=writes, now=options.now())
    print(key)
    note(f"This token {'may change things' if writes else 'may only read'}. Send it as `Authorization: Bearer TOKEN`.")


def list_tokens(whose: Whose = None, data: Data = None, as_json: AsJson = False) -> None:
    """List a person's API tokens by number and name.

    Example: broadsheet people tokens list --for ada@example.org
    """
    with open_configured(data, create=False) as collection:
        person = holder(collection.store, whose, _settings(data))
        tokens = collection.store.people.tokens(person.number)
    if as_json:
        print_json(
            [{"number": t.number, "name": t.name, "writes": t.writes, "made": t.made.isoformat()} for t in tokens]
        )
    elif tokens:
        rows = [[str(t.number), t.name, "change" if t.writes else "read", f"{t.made:%Y-%m-%d}"] for t in tokens]
        table(["#number", "name", "may", "=made"], rows)
    else:
        note("There are no tokens yet. Example: broadsheet people tokens add backup-script")


def remove_token(number: TokenNumber, whose: Whose = None, data: Data = None) -> None:
    """Revoke an API token. It stops working at once.

    Example: broadsheet people tokens remove 3
    """
    with open_configured(data, create=False) as collection:
        person = holder(collection.store, whose, _settings(data))
        if not account.remove_token(collection.store, person.number, number=number):
            raise NotFoundError(f"no token has the number {number}: `broadsheet people tokens list` shows them")
    note(f"Token {number} is revoked.")


def _settings(data: Data) -> Settings:
    return config.load(config.collection_folder(data))


def _role(text: str) -> Role:
    for known in ROLES:
        if text == known:
            return known
    raise UsageError(f"no role {text!r}. {nearest(text, ROLES)}")


def _person(store: Store, address: str) -> Person:
    person = store.people.at(signin.address(address))
    if person is None:
        raise NotFoundError(f"no one here has the address {address!r}. {_nearest_address(store, address)}".rstrip())
    return person


def _nearest_address(store: Store, address: str) -> str:
    known = [each.address for each in store.people.all() if each.address]
    return nearest(address, known) if known else ""


def holder(store: Store, address: str | None, settings: Settings) -> Person:
    """Find a person by their address; without one return the single reader, who is made when missing.

    NotFoundError for an unknown address; UsageError without an address where there are several people.
    """
    if address:
        return _person(store, address)
    if settings.access != "single":
        raise UsageError("name the person with --for ADDRESS: this instance has several people")
    return members.sole_reader(store, now=options.now())


def _next(settings: Settings, who: str) -> str:
    if settings.access == "single":
        return 'No one signs in while people = "single": set it to closed or open in broadsheet.toml.'
    return f"`broadsheet people link {who}` prints a sign-in link."


def _base(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.address.rstrip("/") or f"http://{host}:{settings.port}"


def _has(store: Store, person: Person) -> str:
    """Word what a person would lose."""
    found = store.archive.belongings(person.number)
    counts = [(kind, len(found[kind])) for kind in ("votes", "lists", "saves", "notes", "comments", "queries")]
    words = ", ".join(f"{count:,} {_SHOWN.get(kind, kind)}" for kind, count in counts if count)
    return f" with {words}" if words else ""
