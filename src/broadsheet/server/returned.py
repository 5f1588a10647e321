"""The listener for returned email next to the requests, if the settings ask for one. It acts on each email at once."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from broadsheet.core.errors import BroadsheetError
from broadsheet.digest.returned import take
from broadsheet.mail.bounces import Inbox, bounces
from broadsheet.mail.lmtp import listen
from broadsheet.mail.returning import is_door
from broadsheet.site.context import Site

_log = logging.getLogger("broadsheet.server")


@asynccontextmanager
async def door(site: Site) -> AsyncIterator[None]:
    """Listen for returned email while the server runs. If that fails, the log says so and the site goes on without."""
    where = site.settings.mail_returned
    inbox = Inbox(bounces=site.settings.mail_bounces, unsubscribe=site.settings.mail_leaving)

    def receive(letter: bytes, recipients: Sequence[str]) -> None:
        counts = take(site.collection.store, bounces(letter, inbox, recipients=recipients), now=site.now())
        _log.info(
            "email was returned: %s", ", ".join(f"{count} {kind}" for kind, count in counts.items()) or "no report"
        )

    try:
        opened = await listen(where, inbox, receive) if is_door(where) else None
    except BroadsheetError as error:
        _log.warning("the server takes no returned email: %s", error)
        opened = None
    try:
        yield
    finally:
        if opened:
            opened.close()
