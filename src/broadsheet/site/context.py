"""The site: the Collection that all requests are about, and how much of it can be found already."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from typing import Annotated

from fastapi import Depends, Request

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import BroadsheetError, CollectionError
from broadsheet.core.types import Message
from broadsheet.locks import is_held
from broadsheet.people.limits import Limit
from broadsheet.people.links import secret_of
from broadsheet.store.people import Person
from broadsheet.wiring import mailer

_log = logging.getLogger("broadsheet.server")


@dataclass(frozen=True, slots=True)
class Reach:
    """Of so many ``papers`` how many can be found by their words and by meaning; ``syncing``: a process is at it."""

    papers: int
    words: int
    meaning: int
    syncing: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything can be found both ways."""
        return self.words == self.meaning == self.papers


def _limits() -> dict[str, Limit]:
    minute, quarter = timedelta(minutes=1), timedelta(minutes=15)
    return {
        "requests": Limit(600, minute),  # of a network
        "changes": Limit(60, minute),  # of a person, or of a stranger's network
        "submissions": Limit(30, timedelta(hours=1)),  # of a person
        "libraries": Limit(12, timedelta(hours=1)),  # of a person
        "letters": Limit(3, quarter),  # to an address that was typed in
        "letters from": Limit(20, quarter),  # asked for from a network
    }


@dataclass
class Site:
    """What every request needs. ``trouble`` says why the last sync of this server ended early."""

    collection: Collection
    settings: Settings
    now: Callable[[], datetime]
    trouble: str = ""
    sole: Person | None = None
    limits: dict[str, Limit] = field(default_factory=_limits)
    _counted: tuple[int, int] = field(default=(-1, 0))

    @property
    def single(self) -> bool:
        """Whether whoever asks is the one reader of this machine."""
        return self.settings.people == "single"

    @cached_property
    def secret(self) -> bytes:
        """What forms, links and secret addresses are signed with."""
        return secret_of(self.collection.store)

    @property
    def zone(self) -> tzinfo | None:
        """Where the days of this instance begin; None: where the machine's do."""
        return self.settings.time_zone

    @property
    def today(self) -> date:
        """The day it is there."""
        return self.now().astimezone(self.zone).date()

    @property
    def papers(self) -> int:
        """How many papers the Store holds; counted anew only when it has changed."""
        change = self.collection.store.last_change()
        if self._counted[0] != change:
            self._counted = change, self.collection.store.count()
        return self._counted[1]

    def reach(self) -> Reach:
        """How far the Lexicon and the Space are behind the Store, whichever process syncs them."""
        papers, store = self.papers, self.collection.store
        words, meaning = (
            papers if change == self._counted[0] else max(0, papers - store.pending(change))
            for change in (self.collection.lexicon.change, self._space_change())
        )
        behind = min(words, meaning) < papers
        return Reach(papers, words, meaning, syncing=behind and is_held(self.collection.lock))

    def post(self, letter: Message) -> None:
        """Hand over a letter that somebody asked for; what goes wrong is for the log, which names nobody."""
        try:
            outcome = mailer(self.collection, self.settings).send(letter)
        except BroadsheetError as error:
            _log.warning("a letter was not sent (%s): %s", letter.subject, error)
            return
        if outcome.kind != "accepted":
            _log.warning("a letter was not accepted (%s): %s %s", letter.subject, outcome.kind, outcome.status)

    def told(self, message: str) -> str:
        """A message for a reader, who has no business with the server's folders."""
        return _folder(str(self.collection.path)).sub(lambda found: "" if found[1] else "the Collection", message)

    def _space_change(self) -> int:
        try:
            return self.collection.space.snapshot().pointer.change
        except CollectionError:
            return 0


@lru_cache(maxsize=8)
def _folder(path: str) -> re.Pattern[str]:
    """A folder as messages name it. One that is called by a plain word is told from the word by the slash behind it."""
    alone = "" if path.isalpha() else r"|(?![\w-]|\.\w)"
    return re.compile(rf"(?<![\w./-]){re.escape(path)}(?:(/){alone})")


async def _of(request: Request) -> Site:
    site: Site = request.app.state.site
    return site


TheSite = Annotated[Site, Depends(_of)]
