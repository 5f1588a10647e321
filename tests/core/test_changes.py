"""What changed from one version of a text to the next."""

from __future__ import annotations

import difflib
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.changes import changes, share
from broadsheet.core.text import squeeze
from near_kit import TEXT

words = st.lists(st.sampled_from(["Salt.", "bells", "A", "pan", "is", "weighed.", "we"]), max_size=30).map(" ".join)


def test_words_are_marked_and_sentences_stay_in_order() -> None:
    after = TEXT.replace("nine summers", "ten summers") + " It is cheap."
    kinds = [(piece.kind, piece.text) for piece in changes(TEXT, after)]
    assert [text for kind, text in kinds if kind == "removed"] == ["nine"]
    assert [text for kind, text in kinds if kind == "added"] == ["ten", "It is cheap."]
    assert [kind for kind, _ in kinds] == ["same", "removed", "added", "same", "added"]


@given(words, words)
def test_both_texts_come_back_from_the_pieces(before: str, after: str) -> None:
    pieces = changes(before, after)
    old = " ".join(piece.text for piece in pieces if piece.kind != "added")
    new = " ".join(piece.text for piece in pieces if piece.kind != "removed")
    assert (old, new) == (squeeze(before), squeeze(after))
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in pairwise(pieces))
    assert (share(pieces) == 0) == (squeeze(before) == squeeze(after))


def test_one_sentence_changes_as_difflib_says() -> None:
    before, after = "we hang a bell on each pan", "we hang two bells on each iron pan"
    delta = [each for each in difflib.ndiff(before.split(), after.split()) if each[0] in "+- "]
    said = {kind: sum(len(p.text.split()) for p in changes(before, after) if p.kind == kind)
            for kind in ("same", "removed", "added")}  # fmt: skip
    assert said == {"same": sum(d[0] == " " for d in delta), "removed": sum(d[0] == "-" for d in delta),
                    "added": sum(d[0] == "+" for d in delta)}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "changed"), [("", "", 0), ("", "a b", 1), ("a b", "", 1), ("a", "b", 1)])
def test_how_much_changed(before: str, after: str, changed: float) -> None:
    assert share(changes(before, after)) == changed


def test_a_very_long_sentence_counts_as_replaced() -> None:
    start = time.perf_counter()
    pieces = changes("salt " * 200_000, "bell " * 200_000)
    assert [piece.kind for piece in pieces] == ["removed", "added"]
    assert time.perf_counter() - start < 60
