"""A synced Collection of the papers of search_kit.py."""

from __future__ import annotations

import pytest

import broadsheet as bs
from fakes import NOW, WordEncoder
from search_kit import PAPERS


@pytest.fixture
def collection(tmp_path):
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        made.store.papers.put(PAPERS, now=NOW)
        bs.sync(made)
        yield made
