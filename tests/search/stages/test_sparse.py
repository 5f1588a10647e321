"""Learned words: the stored terms of the candidates against those of the query."""

from __future__ import annotations

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.sparse import products, reordered
from broadsheet.search import stages
from broadsheet.search.hybrid import search
from broadsheet.search.stages.model import name_model
from broadsheet.search.stages.sparse import similarities
from broadsheet.search.stages.stage import Candidates, Deadline
from fakes import NOW, paper
from search_kit import PAPERS
from stages_kit import Counted, scorers

assert scorers


@pytest.fixture
def chosen(collection, scorers):
    """A Collection with learned weights."""
    scorers("splade:counted", Counted())
    name_model(collection, "splade:counted")
    stages.choose(collection, "sparse")
    bs.sync(collection)
    return collection


def test_similarities_are_the_products_of_rows():
    query, papers = Counted().sparse_vectors(["car road car"]), Counted().sparse_vectors([p.content for p in PAPERS])
    same = reordered(query, np.zeros(len(PAPERS), np.int64))
    np.testing.assert_allclose(similarities(query, papers), products(same, papers))


def test_its_part_is_the_similarity_of_the_texts(chosen):
    query = Counted().sparse_vectors(["car road"])
    for each in search(chosen, "car road"):
        text = Counted().sparse_vectors([each.document.content])
        assert each.parts["sparse"].score == pytest.approx(float(products(query, text)[0]))
    assert each.score == pytest.approx(sum(part.contribution for part in each.parts.values()))


def test_until_all_papers_have_weights_it_is_left_out(chosen):
    chosen.store.papers.put([paper(8, "A car on a road")], now=NOW)
    stages.choose(chosen, "fast")
    bs.sync(chosen)
    stages.choose(chosen, "sparse")
    found = search(chosen, "car road")
    assert "Searched without sparse: not all papers have learned weights yet: run `broadsheet sync`." in found.note
    bs.sync(chosen)
    assert all("sparse" in each.parts for each in search(chosen, "car road"))


def test_lost_weights_are_said(chosen):
    for file in chosen.path.glob("sparse/*/current.json"):
        file.unlink()
    assert "Searched without sparse: " in search(chosen, "car road").note


def test_a_query_without_terms_has_nothing_to_compare(chosen):
    found = search(chosen, "car", stages=("sparse",))
    assert "sparse" in found.items[0].parts
    model = stages.STAGES["sparse"]
    assert model.budget > 0
    numbers = np.array([1, 2])
    assert model.look(chosen, Candidates("...", np.zeros(32, "f4"), numbers, np.zeros(2), {}), Deadline(9)) is None
