from __future__ import annotations

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.explain.group import MOST, group
from broadsheet.search.hybrid import search

BEES, BREAD = {"Honey", "Beekeeper", "Drone", "Foraging"}, {"Sourdough", "Crust", "Fermentation"}


def found(collection: Collection, query: str, count: int) -> list[Document]:
    return [each.document for each in search(collection, query, k=count)]


def test_a_paper_of_another_subject_does_not_belong(collection: Collection) -> None:
    [foreign] = found(collection, "bread oven yeast", 1)
    made = group(collection, [*found(collection, "bees", 10), foreign])
    assert made.papers == 11
    assert made.outliers[0].document.id == foreign.id
    assert made.outliers[0].nearness < made.nearness
    assert BREAD & {each.concept for each in made.outliers[0].more}
    assert BEES & {each.concept for each in made.outliers[0].less}
    assert BEES & {each.concept for each in made.concepts}


def test_a_list_of_one_subject_has_no_outliers(collection: Collection) -> None:
    assert not [each for each in group(collection, found(collection, "stars", 12)).outliers if each.distance > 6]


def test_short_and_long_lists_and_papers_without_vectors_say_so(collection: Collection) -> None:
    few = group(collection, found(collection, "bees", 3))
    assert few.outliers == ()
    assert "Outliers are told from 5 papers on; of these, 3 have vectors." in few.notes
    bees = found(collection, "bees", 10)
    long = group(collection, bees * (MOST // 10 + 1))
    assert f"Only the first {MOST} of 510 papers are looked at." in long.notes
    assert long.papers == 10
    with pytest.raises(UsageError, match="The list is empty"):
        group(collection, [])
