"""People: who they are, their sessions and tokens (by digest only), invitations."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from broadsheet.store.database import Part

Role = Literal["reader", "editor", "admin"]
ROLES: tuple[Role, ...] = ("reader", "editor", "admin")
_PERSON = "people.person, people.address, people.name, people.role, people.joined, people.renewals"
_SOLE = "people.sole"
_SECRET = "secret"  # noqa: S105 - the name of a fact


@dataclass(frozen=True, slots=True)
class Person:
    """A reader with votes, saved papers, interests, a subscription. The single reader may have an empty ``address``.

    ``renewals`` counts how often the secret feed address was renewed: it is part of what that is made from.
    """

    number: int
    address: str
    name: str
    role: Role
    joined: datetime
    renewals: int = 0

    def may(self, role: Role) -> bool:
        """Return whether the person's role is this one or above it."""
        return ROLES.index(self.role) >= ROLES.index(role)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in: whose, since when, until when, and what it called itself."""

    person: Person
    begun: datetime
    ends: datetime
    browser: str


@dataclass(frozen=True, slots=True)
class Token:
    """A key for programs; its text is known to its owner alone. ``writes``: it may change things."""

    number: int
    name: str
    writes: bool
    made: datetime


def moment(value: datetime) -> str:
    """Return a moment as text whose order is that of time."""
    return value.astimezone(UTC).isoformat(timespec="microseconds")


class People(Part):
    """Keep people, their sessions, tokens and invitations. Addresses come in the form of ``people.addresses``."""

    def secret(self) -> bytes:
        """Return the instance's secret (32 bytes), made at first use. What is signed with it outlives a restart."""
        sql = "SELECT value FROM facts WHERE key = ?"
        found = self._db.column(sql, (_SECRET,))
        if not found:
            new = json.dumps(secrets.token_hex(32))
            self._db.write("INSERT OR IGNORE INTO facts (key, value) VALUES (?, ?)", (_SECRET, new))
            found = self._db.column(sql, (_SECRET,))
        return bytes.fromhex(json.loads(found[0]))

    def get(self, number: int) -> Person | None:
        """Return the person of a number, or None."""
        return self._one("person = ?", number)

    def at(self, address: str) -> Person | None:
        """Return the person of an address, or None."""
        return self._one("address = ?", address)

    def all(self) -> list[Person]:
        """Return all people, oldest first."""
        return [_person(row) for row in self._db.rows(f"SELECT {_PERSON} FROM people ORDER BY person")]  # noqa: S608

    def add(self, address: str, role: Role, *, now: datetime) -> Person:
        """Return the person of this address, made with this role if new; an open invitation is used up."""
        with self._db.writing() as db:
            sql = "INSERT OR IGNORE INTO people (address, role, joined) VALUES (?, ?, ?)"
            db.execute(sql, (address, role, moment(now)))
            db.execute("DELETE FROM invitations WHERE address = ?", (address,))
        found = self.at(address)
        assert found is not None
        return found

    def sole(self) -> Person | None:
        """Return the one reader of an instance without sign-in, or None."""
        found = self._db.column("SELECT value FROM facts WHERE key = ?", (_SOLE,))
        return self.get(int(found[0])) if found else None

    def add_sole(self, *, now: datetime) -> Person:
        """Return the one reader of an instance without sign-in, an admin, made if missing. They need no address."""
        with self._db.writing() as db:
            sql = "SELECT person FROM people WHERE person = (SELECT CAST(value AS INTEGER) FROM facts WHERE key = ?)"
            if not db.execute(sql, (_SOLE,)).fetchone():
                row = db.execute("INSERT INTO people (role, joined) VALUES ('admin', ?)", (moment(now),))
                db.execute("INSERT OR REPLACE INTO facts (key, value) VALUES (?, ?)", (_SOLE, str(row.lastrowid)))
        found = self.sole()
        assert found is not None
        return found

    def set_role(self, person: int, role: Role) -> None:
        """Give a person another role."""
        self._db.write("UPDATE people SET role = ? WHERE person = ?", (role, person))

    def set_name(self, person: int, name: str) -> None:
        """Set the name shown next to what a person writes."""
        self._db.write("UPDATE people SET name = ? WHERE person = ?", (name, person))

    def set_address(self, person: int, address: str) -> bool:
        """Give a person another address (empty: none, for the single reader); False when another person has it."""
        with self._db.writing() as db:
            taken = db.execute("SELECT 1 FROM people WHERE address = ? AND person <> ?", (address, person)).fetchone()
            if not taken:
                db.execute("UPDATE people SET address = ? WHERE person = ?", (address or None, person))
        return not taken

    def renew(self, person: int) -> None:
        """Change the secret feed address."""
        self._db.write("UPDATE people SET renewals = renewals + 1 WHERE person = ?", (person,))

    def remove(self, person: int) -> bool:
        """Delete a person and all they have; their comments leave empty places."""
        with self._db.writing() as db:
            db.execute("UPDATE comments SET text = '', deleted = 1 WHERE person = ?", (person,))
            db.execute("DELETE FROM editions WHERE person = ?", (person,))
            db.execute("UPDATE deliveries SET address = '' WHERE person = ?", (person,))
            return db.execute("DELETE FROM people WHERE person = ?", (person,)).rowcount == 1

    def invite(self, address: str, role: Role, *, now: datetime) -> None:
        """Let this address sign in, as this role."""
        sql = "INSERT OR REPLACE INTO invitations (address, role, invited) VALUES (?, ?, ?)"
        self._db.write(sql, (address, role, moment(now)))

    def invited(self, address: str) -> Role | None:
        """Return the role that an address is invited to, or None."""
        found = self._db.column("SELECT role FROM invitations WHERE address = ?", (address,))
        return found[0] if found else None

    def invitations(self) -> list[tuple[str, Role]]:
        """Return the addresses with an open invitation, with their roles."""
        return [tuple(row) for row in self._db.rows("SELECT address, role FROM invitations ORDER BY address")]

    def uninvite(self, address: str) -> bool:
        """Take an invitation back."""
        return self._db.write("DELETE FROM invitations WHERE address = ?", (address,)) == 1

    def use_link(self, nonce: str, *, ends: datetime, now: datetime) -> bool:
        """Use a link up; return False if it was used before. Expired links are deleted."""
        with self._db.writing() as db:
            db.execute("DELETE FROM used_links WHERE ends < ?", (moment(now),))
            sql = "INSERT OR IGNORE INTO used_links (nonce, ends) VALUES (?, ?)"
            return db.execute(sql, (nonce, moment(ends))).rowcount == 1

    def begin_session(self, digest: str, person: int, *, now: datetime, ends: datetime, browser: str = "") -> None:
        """Keep a session by the digest of its secret."""
        with self._db.writing() as db:
            db.execute("DELETE FROM sessions WHERE ends < ?", (moment(now),))
            sql = "INSERT INTO sessions (digest, person, begun, ends, browser) VALUES (?, ?, ?, ?, ?)"
            db.execute(sql, (digest, person, moment(now), moment(ends), browser))

    def session(self, digest: str, *, now: datetime) -> Person | None:
        """Return the person of a session, while it lasts."""
        sql = f"SELECT {_PERSON} FROM sessions JOIN people USING (person) WHERE digest = ? AND ends > ?"  # noqa: S608
        found = self._db.rows(sql, (digest, moment(now)))
        return _person(found[0]) if found else None

    def sessions(self, person: int, *, now: datetime) -> list[Session]:
        """Return the sessions of a person, newest first."""
        sql = (
            f"SELECT begun, ends, browser, {_PERSON} FROM sessions JOIN people USING (person)"  # noqa: S608
            " WHERE person = ? AND ends > ? ORDER BY begun DESC"
        )
        return [
            Session(_person(row[3:]), datetime.fromisoformat(row[0]), datetime.fromisoformat(row[1]), row[2])
            for row in self._db.rows(sql, (person, moment(now)))
        ]

    def end_session(self, digest: str) -> None:
        """Sign one browser out."""
        self._db.write("DELETE FROM sessions WHERE digest = ?", (digest,))

    def end_sessions(self, person: int) -> int:
        """Sign a person out everywhere; return of how many browsers."""
        return self._db.write("DELETE FROM sessions WHERE person = ?", (person,))

    def add_token(self, digest: str, person: int, name: str, *, writes: bool, now: datetime) -> None:
        """Keep a token by its digest."""
        sql = "INSERT INTO tokens (digest, person, name, writes, made) VALUES (?, ?, ?, ?, ?)"
        self._db.write(sql, (digest, person, name, writes, moment(now)))

    def token(self, digest: str) -> tuple[Person, bool] | None:
        """Return the person of a token, and whether it may change things."""
        sql = f"SELECT tokens.writes, {_PERSON} FROM tokens JOIN people USING (person) WHERE digest = ?"  # noqa: S608
        found = self._db.rows(sql, (digest,))
        return (_person(found[0][1:]), bool(found[0][0])) if found else None

    def tokens(self, person: int) -> list[Token]:
        """Return the tokens of a person, oldest first."""
        sql = "SELECT token, name, writes, made FROM tokens WHERE person = ? ORDER BY token"
        return [
            Token(number, name, bool(writes), datetime.fromisoformat(made))
            for number, name, writes, made in self._db.rows(sql, (person,))
        ]

    def remove_token(self, person: int, token: int) -> bool:
        """Delete a token of a person."""
        return self._db.write("DELETE FROM tokens WHERE person = ? AND token = ?", (person, token)) == 1

    def _one(self, condition: str, value: Any) -> Person | None:
        found = self._db.rows(f"SELECT {_PERSON} FROM people WHERE {condition}", (value,))  # noqa: S608
        return _person(found[0]) if found else None


def _person(row: Any) -> Person:
    number, address, name, role, joined, renewals = row
    return Person(number, address or "", name, role, datetime.fromisoformat(joined), renewals)
