"""What the editor decided of a paper, for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broadsheet.core.types import Document
from broadsheet.daily.copies import kept_apart
from broadsheet.site.context import Site


@dataclass(frozen=True, slots=True)
class Decided:
    """What the editor decided of a work."""

    picked: bool = False
    hidden: bool = False


def decided(site: Site, copies: Sequence[Document]) -> Decided:
    """What the editor decided of a work, by a paper and its copies."""
    store = site.collection.store
    acts = store.decided(list(store.numbers([copy.id for copy in copies]).values())).values()
    return Decided("pick" in acts and "hide" not in acts, "hide" in acts)


def parted(site: Site, document: Document) -> list[Document]:
    """The papers that were parted from this one by hand."""
    pairs = [pair for pair in kept_apart(site.collection) if document.id in pair]
    found = site.collection.store.many([name for pair in pairs for name in pair if name != document.id])
    return sorted(found.values(), key=lambda other: other.id)
