"""A written list of papers as our own readers read it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from broadsheet import names
from broadsheet.core.types import Document


def read_back(kind: str, data: bytes) -> list[Document]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"list.{kind}"
        file.write_bytes(data)
        found: Iterable[object] = list(names.source(f"{kind}:{file}").fetch(None))
    assert all(isinstance(each, Document) for each in found), found
    return [each for each in found if isinstance(each, Document)]
