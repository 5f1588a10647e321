"""The site as agents see it: who makes each call, and what that caller may change."""

from __future__ import annotations

from dataclasses import dataclass

from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.mcp.untrusted import visible
from broadsheet.people.members import sole_reader
from broadsheet.people.signin import address
from broadsheet.site.instance import Instance
from broadsheet.store.people import Person


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a call. ``person`` is None if unknown; ``writes``: the call may change what is this person's."""

    person: Person | None = None
    writes: bool = False


@dataclass
class AgentSite(Instance):
    """What every tool needs. ``writes``: tools that change things are offered."""

    writes: bool = False

    def caller(self, who: str) -> Caller:
        """Find the caller with an address (empty: the single reader, if any); NotFoundError for an unknown address."""
        if not who:
            return self.sole_caller()
        person = self.collection.store.people.at(address(who))
        if person is None:
            raise NotFoundError(f"no one here has the address {who[:100]!r}: the person must sign in once first")
        return Caller(person, self.writes)

    def sole_caller(self) -> Caller:
        """Find the single reader of this machine, if there is one; made when missing, if writing is allowed."""
        if not self.single:
            return Caller()
        store = self.collection.store
        known = sole_reader(store, now=self.now()) if self.writes else store.people.sole()
        return Caller(known, self.writes)

    def token_caller(self, token: str) -> Caller | None:
        """Find who holds a token, and whether it may change things; None for an unknown token."""
        known = self.holder(token)
        return Caller(known[0], self.writes and known[1]) if known else None

    def person(self, caller: Caller, *, writing: bool = False) -> Person:
        """Return the person who makes the call; UsageError if unknown, or if ``writing`` is not allowed to them."""
        if writing and caller.person and not caller.writes:
            raise UsageError("your token may only read: make one with write access")
        if caller.person is None:
            raise UsageError(
                "this belongs to one reader, and the call does not say which: start with --person ADDRESS, or send a "
                "token over HTTP"
                if not self.single
                else "nothing is known about the reader yet: vote for papers, save some or make an alert first"
            )
        return caller.person

    def redact(self, message: str) -> str:
        """Word a message for readers, with visible characters only."""
        return visible(super().redact(message))[:600]
