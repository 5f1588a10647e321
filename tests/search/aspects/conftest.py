"""A synced Collection of papers whose sentences say task, method, data and result in plain words, and were read."""

from __future__ import annotations

import pytest

import broadsheet as bs
from aspect_kit import PAPERS
from broadsheet.search.aspects.build import build
from fakes import NOW, WordEncoder


@pytest.fixture
def collection(tmp_path):
    with bs.open(tmp_path / "c", encoder=WordEncoder(dim=64)) as made:
        made.store.papers.put(PAPERS, now=NOW)
        bs.sync(made)
        build(made)
        yield made
