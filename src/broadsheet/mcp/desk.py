"""The desk at which agents ask: the Collection, and for each question who asks it and what that may change."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import BroadsheetError, NotFoundError, UsageError
from broadsheet.core.identity import lookup
from broadsheet.core.types import Document
from broadsheet.mcp.foreign import visible
from broadsheet.people import links
from broadsheet.people.members import sole_reader
from broadsheet.people.signin import address
from broadsheet.search.hybrid import search
from broadsheet.store.people import Person

_LONGEST_KEY = 200
_NEAR = 3  # papers that are named when an id is unknown


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks. ``person`` is None where nobody said so; ``writes``: may change what is this person's."""

    person: Person | None = None
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """What every tool needs. ``writes``: tools that change things are offered at all."""

    collection: Collection
    settings: Settings
    now: Callable[[], datetime]
    writes: bool = False

    @property
    def single(self) -> bool:
        """Whether whoever asks is the one reader of this machine."""
        return self.settings.people == "single"

    @property
    def today(self) -> date:
        """The day it is where this instance is."""
        return self.now().astimezone(self.settings.time_zone).date()

    def named(self, who: str) -> Reader:
        """The reader of an address (empty: the one reader, else nobody); NotFoundError for somebody unknown."""
        if not who:
            return self.sole()
        person = self.collection.store.person_at(address(who))
        if person is None:
            raise NotFoundError(f"nobody here has the address {who[:100]!r}: they must have signed in once")
        return Reader(person, self.writes)

    def sole(self) -> Reader:
        """The one reader of this machine, where there is one; made when missing and something may be written."""
        if not self.single:
            return Reader()
        store = self.collection.store
        known = sole_reader(store, now=self.now()) if self.writes else store.sole_person()
        return Reader(known, self.writes)

    def holder(self, token: str) -> Reader | None:
        """Who holds a token, and whether it may change things; None for one that is not known."""
        known = self.collection.store.token(links.digest(token[:_LONGEST_KEY]))
        return Reader(known[0], self.writes and known[1]) if known else None

    def paper(self, name: str) -> Document:
        """The paper of an id or alias; NotFoundError with the nearest ids, by spelling and by words."""
        document = self.collection.store.get(name)
        if document is None:
            near = self._near(name)
            hint = f"Nearest: {', '.join(near)}" if near else "Find ids with search_papers"
            raise NotFoundError(f"no paper has the id {visible(name)[:100]!r}. {hint}.")
        return document

    def person(self, reader: Reader, *, writing: bool = False) -> Person:
        """The person who asks; UsageError when nobody said who that is, or when they may not be ``writing``."""
        if writing and reader.person and not reader.writes:
            raise UsageError("your token may only read: make one that may change things")
        if reader.person is None:
            raise UsageError(
                "this is somebody's own, and nobody said whose: start with --person ADDRESS, or send a token over HTTP"
                if not self.single
                else "nothing is known of the reader yet: vote for papers, save some or keep a query first"
            )
        return reader.person

    def told(self, message: str) -> str:
        """A message without the server's folders, of characters that can be seen."""
        folder = str(self.collection.path)
        return visible(message.replace(f"{folder}/", "").replace(folder, "the Collection"))[:600]

    def _near(self, name: str) -> list[str]:
        spelled = lookup(name) or name
        beside = (spelled[:-cut] for cut in (1, 2, 3) if len(spelled) > cut)
        around = dict.fromkeys(each.id for start in beside for each in self.collection.store.records(start, 10))
        close = difflib.get_close_matches(spelled[:100], around, n=_NEAR, cutoff=0.8)
        try:
            found = search(self.collection, name, k=_NEAR, mode="lexical").items
        except BroadsheetError:  # nothing was synced yet
            found = ()
        near = dict.fromkeys([*close, *(each.document.id for each in found)])
        return [visible(each) for each in near][:_NEAR]
