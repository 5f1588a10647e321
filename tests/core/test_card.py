"""What sources say of a paper besides its fields."""

from __future__ import annotations

from typing import Any

import pytest

from broadsheet.core.card import institution, source_summary, stars
from broadsheet.core.types import Document


def paper(**extra: Any) -> Document:
    return Document(id="p:1", title="Owls", extra=extra)


def test_each_source_has_a_name_of_its_own() -> None:
    assert source_summary(paper(ai_summary="Finds <i>owls</i>\n by sound.")) == "Finds owls by sound."
    assert source_summary(paper(tldr="Counts owls.")) == "Counts owls."
    assert (
        institution(paper(organization="Owl Institute")) == institution(paper(org="Owl Institute")) == "Owl Institute"
    )
    assert stars(paper(github_stars=387)) == stars(paper(githubStars=387)) == 387
    assert stars(paper(github_stars=0)) == 0


def test_the_summary_for_all_comes_before_others() -> None:
    assert source_summary(paper(tldr="second", ai_summary="first")) == "first"
    assert source_summary(paper(tldr="second", ai_summary=" ")) == "second"


@pytest.mark.parametrize("value", [None, 3, ["a"], {"a": 1}, "", " \n", "w" * 1_001])
def test_what_is_not_a_summary_is_left_out(value: Any) -> None:
    assert source_summary(paper(ai_summary=value)) == ""


@pytest.mark.parametrize("value", [None, "387", True, -1, 3.5])
def test_what_is_not_a_count_is_left_out(value: Any) -> None:
    assert stars(paper(github_stars=value)) is None
