"""What foreign lists of people, words and categories mean."""

from __future__ import annotations

from typing import Any

import pytest

from broadsheet.sources.lists import categories, people, strings


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
