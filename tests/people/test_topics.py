"""What people do with topics: following them, and an editor's acts, each with its undo and over merged numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.people import topics
from broadsheet.people.account import export
from broadsheet.people.members import remove
from broadsheet.store.people import Person
from broadsheet.topics import tree
from site_kit import NOW
from topic_kit import filled, papers
from topics_kit import KNOTS, LEAVES, PLANTS, SEAS, TIDES, plant, retire


@pytest.fixture(autouse=True)
def planted(collection: Collection) -> None:
    plant(collection, {1: (LEAVES, 0.9), 2: (TIDES, 0.8), 3: (KNOTS, 0.7)})


def followed(collection: Collection, person: Person) -> list[int]:
    return collection.store.follows.topics_of(person.number)


@pytest.mark.parametrize("typed", [TIDES, "4", "4-any-words", "Tide tables", "  tide TABLES "])
def test_a_topic_is_followed_by_number_slug_or_name(collection: Collection, ada: Person, typed: int | str) -> None:
    assert topics.follow(collection, ada.number, topic=typed, now=NOW).name == "Tide tables"
    topics.follow(collection, ada.number, topic=TIDES, now=NOW)
    assert followed(collection, ada) == [TIDES]
    topics.unfollow(collection, ada.number, topic=typed)
    assert followed(collection, ada) == []
    assert topics.unfollow(collection, ada.number, topic=typed).id == TIDES


def test_a_field_can_be_followed_too(collection: Collection, ada: Person) -> None:
    assert topics.follow(collection, ada.number, topic="seas", now=NOW).level == "field"
    assert followed(collection, ada) == [SEAS]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("Tide table", "no topic is called 'Tide table'. Did you mean Tide tables"),
        ("99", "no topic has the number 99"),
        (10**30, "no topic is called '1000"),
        (-1, "no topic is called '-1'"),
        ("", "no topic is called ''"),
        ("?!", "no topic is called"),
        ("x" * 9_000, "no topic is called 'xxx"),
    ],
)
def test_an_unknown_topic_is_said_in_words(collection: Collection, ada: Person, typed: int | str, message: str) -> None:
    for act in (lambda: topics.follow(collection, ada.number, topic=typed, now=NOW),
                lambda: topics.unfollow(collection, ada.number, topic=typed),
                lambda: topics.rename(collection, topic=typed, name="Any"),
                lambda: topics.pin(collection, topic=typed),
                lambda: topics.merge(collection, topic=typed, into=TIDES),
                lambda: topics.merge(collection, topic=TIDES, into=typed)):  # fmt: skip
        with pytest.raises(NotFoundError) as caught:
            act()
        assert message in str(caught.value)
        assert len(str(caught.value)) < 300


def test_without_topics_it_says_when_they_come(collection: Collection, ada: Person) -> None:
    with collection.store.writing() as db:
        for table in ("topic_papers", "topic_centres", "topics"):
            db.execute(f"DELETE FROM {table}")
    with pytest.raises(NotFoundError, match="no topics yet"):
        topics.follow(collection, ada.number, topic="tides", now=NOW)


def test_a_reader_follows_so_many(collection: Collection, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "MOST", 1)
    topics.follow(collection, ada.number, topic=TIDES, now=NOW)
    topics.follow(collection, ada.number, topic=TIDES, now=NOW)
    with pytest.raises(UsageError, match="at most 1 topics"):
        topics.follow(collection, ada.number, topic=KNOTS, now=NOW)
    assert followed(collection, ada) == [TIDES]


def test_follows_go_through_a_merge_and_back(collection: Collection, ada: Person) -> None:
    for each in (TIDES, KNOTS):
        topics.follow(collection, ada.number, topic=each, now=NOW)
    assert topics.merge(collection, topic=KNOTS, into="tide tables").papers == 2
    assert followed(collection, ada) == [TIDES]
    topics.separate(collection, topic=KNOTS)
    assert followed(collection, ada) == [TIDES, KNOTS]
    topics.merge(collection, topic=KNOTS, into=TIDES)
    topics.unfollow(collection, ada.number, topic=KNOTS)
    topics.separate(collection, topic=KNOTS)
    assert followed(collection, ada) == []


def test_a_topic_is_renamed_and_gets_its_own_name_back(collection: Collection) -> None:
    renamed = topics.rename(collection, topic="4-tide-tables", name="  Tides   and harbours ")
    assert (renamed.id, renamed.name, renamed.own_name) == (TIDES, "Tides and harbours", "Tide tables")
    assert topics.named(collection.store, "tides and harbours").id == TIDES
    assert topics.rename(collection, topic=TIDES, name="tides and HARBOURS").name == "tides and HARBOURS"
    assert topics.rename(collection, topic=TIDES, undo=True).name == "Tide tables"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "needs a name"),
        (" \n ", "needs a name"),
        ("***", "needs a name"),
        ("x" * 81, "at most 80 characters; this one has 81"),
        ("knots AND ropes", "the topic 5 is called 'Knots and ropes' already"),
        ("2024", "'2024' would be read as the number"),
        ("3-manifolds", "would be read as the number"),
    ],
)
def test_a_name_that_no_topic_can_have_is_refused(collection: Collection, name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message.replace("*", ".")):
        topics.rename(collection, topic=TIDES, name=name)
    assert topics.named(collection.store, TIDES).name == "Tide tables"


def test_a_field_and_a_topic_may_have_one_name_and_then_need_their_numbers(collection: Collection) -> None:
    topics.rename(collection, topic=SEAS, name="Tide Tables")
    with pytest.raises(UsageError, match="the name of the field 2 and the topic 4: use the number"):
        topics.named(collection.store, "tide tables")
    assert topics.named(collection.store, "4").level == "topic"


def test_an_own_name_that_another_has_by_now_does_not_come_back(collection: Collection) -> None:
    topics.rename(collection, topic=TIDES, name="Harbours")
    topics.rename(collection, topic=KNOTS, name="Tide tables")
    with pytest.raises(UsageError, match="the topic 5 is called 'Tide tables' already"):
        topics.rename(collection, topic=TIDES, undo=True)


def test_a_topic_is_pinned_and_let_go(collection: Collection) -> None:
    topics.merge(collection, topic=KNOTS, into=TIDES)
    assert topics.pin(collection, topic=KNOTS).id == TIDES
    assert [each.id for each in collection.store.topics.all() if each.pinned] == [TIDES]
    assert not topics.pin(collection, topic=TIDES, undo=True).pinned


def test_fields_are_merged_and_separated(collection: Collection) -> None:
    assert topics.merge(collection, topic=PLANTS, into=SEAS).papers == 3
    assert topics.named(collection.store, LEAVES).parent == SEAS
    assert topics.separate(collection, topic="1-plants").papers == 1
    assert topics.named(collection.store, LEAVES).parent == PLANTS


@pytest.mark.parametrize(
    ("topic", "into", "message"),
    [
        (TIDES, TIDES, "cannot be merged into itself: name another topic"),
        (SEAS, "seas", "name another field"),
        (TIDES, SEAS, "is a topic and “Seas” [(]2[)] a field: merge it into another topic"),
        (SEAS, TIDES, "is a field and"),
    ],
)
def test_what_cannot_be_merged(collection: Collection, topic: int, into: int | str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        topics.merge(collection, topic=topic, into=into)


def test_a_merged_number_stands_for_the_living_topic(collection: Collection) -> None:
    topics.merge(collection, topic=KNOTS, into=TIDES)
    with pytest.raises(UsageError, match="into itself"):
        topics.merge(collection, topic=TIDES, into=KNOTS)
    assert topics.merge(collection, topic=KNOTS, into=LEAVES).id == LEAVES, "with all that was merged into it"
    assert {collection.store.topics.living(each) for each in (LEAVES, TIDES, KNOTS)} == {LEAVES}
    assert topics.separate(collection, topic=TIDES).papers == 1
    assert collection.store.topics.living(KNOTS) == LEAVES


@pytest.mark.parametrize(
    ("typed", "message"),
    [("tide tables", "is not a number"), ("4", "is not merged into another topic"), (KNOTS, "took its place")],
)
def test_what_cannot_be_separated(collection: Collection, typed: int | str, message: str) -> None:
    retire(collection, KNOTS, TIDES)
    with pytest.raises(UsageError, match=message):
        topics.separate(collection, topic=typed)
    with pytest.raises(NotFoundError, match="no topic has the number 99"):
        topics.separate(collection, topic=99)


def test_a_name_taken_since_the_merge_keeps_a_topic_from_coming_back(collection: Collection) -> None:
    topics.merge(collection, topic=KNOTS, into=TIDES)
    topics.rename(collection, topic=TIDES, name="Knots and ropes")
    with pytest.raises(UsageError, match="the topic 4 is called 'Knots and ropes' already: rename that one first"):
        topics.separate(collection, topic=KNOTS)
    topics.rename(collection, topic=TIDES, undo=True)
    assert topics.separate(collection, topic=KNOTS).name == "Knots and ropes"


def test_another_editor_may_be_quicker(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    join: Callable[[int, int], bool] = collection.store.topics.join

    def quicker(topic: int, into: int) -> bool:
        join(into, LEAVES)
        return join(topic, into)

    monkeypatch.setattr(collection.store.topics, "join", quicker)
    with pytest.raises(UsageError, match="was merged a moment ago"):
        topics.merge(collection, topic=KNOTS, into=TIDES)
    assert collection.store.topics.living(KNOTS) == KNOTS


def test_a_topic_is_split_and_merging_the_two_undoes_it(tmp_path: Path) -> None:
    with filled(tmp_path / "s", papers(["bees", "looms"], 30)) as opened:
        tree.bring_up(opened, now=NOW)
        [one, *_] = [each for each in opened.store.topics.all() if each.level == "topic"]
        young = topics.split(opened, topic=one.slug, now=NOW)
        assert (young.level, young.parent) == ("topic", one.parent)
        assert 0 < young.papers <= topics.named(opened.store, one.id).papers
        assert young.papers + topics.named(opened.store, one.id).papers == one.papers
        assert topics.merge(opened, topic=young.id, into=one.id).papers == one.papers
        with pytest.raises(UsageError):
            topics.split(opened, topic=one.parent or 0, now=NOW)
        with pytest.raises(NotFoundError, match="no topic has the number 999"):
            topics.split(opened, topic=999, now=NOW)


def test_followed_topics_are_exported_and_leave_with_their_reader(collection: Collection, ada: Person) -> None:
    topics.follow(collection, ada.number, topic=TIDES, now=NOW)
    [own] = export(collection.store, ada, now=NOW)["topics"]
    assert (own["topic"], own["name"]) == (TIDES, "Tide tables")
    remove(collection.store, ada)
    with collection.store.reading() as db:
        assert db.execute("SELECT count(*) FROM followed_topics").fetchone() == (0,)
