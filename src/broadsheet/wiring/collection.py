"""The Collection of a folder, opened with its settings, and the texts that commands read from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from broadsheet import config, names
from broadsheet.collection import DEFAULT_ENCODER, Collection, open_collection
from broadsheet.config import Settings
from broadsheet.core.protocols import Encoder, Scorer
from broadsheet.core.types import Document
from broadsheet.wiring.models import fetch, load


def open_configured(
    data: str | Path | None = None, *, create: bool = True, settings: Settings | None = None
) -> Collection:
    """Open the Collection in ``data`` (else where the environment says), with the encoder and language of its
    settings."""
    folder = config.collection_folder(data)
    settings = settings or config.load(folder)
    return open_collection(folder, encoder=settings.encoder or None, language=settings.language or None, create=create)


def configured_encoder(name: str | None = None, data: str | Path | None = None) -> Encoder:
    """Load an encoder by name (else that of the settings of ``data``), with the models there; a model that is not there
    is fetched from the hub. UsageError for an unknown name, ModelError when it cannot be loaded."""
    folder = config.collection_folder(data)
    settings = config.load(folder)
    return load(name or settings.encoder or DEFAULT_ENCODER, folder, settings)


def configured_model(name: str, data: str | Path | None = None) -> Encoder | Scorer:
    """Load an encoder or a scorer by name as ``configured_encoder`` does."""
    folder = config.collection_folder(data)
    fetch(name, folder, config.load(folder))
    return names.model(name, models=folder / "models", cache=folder / "cache")


def texts(collection: Collection) -> Iterator[str]:
    """Read the texts of all papers, as encoders get them."""
    return (document.content for document in _documents(collection))


def contents(data: str | Path | None = None) -> Iterator[tuple[str, str]]:
    """Read id and text of all papers of the Collection in ``data``, as encoders get them, the oldest change first."""
    with open_configured(data, create=False) as collection:
        yield from ((document.id, document.content) for document in _documents(collection))


def _documents(collection: Collection) -> Iterator[Document]:
    after = 0
    while changes := collection.store.papers.changes(after):
        yield from (change.document for change in changes if change.document)
        after = changes[-1].sequence
