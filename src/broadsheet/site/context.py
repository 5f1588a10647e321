"""The site that every request is about: how much of it is searchable, limits on requests, email."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from broadsheet.core.errors import BroadsheetError
from broadsheet.core.types import Message
from broadsheet.locks import is_held
from broadsheet.people.limits import Limit
from broadsheet.site.instance import Instance
from broadsheet.site.limits import count, limits
from broadsheet.store.lists import Removed
from broadsheet.store.people import Person
from broadsheet.wiring.mail import mailer

_log = logging.getLogger("broadsheet.server")
_MOST_REMOVED = 200  # people whose last removed list is remembered


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of the ``papers`` can be found by ``words`` and by ``meaning``; ``syncing``: a sync is running."""

    papers: int
    words: int
    meaning: int
    syncing: bool = False

    @property
    def complete(self) -> bool:
        """Tell whether all papers can be found both ways."""
        return self.words == self.meaning == self.papers


@dataclass
class Site(Instance):
    """What every request needs. ``trouble`` says why the last sync of this server stopped early; ``removed`` is the
    list that each person removed last, until the server ends."""

    trouble: str = ""
    sole: Person | None = None
    limits: dict[str, Limit] = field(default_factory=limits)
    removed: dict[int, Removed] = field(default_factory=dict)
    _counted: tuple[int, int] = field(default=(-1, 0))

    @property
    def papers(self) -> int:
        """Return how many papers the Store holds; they are counted again only after a change."""
        change = self.collection.store.papers.last_change()
        if self._counted[0] != change:
            self._counted = change, self.collection.store.papers.count()
        return self._counted[1]

    def reach(self) -> Reach:
        """Return how far the Lexicon and the Space are behind the Store, whichever process syncs them."""
        papers, store = self.papers, self.collection.store
        words, meaning = (
            papers if change == self._counted[0] else max(0, papers - store.papers.pending(change))
            for change in (self.collection.lexicon.change, self.collection.space.change)
        )
        behind = min(words, meaning) < papers
        return Reach(papers, words, meaning, syncing=behind and is_held(self.collection.lock))

    def limit(self, name: str, key: str) -> None:
        """Count one more for this key against the limit ``name``; HTTPException 429 above it."""
        count(self.limits[name], key, now=self.now())

    def remember_removed(self, person: int, removed: Removed) -> None:
        """Remember the list that a person removed last, so that it can be put back."""
        self.removed.pop(person, None)
        self.removed[person] = removed
        if len(self.removed) > _MOST_REMOVED:
            del self.removed[next(iter(self.removed))]

    def send_email(self, letter: Message) -> None:
        """Send an email that a person asked for. A failure goes to the log, which names no one."""
        try:
            outcome = mailer(self.collection, self.settings).send(letter)
        except BroadsheetError as error:
            _log.warning("an email was not sent (%s): %s", letter.subject, error)
            return
        if outcome.kind != "accepted":
            _log.warning("an email was not accepted (%s): %s %s", letter.subject, outcome.kind, outcome.status)


async def _of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


TheSite = Annotated[Site, Depends(_of)]
