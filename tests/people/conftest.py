"""A Collection in which one work is two papers, and a reader of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.store.people import Person
from copies_kit import copies
from site_kit import NOW


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with copies(tmp_path / "c") as collection:
        yield collection


@pytest.fixture
def ada(collection: Collection) -> Person:
    return collection.store.people.add("ada@example.org", "reader", now=NOW)
