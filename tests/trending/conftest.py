"""An empty Collection, for all tests of what trends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.collection import Collection
from fakes import WordEncoder


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        yield made
