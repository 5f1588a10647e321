"""A Collection of papers of three kinds, for all tests of what suits a reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from fakes import NOW, WordEncoder
from foryou_kit import papers


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with open_collection(tmp_path_factory.mktemp("c"), encoder=WordEncoder(64)) as opened:
        ingest(opened, papers(), now=NOW, name="jsonl:made.jsonl")
        sync(opened)
        yield opened
