"""What a topic is: its weeks, authors, papers and neighbours, by the number it has or had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import NotFoundError
from broadsheet.core.topic import Topic
from broadsheet.core.types import Document
from broadsheet.store.topics import Placed, Planted
from broadsheet.sync import sync
from broadsheet.topics.about import WEEKS, about, listing, reason
from fakes import WordEncoder

NOW = datetime(2026, 3, 4, 8, tzinfo=UTC)  # a Wednesday
LANGUAGE, VISION, PARSING, PROMPTS, IMAGES, ALONE = 1, 2, 3, 4, 5, 6
TOPICS = (
    Topic(id=LANGUAGE, level="field", name="Language"),
    Topic(id=VISION, level="field", name="Vision"),
    Topic(id=PARSING, level="topic", name="Dependency parsing", parent=LANGUAGE, phrases=("treebanks", "arcs")),
    Topic(id=PROMPTS, level="topic", name="Prompts", parent=LANGUAGE),
    Topic(id=IMAGES, level="topic", name="Image retrieval", parent=VISION),
)
PAPERS = (
    Document(id="a", title="Parsing by arcs", authors=("Ada Blum", "Cy Doe"), announced=date(2026, 3, 2), votes=3),
    Document(id="b", title="Treebanks of tea", authors=("Ada Blum",), announced=date(2026, 3, 3)),
    Document(id="c", title="Arcs once more", authors=("Cy Doe", "Ada Blum"), submitted=date(2026, 2, 20), votes=9),
    Document(id="d", title="Trees of a whole year", authors=("Eve Fox",), year=2026),
    Document(id="e", title="Prompts that ask", authors=("Eve Fox",), announced=date(2025, 1, 1)),
    Document(id="f", title="Pictures found", announced=date(2026, 1, 5)),
)


def centres() -> dict[int, np.ndarray]:
    angles = {PARSING: 0.0, PROMPTS: 0.3, IMAGES: 1.2}
    return {id_: np.eye(32, dtype=np.float32)[0] * np.cos(a) + np.eye(32)[1] * np.sin(a) for id_, a in angles.items()}


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path, encoder=WordEncoder()) as collection:
        collection.store.papers.put(PAPERS, now=NOW)
        sync(collection)
        space = collection.space.snapshot().manifest.key
        collection.store.topics.plant(Planted(topics=TOPICS, centres=centres(), space=space, heirs={}), now=NOW)
        homes = [(PARSING, 0.7), (PARSING, 0.9), (PARSING, 0.8), (PARSING, 0.2), (PROMPTS, 0.6), (IMAGES, 0.5)]
        rows = [Placed(number, *home, number) for number, home in enumerate(homes, start=1)]
        collection.store.topics.place(rows)
        yield collection


def test_papers_are_the_nearest_the_latest_and_the_most_voted(collection: Collection) -> None:
    found = about(collection, PARSING, now=NOW)
    assert (found.topic.name, found.topic.papers, found.topic.phrases) == (
        "Dependency parsing",
        4,
        ("treebanks", "arcs"),
    )
    assert found.field is not None
    assert found.field.id == LANGUAGE
    assert found.central == (2, 3, 1, 4)
    assert found.latest == (2, 1, 3, 4)  # the one of a whole year may be of its first day
    assert found.voted == (3, 1)


def test_votes_of_readers_here_count(collection: Collection) -> None:
    store = collection.store
    people = [store.people.add(f"{n}@example.org", role="reader", now=NOW).number for n in range(4)]
    for person in people:
        store.reactions.mark("votes", person, [2], now=NOW)
    assert about(collection, PARSING, now=NOW).voted == (3, 2, 1)


def test_weeks_begin_on_mondays_and_count_days_that_are_known(collection: Collection) -> None:
    weeks = about(collection, PARSING, now=NOW).weeks
    assert len(weeks) == WEEKS
    assert weeks[-1] == (date(2026, 3, 2), 2)
    assert weeks[-3] == (date(2026, 2, 16), 1)
    assert sum(papers for _, papers in weeks) == 3  # a bare year is on no day
    assert all(day.weekday() == 0 for day, _ in weeks)
    assert sum(papers for _, papers in about(collection, PROMPTS, now=NOW).weeks) == 0  # before the first of them


def test_authors_have_at_least_two_papers(collection: Collection) -> None:
    assert about(collection, PARSING, now=NOW).authors == (("Ada Blum", 3), ("Cy Doe", 2))
    assert about(collection, PROMPTS, now=NOW).authors == ()
    assert about(collection, LANGUAGE, now=NOW).authors == (("Ada Blum", 3), ("Cy Doe", 2), ("Eve Fox", 2))


def test_authors_are_read_again_when_papers_change(collection: Collection) -> None:
    assert about(collection, PROMPTS, now=NOW).authors == ()
    collection.store.topics.place([Placed(4, PROMPTS, 0.4, 4)])
    assert about(collection, PROMPTS, now=NOW).authors == (("Eve Fox", 2),)
    collection.store.papers.put([Document(id="d", title="Trees of a whole year", authors=("E. Fox",))], now=NOW)
    assert about(collection, PROMPTS, now=NOW).authors == ()


def test_hidden_and_deleted_papers_are_left_out(collection: Collection) -> None:
    store = collection.store
    editor = store.people.add("ed@example.org", role="editor", now=NOW).number
    store.desk.decide(2, "hide", editor, now=NOW)
    store.papers.delete(["a"], now=NOW)
    found = about(collection, PARSING, now=NOW)
    assert (found.central, found.latest, found.voted) == ((3, 4), (3, 4), (3,))


def test_a_field_shows_its_topics_and_the_centre_of_each(collection: Collection) -> None:
    found = about(collection, LANGUAGE, now=NOW)
    assert [each.id for each in found.topics] == [PARSING, PROMPTS]
    assert found.central == (2, 5)
    assert found.field is None
    assert [each.id for each, _ in found.neighbours] == [VISION]


def test_neighbours_are_of_the_same_level_by_the_cosine_of_centres(collection: Collection) -> None:
    near = about(collection, PARSING, now=NOW).neighbours
    assert [each.id for each, _ in near] == [PROMPTS, IMAGES]
    assert [value for _, value in near] == pytest.approx([np.cos(0.3), np.cos(1.2)], abs=1e-5)


def test_there_are_no_neighbours_under_another_encoder(collection: Collection) -> None:
    collection.store.topics.plant(Planted(topics=(), centres=centres(), space="another", heirs={}), now=NOW)
    assert about(collection, PARSING, now=NOW).neighbours == ()


def test_a_merged_number_gives_the_living_topic(collection: Collection) -> None:
    collection.store.topics.join(PROMPTS, PARSING)
    found = about(collection, PROMPTS, now=NOW)
    assert (found.topic.id, found.topic.papers) == (PARSING, 5)
    assert found.central == (2, 3, 1, 5, 4)
    assert found.neighbours[0][1] == pytest.approx(np.cos(1.05), abs=1e-5)  # the mean of both centres
    assert about(collection, LANGUAGE, now=NOW).central == (2,)


def test_a_number_that_was_never_given_is_not_found(collection: Collection) -> None:
    with pytest.raises(NotFoundError, match="no topic 99"):
        about(collection, 99, now=NOW)


def test_the_list_has_fields_and_topics_by_size(collection: Collection) -> None:
    assert [(each.field and each.field.id, [topic.id for topic in each.topics]) for each in listing(collection)] == [
        (LANGUAGE, [PARSING, PROMPTS]), (VISION, [IMAGES])
    ]  # fmt: skip
    assert reason(collection) == ""


def test_topics_without_a_field_come_last(collection: Collection) -> None:
    alone = Topic(id=ALONE, level="topic", name="Alone")
    collection.store.topics.plant(Planted(topics=(alone,), centres={}, space="", heirs={}), now=NOW)
    last = listing(collection)[-1]
    assert (last.field, [each.id for each in last.topics]) == (None, [ALONE])


def test_the_reason_why_there_are_none(tmp_path: Path) -> None:
    with open_collection(tmp_path, encoder=WordEncoder()) as collection:
        assert listing(collection) == ()
        assert "broadsheet sync" in reason(collection)
        collection.store.papers.put(PAPERS[:1], now=NOW)
        sync(collection)
        assert reason(collection).startswith("There are no topics yet: only 1 paper has a vector")
        several = [Document(id=f"p{n}", title=f"Paper {n}") for n in range(40)]
        collection.store.papers.put(several, now=NOW)
        sync(collection)
        assert "in the background" in reason(collection)
