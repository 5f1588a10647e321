"""Collections to change through the API, and one with fresh papers and a program of Ada's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from program_kit import person_at, program
from site_kit import NOW, PAPERS, made

DAY = NOW.date() - timedelta(days=2)
FRESH = tuple(
    replace(paper, id=f"new:{place}", title=f"{paper.title}, {place}", aliases=(), announced=None, listed=DAY)
    for place, paper in enumerate(PAPERS[:4])
)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    """Papers found by words alone, for one test."""
    with made(tmp_path / "c", PAPERS, synced=False) as collection:
        yield collection


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """Papers of the last days among the others."""
    with made(tmp_path_factory.mktemp("fresh"), PAPERS + FRESH) as collection:
        yield collection


@pytest.fixture
def ada(fresh: Collection) -> Iterator[TestClient]:
    """A program of Ada's, who is a reader for one test."""
    yield program(fresh)
    fresh.store.people.remove(person_at(fresh).number)
