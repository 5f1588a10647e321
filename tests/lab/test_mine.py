"""A Collection makes questions of what it knows of its papers, and says what it knows too little for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.lab import mine
from broadsheet.lab.mine import Absent, Questions, questions_of
from broadsheet.people import lists, notes, reactions

NOW = datetime(2026, 1, 5, tzinfo=UTC)
TOPICS = ("rivers", "glaciers", "dunes", "reefs")
REST = "They walked for nine days along the shore and wrote down what every gauge between both bridges gave them."


def paper(number: int) -> Document:
    topic = TOPICS[number % len(TOPICS)]
    return Document(
        id=f"own:{number:03}",
        title=f"Slow {topic} in winter, part {number}",
        text=f"Slow {topic} are measured in winter. {REST} Station {number} closes the list of stations.",
        keywords=(topic,),
        categories=("earth",),
        venue="Field Notes",
        submitted=date(2025, 1, 1) + timedelta(days=number),
    )


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path / "c", encoder="hash") as made:
        ingest(made, [paper(number) for number in range(100)], now=NOW, name="own")
        yield made


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make labels of a quarter of a hundred papers narrow enough."""
    monkeypatch.setattr(mine, "WIDEST", 0.3)


def made(collection: Collection, name: str, **options: str) -> Questions | Absent:
    [task] = [each for each in questions_of(collection, **options) if each.name == f"mine/{name}"]  # type: ignore[arg-type]
    return task


def test_a_title_asks_for_its_abstract_without_the_words_they_share(collection: Collection) -> None:
    task = made(collection, "titles")
    assert isinstance(task, Questions)
    texts = {document.id: document.content for document in task.documents}
    assert len(task.queries) == 50
    for query, title in task.queries.items():
        assert task.judged[query] == {query: 1}
        assert "nine days along the shore" in texts[query]
        assert not {word.casefold().strip(",") for word in title.split()} - {"in"} & set(
            texts[query].casefold().split()
        )


def test_the_halves_are_split_by_date_and_share_no_query(collection: Collection) -> None:
    earlier, later = made(collection, "titles", half="earlier"), made(collection, "titles", half="later")
    assert isinstance(earlier, Questions)
    assert isinstance(later, Questions)
    assert max(earlier.queries) < min(later.queries)


@pytest.mark.usefixtures("narrow")
def test_a_paper_asks_for_earlier_papers_with_its_keyword_and_is_not_searched_itself(collection: Collection) -> None:
    # the last third asks, so that there are queries enough in its later half
    ingest(collection, [paper(number) for number in range(100, 160)], now=NOW, name="own")
    task = made(collection, "keywords")
    assert isinstance(task, Questions)
    searched = {document.id for document in task.documents}
    for query, grades in task.judged.items():
        topic = paper(int(query[-3:])).keywords[0]
        assert query not in searched
        assert all(paper(int(each[-3:])).keywords == (topic,) and each < query for each in grades)


def test_too_few_queries_are_said_and_not_measured(collection: Collection) -> None:
    task = made(collection, "notes")
    assert isinstance(task, Absent)
    assert "0 queries" in task.reason


def test_lists_votes_and_notes_of_readers_become_questions(collection: Collection) -> None:
    store = collection.store
    readers = [store.people.add(f"{name}@example.org", "reader", now=NOW).number for name in ("ada", "ben")]
    documents = {document.id: document for document in store.papers.newest(100)}
    papers = [documents[f"own:{number:03}"] for number in range(0, 100, 2)]
    lists.put(collection, readers[0], papers=papers, into="Even", now=NOW)
    for document in papers:
        notes.write(collection, readers[0], paper=document, text=f"The gauge of {document.id}", now=NOW)
    for reader in readers:
        reactions.react(collection, reader, act="vote", papers=papers, now=NOW)
    for name in ("lists", "votes"):
        task = made(collection, name)
        assert isinstance(task, Questions), task
        [query, *_] = task.queries
        assert query not in task.judged[query]
        assert set(task.judged[query]) == {document.id for document in papers} - {query}
    task = made(collection, "notes")
    assert isinstance(task, Questions)
    assert all(task.queries[query] == f"The gauge of {next(iter(task.judged[query]))}" for query in task.queries)


def test_the_same_collection_makes_the_same_questions(collection: Collection) -> None:
    assert questions_of(collection) == questions_of(collection)
