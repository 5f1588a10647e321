"""Where a ranked list ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broadsheet.core.types import Result, Results, Strength
from broadsheet.search.end import NEAREST, answered, ended, matters
from fakes import paper

FALLING = (0.9, 0.6, 0.3, 0.12, 0.08, 0.02, 0.01, 0.01)


def listed(*, offset: int = 0, k: int = 8, cutoff: int | None = None, answerable: float | None = 0.9) -> Results:
    """A page of a list of eight papers."""
    items = tuple(
        Result(
            document=paper(rank, f"kites {rank}"), rank=rank, score=1 / rank, strength=Strength.FAIR, relevance=value
        )
        for rank, value in enumerate(FALLING, 1)
    )[offset : offset + k]
    more = offset + k < len(FALLING)
    return Results(
        query="kites", mode="hybrid", items=items, offset=offset, more=more, cutoff=cutoff, answerable=answerable
    )


def ranks(results: Results) -> list[int]:
    return [each.rank for each in results.items]


@pytest.mark.parametrize(("cutoff", "expected"), [(3, [1, 2, 3]), (6, [1, 2, 3, 4, 5, 6]), (8, [*range(1, 9)])])
def test_it_ends_at_the_cutoff(cutoff: int, expected: list[int]) -> None:
    assert ranks(ended(listed(cutoff=cutoff))) == expected


def test_without_a_cutoff_it_ends_where_matches_become_weak() -> None:
    assert ranks(ended(listed())) == [1, 2, 3, 4]


@pytest.mark.parametrize("cutoff", [None, 1, 3, 5, 8])
@pytest.mark.parametrize("k", [1, 2, 3, 5])
def test_the_pages_of_an_ended_list_are_its_places(cutoff: int | None, k: int) -> None:
    whole, seen, offset = ranks(ended(listed(cutoff=cutoff))), list[int](), 0
    while True:
        page = ended(listed(offset=offset, k=k, cutoff=cutoff))
        seen += ranks(page)
        offset += k
        if not page.more:
            break
        assert len(page.items) == k, "only the last page is short"
    assert seen == whole


def test_where_nothing_is_about_it_the_nearest_stay() -> None:
    page = listed(answerable=0.2, cutoff=4)
    assert not answered(page)
    assert ranks(ended(page)) == [*range(1, NEAREST + 1)]
    assert not ended(listed(answerable=0.2, k=3)).more
    assert ended(page, nearest=0).items == ()
    assert ended(listed(answerable=0.2, offset=3)).items == ()
    assert not answered(listed(cutoff=0))


def test_what_the_query_names_is_always_above_the_end() -> None:
    page = listed(answerable=0.1, cutoff=0)
    named = replace(page, items=(replace(page.items[0], pinned="title"), *page.items[1:]))
    assert answered(named)
    assert ranks(ended(named)) == [1]


def test_where_nothing_tells_nothing_ends() -> None:
    page = listed(answerable=None)
    silent = replace(page, items=tuple(replace(each, relevance=None) for each in page.items))
    assert all(matters(each, silent) for each in silent)
    assert ended(silent) == silent
    nothing = replace(page, items=())
    assert ended(nothing) == nothing
