"""A Collection whose Store waits for no writer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.store import Store


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with Collection(
        tmp_path / "c", Store.open(tmp_path / "c" / "store.db", timeout=0.05), encoder="hash", language="english"
    ) as opened:
        yield opened
