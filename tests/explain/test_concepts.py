from __future__ import annotations

import itertools

import numpy as np
import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import CollectionError, UsageError
from broadsheet.encoders.hash import HashEncoder
from broadsheet.explain.concepts import Turns, concepts_of
from broadsheet.people.topics import rename
from topic_kit import papers, put


def test_every_share_sums_to_the_cosine_and_the_score_to_its_parts(collection: Collection) -> None:
    concepts, vectors = concepts_of(collection), collection.space.snapshot().vectors
    for one, other in itertools.pairwise(vectors):
        found = concepts.shares(one, other)
        parts = concepts.axes.of(one) * concepts.axes.of(other)
        assert found.score == pytest.approx(found.common + parts.sum(), abs=1e-6)
        assert found.score + found.rest == pytest.approx(float(one @ other), abs=1e-6)


def test_a_paper_says_the_concepts_of_its_own_subject(collection: Collection) -> None:
    concepts = concepts_of(collection)
    bees, stars = (collection.lexicon.having([word]) for word in ("honey", "galaxy"))
    snapshot = collection.space.snapshot()
    place = concepts.places("honey")
    said = [concepts.axes.of(snapshot.of(numbers)[0])[place].max() for numbers in (bees, stars)]
    assert said[0] > said[1]
    assert concepts.of(snapshot.of(bees)[0])[0].weight >= concepts.of(snapshot.of(bees)[0])[-1].weight


def test_turning_a_concept_moves_the_list(collection: Collection) -> None:
    concepts, snapshot = concepts_of(collection), collection.space.snapshot()
    query = collection.encoder.encode(["honey, pollen and nectar of a swarm with sourdough"], role="query")[0]
    bread = collection.lexicon.having(["sourdough"])

    def place(turns: Turns) -> float:
        """The mean place of the papers that hold the word."""
        numbers, _ = snapshot.search(concepts.turned(query, turns), 60)
        return float(np.flatnonzero(np.isin(numbers, bread)).mean())

    assert place(Turns(more=("sourdough",))) < place(Turns()) < place(Turns(less=("sourdough",)))
    assert place(Turns()) < place(Turns(without=("sourdough",)))
    turned = concepts.turned(query, Turns(without=("sourdough",)))
    assert np.abs(concepts.axes.of(turned)[concepts.places("sourdough")]).max() < 1e-6


def test_an_unknown_concept_names_the_nearest(collection: Collection) -> None:
    with pytest.raises(UsageError, match=r"no concept is called 'hony'"):
        concepts_of(collection).places("hony")


def test_they_are_remembered_until_topics_change(collection: Collection) -> None:
    made = concepts_of(collection)
    assert concepts_of(collection) is made
    topic = next(each for each in collection.store.topics.all() if each.level == "topic")
    rename(collection, topic=topic.id, name="A name that no paper holds")
    try:
        named = concepts_of(collection)
        assert "A name that no paper holds" in named.names
        middle = collection.space.snapshot().of(np.array(collection.store.topics.members(topic.id)))
        assert named.axes.of(middle.mean(axis=0))[named.places("A name that no paper holds")] > 0
    finally:
        rename(collection, topic=topic.id, undo=True)
    assert concepts_of(collection).names == made.names


def test_without_vectors_or_topics_the_reason_is_said(tmp_path: pytest.TempPathFactory) -> None:
    with open_collection(str(tmp_path), encoder=HashEncoder()) as empty:
        with pytest.raises(CollectionError, match="run sync"):
            concepts_of(empty)
        put(empty, papers(["bees"], 3))
        with pytest.raises(CollectionError, match="There are no topics yet: only 3 papers"):
            concepts_of(empty)
