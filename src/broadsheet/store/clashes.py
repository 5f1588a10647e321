"""The identity guard: two papers that two sources call by the same id are never merged silently."""

from __future__ import annotations

from collections.abc import Sequence

from broadsheet.core.identity import arxiv_id, doi
from broadsheet.core.text import plain
from broadsheet.core.types import Document

MOST_SOURCES = 100  # of one document: merging costs as many


def guard(document: Document, known: Sequence[Document]) -> None:
    """Refuse, with a ValueError, a record of an id that the ``known`` records of other sources use for another paper.

    arXiv ids, DOIs and title hashes mean the same everywhere; a source's own id (``csv:17``) may not.
    """
    name = document.id
    if not known or document.source in {d.source for d in known}:
        return
    if len(known) >= MOST_SOURCES:
        raise ValueError(f"id {name!r} already comes from {len(known)} sources, the most that a paper can have")
    if name.startswith("title:") or arxiv_id(name) or doi(name):
        return
    if not any(_same_paper(document, d) for d in known):
        raise ValueError(
            f"id {name!r} is another paper in {known[0].source!r} ({known[0].title[:80]!r}): title and first author "
            "both differ. Give one of the two sources its own ids"
        )


def _same_paper(one: Document, other: Document) -> bool:
    return plain(one.title) == plain(other.title) or bool(_first_author(one) & _first_author(other))


def _first_author(document: Document) -> set[str]:
    """Return the words of the first author's name without initials: the order of names differs between sources."""
    return {word for word in plain("".join(document.authors[:1])).split() if len(word) > 1}
