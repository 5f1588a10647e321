"""Probabilities down a ranked list, whatever Collection, mode and calibration it has."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.relevance import Calibration, Curve, calibration, strength, worth
from broadsheet.search import relevance
from broadsheet.search.sides import query_vector
from fakes import NOW, WordEncoder, paper

EASY = Calibration(
    meaning=Curve(-2.0, {"height": 1.0, "lead": 0.0}),
    both=Curve(-2.0, {"height": 1.0, "lead": 0.0, "words": 1.0}),
    answer=Curve(0.0, {"reach": 1.0, "width": 0.0, "ground": 0.0}),
    cutoff=-1.0,
)
QUERIES = ("camera lanes", "car", "whales at night", "the of and", "plants that grow")


def fit(collection, **changes) -> None:
    key = collection.space.snapshot().manifest.key
    collection.store.journal.set_fact(relevance.FACT, {**EASY.to_json(), "space": key, **changes})


@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
@pytest.mark.parametrize("query", QUERIES)
def test_a_probability_never_rises_down_a_list_and_words_are_read_off_it(collection, query: str, mode) -> None:
    found = bs.search(collection, query, mode=mode)
    assert all(one.relevance >= other.relevance for one, other in pairwise(found.items))
    assert all(each.strength in ("exact", strength(each.relevance)) for each in found)
    assert found.answerable is None or 0 <= found.answerable <= 1


def test_pages_continue_each_other(collection) -> None:
    whole = [each.relevance for each in bs.search(collection, "car camera")]
    pages = [bs.search(collection, "car camera", k=1, offset=at).items[0].relevance for at in range(len(whole))]
    assert pages == whole


def test_a_paper_that_the_query_names_is_certain(collection) -> None:
    first = collection.store.papers.newest(1)[0]
    top, *rest = bs.search(collection, first.id).items
    assert (top.strength, top.relevance) == ("exact", 1.0)
    assert all(each.relevance < 1 for each in rest)


def test_by_words_alone_a_probability_is_not_known(collection) -> None:
    found = bs.search(collection, "car", mode="lexical")
    assert {each.relevance for each in found} == {None}
    assert (found.cutoff, found.answerable) == (None, None)


def test_the_collections_own_calibration_is_used_until_another_model_makes_its_vectors(collection) -> None:
    shipped = bs.search(collection, "car").items[0].relevance
    fit(collection)
    mine = bs.search(collection, "car").items[0].relevance
    assert mine != shipped
    fit(collection, space="another model's")
    assert bs.search(collection, "car").items[0].relevance == shipped
    fit(collection, meaning="damaged")
    assert bs.search(collection, "car").items[0].relevance == shipped


def test_the_list_ends_where_its_probability_falls_below_the_cutoff(collection) -> None:
    fit(collection)
    found = bs.search(collection, "car camera")
    shares = worth(np.array([each.relevance for each in found]), EASY.power)
    assert found.cutoff == (shares >= EASY.cutoff).sum() < len(found)
    fit(collection, cutoff=None)
    assert bs.search(collection, "car camera").cutoff is None


def test_an_empty_collection_and_one_paper_have_plain_answers(tmp_path) -> None:
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as collection:
        collection.store.papers.put([paper(1, "Cars", "Cars see roads")], now=NOW)
        bs.sync(collection)
        (only,) = bs.search(collection, "cars see").items
        assert 0 < only.relevance <= 1
        collection.store.papers.delete([only.document.id], now=NOW)
        empty = bs.search(collection, "cars see")
        bs.sync(collection)
        assert [len(each) for each in (empty, bs.search(collection, "cars see"))] == [0, 0]
        assert bs.search(collection, "cars see").answerable is None


def test_a_text_has_the_edges_of_its_own_search(collection) -> None:
    vectors = np.stack([query_vector(collection, query) for query in QUERIES[:3]])
    snapshot = collection.space.snapshot()
    made = relevance.calibration_of(collection, snapshot)
    for own, vector in zip(relevance.shapes(collection, vectors), vectors, strict=True):
        assert own.top == pytest.approx(float(snapshot.search(vector, 1)[1][0]))
        fair, good, strong = made.edges(own)
        assert fair < good < strong


def test_what_is_shipped_can_be_read_and_says_where_it_is_from() -> None:
    for weights, each in relevance._shipped().items():
        assert calibration(each.to_json()) == each
        assert each.weights == weights
        assert (each.scale is None) == (not weights)
        assert each.made is not None
        assert "scifact-dev" not in each.data
        assert each.queries > 2_000
