"""The routers of all pages, in the order in which paths are matched."""

from __future__ import annotations

from broadsheet.web import (
    account,
    alerts,
    alike,
    author,
    citation,
    comments,
    compare,
    day,
    desk,
    explain,
    follows,
    foryou,
    lab,
    library,
    lists,
    map,
    newest,
    paper,
    pictures,
    reactions,
    search,
    signin,
    sources,
    start,
    status,
    submit,
    subscribe,
    topic_desk,
    topics,
    trending,
    watch,
)

OPEN = (signin.router, subscribe.router)
"""Routers that a closed site opens to strangers too, so that they can sign in and unsubscribe."""
ROUTERS = tuple(
    each.router
    for each in (
        day, trending, topics, map, topic_desk, desk, reactions, comments, submit, lists, foryou, alerts, follows,
        library, account, author, alike, compare, status, sources, start, lab, newest, watch, explain, search,
        pictures, citation, paper,
    )
)  # fmt: skip
