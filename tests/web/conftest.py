"""Papers and a day of eels for each test, found by words alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from eels_kit import BAD, EELS, TWIN
from site_kit import PAPERS, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", (*PAPERS, *EELS, TWIN, BAD), synced=False) as collection:
        yield collection
