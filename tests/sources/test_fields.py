"""What foreign values mean: links, counts, identities, and what is kept beside them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from broadsheet.sources.fields import code_in, count, document, link, sorted_out, whole_title


@pytest.mark.parametrize(
    ("parts", "title"),
    [
        (("Owls", "At noon"), "Owls: At noon"),
        (("Owls?", "At noon", "Part two"), "Owls? At noon. Part two"),
        (("Owls: at Noon", "At noon"), "Owls: at Noon"),
        (("Owls", ""), "Owls"),
        (("", "At noon"), ""),
    ],
)
def test_a_title_has_its_subtitle_once(parts: tuple[str, ...], title: str) -> None:
    assert whole_title(*parts) == title


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
