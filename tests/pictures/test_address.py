"""Which addresses a paper's pictures are fetched from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broadsheet.core.types import Document
from broadsheet.pictures import addresses

PAPER = Document(id="own:1", title="A Paper with Figures", source="own")
HOST = "https://example.org"


def of(**extra: object) -> list[str]:
    return addresses(replace(PAPER, extra=extra))


def test_figures_come_before_the_thumbnail() -> None:
    assert of() == []
    assert of(thumbnail=f"{HOST}/t.png") == [f"{HOST}/t.png"]
    assert of(thumbnail=f"{HOST}/t.png", media=[f"{HOST}/a.JPG"]) == [f"{HOST}/a.JPG", f"{HOST}/t.png"]
    assert of(thumbnail=f"{HOST}/a.png", media=[f"{HOST}/a.png"]) == [f"{HOST}/a.png"]


def test_films_are_left_out_and_names_without_an_ending_are_not() -> None:
    media = [f"{HOST}/{name}" for name in ("a.mp4", "b.mov", "c.webm", "d", "e.gif?w=9", "2401.00001")]
    assert of(media=media) == [f"{HOST}/d", f"{HOST}/e.gif?w=9"]


def test_three_addresses_are_tried_at_most() -> None:
    assert len(of(media=[f"{HOST}/{n}.png" for n in range(9)])) == 3


@pytest.mark.parametrize(
    "value",
    [None, 7, {"url": f"{HOST}/a.png"}, "", "data:image/png;base64,AA", "javascript:alert(1)", "file:///etc/passwd",
     "//example.org/a.png", f"{HOST}/" + "a" * 3_000, "https://[broken/a.png"],
)  # fmt: skip
def test_what_is_not_a_web_address_is_left_out(value: object) -> None:
    assert of(media=[value]) == []
    assert of(media=value) == []
    assert of(thumbnail=value) in ([], [value] if value == "https://[broken/a.png" else [])
