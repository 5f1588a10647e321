"""What is searched: operators, names, identifiers and titles in a query."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import broadsheet as bs
from broadsheet.search.question import read
from search_kit import PAPERS, ids


def test_excluded_words_are_in_no_result(collection):
    found = bs.search(collection, "car -lanes")
    assert "4" in ids(found)
    assert not {"1", "5"} & set(ids(found))
    assert "Without papers that contain “lanes”." in found.note
    assert not {"1", "5"} & set(ids(bs.search(collection, "NOT lanes car", mode="semantic")))
    assert ids(bs.search(collection, '-"watches the road" camera', mode="lexical")) == []


def test_phrases_must_occur_in_their_order(collection):
    assert ids(bs.search(collection, '"along the road"')) == ["4"]
    assert ids(bs.search(collection, '"watches the road" OR "in shade"')) == ["1", "3"]
    assert set(ids(bs.search(collection, "lanes AND night"))) == {"1"}
    missed = bs.search(collection, '"road the watches"')
    assert "No paper contains “road the watches”" in missed.note
    assert "1" in ids(missed), "the words are searched without the condition"


def test_a_query_of_exclusions_alone_lists_the_rest(collection):
    rest = ids(bs.search(collection, "-road"))
    assert set(rest) == {"2", "3", "5"}


def test_an_exact_title_is_a_title_whatever_seems_to_be_in_it(collection, tmp_path):
    question = read(collection, "Cars that see")
    assert len(question.titled) == 2
    assert question.asked.required == ()


def test_identifiers_are_shown_alone_and_missing_ones_told(collection):
    assert bs.search(collection, PAPERS[2].id).items[0].pinned == "identifier"
    missing = bs.search(collection, "https://arxiv.org/abs/2402.01234")
    assert (ids(missing), missing.missing) == ([], ("2402.01234",))
    assert missing.note == "2402.01234 is not in this Collection."
    among_words = bs.search(collection, "car lanes 2402.01234")
    assert among_words.missing == ("2402.01234",)
    assert ids(among_words)[0] in {"1", "5"}


def test_without_a_lexicon_operators_are_said_not_to_be_heeded(collection):
    collection.lexicon.clear()
    found = bs.search(collection, 'car -lanes "the road"')
    assert "The exclusions were not heeded" in found.note
    assert "That “the road” must occur was not heeded" in found.note
    assert len(found.items) == len(PAPERS)


def test_author_takes_as_many_words_as_make_a_name(collection):
    assert ids(bs.search(collection, "author:Ana Maria Lee")) == ["2"]
    assert set(ids(bs.search(collection, "author:ana lee"))) == {"1", "2"}
    assert read(collection, "author:ana lee lanes").asked.words == "lanes"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "car",
                "road",
                "-lanes",
                '"the road"',
                "OR",
                "AND",
                "NOT",
                "author:ana",
                "lee",
                "2402.01234",
                "Gardens",
                "(",
                '("car") & ("the road")',
                "- (lanes)",
                "like:made:001",
                "unlike:made:004",
                "in:x",
                "aspect:task",
            ]
        ),
        max_size=6,
    )
)
def test_any_mix_is_answered_with_allowed_papers_only(collection, pieces):
    query = " ".join(pieces)
    question = read(collection, query)
    found = bs.search(collection, query, mode="lexical")
    if question.allowed is not None:
        assert np.all(np.diff(question.allowed) > 0)
        numbers = collection.store.papers.numbers([each.document.id for each in found.items])
        assert set(numbers.values()) <= set(question.allowed.tolist())


@pytest.mark.parametrize("query", ["-", '"', '""', "NOT", "OR OR", "author:", '-"', "-author:x", '"-"', "(((", "- -"])
def test_scraps_of_operators_are_no_error(collection, query):
    assert {each.document.id for each in bs.search(collection, query)} <= {each.id for each in PAPERS}


def test_a_text_that_nobody_typed_has_no_operators_and_names_nothing(collection):
    question = read(collection, 'Cars that see -lanes "the road" 2402.01234', typed=False)
    assert question.asked.words == 'Cars that see -lanes "the road" 2402.01234'
    assert (question.named, question.titled, question.missing, question.notes) == ((), (), (), ())
