"""Every router of the pages, in the order in which paths are matched."""

from __future__ import annotations

from broadsheet.web import (
    account,
    alerts,
    author,
    comments,
    day,
    desk,
    follows,
    foryou,
    library,
    lists,
    newest,
    paper,
    reactions,
    search,
    signin,
    sources,
    status,
    submit,
    subscribe,
    trending,
)

OPEN = (signin.router, subscribe.router)
"""Those that a closed site answers to strangers too: how they come in, and how they leave."""
ROUTERS = tuple(
    each.router
    for each in (
        day, trending, desk, reactions, comments, submit, lists, foryou, alerts, follows, library, account, author,
        status, sources, newest, search, paper,
    )
)  # fmt: skip
