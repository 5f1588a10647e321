"""Set operations on meanings over a Collection: order, pages, conditions, what each meaning added, missing sides."""

from __future__ import annotations

import numpy as np
import pytest

import broadsheet as bs
from broadsheet.core.errors import CollectionError
from broadsheet.search.question import Given, read
from broadsheet.search.sets import composed
from fakes import NOW, WordEncoder, paper
from search_kit import PAPERS, ids

TEXTS = [
    ("Eels and rivers", "eels swim up rivers at night"),
    ("Eels alone", "eels eels eels swim"),
    ("Rivers alone", "rivers rivers carry sand"),
    ("Poison", "eels and rivers and poison in rivers"),
    ("Charts", "doctors read charts"),
    ("Wheels", "wheels make noise"),
]


@pytest.fixture
def eels(tmp_path):
    """Two about both, one with poison; the rest about one or neither, and forty fillers that show what chance gives."""
    fillers = [paper(100 + n, f"Filler {n}", f"word{n} other{n % 7} thing{n % 3}") for n in range(40)]
    with bs.open(tmp_path / "e", encoder=WordEncoder()) as made:
        made.store.papers.put([*(paper(n, *each) for n, each in enumerate(TEXTS, 1)), *fillers], now=NOW)
        bs.sync(made)
        yield made


@pytest.mark.parametrize("mode", ["hybrid", "semantic", "lexical"])
def test_papers_with_all_parts_come_first(eels, mode):
    found = bs.search(eels, '("eels") & ("rivers")', mode=mode, k=2)
    assert found.mode == mode
    assert set(ids(found)[:2]) == {"1", "4"}


def test_what_is_not_wanted_is_left_out_and_said(eels):
    found = bs.search(eels, "(eels) & (rivers) - (poison)", k=50)
    assert ids(found)[0] == "1"
    assert "made:004" not in {each.document.id for each in found.items}
    assert "near “poison” w" in found.note
    assert {each.document.id for each in bs.search(eels, "(eels) & (rivers)", k=50)} > {"made:004"}


def test_either_takes_the_best_of_its_parts(eels):
    found = bs.search(eels, "(charts) | (wheels)", k=2)
    assert set(ids(found)) == {"5", "6"}
    for each in found.items:
        adds = {part.text: part.contribution for part in each.meanings}
        assert sorted(value != 0 for value in adds.values()) == [False, True]


def test_the_shares_of_meanings_and_of_sides_both_add_up_to_the_score(eels):
    for query in ("(eels) & (rivers)", "(eels) - (rivers)", '("eels" "rivers") | (charts)'):
        for each in bs.search(eels, query, k=5).items:
            assert sum(part.contribution for part in each.meanings) == pytest.approx(each.score, abs=1e-6)
            assert sum(part.contribution for part in each.parts.values()) == pytest.approx(each.score, abs=1e-6)
    one = bs.search(eels, "(eels) & (rivers) - (poison)", k=1).items[0]
    assert [(part.text, part.wanted) for part in one.meanings] == [
        ("eels", True), ("rivers", True), ("eels rivers", True), ("poison", False)
    ]  # fmt: skip
    assert one.parts["semantic"].score == pytest.approx(min(part.cosine for part in one.meanings[:2]), abs=1e-6)


def test_pages_join_and_never_repeat(eels):
    query = "(eels) & (rivers) - (poison)"
    whole = [each.document.id for each in bs.search(eels, query, k=50)]
    parts = [each.document.id for at in range(0, 50, 7) for each in bs.search(eels, query, k=7, offset=at)]
    assert parts == whole
    assert len(set(whole)) == len(whole)
    assert not bs.search(eels, query, k=7, offset=49).more


def test_conditions_and_exclusions_hold_beside_sets(collection):
    assert ids(bs.search(collection, "(car) & (road) author:Ana")) == ids(
        bs.search(collection, '("car") & ("road")', filters=bs.Filters(authors=("Ana",)))
    )
    found = bs.search(collection, "(car) & (road) -lanes", k=9)
    assert not {"1", "5"} & set(ids(found))
    assert "Without papers that contain “lanes”." in found.note
    assert ids(bs.search(collection, "(car) & (road)", among=[])) == []


def test_a_paper_can_be_one_of_the_meanings(eels):
    number = eels.store.papers.number("made:003")
    found = bs.search(eels, "(eels) | (charts) like:made:003 unlike:made:004", k=50)
    assert not {"3", "4"} & {each.document.id.removeprefix("made:00") for each in found.items}
    texts = {part.text: part.wanted for part in found.items[0].meanings}
    assert (texts["made:003"], texts["made:004"]) == (True, False)
    assert number in read(eels, "(eels) | (charts) like:made:003").near
    vector = eels.encoder.encode(["rivers"], role="query")[0]
    given = bs.search(eels, "(eels) | (charts)", given=Given(vector=vector.tolist()))
    assert "the given vector" in {part.text for part in given.items[0].meanings}


def test_an_exact_title_wins_over_operators(tmp_path):
    title = "(Eels) & (Rivers) - (Poison)"
    with bs.open(tmp_path / "t", encoder=WordEncoder()) as made:
        made.store.papers.put([paper(1, "Eels", "eels"), paper(2, title, "nothing")], now=NOW)
        bs.sync(made)
        found = bs.search(made, title)
    assert (found.items[0].document.title, found.items[0].pinned) == (title, "title")
    assert not found.items[0].meanings


@pytest.mark.parametrize("query", ["(eels) & (rivers", "() & (eels)", "(eels) & (rivers) deep"])
def test_what_cannot_be_read_is_searched_as_words(eels, query):
    found = bs.search(eels, query)
    assert "were read as words" in found.note
    assert found.items


def test_stop_words_and_unknown_words_give_no_error(eels):
    assert bs.search(eels, "(the) & (of)").items
    assert bs.search(eels, "(zzzz) | (qqqq)", mode="lexical").items == ()
    assert "No paper" in bs.search(eels, "(zzzz) & (qqqq)", mode="lexical").note


def test_without_a_side_the_other_answers(eels):
    eels.lexicon.clear()
    found = bs.search(eels, "(eels) & (rivers)", k=2)
    assert found.mode == "semantic"
    assert "Only the meaning was searched" in found.note
    assert set(ids(found)) == {"1", "4"}


def test_without_an_encoder_only_the_words_are_searched(eels):
    class Broken:
        name = "broken"

        def encode(self, texts, *, role="document"):
            raise CollectionError("no weights")

    eels._encoder = Broken()
    found = bs.search(eels, "(eels) & (rivers)", k=2)
    assert (found.mode, set(ids(found))) == ("lexical", {"1", "4"})
    assert "Only the words were searched, not their meaning: no weights." in found.note
    assert all(part.cosine is None for part in found.items[0].meanings)


def test_an_empty_collection_says_so(tmp_path):
    with bs.open(tmp_path / "n", encoder=WordEncoder()) as made:
        with pytest.raises(CollectionError):
            bs.search(made, "(eels) & (rivers)")
        bs.sync(made)
        found = bs.search(made, "(eels) & (rivers) - (poison)")
    assert "The Collection is empty" in found.note


def test_one_paper_is_found(tmp_path):
    with bs.open(tmp_path / "o", encoder=WordEncoder()) as made:
        made.store.papers.put([PAPERS[0]], now=NOW)
        bs.sync(made)
        assert len(bs.search(made, "(car) & (road)")) == 1


def test_a_paper_without_a_vector_is_found_by_its_words(eels):
    eels.space.remove([eels.store.papers.number("made:001")])
    eels.space.commit(eels.space.change)
    order, mode, _ = composed(eels, read(eels, "(eels) & (rivers)"), "hybrid")
    assert mode == "hybrid"
    assert eels.store.papers.number("made:001") in order.numbers(5)
    assert np.isfinite([order[place].score for place in range(len(order))]).all()
