"""What pages, API and agents all know: the Collection, the settings, the time, and what follows from them."""

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
        """Tell whether every request is that of the one reader of this machine."""
        return self.settings.people == "single"

    @cached_property
    def secret(self) -> bytes:
        """Return the key that signs forms, links and secret addresses."""
        return secret_of(self.collection.store)

    @property
    def zone(self) -> tzinfo | None:
        """Return the time zone whose days this instance counts; None: the machine's."""
        return self.settings.time_zone

    @property
    def today(self) -> date:
        """Return the present day in that time zone."""
        return self.now().astimezone(self.zone).date()

    def holder(self, token: str) -> tuple[Person, bool] | None:
        """Find who holds a token, and whether it may change things; None for an unknown token."""
        return self.collection.store.people.token(links.digest(token[:_LONGEST_TOKEN]))

    def redact(self, message: str) -> str:
        """Take the paths of the server's folders out of a message for readers."""
        return _folder(str(self.collection.path)).sub(lambda found: "" if found[1] else "the Collection", message)


@lru_cache(maxsize=8)
def _folder(path: str) -> re.Pattern[str]:
    """Match a folder as messages name it. One named by a plain word counts only with a slash behind it."""
    alone = "" if path.isalpha() else r"|(?![\w-]|\.\w)"
    return re.compile(rf"(?<![\w./-]){re.escape(path)}(?:(/){alone})")
