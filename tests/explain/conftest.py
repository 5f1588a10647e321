"""A Collection with topics: papers on five subjects, by the hash encoder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.encoders.hash import HashEncoder
from broadsheet.topics import tree
from topic_kit import NOW, SUBJECTS, papers, put


@pytest.fixture(scope="session")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    """Twelve papers on each of five subjects, synced, with their topics."""
    with open_collection(tmp_path_factory.mktemp("explained"), encoder=HashEncoder()) as made:
        put(made, papers(list(SUBJECTS)[:5], 12))
        tree.bring_up(made, now=NOW)
        yield made
