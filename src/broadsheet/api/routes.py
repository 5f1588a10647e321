"""Every router of the REST API, in the order in which paths are matched."""

from __future__ import annotations

from broadsheet.api import (
    alerts,
    authors,
    comments,
    compare,
    day,
    desk,
    digest,
    explain,
    feeds,
    foryou,
    huggingface,
    lists,
    me,
    near,
    openai,
    papers,
    private_feeds,
    reactions,
    semantic_scholar,
    sources,
    status,
    submissions,
    topics,
    trending,
)

OPEN = (private_feeds.router,)
"""Routers that a closed site answers to strangers too: their addresses are the key."""
ROUTERS = tuple(
    each.router
    for each in (
        desk, sources, digest, me, alerts, reactions, comments, lists, submissions, foryou, authors, feeds, huggingface,
        semantic_scholar, openai, compare, explain, day, trending, topics, near, papers, status,
    )
)  # fmt: skip
