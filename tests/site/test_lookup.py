"""What an address names: a paper by any of its ids, what a search finds, the newest papers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.errors import NotFoundError
from broadsheet.search.question import Given
from broadsheet.site.context import Site
from broadsheet.site.lookup import newest, paper_of, search_results
from broadsheet.site.params import SearchParams
from site_kit import FILLERS, NOW, PAPERS, made


@pytest.fixture
def site(collection: Collection) -> Site:
    return Site(collection, Settings(), lambda: NOW)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


def test_a_paper_has_several_names(site: Site) -> None:
    for name in ("2401.00001", "arXiv:2401.00001v2", "10.5555/herb"):
        assert paper_of(site, name).id == "2401.00001"
    with pytest.raises(NotFoundError, match="No paper has the id 'nope'"):
        paper_of(site, "nope")


def test_a_search_is_as_long_as_its_address_says(site: Site) -> None:
    asked = SearchParams(q="tide tables", k=3, since="2025")  # type: ignore[arg-type]
    first = search_results(site, asked, usual=10, given=Given())
    assert len(first.items) == 3
    second = search_results(site, asked.at_offset(3), usual=10, given=Given())
    assert not {each.document.id for each in first.items} & {each.document.id for each in second.items}
    assert len(search_results(site, SearchParams(q="tide tables"), usual=7, given=Given()).items) == 7


def test_the_newest_leave_out_the_shelf_and_say_whether_more_follow(site: Site) -> None:
    listed = len(PAPERS) + len(FILLERS) - 1
    papers, more = newest(site, listed, 0)
    assert (len(papers), more) == (listed, False)
    assert not [paper.id for paper in papers if paper.source.startswith("shelf")]
    assert newest(site, listed - 1, 0) == (papers[:-1], True)
    assert newest(site, 10, listed) == ([], False)
