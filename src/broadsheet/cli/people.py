"""The people of an instance: who may come in, as what, and with which keys for programs."""

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

Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="A mail address: people are known by it.")]
AsRole = Annotated[str, typer.Option("--role", metavar="ROLE", help="reader, editor or admin.")]
NewRole = Annotated[str, typer.Argument(metavar="ROLE", help="reader, editor or admin.")]
Sure = Annotated[bool, typer.Option("--yes", help="Do it: what they have is gone for good.")]
Whose = Annotated[str | None, typer.Option("--for", metavar="ADDRESS", help="Whose; without it, the single reader's.")]
TokenName = Annotated[str, typer.Argument(metavar="NAME", help="What the token is for.")]
TokenNumber = Annotated[int, typer.Argument(metavar="NUMBER", help="Its number in `people tokens list`.")]
Writes = Annotated[bool, typer.Option("--writes", help="It may change things, not only read.")]


def add(address: Address, as_role: AsRole = "reader", data: Data = None) -> None:
    """Add somebody, or give somebody who is there this role.

    The first admin is made so. Then `people link` prints a link to sign in with.

    Example: broadsheet people add ada@example.org --role admin
    """
    wanted, who = _role(as_role), signin.address(address)
    with open_configured(data) as collection:
        members.add(collection.store, who, role=wanted, now=options.now())
        settings = _settings(data)
    note(f"{who} is {wanted} here. {_next(settings, who)}")


def invite(address: Address, as_role: AsRole = "reader", data: Data = None) -> None:
    """Let an address sign in. Nothing is mailed.

    Example: broadsheet people invite ben@example.org
    """
    wanted, who = _role(as_role), signin.address(address)
    with open_configured(data) as collection:
        members.invite(collection.store, who, role=wanted, now=options.now())
        settings = _settings(data)
    note(f"{who} may sign in, as {wanted}. {_next(settings, who)}")


def link(address: Address, data: Data = None) -> None:
    """Print a link to sign in with: it works once, for 15 minutes.

    For the first sign-in, and for where no mail is set up. Whoever has the link is that person.

    Example: broadsheet people link ada@example.org
    """
    who, settings = signin.address(address), _settings(data)
    if settings.access == "single":
        raise UsageError('nobody signs in while people = "single": set it to closed or open in broadsheet.toml')
    with open_configured(data, create=False) as collection:
        if signin.role_of(collection.store, who, settings.access) is None:
            near = _known(collection.store, who)
            raise NotFoundError(f"{who} may not sign in: `broadsheet people add {who}` lets them. {near}".rstrip())
        key = signin.token(collection.store, who, now=options.now())
    print(f"{_base(settings)}/sign-in/link?{urlencode({'key': key})}")
    note(f"It signs {who} in once, within 15 minutes, while the server runs.")


def role(address: Address, new: NewRole, data: Data = None) -> None:
    """Give somebody another role: reader, editor (picks and hides papers, sees sources) or admin.

    Example: broadsheet people role ben@example.org editor
    """
    wanted = _role(new)
    with open_configured(data, create=False) as collection:
        person = _person(collection.store, address)
        members.give_role(collection.store, person, role=wanted)
        left = any(each.role == "admin" for each in collection.store.people.all())
    note(f"{person.address} is {wanted} from now on.{'' if left else ' There is no admin any more.'}")


def list_all(data: Data = None, as_json: AsJson = False) -> None:
    """List everybody, and who was invited and has not come yet.

    Example: broadsheet people list
    """
    with open_configured(data, create=False) as collection:
        people, invited = collection.store.people.all(), collection.store.people.invitations()
    if as_json:
        told = [{"address": p.address, "name": p.name, "role": p.role, "joined": p.joined.isoformat()} for p in people]
        waiting = [{"address": who, "name": "", "role": as_role, "joined": None} for who, as_role in invited]
        print_json([*told, *waiting])
        return
    rows = [[p.address or "(the single reader)", p.role, f"{p.joined:%Y-%m-%d}", p.name] for p in people]
    rows += [[who, as_role, "invited", ""] for who, as_role in invited]
    if rows:
        table(["address", "role", "=since", "name"], rows)
    else:
        note("Nobody is here yet. Example: broadsheet people add ada@example.org --role admin")


def remove(address: Address, yes: Sure = False, data: Data = None) -> None:
    """Forget somebody with all they have, or take an invitation back.

    Example: broadsheet people remove ben@example.org --yes
    """
    with open_configured(data, create=False) as collection:
        store = collection.store
        if members.uninvite(store, address):
            note(f"{address} is invited no more.")
            return
        person = _person(store, address)
        if not yes:
            raise UsageError(f"{person.address} goes with {_has(store, person)}, for good: say so with --yes")
        members.remove(store, person)
    note(f"{person.address} is forgotten; of their comments an empty place is left.")


def add_token(name: TokenName, whose: Whose = None, writes: Writes = False, data: Data = None) -> None:
    """Make a key for programs and print it: this once, for only its digest is kept.

    Example: broadsheet people tokens add backup-script --writes
    """
    with open_configured(data) as collection:
        person = holder(collection.store, whose, _settings(data))
        key = make_token(collection.store, person, name, writes=writes, now=options.now())
    print(key)
    note(f"It {'may change things' if writes else 'may only read'}. Send it as `Authorization: Bearer TOKEN`.")


def list_tokens(whose: Whose = None, data: Data = None, as_json: AsJson = False) -> None:
    """List somebody's keys for programs, by number and name.

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
        note("There are no tokens. Example: broadsheet people tokens add backup-script")


def remove_token(number: TokenNumber, whose: Whose = None, data: Data = None) -> None:
    """Take a key for programs away: it opens nothing any more.

    Example: broadsheet people tokens remove 3
    """
    with open_configured(data, create=False) as collection:
        person = holder(collection.store, whose, _settings(data))
        if not account.remove_token(collection.store, person.number, number=number):
            raise NotFoundError(f"no token has the number {number}: `broadsheet people tokens list` shows them")
    note("It is taken away.")


def _settings(data: Data) -> Settings:
    return config.load(config.collection_folder(data))


def _role(text: str) -> Role:
    for known in ROLES:
        if text == known:
            return known
    raise UsageError(f"{text!r} is no role. {nearest(text, ROLES)}")


def _person(store: Store, address: str) -> Person:
    person = store.people.at(signin.address(address))
    if person is None:
        raise NotFoundError(f"nobody here has the address {address!r}. {_known(store, address)}".rstrip())
    return person


def _known(store: Store, address: str) -> str:
    known = [each.address for each in store.people.all() if each.address]
    return nearest(address, known) if known else ""


def holder(store: Store, address: str | None, settings: Settings) -> Person:
    """Who is meant: somebody by their address, else the single reader, who is made when missing."""
    if address:
        return _person(store, address)
    if settings.access != "single":
        raise UsageError("say whose, with --for ADDRESS: this instance has several people")
    return members.sole_reader(store, now=options.now())


def _next(settings: Settings, who: str) -> str:
    if settings.access == "single":
        return 'Nobody signs in while people = "single": set it to closed or open in broadsheet.toml.'
    return f"`broadsheet people link {who}` prints a link to sign in with."


def _base(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.address.rstrip("/") or f"http://{host}:{settings.port}"


def _has(store: Store, person: Person) -> str:
    """What somebody would lose, in words."""
    found = store.archive.belongings(person.number)
    counts = [(kind, len(found[kind])) for kind in ("votes", "lists", "saves", "notes", "comments", "queries")]
    return ", ".join(f"{count:,} {kind}" for kind, count in counts if count) or "nothing of theirs"
