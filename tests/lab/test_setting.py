"""A setting of the search is a subject: it ranks as the search does."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from broadsheet.collection import open_collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.setting import SETTINGS, SearchSetting, fill, setting
from broadsheet.search.hybrid import search
from broadsheet.search.stages import SETTINGS as STAGES
from task_kit import TOPICS

NOW = datetime(2025, 1, 1, tzinfo=UTC)
DOCUMENTS = [
    Document(id=f"{topic}/{place}", title=topic, text=text)
    for topic, texts in TOPICS.items()
    for place, text in enumerate(texts)
]
QUERIES = ["knots in a rope", "owls hunt mice", "xyzzy"]


@pytest.mark.parametrize("name", SETTINGS)
def test_it_ranks_as_the_search_does(tmp_path: Path, name: str) -> None:
    subject = SearchSetting(setting(name), HashEncoder(), f"{name}:hash", now=NOW)
    with subject.corpus(DOCUMENTS) as corpus:
        rows, scores = corpus.rank(QUERIES, 5)
    with open_collection(tmp_path / "c", encoder=HashEncoder()) as collection:
        fill(collection, DOCUMENTS, now=NOW)
        for place, query in enumerate(QUERIES):
            mode = "hybrid" if name == "default" else setting(name)
            stages = STAGES["default"] if name == "default" else ()
            results = search(collection, query, k=5, mode=mode, pins=False, stages=stages).items
            found = [DOCUMENTS[row].id for row in rows[place] if row >= 0]
            assert found == [result.document.id for result in results]
            assert scores[place, : len(found)] == pytest.approx([result.score for result in results])
            assert (rows[place, len(found) :] == -1).all()
            assert np.isneginf(scores[place, len(found) :]).all()


def test_settings_differ_by_name_and_have_no_more_to_give() -> None:
    keys = {SearchSetting(name, HashEncoder(), name, now=NOW).key for name in SETTINGS}
    assert len(keys) == len(SETTINGS)
    subject = SearchSetting("hybrid", HashEncoder(), "hybrid:hash", now=NOW)
    with pytest.raises(UsageError, match="hybrid:hash ranks documents and has no similarity"):
        subject.pairs(["a"], ["b"])
    with pytest.raises(UsageError, match="no features"):
        subject.features(["a"])
    with pytest.raises(UsageError, match="Did you mean hybrid"):
        setting("hybird")
