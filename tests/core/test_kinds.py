"""The kind of a work, by the words of each format and, where no source says it, by its venue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core import kinds
from broadsheet.core.kinds import KINDS, Vocabulary, kind_named, suggested_kind

VOCABULARIES = {name: each for name, each in vars(kinds).items() if isinstance(each, Vocabulary)}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_word_that_is_written_is_read_as_its_kind(name: str) -> None:
    written = {kind: word for kind in KINDS if (word := VOCABULARIES[name].word(kind))}
    assert {kind: VOCABULARIES[name].kind(word) for kind, word in written.items()} == {kind: kind for kind in written}


@pytest.mark.parametrize("name", ["BIBTEX", "RIS", "CSL", "ZOTERO"])
def test_what_is_exported_has_a_word_for_every_kind(name: str) -> None:
    assert all(map(VOCABULARIES[name].word, KINDS))


@given(st.text())
def test_any_word_is_a_kind_or_nothing(word: str) -> None:
    assert {kind_named(word), *(each.kind(word) for each in VOCABULARIES.values())} <= {"", *KINDS}


@pytest.mark.parametrize(
    ("word", "kind"),
    [("journal-article", "article"), ("Conference Paper", "inproceedings"), ("article", "article"), ("misc", ""),
     ("bookSection", "chapter"), ("posted-content", "preprint"), ("Data Set", "dataset"), ("webpage", "")],
)  # fmt: skip
def test_words_of_unknown_formats(word: str, kind: str) -> None:
    assert kind_named(word) == kind


@pytest.mark.parametrize(
    ("venue", "kind"),
    [
        ("Nature", "article"), ("PLoS ONE", "article"), ("Nature Communications", "article"), ("Science", "article"),
        ("Journal of Leaves", "article"), ("Frontiers in Ponds", "article"), ("Acta Herbaria", "article"),
        ("Proceedings of the National Academy of Sciences", "article"), ("Pond Letters", "article"),
        ("Annual Review Meeting of Rivers", "inproceedings"),
        ("Proceedings of the Workshop on Letters", "inproceedings"),
        ("Science of Ponds 2020", "inproceedings"),
        ("LEAF 2020", "inproceedings"), ("ICLR 2026 poster", "inproceedings"),
        ("Symposium on Magazine Design", "inproceedings"), ("bioRxiv", "preprint"), ("CoRR", "preprint"), ("", ""),
    ],
)  # fmt: skip
def test_what_a_venue_suggests(venue: str, kind: str) -> None:
    assert suggested_kind(venue) == kind
