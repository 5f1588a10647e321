"""What stages cost: timed on the Collection's own titles."""

from __future__ import annotations

import broadsheet as bs
from broadsheet.core.errors import CollectionError
from broadsheet.search import stages
from broadsheet.search.stages.cost import costs
from fakes import WordEncoder


class Broken:
    name, budget = "broken", 1.0

    def look(self, collection, candidates, deadline):
        raise CollectionError("its file is missing")


def test_each_stage_has_a_time(collection):
    taken = costs(collection, ["feedback", "neighbours"])
    assert list(taken) == ["feedback", "neighbours"]
    assert all(0 < each < 60_000 for each in taken.values())


def test_a_stage_that_cannot_be_done_has_none(collection, monkeypatch):
    monkeypatch.setitem(stages.STAGES, "broken", Broken())
    assert list(costs(collection, ["broken", "neighbours"])) == ["neighbours"]


def test_an_empty_collection_has_no_times(tmp_path):
    with bs.open(tmp_path / "empty", encoder=WordEncoder()) as empty:
        assert costs(empty, ["neighbours"]) == {}
