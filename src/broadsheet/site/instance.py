"""What every door knows: the Collection that it opens, the settings, the time; and what follows from the three."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cached_property, lru_cache

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import links
from broadsheet.people.links import secret_of
from broadsheet.store.people import Person

_LONGEST_TOKEN = 200


@dataclass
class Instance:
    """One Collection that is served. ``now`` gives the time (aware UTC)."""

    collection: Collection
    settings: Settings
    now: Callable[[], datetime]

    @property
    def single(self) -> bool:
        """Tell whether whoever asks is the one reader of this machine."""
        return self.settings.people == "single"

    @cached_property
    def secret(self) -> bytes:
        """Give what forms, links and secret addresses are signed with."""
        return secret_of(self.collection.store)

    @property
    def zone(self) -> tzinfo | None:
        """Tell where the days of this instance begin; None: where the machine's do."""
        return self.settings.time_zone

    @property
    def today(self) -> date:
        """Give the day it is there."""
        return self.now().astimezone(self.zone).date()

    def holder(self, token: str) -> tuple[Person, bool] | None:
        """Find who holds a token, and whether it may change things; None for one that is not known."""
        return self.collection.store.people.token(links.digest(token[:_LONGEST_TOKEN]))

    def told(self, message: str) -> str:
        """Word a message for a reader, who has no business with the server's folders."""
        return _folder(str(self.collection.path)).sub(lambda found: "" if found[1] else "the Collection", message)


@lru_cache(maxsize=8)
def _folder(path: str) -> re.Pattern[str]:
    """A folder as messages name it. One that is called by a plain word is told from the word by the slash behind it."""
    alone = "" if path.isalpha() else r"|(?![\w-]|\.\w)"
    return re.compile(rf"(?<![\w./-]){re.escape(path)}(?:(/){alone})")
