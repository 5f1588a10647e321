"""What a query points to: papers, lists of the reader, references that were pasted in."""

from __future__ import annotations

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.errors import UsageError
from broadsheet.search.question import Given, read
from broadsheet.search.recommend import recommend
from broadsheet.search.references import MOST, lists_named, papers_named, references
from fakes import NOW, paper
from search_kit import PAPERS, ids

BIB = """@article{one, title={Gardens}, author={A B}}
@article{two, title={A paper about lanes at night}, author={C D}}
"""
RIS = "TY  - JOUR\nTI  - Gardens\nER  - \nTY  - JOUR\nTI  - A paper about lanes at night\nER  - \n"


def test_papers_are_found_by_their_vectors_and_left_out_themselves(collection):
    found = bs.search(collection, f"like:{PAPERS[0].id}")
    assert found.mode == "semantic"
    assert "1" not in ids(found)
    assert ids(found) == ids(recommend(collection, [PAPERS[0].id]))
    away = bs.search(collection, f"like:{PAPERS[0].id} unlike:{PAPERS[3].id}")
    assert ids(away) == ids(recommend(collection, [PAPERS[0].id], negative=[PAPERS[3].id]))
    assert ids(bs.search(collection, f"like:{PAPERS[0].id} -like:{PAPERS[3].id}")) == ids(away)


def test_words_next_to_papers_are_searched_too(collection):
    found = bs.search(collection, f"charts like:{PAPERS[3].id}")
    assert found.mode == "hybrid"
    assert "4" not in ids(found)
    assert ids(found)[0] == "2"


def test_several_papers_and_unknown_ones(collection):
    numbers, notes = papers_named(collection, [f"{PAPERS[0].id},{PAPERS[1].id}", PAPERS[0].id, "nope"], "like")
    assert len(numbers) == 2
    assert notes == ["like:nope was not heeded: no paper has this id."]
    assert "like:nope was not heeded" in bs.search(collection, "car like:nope").note
    assert bs.search(collection, "like:nope").items == ()
    assert len(papers_named(collection, [PAPERS[0].id] * (MOST + 5), "like")[0]) == 1


def test_a_paper_without_a_vector_is_said(collection):
    collection.store.papers.put([paper(9, "New", "not synced")], now=NOW)
    found = bs.search(collection, "car like:made:009")
    assert "like:made:009 was not heeded: the paper has no vector yet" in found.note
    assert found.items


def test_unlike_alone_says_what_is_missing(collection):
    assert "write words, or like:, next to it" in bs.search(collection, f"unlike:{PAPERS[0].id}").note
    both = read(collection, f"like:{PAPERS[0].id} unlike:{PAPERS[0].id}")
    assert (both.near, len(both.far)) == ((), 0)


def test_lists_are_those_of_the_reader_who_asks(collection):
    store = collection.store
    person = store.people.add("ada@example.org", "reader", now=NOW).number
    number = store.lists.named(person, "To read", now=NOW)
    rows = store.papers.numbers([PAPERS[0].id, PAPERS[3].id])
    store.lists.save(person, number, list(rows.values()), now=NOW)
    mine = Given(reader=person)
    assert set(ids(bs.search(collection, 'car in:"to read"', given=mine))) == {"1", "4"}
    assert set(ids(bs.search(collection, f"car in:{number}", given=mine))) == {"1", "4"}
    assert not {"1", "4"} & set(ids(bs.search(collection, 'car -in:"to read"', given=mine)))
    assert set(ids(bs.search(collection, '(car) & (road) in:"to read"', given=mine))) == {"1", "4"}
    assert set(ids(bs.search(collection, 'in:"to read"', given=mine))) == {"1", "4"}
    other = bs.search(collection, 'car in:"to read"', given=Given(reader=person + 1))
    assert "you have no list with this name. Yours: none yet." in other.note
    unknown = bs.search(collection, 'car in:"to read"')
    assert "in:to read was not heeded: you have no lists yet, or did not sign in" in unknown.note
    assert len(unknown.items) == len(PAPERS)
    assert lists_named(collection, [], None, "in") == (None, [])


@pytest.mark.parametrize("text", [BIB, RIS, " ".join(RIS.split("\n")), "% mine\n" + BIB])
def test_references_that_are_here_are_papers_to_be_near_to(collection, text):
    found = bs.search(collection, text)
    assert "1 of 2 references are in this Collection" in found.note
    assert "The titles of the others were read as words." in found.note
    assert "3" not in ids(found)
    assert {"1", "5"} & set(ids(found)[:2])
    assert ids(bs.search(collection, "", given=Given(document=text))) == ids(found)


@pytest.mark.parametrize("text", ["@ home", "@article{", "TY - x", "a text on @article{x}", "@article{a, title={}}"])
def test_what_is_not_references_is_a_text(collection, text):
    assert references(collection, text) is None
    bs.search(collection, text)


def test_a_whole_abstract_finds_its_own_paper(collection):
    text = f"{PAPERS[3].title}\n\n{PAPERS[3].text} " + "More (words) & more - of the same, AND so on. " * 120
    found = bs.search(collection, text)
    assert (ids(found)[0], found.items[0].pinned) == ("4", "title")
    assert ids(bs.search(collection, PAPERS[3].text + " Further text." * 30))[0] == "4"
    given = bs.search(collection, "", given=Given(document=PAPERS[3].text))
    assert (ids(given)[0], given.mode) == ("4", "hybrid")


def test_a_vector_finds_what_is_near_to_it(collection):
    near = np.array(read(collection, f"like:{PAPERS[2].id}").near)
    vector = collection.space.snapshot().of(near)[0]
    found = bs.search(collection, "", given=Given(vector=(5 * vector).tolist()))
    assert (ids(found)[0], found.mode) == ("3", "semantic")
    assert bs.search(collection, "charts", given=Given(vector=vector.tolist())).mode == "hybrid"


@pytest.mark.parametrize(
    ("vector", "why"),
    [([1.0, 2.0], "has 2 numbers; expected 32"), ([float("nan")] * 32, "not finite"), ([0.0] * 32, "only zeros"),
     ([1e308 * 10] * 32, "not finite"), ([1e300] * 32, "not finite"), (["x"] * 32, "not a list of numbers")],
)  # fmt: skip
def test_a_vector_that_does_not_fit_is_refused(collection, vector, why):
    with pytest.raises(UsageError, match=why):
        bs.search(collection, "", given=Given(vector=vector))


def test_aspects_are_noted_until_there_are_vectors_of_them(collection):
    found = bs.search(collection, "aspect:method cars")
    assert "aspect:method was not heeded" in found.note
    assert (
        "aspect:colour was read as words: expected one of task, method" in bs.search(collection, "aspect:colour").note
    )
