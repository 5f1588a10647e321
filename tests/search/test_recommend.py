"""Recommend: near what is liked, away from what is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.vectors import unit
from broadsheet.search.recommend import recommend
from broadsheet.search.sides import towards
from broadsheet.search.similar import similar
from fakes import NOW, WordEncoder, paper

PAPERS = [
    paper(1, "car engine"),
    paper(2, "car engine oil"),
    paper(3, "car garden"),
    paper(4, "garden flower"),
    paper(5, "doctor surgery"),
    paper(6, "engine oil pump"),
    paper(7, "flower pot", votes=3),
]


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with bs.open(tmp_path, encoder=WordEncoder(dim=64)) as collection:
        bs.ingest(collection, PAPERS, now=NOW, name="made")
        bs.sync(collection)
        yield collection


def ids(results: object) -> list[str]:
    return [result.document.id[-1] for result in results]  # type: ignore[attr-defined]


def test_what_is_disliked_is_pushed_away(collection: Collection) -> None:
    plain = ids(recommend(collection, ["made:001"], k=7))
    away = ids(recommend(collection, ["made:001"], negative=["made:004"], k=7))
    assert plain[:2] == away[:1] + plain[1:2] == ["2", "3"]
    assert "4" not in away
    assert plain.index("3") < plain.index("6")
    assert away.index("3") > away.index("6"), "the garden in it is no longer wanted"
    assert away[-1] == "7", "nor are flowers"


def test_without_dislikes_it_is_similar(collection: Collection) -> None:
    for liked in (["made:001"], ["made:001", "made:004"]):
        one, other = recommend(collection, liked, k=5), similar(collection, liked, k=5)
        assert [(r.document.id, r.score) for r in one] == [(r.document.id, r.score) for r in other]


def test_a_text_is_liked_as_a_paper_is(collection: Collection) -> None:
    assert set(ids(recommend(collection, text="flower pot garden", k=2))) == {"4", "7"}
    assert ids(recommend(collection, ["made:001"], text="doctor surgery", k=7))[0] in "25"
    assert ids(recommend(collection, text="flower garden", filters=bs.Filters(min_votes=1), k=2)) == ["7"]


def test_what_cannot_be_is_said(collection: Collection) -> None:
    with pytest.raises(UsageError, match="at least one paper"):
        recommend(collection, negative=["made:001"], text=" ")
    with pytest.raises(NotFoundError, match="nope"):
        recommend(collection, ["made:001"], negative=["nope"])
    with pytest.raises(UsageError, match="count from 0"):
        recommend(collection, ["made:001"], k=-1)
    bs.ingest(collection, [paper(9, "new car")], now=NOW, name="made")
    found = recommend(collection, ["made:009"], negative=["made:001"])
    assert (len(found), found.note) == (0, "1 of 2 papers have no vector yet: run sync.")


def test_the_sum_has_length_one_whatever_is_given() -> None:
    rows = unit(np.random.default_rng(1).normal(size=(6, 8)))
    for near, far in ((rows, rows[:0]), (rows[:1], rows[1:]), (rows[:2], -rows[:2]), (rows[:1], rows[:1])):
        assert np.linalg.norm(towards(near, far)) == pytest.approx(1, abs=1e-6)
