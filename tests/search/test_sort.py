"""The relevant papers of a list by date or by votes; the others below them, as they were."""

from __future__ import annotations

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.errors import UsageError
from broadsheet.core.relevance import Calibration, Curve
from broadsheet.core.types import Filters
from broadsheet.search import relevance
from broadsheet.search.hybrid import search
from broadsheet.search.ranking import Alone, Ranking
from broadsheet.search.relevance import NOTHING, Relevance
from broadsheet.search.sort import UNTOLD, relevant, sorted_by
from search_kit import ids

EASY = Calibration(
    meaning=Curve(-2.0, {"height": 1.0, "lead": 0.0}),
    both=Curve(-2.0, {"height": 1.0, "lead": 0.0, "words": 1.0}),
    answer=Curve(0.0, {"reach": 1.0, "width": 0.0, "ground": 0.0}),
    cutoff=-1.0,
)


@pytest.fixture
def known(collection):
    """A Collection whose calibration calls every paper relevant that is nearer than chance."""
    key = collection.space.snapshot().manifest.key
    collection.store.journal.set_fact(relevance.FACT, {**EASY.to_json(), "space": key})
    return collection


def key(sort: str):
    if sort == "votes":
        return lambda each: (-(each.document.votes or 0),)
    return lambda each: (-(each.document.span[0].toordinal() if each.document.span else 0),)


@pytest.mark.parametrize("sort", ["newest", "votes"])
def test_what_is_relevant_is_in_order_and_the_rest_follows(known, sort: str) -> None:
    best, found = search(known, "car lanes"), search(known, "car lanes", sort=sort)
    assert found.sort == sort
    assert found.relevant == best.relevant
    assert found.relevant is not None
    assert 1 < found.relevant <= len(best)
    above, below = found.items[: found.relevant], found.items[found.relevant :]
    assert {each.document.id for each in above} == {each.document.id for each in best.items[: best.relevant]}
    assert list(above) == sorted(above, key=key(sort))
    assert [each.document.id for each in below] == [each.document.id for each in best.items[best.relevant :]]
    probability = {each.document.id: each.relevance for each in best}
    assert {each.document.id: each.relevance for each in found} == probability, "each keeps its own"


@pytest.mark.parametrize("sort", ["best", "newest", "votes"])
def test_paging_never_reorders_nor_repeats(known, sort: str) -> None:
    whole = ids(search(known, "car lanes", sort=sort))
    assert whole == [
        each for at in range(len(whole)) for each in ids(search(known, "car lanes", k=1, offset=at, sort=sort))
    ]
    assert len(set(whole)) == len(whole)


def test_papers_that_the_query_names_stay_first(known) -> None:
    found = search(known, "Ana Lee", sort="votes")
    assert [each.pinned for each in found][:2] == ["author", "author"]
    assert [each.document.votes for each in found.items[:2]] == [7, 2]
    assert [each.document.votes for each in search(known, "Ana Lee", sort="newest").items[:2]] == [2, 7]


def test_conditions_alone_are_sorted_as_a_whole(collection) -> None:
    some = Filters(venues=("RoadConf",))
    newest = search(collection, "", filters=some)
    assert ids(newest) == ids(search(collection, "", filters=some, sort="newest"))
    votes = search(collection, "", filters=some, sort="votes")
    assert [each.document.votes for each in votes] == [7, None]
    assert "most votes first" in votes.note
    assert votes.relevant == 2


def test_without_probabilities_the_first_places_are_sorted(collection) -> None:
    order = Ranking(Alone(np.arange(1, 400), np.linspace(1, 0, 399, dtype=np.float32)))
    assert relevant(order, NOTHING) is None
    made, _ = sorted_by(collection, order, NOTHING, "newest")
    assert made.numbers(400)[UNTOLD:] == order.numbers(400)[UNTOLD:]
    assert set(made.numbers(UNTOLD)) == set(order.numbers(UNTOLD))


def test_a_list_that_answers_nothing_has_no_relevant_places() -> None:
    order = Ranking(Alone(np.arange(1, 4), np.array([3, 2, 1], dtype=np.float32)))
    places = np.array([0.9, 0.5, 0.05])
    assert relevant(order, Relevance(places, None, 0.4)) == 0
    assert relevant(order, Relevance(places, None, 0.9)) == 2
    assert relevant(order, Relevance(places, 1, 0.9)) == 1


def test_an_unknown_order_is_refused(collection) -> None:
    with pytest.raises(UsageError, match="unknown order 'oldest'"):
        bs.search(collection, "car", sort="oldest")  # type: ignore[arg-type]
