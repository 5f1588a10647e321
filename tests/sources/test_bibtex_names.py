"""The forms of names in BibTeX and BibLaTeX."""

from __future__ import annotations

from typing import Any

import pytest

from broadsheet.core.types import Name
from broadsheet.sources.bibtex import plain_tex
from broadsheet.sources.bibtex_names import people_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ada Roe", ["Ada Roe"]),
        ("Roe, Ada and others", [Name(given="Ada", family="Roe")]),
        (r"Ro{\"e}, Ad{\'a}", [Name(given="Adá", family="Roë")]),
        ("van den Roe, Ada", [Name(given="Ada", family="Roe", particle="van den")]),
        ("{van den Roe}, Ada", [Name(given="Ada", family="van den Roe")]),
        ("Roe, Jr., Ada", [Name(given="Ada", family="Roe", suffix="Jr.")]),
        ("Roe, Ada, Jr.", [Name(given="Ada", family="Roe", suffix="Jr.")]),
        ("{Wool and Yarn, Inc.} and Lee, Bo", [Name(literal="Wool and Yarn, Inc."), Name(given="Bo", family="Lee")]),
        ("The Wool Collaboration", [Name(literal="The Wool Collaboration")]),
        ("family=Roe, given=Ada, prefix=van den, useprefix=true",
         [Name(given="Ada", family="Roe", particle="van den")]),
        ('given=Ada, given-i=A, family="Roe", suffix={Jr.} and Bo Lee',
         [Name(given="Ada", family="Roe", suffix="Jr."), "Bo Lee"]),
        ('"family={Wool and Yarn, Ltd}, given={}"', [Name(literal="Wool and Yarn, Ltd")]),
        ("prefix=von, given = Ada, family = Roe", [Name(given="Ada", family="Roe", particle="von")]),
        ("{\\'A}da Roe", ["Áda Roe"]),
        ("{Roe", ["Roe"]),
        ("Roe}, Ada", [Name(given="Ada", family="Roe")]),
        ("Roe,", ["Roe"]),
        (",", []),
        (" and and ", []),
    ],
)  # fmt: skip
def test_every_form_of_a_name(value: str, expected: list[Any]) -> None:
    assert list(people_of(value, plain_tex)) == expected


def test_a_name_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="an author name has 2,001 characters; at most 2,000 are read"):
        people_of("x" * 2_001, plain_tex)
