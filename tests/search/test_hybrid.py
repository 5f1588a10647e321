"""Search by words and by meaning, joined; each side alone; filters, pages and hostile queries."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import broadsheet as bs
from broadsheet.core.errors import CollectionError, ModelError, UsageError
from broadsheet.search.hybrid import MODES
from fakes import NOW, WordEncoder, paper
from search_kit import PAPERS, ids


def test_meaning_and_words_are_joined_and_their_parts_kept(collection):
    results = bs.search(collection, "automobile noise")
    assert results.mode == "hybrid"
    assert ids(results)[0] == "4"
    top = results.items[0]
    assert top.rank == 1
    assert top.parts["lexical"].rank == 1
    assert top.parts["semantic"].rank == 1
    assert top.score == pytest.approx(sum(p.contribution for p in top.parts.values()))
    assert len(results) == 5  # by meaning, everything has a place
    assert [r.rank for r in results] == [1, 2, 3, 4, 5]


def test_synonyms_are_found_by_meaning_only(collection):
    assert ids(bs.search(collection, "physician", mode="lexical")) == []
    assert ids(bs.search(collection, "physician", mode="semantic", k=1)) == ["2"]
    found = bs.search(collection, "physician", k=1)
    assert ids(found) == ["2"]
    assert found.mode == "semantic"


def test_exact_titles_and_identifiers_come_first(collection):
    results = bs.search(collection, "CARS, that see!")
    assert ids(results)[:2] == ["1", "5"]
    assert {r.pinned for r in results.items[:2]} == {"title"}
    assert results.items[0].strength == "exact"
    assert "title" not in {r.pinned for r in bs.search(collection, "cars that see", pins=False)}
    assert bs.search(collection, "made:003").items[0].pinned == "identifier"
    assert ids(bs.search(collection, "made:003", filters=bs.Filters(venues=("MedConf",)))) == ["2"]


def test_paging_never_reorders_nor_repeats(collection):
    whole = ids(bs.search(collection, "car road lanes", k=5))
    parts = [ids(bs.search(collection, "car road lanes", k=2, offset=o)) for o in (0, 2, 4, 6)]
    assert [each for part in parts for each in part] == whole
    assert parts[3] == []
    assert bs.search(collection, "car", k=2).more
    assert not bs.search(collection, "car", k=2, offset=4).more


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (bs.Filters(since=date(2024, 1, 1)), "23"),
        (bs.Filters(until=date(2021, 6, 1)), "15"),
        (bs.Filters(since=date(2021, 3, 1), until=date(2021, 3, 2)), "1"),
        (bs.Filters(venues=("roadconf",)), "13"),
        (bs.Filters(categories=("cs",)), "12"),
        (bs.Filters(categories=("cs.LG",)), "2"),
        (bs.Filters(authors=("lee ana",)), "12"),
        (bs.Filters(has_code=True), "1"),
        (bs.Filters(has_code=False), "2345"),
        (bs.Filters(min_votes=2), "12"),
        (bs.Filters(sources=("jsonl",)), "12345"),
        (bs.Filters(sources=("hf",)), ""),
        (bs.Filters(venues=("RoadConf", "MedConf"), min_votes=5), "1"),
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "semantic"])
def test_filters_hold_inside_both_searches(collection, filters, expected, mode):
    assert sorted(ids(bs.search(collection, "car doctor plants wheels lanes", filters=filters, mode=mode))) == list(
        expected
    )


def test_lexical_filter_and_query_language(collection):
    assert ids(bs.search(collection, "car", mode="lexical", filters=bs.Filters(min_votes=5))) == ["1"]
    assert ids(bs.search(collection, "car author:lee")) == ids(
        bs.search(collection, "car", filters=bs.Filters(authors=("lee",)))
    )
    assert ids(bs.search(collection, "title:wheel")) == ["4"]
    assert sorted(ids(bs.search(collection, "title:cars lanes"))) == ["1", "5"]
    assert bs.search(collection, "title:cars lanes", mode="semantic").mode == "lexical"
    assert "words alone" in bs.search(collection, "title:cars lanes").note
    assert bs.search(collection, "title:cars lanes", mode="lexical").note == ""
    assert "No paper matches" in bs.search(collection, "title:zebra").note


def test_conditions_alone_give_the_newest(collection):
    results = bs.search(collection, "since:2023")
    assert ids(results) == ["3", "2", "4"]
    assert "newest" in results.note
    assert not results.items[0].parts


def test_nothing_found_is_explained(collection, tmp_path):
    assert "Type some words" in bs.search(collection, "  ").note
    assert "conditions" in bs.search(collection, "car venue:Nowhere").note
    assert "these words" in bs.search(collection, "zebra", mode="lexical").note
    with bs.open(tmp_path / "empty", encoder=WordEncoder()) as empty:
        bs.sync(empty)
        assert bs.search(empty, "car").note == "The Collection is empty: ingest a source, then sync."


def test_words_alone_answer_when_the_meaning_cannot(collection):
    collection.encoder.error = ModelError("the model is gone")
    results = bs.search(collection, "wheels")
    assert results.mode == "lexical"
    assert ids(results) == ["4"]
    assert "model is gone" in results.note
    with pytest.raises(ModelError):
        bs.search(collection, "wheels", mode="semantic")


def test_meaning_alone_answers_when_the_lexicon_is_gone(collection):
    collection.lexicon.clear()
    results = bs.search(collection, "wheels noise")
    assert results.mode == "semantic"
    assert ids(results)[0] == "4"
    assert "run sync" in results.note


def test_before_any_sync_the_error_says_what_to_do(tmp_path):
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        made.store.papers.put(PAPERS, now=NOW)
        with pytest.raises(CollectionError, match="run sync"):
            bs.search(made, "car")


def test_deletes_and_updates_are_honoured(collection):
    collection.store.papers.delete(["made:004"], now=NOW)
    assert "4" not in ids(bs.search(collection, "wheels noise", k=10))
    collection.store.papers.put([paper(3, "Gardens", "A car in a garden.")], now=NOW)
    bs.sync(collection)
    assert ids(bs.search(collection, "garden car", k=1)) == ["3"]
    assert "plants" not in bs.search(collection, "garden car", k=1).items[0].passage


@pytest.mark.parametrize("mode", ["hybrid", "lexical", "semantic", "rrf"])
@pytest.mark.parametrize(
    "query", ["x" * 100_000, "car " * 30_000, "(AND OR *:* ~", "\x00\ud800\u202e", "'; DROP TABLE documents; --"]
)
def test_hostile_queries_behave(collection, query, mode):
    results = bs.search(collection, query, mode=mode)
    assert all(r.document.id.startswith("made:") for r in results)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=80), k=st.integers(0, 7), offset=st.integers(0, 7))
def test_any_query_any_page(collection, query, k, offset):
    results = bs.search(collection, query, k=k, offset=offset)
    assert len(results) <= k
    assert [r.rank for r in results] == list(range(offset + 1, offset + 1 + len(results)))


def test_wrong_calls_say_so(collection):
    with pytest.raises(UsageError, match="hybrid"):
        bs.search(collection, "x", mode="hybird")
    with pytest.raises(UsageError):
        bs.search(collection, "x", k=-1)


def test_ties_go_by_id(tmp_path):
    same = [paper(n, "Same words", "all alike") for n in (9, 3, 7, 1, 5)]
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        made.store.papers.put(same, now=NOW)
        bs.sync(made)
        for mode in ("hybrid", "lexical", "semantic"):
            assert ids(bs.search(made, "words alike", mode=mode)) == ["1", "3", "5", "7", "9"]
            assert ids(bs.search(made, "words alike", mode=mode, k=2, offset=1)) == ["3", "5"]


def test_only_among_some_papers_is_searched(collection):
    numbers = collection.store.papers.numbers(["made:002", "made:003"])
    for mode in ("hybrid", "lexical", "semantic"):
        found = ids(bs.search(collection, "cars and doctors", mode=mode, among=list(numbers.values())))
        assert found[0] == "2"
        assert set(found) <= {"2", "3"}
    assert len(bs.search(collection, "cars", among=[])) == 0
    assert ids(bs.search(collection, "since:2024", among=list(numbers.values()))) == ["3", "2"]
    assert ids(bs.search(collection, "Cars that see", among=[numbers["made:003"]])) == ["3"]


def test_each_mode_that_is_known_answers(collection):
    for mode in MODES:
        assert len(bs.search(collection, "car road", mode=mode)) > 0
