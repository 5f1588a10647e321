from __future__ import annotations

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.core.relevance import strength
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.explain.concepts import Turns
from broadsheet.explain.match import STOP_WORDS, match, of_paper, said
from broadsheet.search.hybrid import search
from broadsheet.tokens import choose
from fakes import TokenWordEncoder
from topic_kit import NOW, papers, put

QUERY = "honey of a swarm"


def first(collection: Collection, query: str = QUERY) -> Document:
    return search(collection, query, k=1).items[0].document


def test_each_score_is_the_sum_of_its_parts(collection: Collection) -> None:
    found = match(collection, QUERY, first(collection))
    assert found.result is not None
    assert found.result.score == pytest.approx(sum(part.contribution for part in found.result.parts.values()))
    bm25 = found.result.parts["lexical"].score
    assert sum(each.score for each in found.terms) == pytest.approx(bm25, rel=1e-5)
    assert found.meaning is not None
    assert found.shares is not None
    cosine = found.result.parts["semantic"].score
    assert (found.meaning.cosine, found.shares.cosine) == (pytest.approx(cosine), pytest.approx(cosine))
    assert found.sentence is not None
    assert found.sentence[0] in found.document.shown_text + found.document.shown_title
    assert (found.notes, found.tokens) == ((), ())


def test_the_paper_after_it_is_told_too(collection: Collection) -> None:
    found, list_ = match(collection, QUERY, first(collection)), search(collection, QUERY, k=2)
    assert found.following is not None
    assert found.following.document.id == list_.items[1].document.id
    assert found.result is not None
    assert found.result.score >= found.following.score


def test_a_query_of_stop_words_and_one_without_words(collection: Collection) -> None:
    found = match(collection, "of the", first(collection))
    assert found.terms == ()
    assert STOP_WORDS in found.notes
    with pytest.raises(UsageError, match="no words to explain"):
        match(collection, "since:2020", first(collection))


def test_a_paper_without_a_vector_or_an_abstract_says_so(tmp_path: pytest.TempPathFactory) -> None:
    with open_collection(str(tmp_path), encoder=HashEncoder()) as made:
        put(made, [*papers(["bees"], 4), Document(id="bare", title="Honey and swarms")])
        bare = match(made, QUERY, first(made, "Honey and swarms"))
        assert "only its title is explained" in " ".join(bare.notes)
        assert "There are no topics yet" in " ".join(bare.notes)
        assert bare.meaning is not None
        late = Document(id="late", title="Honey of the late swarm", text="A swarm and honey.")
        made.store.papers.put([late], now=NOW)
        found = match(made, QUERY, late)
        assert (found.result, found.meaning, found.shares, found.sentence) == (None, None, None, None)
        assert "late has no vector yet: run `broadsheet sync`." in found.notes
        assert "not among the first 200" in " ".join(found.notes)


def test_an_empty_collection_has_a_plain_answer(tmp_path: pytest.TempPathFactory) -> None:
    with open_collection(str(tmp_path), encoder=HashEncoder()) as empty:
        found = match(empty, QUERY, Document(id="x", title="Not here"))
        assert found.terms == ()
        assert any("run sync" in note for note in found.notes)
        with pytest.raises(CollectionError, match="run sync"):
            said(empty, QUERY)


def test_a_query_says_concepts_and_turned_ones_reorder_its_papers(collection: Collection) -> None:
    plain, turned = (
        said(collection, "honey and sourdough"),
        said(collection, "honey and sourdough", Turns(without=("sourdough",))),
    )
    assert {"Honey", "Sourdough"} & {word for each in plain.concepts for word in each.concept.split()}
    assert not any("sourdough" in each.concept.lower() for each in turned.concepts)
    assert [each.document.id for each in plain.results] != [each.document.id for each in turned.results]
    assert len(said(collection, "bees", k=3).results) == 3
    with pytest.raises(UsageError, match="count from 0"):
        said(collection, "bees", k=-1)


def test_the_papers_of_a_query_have_words_that_their_probabilities_allow(collection: Collection) -> None:
    found = said(collection, QUERY).results
    assert found.answerable is not None
    assert all(each.relevance is not None and each.strength == strength(each.relevance) for each in found)


def test_a_paper_is_described_with_its_nearest(collection: Collection) -> None:
    paper = first(collection)
    found = of_paper(collection, paper, k=2)
    assert found.query == paper.shown_title
    assert found.concepts
    assert paper.id not in [each.document.id for each in found.results]


def test_tokens_that_answer_the_query_are_told_where_there_are_token_vectors(tmp_path: pytest.TempPathFactory) -> None:
    with open_collection(str(tmp_path), encoder=TokenWordEncoder(dim=64)) as made:
        choose(made)
        put(made, papers(["bees", "stars"], 6))
        found = match(made, QUERY, first(made))
        assert {each.asked for each in found.tokens} >= {"honey", "swarm"}
        assert sum(each.adds for each in found.tokens) > 0
        content = found.document.content
        assert all(content[slice(*each.answer_at)].lower() == each.answer for each in found.tokens)
