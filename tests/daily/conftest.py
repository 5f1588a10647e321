"""A Collection of the papers of daily_kit.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.ingest import ingest
from daily_kit import ELSEWHERE, NOW, PAPERS


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path, encoder="hash") as opened:
        ingest(opened, [*PAPERS, ELSEWHERE], now=NOW, name="made:papers")
        yield opened
