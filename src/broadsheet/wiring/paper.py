"""The paper of an id, or an error that suggests the paper that was meant."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError, NotFoundError
from broadsheet.core.identity import arxiv_id, doi
from broadsheet.core.types import Document
from broadsheet.search.hybrid import search


def paper(collection: Collection, name: str) -> Document:
    """Find the paper of an id or alias; NotFoundError names the papers with the nearest words."""
    document = collection.store.papers.get(name)
    if document is not None:
        return document
    raise NotFoundError(f"no paper has the id {name[:200]!r} in {collection.path}. {_nearest(collection, name)}")


def offers(identifiers: Sequence[str]) -> str:
    """Say how to fetch papers that are not here; empty where no source fetches one paper by such an identifier."""
    sources = [f"arxiv:{name}" for name in identifiers if arxiv_id(name)]
    sources += [f"crossref:{name}" for name in identifiers if not arxiv_id(name) and doi(name)]
    return f"To fetch it: `broadsheet ingest {shlex.join(sources)} --sync`." if sources else ""


def _nearest(collection: Collection, name: str) -> str:
    """Papers found by the words of a supposed id, for it may be a title."""
    try:
        papers = search(collection, name, k=2, mode="lexical").items
    except CollectionError:
        papers = ()
    if papers:
        near = " or ".join(f"{each.document.id} ({each.document.shown_title[:60]})" for each in papers)
        return f"Did you mean {near}? If not, find it with `broadsheet search`."
    return "Find ids with `broadsheet search`."
