"""The Collection of a folder, opened with its settings, and the texts that commands read from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from broadsheet import config
from broadsheet.collection import Collection, open_collection
from broadsheet.config import Settings


def open_configured(
    data: str | Path | None = None, *, create: bool = True, settings: Settings | None = None
) -> Collection:
    """Open the Collection in ``data`` (else where the environment says), with the encoder and language of its
    settings."""
    folder = config.collection_folder(data)
    settings = settings or config.load(folder)
    return open_collection(folder, encoder=settings.encoder or None, language=settings.language or None, create=create)


def texts(collection: Collection) -> Iterator[str]:
    """Read the texts of all papers, as encoders get them."""
    after = 0
    while changes := collection.store.papers.changes(after):
        yield from (change.document.content for change in changes if change.document)
        after = changes[-1].sequence
