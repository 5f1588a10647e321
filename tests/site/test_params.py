"""What an address can ask for: every field bounded, an empty one as if it had not come."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from broadsheet.core import query
from broadsheet.core.types import Filters
from broadsheet.site.params import DEEPEST, MOST, DayParams, SearchParams

EMPTY = {
    "q": "",
    "since": "",
    "until": "",
    "has_code": "",
    "min_votes": "",
    "author": [""],
    "category": ["", ";"],
    "topic": [""],
}


def test_a_form_sent_empty_asks_nothing() -> None:
    asked = SearchParams.model_validate(EMPTY)
    assert asked == SearchParams()
    assert not asked.filters
    assert not DayParams.model_validate({"has_code": "", "query": "", "category": [" "]}).narrowed


def test_conditions_are_those_of_the_fields() -> None:
    asked = SearchParams.model_validate({
        "since": "2024", "until": "2024-05", "source": ["arxiv"], "venue": ["ACL; EMNLP"], "category": ["cs"],
        "topic": ["12; Word embeddings"], "author": ["Ada Blum"], "has_code": "true", "min_votes": "3",
    })  # fmt: skip
    assert asked.filters == Filters(
        since=date(2024, 1, 1),
        until=date(2024, 5, 31),
        sources=("arxiv",),
        venues=("ACL", "EMNLP"),
        categories=("cs",),
        topics=("12", "Word embeddings"),
        authors=("Ada Blum",),
        has_code=True,
        min_votes=3,
    )


@pytest.mark.parametrize(
    ("fields", "size"), [({}, 10), ({"k": 5}, 5), ({"limit": 7}, 7), ({"k": 5, "limit": 7}, 5), ({"k": MOST}, MOST)]
)
def test_a_size_has_two_names(fields: dict[str, int], size: int) -> None:
    assert SearchParams.model_validate(fields).size(10) == size


def test_the_same_from_another_place() -> None:
    asked = SearchParams(q="leaf", k=5)
    assert asked.at_offset(20) == SearchParams(q="leaf", k=5, offset=20)
    assert asked.offset == 0


def test_a_very_long_query_is_cut_where_search_stops_reading() -> None:
    assert len(SearchParams(q="x" * 1_000_000).q) == 4 * query.LONGEST + 1


@pytest.mark.parametrize(
    "fields",
    [
        {"k": 0}, {"k": MOST + 1}, {"limit": MOST + 1}, {"offset": -1}, {"offset": DEEPEST + 1}, {"mode": "psychic"},
        {"author": ["a"] * 21}, {"venue": ["x" * 501]}, {"min_votes": -1}, {"min_votes": 2**53 + 1},
        {"since": "9" * 10_000}, {"has_code": "perhaps"},
    ],
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SearchParams.model_validate(fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"sort": "x" * 101},
        {"match": "x" * (query.LONGEST + 1)},
        {"query": 0},
        {"query": 2**53 + 1},
        {"least": "x" * 21},
    ],
)
def test_what_no_day_can_be_asked_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DayParams.model_validate(fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"category": ["cs"]},
        {"topic": ["3"]},
        {"without_topic": ["3"]},
        {"has_code": True},
        {"match": "robots"},
        {"query": 1},
    ],
)
def test_a_day_is_narrowed_by_any_condition(fields: dict[str, Any]) -> None:
    assert DayParams.model_validate(fields).narrowed
    assert not DayParams(sort="newest", match="  ").narrowed


def test_repeated_fields_and_semicolons_ask_the_same(client: TestClient) -> None:
    found = [
        [each["paper"]["id"] for each in client.get(f"/api/search?q=papers&{asked}").json()["items"]]
        for asked in ("author=blum&author=doe", "author=blum;doe", "author=doe;+blum+;doe&since=")
    ]
    assert found[0] == found[1] == found[2]
    assert sorted(found[0]) == ["2401.00001", "hep-th/9901001"]
