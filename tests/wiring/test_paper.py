"""The paper of an id, and words that lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import broadsheet as bs
from broadsheet.core.errors import NotFoundError
from broadsheet.wiring.collection import texts
from broadsheet.wiring.paper import offers
from broadsheet.wiring.paper import paper as paper_of
from fakes import WordEncoder, paper


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[bs.Collection]:
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        yield made


def test_an_unknown_paper_is_looked_for_by_its_words(collection: bs.Collection) -> None:
    with pytest.raises(NotFoundError, match="broadsheet search"):
        paper_of(collection, "bees")
    bs.ingest(collection, [paper(1, "Bees count flowers", "Up to four.")])
    bs.sync(collection)
    with pytest.raises(NotFoundError, match=r"Did you mean made:001 \(Bees count flowers\)"):
        paper_of(collection, "bees")
    assert list(texts(collection)) == ["Bees count flowers Up to four."]


def test_a_paper_that_is_not_here_is_offered_where_it_can_be_fetched() -> None:
    offer = offers(["2401.00001", "10.1000/owls.1", "10.1002/(sici)1", "openreview:owlNoon01"])
    names = "arxiv:2401.00001 crossref:10.1000/owls.1 'crossref:10.1002/(sici)1'"
    assert offer == f"To fetch it: `broadsheet ingest {names} --sync`."
    assert offers(["openreview:owlNoon01"]) == ""
