"""Learned weights follow the Store: new, changed and deleted papers, another model, damage."""

from __future__ import annotations

import json

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.errors import ModelError
from broadsheet.core.protocols import SparseVectors
from broadsheet.core.sparse import products
from broadsheet.search import stages
from broadsheet.search.stages import weights
from broadsheet.search.stages.model import name_model
from broadsheet.search.stages.weights import remade, weights_of
from fakes import NOW, paper
from search_kit import PAPERS
from stages_kit import Counted, scorers

assert scorers


@pytest.fixture
def model(collection, scorers):
    """The model of a Collection that uses learned weights."""
    made = Counted()
    scorers("splade:counted", made)
    name_model(collection, "splade:counted")
    stages.choose(collection, "sparse")
    bs.sync(collection)
    return made


def test_a_sync_makes_weights_only_where_they_were_chosen(collection, model):
    assert weights_of(collection).snapshot().count == len(PAPERS)
    assert sorted(model.read) == sorted(each.content for each in PAPERS)
    stages.choose(collection, "fast")
    collection.store.papers.put([paper(8, "Ropes")], now=NOW)
    bs.sync(collection)
    assert weights_of(collection).snapshot().count == len(PAPERS)


def test_only_what_is_new_is_read_again(collection, model):
    model.read.clear()
    collection.store.papers.put([paper(1, "Cars that see", "Other words."), paper(8, "Ropes")], now=NOW)
    collection.store.papers.delete(["made:003"], now=NOW)
    bs.sync(collection)
    assert len(model.read) == 2
    state = weights_of(collection).snapshot()
    assert (state.count, state.pointer.change) == (len(PAPERS), collection.store.papers.last_change())
    model.read.clear()
    bs.sync(collection)
    assert model.read == []


def test_another_model_or_damage_makes_them_again(collection, model, scorers):
    (file,) = weights_of(collection).folder.glob("g*/weights")
    file.unlink()
    model.read.clear()
    bs.sync(collection)
    assert len(model.read) == len(PAPERS)
    other = Counted(version="2")
    scorers("splade:other", other)
    name_model(collection, "splade:other")
    bs.sync(collection)
    assert len(other.read) == len(PAPERS)


def test_weights_of_a_newer_version_are_replaced_only_on_request(collection, model):
    pointer = weights_of(collection).folder / "current.json"
    pointer.write_text(json.dumps({**json.loads(pointer.read_text()), "format": 9}))
    assert "newer Broadsheet" in bs.sync(collection).note
    assert json.loads(pointer.read_text())["format"] == 9
    bs.sync(collection, rebuild=True)
    assert weights_of(collection).snapshot().count == len(PAPERS)


def test_a_model_that_breaks_its_promise_is_refused(collection, model):
    model.sparse_vectors = lambda texts, role="document": SparseVectors(
        np.array([0, 1]), np.zeros(1, "i4"), np.full(1, np.nan, "f4"), 1_000
    )
    collection.store.papers.put([paper(8, "Ropes")], now=NOW)
    assert "counted returned terms that are not those of 1 texts" in bs.sync(collection).note


def test_a_model_that_cannot_be_loaded_leaves_the_papers_synced(collection, model, monkeypatch):
    def fail(*_):
        raise ModelError("the folder is gone.")

    monkeypatch.setattr(weights, "sparse_encoder", fail)
    collection.store.papers.put([paper(8, "Ropes")], now=NOW)
    done = bs.sync(collection)
    assert done.note == "Learned weights are not up to date: the folder is gone."
    assert (done.indexed, done.encoded) == (1, 1)
    assert weights_of(collection).change < collection.space.change == collection.store.papers.last_change()
    monkeypatch.undo()


def test_terms_made_again_are_those_stored(collection, model):
    state = weights_of(collection).snapshot()
    stored, made = state.of(state.rows(np.arange(1, 3))), remade(collection, PAPERS[:2])
    np.testing.assert_allclose(products(stored, stored), products(made, stored))
