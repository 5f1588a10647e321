"""Journals that are commands of TeX."""

from __future__ import annotations

import pytest

from broadsheet.sources.ads import journal


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (r"\apj", "Astrophysical Journal"), (r"{\mnras}", "Monthly Notices of the Royal Astronomical Society"),
        (r"\unknown", r"\unknown"), ("Nature", "Nature"), (r"\apj and more", r"\apj and more"), ("", ""),
    ],
)  # fmt: skip
def test_commands_are_journals(text: str, name: str) -> None:
    assert journal(text) == name
