"""The pages over a small Collection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.config import Settings
from broadsheet.server import create_app
from site_kit import NOW, made


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with made(tmp_path_factory.mktemp("api")) as collection:
        yield TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[TestClient]:
    """Papers that were never synced."""
    with made(tmp_path / "bare", synced=False) as collection:
        yield TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
