"""How days and names are read, whichever door they come through."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from broadsheet.mcp.arguments import Search
from broadsheet.site.fields import FirstDay, LastDay, expectation, first_day, last_day, several
from broadsheet.site.params import SearchParams


class Span(BaseModel):
    since: FirstDay = None
    until: LastDay = None


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        (" 2024-05-31 ", date(2024, 5, 31), date(2024, 5, 31)),
        ("", None, None),
        ("  ", None, None),
        (None, None, None),
        (date(2024, 5, 31), date(2024, 5, 31), date(2024, 5, 31)),
    ],
)
def test_a_part_of_time_has_a_first_and_a_last_day(text: object, first: date | None, last: date | None) -> None:
    assert (first_day(text), last_day(text)) == (first, last)
    span = Span.model_validate({"since": text, "until": text})
    assert (span.since, span.until) == (first, last)


@pytest.mark.parametrize(
    "text", ["soon", "2024-13", "2023-02-29", "9" * 10_000, "2024-05-31 or so long after", ["x"], 5]
)
def test_what_is_no_day_says_what_would_be_one(text: object) -> None:
    with pytest.raises(ValidationError) as caught:
        Span.model_validate({"since": text})
    [error] = caught.value.errors()
    assert expectation(error) == "expected a day, a month or a year, for example 2024-05-31, 2024-05 or 2024"


def test_names_come_as_items_or_in_one() -> None:
    assert several(["Ada  Blum; Cy Doe", " ", ";", "Cy Doe", "ada blum"]) == ["Ada Blum", "Cy Doe", "ada blum"]


@given(st.lists(st.text(max_size=20), max_size=8))
def test_names_are_none_twice_and_never_blank(values: list[str]) -> None:
    names = several(values)
    assert len(names) == len(set(names))
    assert all(name.strip() and ";" not in name for name in names)
    assert several(names) == names


def test_an_agent_and_an_address_ask_the_same() -> None:
    """The same words through both doors are the same conditions."""
    given = {"since": "2024", "until": "2024-06", "min_votes": 3, "has_code": True}
    agent = Search(query="x", authors=["Ada Blum; Cy  Doe"], categories=["cs"], venues=["ACL"], **given)
    address = SearchParams(q="x", author=["Ada Blum; Cy  Doe"], category=["cs"], venue=["ACL"], **given)
    assert agent.filters == address.filters
    assert agent.filters.authors == ("Ada Blum", "Cy Doe")
