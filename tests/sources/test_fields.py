"""What foreign values mean: dates, people, lists, links, identities."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.sources.dates import when
from broadsheet.sources.fields import code_in, count, document, link, sorted_out
from broadsheet.sources.lists import categories, people, strings


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-06-30", date(2026, 6, 30)),
        ("2026-6-3", date(2026, 6, 3)),
        ("2026/6/3", date(2026, 6, 3)),
        ("2026-08-31T00:00:00Z", date(2026, 8, 31)),
        ("2026-08-31T00:00:00+09:00", date(2026, 8, 31)),
        ("2026-08-30T20:00:00-06:00", date(2026, 8, 31)),
        ("2024-05-27T03:50:58.348Z", date(2024, 5, 27)),
        ("2024-10-16 01:56:29", date(2024, 10, 16)),
        ("20240131", date(2024, 1, 31)),
        ("Mon, 07 Oct 2024 10:45:05 GMT", date(2024, 10, 7)),
        ("Mon, 07 Oct 2024 23:45:05 -0500", date(2024, 10, 8)),
        ("12 March 2021", date(2021, 3, 12)),
        ("March 12th, 2021", date(2021, 3, 12)),
        ("2021 Mar 12", date(2021, 3, 12)),
        ("25/12/2020", date(2020, 12, 25)),
        ("12/25/2020", date(2020, 12, 25)),
        ("2014/03/12/Spring", date(2014, 3, 12)),
        ("2021-05-01/2021-05-03", date(2021, 5, 1)),
        (1_700_000_000, date(2023, 11, 14)),
        (1_700_000_000_000, date(2023, 11, 14)),
        ("2021", 2021),
        (2021, 2021),
        (2021.0, 2021),
        ("2014//", 2014),
        ("2021-03", 2021),
        ("March 2021", 2021),
        ("03/04/2021", 2021),
        ("in press 2020", 2020),
        ("2021-02-30", 2021),
        ("1999-2004", None),
        ("soon", None),
        ("", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        (12, None),
        ("9999-01-01", None),
        (["2021"], None),
    ],
)
def test_dates(value: Any, expected: Any) -> None:
    assert when(value) == expected
    assert type(when(value)) is type(expected)


@given(st.text(max_size=40) | st.floats() | st.integers() | st.from_regex(r"\d{1,4}[-/. ]\d{1,4}[-/. ]\d{1,4}.{0,9}"))
def test_dates_never_fail(value: Any) -> None:
    found = when(value)
    assert found is None or isinstance(found, date) or 1000 <= found <= 2999


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["Ada Roe", "Bo Lee"], ("Ada Roe", "Bo Lee")),
        ([{"name": "Ada Roe", "_id": "1"}, {"firstName": "Bo", "lastName": "Lee"}], ("Ada Roe", "Bo Lee")),
        ([{"author": {"display_name": "Ada Roe"}}], ("Ada Roe",)),
        ([["Roe", "Ada", ""], ["Lee", "Bo", "Jr."]], ("Ada Roe", "Bo Lee Jr.")),
        ("Roe, Ada; Lee, Bo", ("Ada Roe", "Bo Lee")),
        ("Roe, Ada and Lee, Bo", ("Ada Roe", "Bo Lee")),
        ("Ada Roe and Bo Lee", ("Ada Roe", "Bo Lee")),
        ("Ada Roe, Bo Lee, and Cy Poe", ("Ada Roe", "Bo Lee", "Cy Poe")),
        ("Ada Roe, Bo Lee and Cy Poe", ("Ada Roe", "Bo Lee", "Cy Poe")),
        ("Roe, A., Lee, B. C.", ("A. Roe", "B. C. Lee")),
        ("Roe A., Lee B.C.", ("Roe A.", "Lee B.C.")),
        ("Roe, Ada", ("Ada Roe",)),
        ("Ada Roe, Jr., Bo Lee", ("Ada Roe Jr.", "Bo Lee")),
        ("['Roe, Ada', \"O'Hara, Bo\"]", ("Ada Roe", "Bo O'Hara")),
        (["Ada Roe, Bo Lee, Cy Poe"], ("Ada Roe", "Bo Lee", "Cy Poe")),
        (r"Andr\'e Roe, Bj{\"o}rn Lee", ("André Roe", "Björn Lee")),
        ("", None),
        (None, None),
        (7, None),
        ([None, {}, []], None),
    ],
)
def test_people(value: Any, expected: Any) -> None:
    assert people(value) == expected


def test_lists() -> None:
    assert strings("a; b ;a") == ("a", "b")
    assert strings("a, b") == ("a", "b")
    assert strings("one, two; three") == ("one, two", "three")
    assert strings(["a", {"name": "b"}, None, 3]) == ("a", "b", "3")
    assert categories("cs.CL cs.IR stat.ML") == ("cs.CL", "cs.IR", "stat.ML")
    assert categories("hep-th") == ("hep-th",)
    assert categories("machine learning") == ("machine learning",)


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "ftp://a.example/b", "http://", "https://a b.example", "//x", 3]
)
def test_only_web_addresses_are_links(value: Any) -> None:
    assert link(value) is None


def test_links_and_counts() -> None:
    assert link(" https://a.example/x?y=1#z ") == "https://a.example/x?y=1#z"
    assert [count(v) for v in (3, "1,234", 4.0, "4.0", -1, "x", 2.5, True, "9" * 40)] == [
        3, 1234, 4, 4, None, None, None, None, None,
    ]  # fmt: skip
    assert code_in("see https://github.com/roe/tool.") == "https://github.com/roe/tool"
    assert code_in("https://github.com/a/b and https://github.com/c/d") is None


def test_best_alias_wins_and_the_rest_is_kept() -> None:
    table = {"title": ("title", "name"), "submitted": ("published", "date")}
    values, extra = sorted_out({"Name": "a thing", "Title": "A Paper", "published": "??", "Date": "2020-01-02"}, table)
    assert values == {"title": "A Paper", "submitted": date(2020, 1, 2)}
    assert extra == {"Name": "a thing", "published": "??"}


def test_a_date_that_says_more_than_a_year_is_kept_beside_it() -> None:
    values, extra = sorted_out({"date": "2020-05"}, {"submitted": ("date",)})
    assert (values, extra) == ({"submitted": 2020}, {"date": "2020-05"})
    assert document({**values, "title": "T"}, extra).year == 2020


@pytest.mark.parametrize(
    ("values", "name", "aliases"),
    [
        ({"own": "2401.12345v3"}, "2401.12345", ()),
        ({"own": "7"}, "shelf:7", ()),
        ({"own": "conf24:ab c"}, "conf24:ab_c", ()),
        ({"own": "3dv2025:05T"}, "3dv2025:05T", ()),
        ({"own": "7", "doi": "https://doi.org/10.1000/ABC"}, "10.1000/abc", ("shelf:7",)),
        ({"own": "7", "url": "https://arxiv.org/abs/hep-th/9901001v2"}, "hep-th/9901001", ("shelf:7",)),
        ({"own": "x:1", "url": "https://openreview.net/forum?id=aBc_-1"}, "x:1", ("openreview:aBc_-1",)),
        ({"url": "https://aclanthology.org/2020.acl-main.1/"}, "acl:2020.acl-main.1", ()),
    ],
)
def test_identity(values: dict[str, str], name: str, aliases: tuple[str, ...]) -> None:
    made = document({**values, "title": "T"}, {}, prefix="shelf")
    assert (made.id, made.aliases) == (name, aliases)


def test_version_comes_from_the_identifier() -> None:
    assert document({"title": "T", "own": "2401.12345v3"}, {}).version == 3


def test_extra_is_bounded_and_says_so() -> None:
    made = document({"title": "T"}, {"full": "word " * 9_000, "big": 2**70, "none": None, "deep": {"a": [1]}})
    assert made.extra["full"].endswith("…")
    assert len(made.extra["full"]) <= 20_000
    assert made.extra["big"] == str(2**70)
    assert made.extra["deep"] == {"a": [1]}
    assert "none" not in made.extra
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    with pytest.raises(ValueError, match="nested more than"):
        document({"title": "T"}, {"deep": deep})
