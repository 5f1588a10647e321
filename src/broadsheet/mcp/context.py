"""The site as agents ask it: for each call who asks, and what that may change."""

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
    """Who asks. ``person`` is None where nobody said so; ``writes``: may change what is this person's."""

    person: Person | None = None
    writes: bool = False


@dataclass
class AgentSite(Instance):
    """What every tool needs. ``writes``: tools that change things are offered at all."""

    writes: bool = False

    def caller(self, who: str) -> Caller:
        """Find the caller of an address (empty: the one reader, else nobody); NotFoundError for somebody unknown."""
        if not who:
            return self.sole_caller()
        person = self.collection.store.people.at(address(who))
        if person is None:
            raise NotFoundError(f"nobody here has the address {who[:100]!r}: they must have signed in once")
        return Caller(person, self.writes)

    def sole_caller(self) -> Caller:
        """Find the one reader of this machine, where there is one; made when missing and something may be written."""
        if not self.single:
            return Caller()
        store = self.collection.store
        known = sole_reader(store, now=self.now()) if self.writes else store.people.sole()
        return Caller(known, self.writes)

    def token_caller(self, token: str) -> Caller | None:
        """Find who holds a token, and whether it may change things; None for one that is not known."""
        known = self.holder(token)
        return Caller(known[0], self.writes and known[1]) if known else None

    def person(self, caller: Caller, *, writing: bool = False) -> Person:
        """Give the person who asks; UsageError when nobody said who that is, or when they may not be ``writing``."""
        if writing and caller.person and not caller.writes:
            raise UsageError("your token may only read: make one that may change things")
        if caller.person is None:
            raise UsageError(
                "this is somebody's own, and nobody said whose: start with --person ADDRESS, or send a token over HTTP"
                if not self.single
                else "nothing is known of the reader yet: vote for papers, save some or keep a query first"
            )
        return caller.person

    def told(self, message: str) -> str:
        """Word a message as readers get it, of characters that can be seen."""
        return visible(super().told(message))[:600]
