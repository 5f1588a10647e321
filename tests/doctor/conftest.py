"""An empty Collection, and the place at which the checks look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.config import Settings
from broadsheet.doctor.findings import Place
from fakes import WordEncoder


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """An empty Collection; its encoder is a stand-in."""
    with open_collection(tmp_path / "c", encoder=WordEncoder()) as opened:
        yield opened


@pytest.fixture
def place(collection: Collection) -> Place:
    """The place of the Collection, which is open already."""
    place = Place(collection.path, Settings())
    place.collection = collection
    return place
