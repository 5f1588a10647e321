"""Hard negatives: edits say something else, and mined ones share as many words as what is right."""

from __future__ import annotations

import numpy as np
import pytest

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.negatives import KINDS, edits, matched, names_in, partners


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("The bridge was closed.", "negation", {"The bridge was not closed."}),
        ("The bridge was not closed.", "negation", {"The bridge was closed."}),
        ("It doesn't open.", "negation", {"It does open."}),
        ("It rained because of clouds.", "opposite", {"It rained despite clouds."}),
        ("Young birds sing.", "opposite", {"Old birds sing."}),
        ("They met Anna Berg.", "name", {"They met Old Town."}),
    ],
)  # fmt: skip
def test_an_edit_is_of_its_kind(text: str, kind: str, expected: set[str]) -> None:
    assert dict(edits(text, ["Anna Berg", "Old Town", "Lima"]))[kind] in expected


@pytest.mark.parametrize("text", ["They sold 1,250 boats in May", "Two dogs sleep", "It took 9.5 seconds", "TEN men"])
def test_a_number_becomes_another_number(text: str) -> None:
    edit = dict(edits(text))["number"]
    assert edit != text
    assert len(edit.split()) == len(text.split())
    assert sum(one != other for one, other in zip(text.split(), edit.split(), strict=True)) == 1


def test_a_sentence_without_a_place_for_an_edit_has_none() -> None:
    assert list(edits("Birds sing")) == []
    assert {kind for kind, _ in edits("She is not at 5 Elm Road before noon", ["Old Town"])} == set(KINDS)


def test_edits_are_the_same_each_time() -> None:
    text = "In May 3 old boats were sold to Anna Berg and Lima."
    assert list(edits(text, ["Old Town", "Rome"])) == list(edits(text, ["Old Town", "Rome"]))


def test_names_are_those_within_sentences() -> None:
    assert names_in(["Old men met Anna Berg in Lima.", "Lima is large"]) == ["Anna Berg", "Lima"]


def test_partners_take_each_others_document_and_one_may_be_left_out() -> None:
    documents = ["boats on a lake", "a lake of boats", "bread with rye", "rye in bread", "an owl at night"]
    found = partners(documents, documents)
    assert sorted(found) == [-1, *sorted(row for row in range(5) if found[row] >= 0)]
    assert all(found[found[row]] == row != found[row] for row in range(5) if found[row] >= 0)
    assert (found[0], found[2]) == (1, 3)


def test_matched_negatives_are_wrong_and_as_near_by_words_as_the_right_one() -> None:
    random = np.random.default_rng(0)
    words = [f"word{number}" for number in range(40)]
    documents = [" ".join(random.choice(words, 12)) for _ in range(60)]
    queries = [" ".join(each.split()[: 4 + row % 6]) for row, each in enumerate(documents[:20])]
    rows = matched(queries, documents, list(range(20)), 3)
    assert rows.shape == (20, 3)
    assert all(row not in found for row, found in enumerate(rows.tolist()))
    encoder = HashEncoder(4_096)
    scores = encoder.encode(queries) @ encoder.encode(documents).T
    own = scores[np.arange(20), np.arange(20)]
    gaps = np.abs(scores - own[:, None])
    gaps[np.arange(20), np.arange(20)] = np.inf
    assert np.take_along_axis(gaps, rows, 1) == pytest.approx(np.sort(gaps, axis=1)[:, :3], abs=1e-6)
