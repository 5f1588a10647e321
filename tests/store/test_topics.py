"""The Store's topics: numbers that last, merges that can be undone, papers by topic and field, follows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from broadsheet.core.topic import Topic
from broadsheet.core.types import Document, Filters
from broadsheet.store import Store
from broadsheet.store.topics import Placed, Planted

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
LANGUAGE, VISION, PARSING, PROMPTS, IMAGES = 1, 2, 3, 4, 5


def field(id_: int, name: str) -> Topic:
    return Topic(id=id_, level="field", name=name, own_name=name)


def topic(id_: int, name: str, parent: int, *phrases: str) -> Topic:
    return Topic(id=id_, level="topic", name=name, own_name=name, parent=parent, phrases=phrases)


def plant(store: Store, *topics: Topic, **heirs: int) -> None:
    centres = {each.id: np.eye(8, dtype=np.float32)[each.id] for each in topics if each.level == "topic"}
    gone = {int(name[1:]): into for name, into in heirs.items()}
    store.topics.plant(Planted(topics=topics, centres=centres, space="words", heirs=gone), now=NOW)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db") as store:
        papers = [Document(id=f"2601.0000{n}", title=f"Paper {n}", source="jsonl:a") for n in range(1, 6)]
        store.papers.put(papers, now=NOW)
        plant(
            store,
            field(LANGUAGE, "Language"),
            field(VISION, "Vision"),
            topic(PARSING, "Dependency parsing", LANGUAGE, "dependency parsing", "treebanks"),
            topic(PROMPTS, "Prompts", LANGUAGE),
            topic(IMAGES, "Image retrieval", VISION),
        )
        store.topics.place([
            Placed(1, PARSING, 0.9, 1), Placed(2, PARSING, 0.95, 2), Placed(3, PROMPTS, 0.5, 3),
            Placed(4, IMAGES, 0.7, 4), Placed(5, None, 0.1, 5),
        ])  # fmt: skip
        yield store


def found(store: Store, **conditions: tuple[str, ...]) -> list[int]:
    return sorted(store.papers.numbers_where(Filters(**conditions)).tolist())  # type: ignore[arg-type]


def test_papers_are_counted_by_topic_and_by_field(store: Store) -> None:
    known = {each.id: each for each in store.topics.all()}
    assert {id_: each.papers for id_, each in known.items()} == {
        LANGUAGE: 3, VISION: 1, PARSING: 2, PROMPTS: 1, IMAGES: 1
    }  # fmt: skip
    assert known[PARSING].phrases == ("dependency parsing", "treebanks")
    assert (known[PARSING].parent, known[LANGUAGE].parent) == (LANGUAGE, None)
    assert known[PARSING].slug == "3-dependency-parsing"


def test_members_come_nearest_first(store: Store) -> None:
    assert store.topics.members(PARSING) == [2, 1]
    assert store.topics.members(LANGUAGE) == [2, 1, 3]
    assert store.topics.of([1, 4, 5]) == {1: PARSING, 4: IMAGES}


@pytest.mark.parametrize(
    ("condition", "papers"),
    [
        ({"topics": ("3",)}, [1, 2]),
        ({"topics": ("3-any-name",)}, [1, 2]),
        ({"topics": ("dependency PARSING",)}, [1, 2]),
        ({"topics": ("language",)}, [1, 2, 3]),
        ({"topics": ("1", "image retrieval")}, [1, 2, 3, 4]),
        ({"without_topics": ("language",)}, [4, 5]),
        ({"topics": ("language",), "without_topics": ("3",)}, [3]),
        ({"topics": ("no such topic",)}, []),
        ({"topics": ("",)}, []),
        ({"topics": ("999",)}, []),
        ({"without_topics": ("999",)}, [1, 2, 3, 4, 5]),
    ],
)
def test_filters_take_numbers_slugs_and_names(
    store: Store, condition: dict[str, tuple[str, ...]], papers: list[int]
) -> None:
    assert found(store, **condition) == papers


def test_a_merged_topic_goes_on_under_both_numbers_and_can_be_separated(store: Store) -> None:
    store.topics.join(PROMPTS, PARSING)
    assert store.topics.living(PROMPTS) == PARSING
    assert found(store, topics=("4",)) == found(store, topics=("3",)) == [1, 2, 3]
    assert store.topics.of([3]) == {3: PARSING}
    assert [each.papers for each in store.topics.all() if each.id == PARSING] == [3]
    assert store.topics.merged(PARSING) == [(PROMPTS, "Prompts")]
    store.topics.separate(PROMPTS)
    assert found(store, topics=("4",)) == [3]
    assert store.topics.merged(PARSING) == []


def test_the_name_of_a_merged_topic_stands_for_the_living_one(store: Store) -> None:
    store.topics.join(PROMPTS, PARSING)
    assert found(store, topics=("prompts",)) == found(store, topics=("prompts", "no such topic")) == [1, 2, 3]
    store.topics.rename(IMAGES, "Prompts")
    assert found(store, topics=("prompts",)) == [4], "a living topic with the name comes first"


def test_only_living_topics_are_merged(store: Store) -> None:
    assert store.topics.join(PROMPTS, PARSING)
    assert not store.topics.join(PARSING, PROMPTS)
    assert not store.topics.join(PROMPTS, IMAGES)
    assert not store.topics.join(IMAGES, 99)
    assert store.topics.homes() == {PARSING: PARSING, PROMPTS: PARSING, IMAGES: IMAGES}


def test_a_topic_merged_into_a_merged_one_points_to_the_living_one(store: Store) -> None:
    store.topics.join(PROMPTS, PARSING)
    store.topics.join(PARSING, IMAGES)
    assert {store.topics.living(each) for each in (PARSING, PROMPTS, IMAGES)} == {IMAGES}
    assert found(store, topics=("vision",)) == [1, 2, 3, 4]
    assert store.topics.homes() == {PARSING: IMAGES, PROMPTS: IMAGES, IMAGES: IMAGES}


def test_merged_fields_hold_the_topics_of_both(store: Store) -> None:
    store.topics.join(VISION, LANGUAGE)
    assert found(store, topics=("2",)) == found(store, topics=("language",)) == [1, 2, 3, 4]
    assert {each.parent for each in store.topics.all() if each.level == "topic"} == {LANGUAGE}


def test_a_given_name_stays_when_the_program_finds_another(store: Store) -> None:
    store.topics.rename(PARSING, "Syntax")
    plant(store, field(LANGUAGE, "Language"), topic(PARSING, "Parsers", LANGUAGE))
    known = {each.id: each for each in store.topics.all()}
    assert (known[PARSING].name, known[PARSING].own_name) == ("Syntax", "Parsers")
    assert found(store, topics=("syntax",)) == [1, 2]
    store.topics.rename(PARSING, "")
    assert found(store, topics=("parsers",)) == [1, 2]
    assert found(store, topics=("syntax",)) == []


def test_a_fit_that_does_not_continue_a_topic_leaves_its_number(store: Store) -> None:
    plant(store, field(LANGUAGE, "Language"), topic(PARSING, "Parsing", LANGUAGE), t4=PARSING)
    assert store.topics.living(PROMPTS) == PARSING
    assert store.topics.merged(PARSING) == []  # it has no centre: it cannot be separated
    assert store.topics.next_number() == 6


def test_a_fit_that_knows_nothing_of_a_merge_does_not_undo_it(store: Store) -> None:
    store.topics.join(PARSING, IMAGES)
    plant(store, field(LANGUAGE, "Language"), topic(PARSING, "Parsing", LANGUAGE), t4=PARSING)
    assert store.topics.homes() == {PARSING: IMAGES, PROMPTS: IMAGES, IMAGES: IMAGES}
    plant(store, field(LANGUAGE, "Language"), topic(PARSING, "Parsing", LANGUAGE), t5=PARSING)
    assert store.topics.homes() == {PARSING: IMAGES, PROMPTS: IMAGES, IMAGES: IMAGES}


def test_centres_come_back_as_they_were(store: Store) -> None:
    topics, vectors = store.topics.centres("words")
    assert topics.tolist() == [PARSING, PROMPTS, IMAGES]
    assert (vectors == np.eye(8, dtype=np.float32)[3:6]).all()
    assert len(store.topics.centres("another encoder")[0]) == 0


def test_what_changed_is_pending(store: Store) -> None:
    assert store.topics.pending(after=0, limit=10) == []
    store.papers.put([Document(id="2601.00002", title="Paper 2, revised", source="jsonl:a")], now=NOW)
    store.papers.put([Document(id="2601.00009", title="Paper 9", source="jsonl:a")], now=NOW)
    assert store.topics.pending(after=0, limit=10) == [(2, 6), (6, 7)]
    assert store.topics.pending(after=2, limit=10) == [(6, 7)]


def test_deleted_papers_leave_their_topics(store: Store) -> None:
    store.papers.delete(["2601.00001"], now=NOW)
    assert store.topics.members(PARSING) == [2]
    assert store.topics.drop_deleted() == 1
    assert [row.number for row in store.topics.placed()] == [2, 3, 4, 5]


def test_nothing_is_planted_when_a_part_of_it_fails(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        plant(store, field(6, "New"), topic(7, "Lost", 99))
    assert {each.id for each in store.topics.all()} == {LANGUAGE, VISION, PARSING, PROMPTS, IMAGES}


def test_a_damaged_centre_counts_for_nothing(store: Store) -> None:
    for text in ("x", "AAAA", "AADAfw=="):
        with store.writing() as db:
            db.execute("UPDATE topic_centres SET vector = ? WHERE topic = ?", (text, PROMPTS))
        assert store.topics.centres("words")[0].tolist() == [PARSING, IMAGES]
        assert store.topics.damaged("words") == [PROMPTS]
    assert store.topics.damaged("other") == []
    assert store.topics.centres("other")[0].tolist() == []


def test_papers_are_placed_again_at_once_or_all(store: Store) -> None:
    assert store.topics.pending(after=0, limit=9) == []
    store.journal.set_fact("topics", {"change": 5, "fitted": 4})
    store.topics.place_again()
    assert [number for number, _ in store.topics.pending(after=0, limit=9)] == [1, 2, 3, 4, 5]
    assert store.journal.fact("topics") == {"change": 0, "fitted": 4}
    assert store.topics.members(PARSING) == [2, 1], "where they are until then"


def test_what_was_planted_says_which_papers_wait_and_how_far_it_is(store: Store) -> None:
    planted = Planted(topics=(), centres={}, space="words", heirs={}, again=[2, 4], fact={"change": 0})
    store.topics.plant(planted, now=NOW)
    assert [number for number, _ in store.topics.pending(after=0, limit=9)] == [2, 4]
    assert store.journal.fact("topics") == {"change": 0}
    assert store.topics.adrift() == 1


def test_every_topic_there_ever_was_has_its_field_and_its_heir(store: Store) -> None:
    store.topics.rename(PROMPTS, "Prompting")
    store.topics.join(PROMPTS, PARSING)
    every, heirs = store.topics.every()
    assert heirs == {PROMPTS: PARSING}
    assert (every[PROMPTS].name, every[PROMPTS].own_name, every[PROMPTS].parent) == ("Prompting", "Prompts", LANGUAGE)
    assert list(every) == [LANGUAGE, VISION, PARSING, PROMPTS, IMAGES]


def test_an_heir_that_was_merged_meanwhile_is_followed_to_the_living(store: Store) -> None:
    store.topics.join(PROMPTS, PARSING)
    plant(store, field(VISION, "Vision"), topic(6, "Drawing", VISION), t5=PROMPTS)
    assert store.topics.living(IMAGES) == PARSING
    store.topics.join(PARSING, 6)
    plant(store, t6=PARSING)
    assert store.topics.living(6) == 6, "never its own heir"


def test_papers_have_the_living_field_of_their_topic(store: Store) -> None:
    fields = store.topics.fields([1, 3, 4, 5])
    assert {number: field.name for number, field in fields.items()} == {1: "Language", 3: "Language", 4: "Vision"}
    store.topics.rename(LANGUAGE, "Words")
    store.topics.join(VISION, LANGUAGE)
    assert store.topics.fields([4]) == {4: (LANGUAGE, "Words")}
    assert store.topics.fields([]) == {}
