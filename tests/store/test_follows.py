"""Follows: authors by name, topics by every number that stands for them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broadsheet.core.topic import Topic
from broadsheet.store import Store
from broadsheet.store.follows import Follows
from broadsheet.store.topics import Planted

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FIELD, PARSING, PROMPTS = 1, 2, 3


@pytest.fixture
def follows(store: Store) -> Follows:
    names = {PARSING: "Parsing", PROMPTS: "Prompts"}
    topics = [Topic(id=id_, level="topic", name=name, own_name=name, parent=FIELD) for id_, name in names.items()]
    field = Topic(id=FIELD, level="field", name="Language", own_name="Language")
    store.topics.plant(Planted(topics=[field, *topics], centres={}, space="words", heirs={}), now=NOW)
    return store.follows


@pytest.fixture
def anna(store: Store) -> int:
    return store.people.add("anna@example.org", "reader", now=NOW).number


def test_authors_are_followed_once_and_listed_by_name(follows: Follows, anna: int) -> None:
    assert follows.add(anna, "Noor Bakker", now=NOW)
    assert not follows.add(anna, "Noor Bakker", now=NOW)
    assert follows.add(anna, "Ada Blum", now=NOW)
    assert follows.of(anna) == ["Ada Blum", "Noor Bakker"]
    assert follows.remove(anna, "Ada Blum")
    assert not follows.remove(anna, "Ada Blum")
    assert follows.of(anna) == ["Noor Bakker"]


def test_a_followed_topic_survives_a_merge_and_ends_under_either_number(
    store: Store, follows: Follows, anna: int
) -> None:
    assert follows.add_topic(anna, PROMPTS, now=NOW)
    assert not follows.add_topic(anna, PROMPTS, now=NOW)
    store.topics.join(PROMPTS, PARSING)
    assert follows.topics_of(anna) == [PARSING]
    assert follows.remove_topic(anna, PARSING)
    assert follows.topics_of(anna) == []
    assert not follows.remove_topic(anna, PARSING)


def test_two_followed_topics_that_are_merged_are_one(store: Store, follows: Follows, anna: int) -> None:
    for topic in (FIELD, PARSING, PROMPTS):
        follows.add_topic(anna, topic, now=NOW)
    store.topics.join(PROMPTS, PARSING)
    assert follows.topics_of(anna) == [FIELD, PARSING]


def test_what_others_follow_is_theirs(store: Store, follows: Follows, anna: int) -> None:
    other = store.people.add("bo@example.org", "reader", now=NOW).number
    follows.add_topic(anna, PARSING, now=NOW)
    assert follows.topics_of(other) == []
    assert store.people.remove(anna)
    assert follows.topics_of(anna) == []
