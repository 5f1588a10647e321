"""An empty Space for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.space.space import Space
from space_kit import MANIFEST


@pytest.fixture
def space(tmp_path: Path) -> Space:
    made = Space(tmp_path / "spaces" / "test")
    made.create(MANIFEST)
    return made
