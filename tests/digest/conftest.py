"""A small Collection with a day of papers, for all tests of the digest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from people_of_a_day import collection


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Collection]:
    with collection(tmp_path / "c") as made:
        yield made
