"""A query that names people."""

from __future__ import annotations

import pytest

import broadsheet as bs
from broadsheet.search.author import named_in, papers_of
from fakes import NOW, paper
from search_kit import ids


def test_a_name_shows_its_papers_first_and_says_so(collection):
    found = bs.search(collection, "Bo Chen")
    assert ids(found)[0] == "2"
    assert (found.items[0].pinned, found.items[0].strength) == ("author", "exact")
    assert "Papers by Bo Chen come first." in found.note
    assert [each.pinned for each in found.items[1:]] == [""] * (len(found.items) - 1)


def test_everybody_of_that_name_counts_newest_first(collection):
    assert [each.pinned for each in bs.search(collection, "ana lee").items[:3]] == ["author", "author", ""]
    assert ids(bs.search(collection, "Lee Ana"))[:2] == ["2", "1"]
    assert len(papers_of(collection, "Ana Maria Lee")) == 1


def test_a_name_is_whole(collection):
    assert papers_of(collection, "Ana Maria") == []
    assert papers_of(collection, "Lee") == []
    assert papers_of(collection, "cars that see") == []


def test_initials_and_commas_are_names_too(collection):
    assert ids(bs.search(collection, "Chen, B."))[0] == "2"
    assert ids(bs.search(collection, "B. Chen"))[0] == "2"
    assert papers_of(collection, "C. Chen") == []


def test_letters_may_be_spelt_out(collection):
    collection.store.papers.put([paper(8, "Trams", "Trams ring.", authors=("Jörg Müller",))], now=NOW)
    for typed in ("Jörg Müller", "Jorg Muller", "Joerg Mueller", "Mueller, Joerg"):
        assert len(papers_of(collection, typed)) == 1, typed


def test_a_body_is_meant_by_its_whole_name(collection):
    body = paper(9, "Cars counted", "Cars are counted.", authors=("Deep Road Consortium",))
    collection.store.papers.put([body], now=NOW)
    assert papers_of(collection, "Deep Road Consortium") != []
    assert papers_of(collection, "deep road") == []


def test_a_name_in_a_longer_query_is_hinted_at(collection):
    assert named_in(collection, "camera roads by Bo Chen") == "Bo Chen"
    assert 'author:"Bo Chen"' in bs.search(collection, "camera roads by Bo Chen").note
    assert named_in(collection, "camera roads at night") == ""


@pytest.mark.parametrize("query", ["papers by Bo Chen", "Papers of Bo Chen", "by Bo Chen", "articles from Bo Chen"])
def test_papers_by_someone_come_first(collection, query: str):
    (first, *others) = bs.search(collection, query)
    assert (first.document.id, first.pinned) == ("made:002", "author")
    assert not any(each.pinned for each in others)


def test_conditions_hold_for_authors_too(collection):
    assert ids(bs.search(collection, "Bo Chen until:2022"))[:1] != ["2"]


def test_a_name_is_not_respelled(collection):
    collection.store.papers.put([paper(8, "Trams", "Trams ring.", authors=("Bo Gardenz",))], now=NOW)
    found = bs.search(collection, "Bo Gardenz")
    assert (found.searched, found.suggestion, found.items[0].pinned) == ("", "", "author")


def test_words_that_say_nothing_either_way_are_left_as_typed(collection):
    found = bs.search(collection, "zzxqv kkwpt")
    assert (found.searched, found.suggestion) == ("", "")
