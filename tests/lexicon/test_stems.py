from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.core.errors import UsageError
from broadsheet.core.text import readable
from broadsheet.lexicon import stems as module
from broadsheet.lexicon.stems import Stems, analyzer

STEMS = Stems("english")


def test_stop_words_keep_their_place_and_are_not_indexed() -> None:
    assert STEMS.all("The searching of GPT-2") == ["", "search", "", "gpt", "2", "gpt2"]
    assert STEMS.of("The searching of GPT-2") == ["search", "gpt", "2", "gpt2"]
    assert STEMS.all("of Müllers") == ["", "muller"]


@given(st.text())
def test_a_query_has_the_words_that_the_same_text_has_in_the_index(text: str) -> None:
    indexed = " ".join(STEMS.of(text))
    assert indexed.split() == STEMS.of(text) == Stems("english").of(text)


@given(st.text(st.characters(categories=["Ll", "Lu", "Nd", "Zs"])))
def test_case_and_form_do_not_matter(text: str) -> None:
    assert STEMS.of(readable(text)) == STEMS.of(text)


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 3)
    stems = Stems("german")
    for number in range(20):
        assert stems[f"wort{number}"] == (f"wort{number}",)
    assert len(stems) <= 4


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="english"):
        Stems("englich")


def test_an_analyzer_cuts_by_its_pattern() -> None:
    assert list(analyzer("english", r"\w\w+").analyze("The songs, a b")) == ["song"]


_ENDING_LIST = (
    "|s|es|ies|ied|ed|edly|ing|ying|ingly|y|ly|ally|ful|fulness|ness|less|ous|ousness|ive|iveness|ivity|ation|ations"
    "|ational|izer|ization|ability|ibility|able|ible|ance|ence|ency|ement|ment|ant|ent|ion|ism|ate|iti|al|alism|ality"
    "|ic|ical|icate|ogy|ogist|bli|li|eed|e"
)
_ENDINGS = _ENDING_LIST.split("|")


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8), st.sampled_from(_ENDINGS))
@example("l", "ying")
@example("sk", "ies")
def test_each_word_of_a_stem_begins_with_its_root(start: str, ending: str) -> None:
    word = start + ending
    for stem in filter(None, STEMS[word]):
        assert word.startswith(STEMS.root(stem)), (word, stem)


def test_nothing_is_known_of_the_roots_of_other_languages() -> None:
    assert [STEMS.root("lie"), STEMS.root("retriev"), STEMS.root("a")] == ["l", "retrie", ""]
    assert Stems("german").root("haus") == ""
