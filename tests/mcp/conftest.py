"""A small Collection for the tools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from asking_kit import site_of
from broadsheet.mcp.context import AgentSite
from site_kit import made


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Collection's folder; read it only."""
    path = tmp_path_factory.mktemp("mcp") / "collection"
    made(path).close()
    return path


@pytest.fixture
def site(folder: Path) -> Iterator[AgentSite]:
    from broadsheet.collection import open_collection

    with open_collection(folder) as collection:
        yield site_of(collection)
