"""What foreign lists of people, words and categories mean."""

from __future__ import annotations

from typing import Any

import pytest

from broadsheet.core.types import Name
from broadsheet.sources.lists import categories, people, shown, strings


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
    assert tuple(map(shown, people(value) or ())) == (expected or ())


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ada Roe", "Ada Roe"),
        ("Roe, Ada", Name(given="Ada", family="Roe")),
        ("van den Roe, Ada, Jr.", Name(given="Ada", family="Roe", particle="van den", suffix="Jr.")),
        (["De la Roe", "Ada", ""], Name(given="Ada", family="Roe", particle="De la")),
        ({"family": "Roe", "given": "Ada", "non-dropping-particle": "van"},
         Name(given="Ada", family="Roe", particle="van")),
        ({"family": "Roe", "given": "Ada", "dropping-particle": "de", "non-dropping-particle": "la", "suffix": "III"},
         Name(given="Ada", family="Roe", particle="de la", suffix="III")),
        ({"literal": "Roe and Daughters"}, Name(literal="Roe and Daughters")),
        ({"name": "Roe, Ada", "nameType": "Personal"}, Name(given="Ada", family="Roe")),
        ({"name": "Roe, Lee & Co", "nameType": "Organizational"}, Name(literal="Roe, Lee & Co")),
        ({"name": "Ada Roe", "id": "7"}, "Ada Roe"),
        ({"given": "Ada"}, "Ada"),
        ({"last": "Roe"}, Name(family="Roe")),
        ("The Sheep Collaboration", Name(literal="The Sheep Collaboration")),
        ("Sheep and Goats,", Name(literal="Sheep and Goats")),
        ("Sheep,, Goats and Wool", Name(literal="Sheep, Goats and Wool")),
    ],
)  # fmt: skip
def test_the_parts_of_a_name_are_kept_where_they_are_told_apart(value: Any, expected: Any) -> None:
    assert people([value, "Bo Lee"]) == (expected, "Bo Lee")
    assert people([value]) == (expected,)


def test_lists() -> None:
    assert strings("a; b ;a") == ("a", "b")
    assert strings("a, b") == ("a", "b")
    assert strings("one, two; three") == ("one, two", "three")
    assert strings(["a", {"name": "b"}, None, 3]) == ("a", "b", "3")
    assert categories("cs.CL cs.IR stat.ML") == ("cs.CL", "cs.IR", "stat.ML")
    assert categories("hep-th") == ("hep-th",)
    assert categories("machine learning") == ("machine learning",)
