"""How a reader wants to see a ranked list."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Results
from broadsheet.near.view import View
from broadsheet.search.hybrid import search
from broadsheet.search.similar import similar
from near_kit import COPY, OTHERS, RENAMED, WORK, akin, filled

QUERY = "weighing salt with a bell"


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    papers = [WORK, COPY, RENAMED, *(akin(number, number + 1) for number in range(6)), *OTHERS]
    with filled(tmp_path_factory.mktemp("view"), *papers) as collection:
        yield collection


def ids(results: Results) -> list[str]:
    return [each.document.id for each in results.items]


def test_each_work_once_and_pages_stay_full(collection: Collection) -> None:
    plain = ids(search(collection, QUERY, k=60))
    found = search(collection, QUERY, k=60, arrange=View())
    assert ids(search(collection, QUERY, k=60, arrange=View(copies=True))) == plain
    first, *others = (each for each in plain if each in (WORK.id, COPY.id, RENAMED.id))
    assert ids(found) == [each for each in plain if each not in others], "the best of the work, and the order as it was"
    (led,) = (each for each in found.items if each.document.id == first)
    assert {each.id for each in led.same} == set(others)
    assert all(0.5 < each.confidence <= 1 for each in led.same)
    pages = [ids(search(collection, QUERY, k=4, offset=start, arrange=View())) for start in range(0, 45, 4)]
    assert all(len(page) == 4 for page in pages[:-1])
    assert [each for page in pages for each in page] == ids(found)
    assert [each.rank for each in found.items] == list(range(1, len(found) + 1))


def test_an_identifier_shows_its_own_paper_first(collection: Collection) -> None:
    for name in (WORK.id, COPY.id, RENAMED.id):
        found = search(collection, name, k=5, arrange=View(diverse=0.9))
        assert found.items[0].document.id == name


def test_variety_0_changes_nothing_and_more_pages_alike(collection: Collection) -> None:
    plain = ids(search(collection, QUERY, k=60, arrange=View()))
    varied = ids(search(collection, QUERY, k=60, arrange=View(diverse=0.6)))
    assert sorted(varied) == sorted(plain)
    assert varied != plain
    pages = [ids(search(collection, QUERY, k=5, offset=start, arrange=View(diverse=0.6))) for start in range(0, 60, 5)]
    assert [each for page in pages for each in page] == varied
    assert ids(search(collection, QUERY, k=60, arrange=View(diverse=0.6))) == varied, "the same again"


def test_similar_papers_are_without_copies_of_the_paper(collection: Collection) -> None:
    assert set(ids(similar(collection, WORK.id, k=3))) & {COPY.id, RENAMED.id}
    found = similar(collection, WORK.id, k=60, arrange=View())
    assert not set(ids(found)) & {WORK.id, COPY.id, RENAMED.id}
    assert not any(each.same for each in found.items)
    assert set(ids(similar(collection, WORK.id, k=3, arrange=View(copies=True)))) & {COPY.id, RENAMED.id}


def test_a_list_without_words_and_one_without_results(collection: Collection) -> None:
    newest = search(collection, "source:csv", k=60, arrange=View(diverse=0.3))
    assert len({COPY.id, RENAMED.id} & set(ids(newest))) == 1
    assert ids(search(collection, "author:nobody salt", arrange=View(diverse=0.3))) == []


@pytest.mark.parametrize("diverse", [-0.1, 1.01, float("nan")])
def test_variety_is_from_0_to_1(diverse: float) -> None:
    with pytest.raises(UsageError, match="from 0"):
        View(diverse=diverse)


def test_words_alone_where_nothing_has_a_vector(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, COPY, *OTHERS) as collection:
        found = search(collection, QUERY, mode="lexical", k=9, arrange=View(diverse=0.4))
        assert len({WORK.id, COPY.id} & set(ids(found))) == 1
