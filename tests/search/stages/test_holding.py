"""What a Collection says of its learned weights."""

from __future__ import annotations

import broadsheet as bs
from broadsheet.search import stages
from broadsheet.search.stages.holding import holding, reached
from broadsheet.search.stages.model import name_model
from broadsheet.search.stages.weights import weights_of
from fakes import NOW, paper
from search_kit import PAPERS
from stages_kit import Counted, scorers

assert scorers


def test_it_counts_papers_and_bytes_and_what_waits(collection, scorers):
    assert (holding(collection).model, reached(collection)) == ("", None)
    assert holding(collection).words == "no learned weights: the stage sparse was not chosen"
    scorers("splade:counted", Counted())
    name_model(collection, "splade:counted")
    stages.choose(collection, "sparse")
    assert (holding(collection).pending, reached(collection)) == (len(PAPERS), 0)
    assert "does not contain any learned weights yet: run sync" in holding(collection).words
    bs.sync(collection)
    have = holding(collection)
    state = weights_of(collection).snapshot()
    assert (have.papers, have.total, have.pending, have.why) == (len(PAPERS), len(PAPERS), 0, "")
    assert have.size == sum(state.sizes.values()) > 0
    assert f"learned weights of {len(PAPERS)} of {len(PAPERS)} papers (splade:counted)" in have.words
    collection.store.papers.put([paper(8, "Ropes")], now=NOW)
    assert (holding(collection).pending, reached(collection)) == (1, state.pointer.change)
    for file in weights_of(collection).folder.glob("g*/terms"):
        file.write_bytes(b"")
    weights_of(collection).folder.joinpath("current.json").touch()
    assert ("damaged" in holding(collection).why, reached(collection)) == (True, 0)
