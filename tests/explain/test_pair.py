from __future__ import annotations

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import UsageError
from broadsheet.core.types import Document
from broadsheet.encoders.hash import HashEncoder
from broadsheet.explain.pair import compare
from broadsheet.search.hybrid import search
from topic_kit import NOW, put

ONE = Document(id="one", title="Bees and honey", text="Bees make honey in warm hives. Telescopes were not used at all.")
OTHER = Document(id="other", title="Honey of bees", text="In warm hives bees make honey. A loom weaves cotton cloth.")


@pytest.fixture
def pair(tmp_path: pytest.TempPathFactory) -> Collection:
    made = open_collection(str(tmp_path), encoder=HashEncoder())
    put(made, [ONE, OTHER])
    return made


def test_what_two_papers_share_and_what_each_has_alone(pair: Collection) -> None:
    with pair:
        found = compare(pair, ONE, OTHER)
        assert found.meaning is not None
        assert found.cosine == pytest.approx(found.meaning.cosine)
        same = found.aligned[0]
        assert (same.one, same.other) == ("Bees make honey in warm hives.", "In warm hives bees make honey.")
        assert found.one.sentences == ("Telescopes were not used at all.",)
        assert found.other.sentences == ("A loom weaves cotton cloth.",)
        assert {each.word for each in found.other.terms} == {"loom", "weaves", "cotton", "cloth"}
        assert any("There are no topics yet" in note for note in found.notes)


def test_concepts_of_two_papers(collection: Collection) -> None:
    bees, bread = (search(collection, query, k=1).items[0].document for query in ("bees honey", "bread sourdough"))
    found = compare(collection, bees, bread)
    assert found.shares is not None
    assert found.shares.score + found.shares.rest == pytest.approx(found.cosine, abs=1e-6)
    assert any(each.concept in ("Honey", "Beekeeper", "Drone", "Foraging") for each in found.one.concepts)
    assert any(each.concept in ("Sourdough", "Crust", "Fermentation") for each in found.other.concepts)


def test_a_paper_without_a_vector_is_compared_by_its_texts(pair: Collection) -> None:
    with pair:
        late = Document(id="late", title="Honey in hives")
        pair.store.papers.put([late], now=NOW)
        found = compare(pair, ONE, late)
        assert (found.cosine, found.meaning, found.shares) == (None, None, None)
        assert "late has no abstract: only its title is compared." in found.notes
        assert any("late has no vector yet" in note for note in found.notes)
        assert found.aligned


def test_a_paper_is_not_compared_with_itself(pair: Collection) -> None:
    with pair, pytest.raises(UsageError, match="compared with itself"):
        compare(pair, ONE, ONE)
