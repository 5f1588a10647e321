"""Backup: what cannot be made again (Store, models, settings), copied into a new folder while others may write.

Store: one snapshot by SQLite's own backup      models and broadsheet.toml: copied as they are
all into a folder next to the target, renamed when it is complete; open it and sync, and everything is there again
"""

from __future__ import annotations

import shutil
from pathlib import Path

from broadsheet.collection import Collection
from broadsheet.core.errors import CollectionError

_SETTINGS = "broadsheet.toml"


def backup(collection: Collection, target: str | Path) -> Path:
    """Copy the Collection into the new folder ``target`` and return it; CollectionError when it exists already."""
    whole = Path(target).expanduser()
    if whole.exists():
        raise CollectionError(f"{whole} exists already: choose another name, or move it away first")
    part = whole.with_name(whole.name + ".part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.parent.mkdir(parents=True, exist_ok=True)
        part.mkdir(mode=0o700)  # it holds email addresses and the instance's secret
        collection.store.backup(part / "store.db")
        if collection.models.is_dir():
            shutil.copytree(collection.models, part / "models")
        if (collection.path / _SETTINGS).is_file():
            shutil.copy2(collection.path / _SETTINGS, part / _SETTINGS)
        part.rename(whole)
    except OSError as error:
        raise CollectionError(f"{whole} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return whole
