"""What is new for a reader: papers that match an alert of theirs, and papers by authors they follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from broadsheet.alerts.news import alert_of, by_followed, followed_papers, new_matches, new_versions
from broadsheet.alerts.trial import try_alert
from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.people import alerts
from broadsheet.store.alerts import SavedQuery
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper
from topics_kit import KNOTS, LEAVES, SEAS, TIDES, plant

TODAY = NOW.date()
PAPERS = [
    replace(paper(place, title, authors=(author,)), announced=TODAY - timedelta(days=back))
    for place, (title, author, back) in enumerate([
        ("tides of narrow harbours", "Ann Moor", 1),
        ("tides harbours", "Bo Tau", 0),
        ("tides of wide and shallow harbours far north", "Ann Moor", 0),
        ("soups of the north", "Ann Moor", 0),
        ("tides harbours of old", "Bo Tau", 9),
    ])
]  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path / "c", encoder=WordEncoder(64)) as opened:
        ingest(opened, PAPERS, now=NOW, name="jsonl:made.jsonl")
        ingest(opened, [replace(PAPERS[1], id="copy:1", source="csv:b")], now=NOW, name="csv:b")
        sync(opened)
        yield opened


def kept(collection: Collection) -> tuple[int, SavedQuery]:
    store = collection.store
    person = store.people.add("ada@example.org", "reader", now=NOW).number
    store.alerts.keep(person, "Tides", "tides harbours", without=(), least="0.2", now=NOW)
    return person, store.alerts.of(person)[0]


def test_the_newest_day_is_first_and_a_work_is_there_once(collection: Collection) -> None:
    person, alert = kept(collection)

    def found(days: int, k: int = 100) -> list[str]:
        ids = [each.document.id for each in new_matches(collection, alert, last=TODAY, days=days, k=k)]
        return ["made:001" if id_ == "copy:1" else id_ for id_ in ids]

    assert found(2) == ["made:001", "made:002", "made:000"]
    assert found(2, k=2) == ["made:001", "made:002"]
    assert found(3)[3:] == ["made:004"]
    collection.store.desk.decide(collection.store.papers.number("made:002") or 0, "hide", person, now=NOW)
    assert found(2) == ["made:001", "made:000"]


def test_papers_by_followed_authors_are_the_newest_first(collection: Collection) -> None:
    person, _ = kept(collection)
    store = collection.store
    assert by_followed(store) == {}
    store.follows.add(person, "ann MOOR", now=NOW)
    store.desk.decide(store.papers.number("made:003") or 0, "hide", person, now=NOW)
    found = by_followed(store, authors=store.follows.of(person))
    assert set(found.values()) == {"by ann MOOR, whom you follow"}
    numbers = list(found)
    assert [store.papers.ids(numbers)[number] for number in numbers] == ["made:002", "made:000"]
    store.follows.remove(person, "ann MOOR")
    for typed in ("Moor, A.", "A. B. Moor", "Moor AB", "Anna Moor", "B. Moor"):
        store.follows.add(person, typed, now=NOW)
        found = by_followed(store, authors=store.follows.of(person))
        assert list(found) == (numbers if typed[0:2] in ("Mo", "A.") else [])
        store.follows.remove(person, typed)


def test_papers_in_followed_topics_come_with_those_of_followed_authors(collection: Collection) -> None:
    person, _ = kept(collection)
    store = collection.store
    number = {name: store.papers.number(name) or 0 for name in ("made:000", "made:001", "made:003", "made:004")}
    plant(collection, {
        number["made:000"]: (TIDES, 0.9), number["made:001"]: (TIDES, 0.7), number["made:003"]: (LEAVES, 0.8),
        number["made:004"]: (KNOTS, 0.9),
    })  # fmt: skip
    store.desk.decide(number["made:001"], "hide", person, now=NOW)
    known = {each.id: each for each in store.topics.all()}
    found = by_followed(store, authors=["Bo Tau"], topics=[known[SEAS], known[TIDES]])
    reasons = {store.papers.ids([each])[each]: reason for each, reason in found.items()}
    assert reasons == {
        "made:000": "in “Tide tables”, which you follow",  # the topic rather than its field
        "made:004": "by Bo Tau, whom you follow",
        "copy:1": "by Bo Tau, whom you follow",
    }
    store.topics.join(KNOTS, TIDES)
    assert set(by_followed(store, topics=[known[TIDES]])) == {number["made:000"], number["made:004"]}


@pytest.mark.parametrize("text", ["topic:4", "topic:4-any-name", 'topic:"tide tables"', "topic:seas"])
def test_an_alert_for_a_topic_goes_on_when_it_is_renamed_and_merged(collection: Collection, text: str) -> None:
    person, _ = kept(collection)
    store = collection.store
    ids = ("made:000", "made:001", "made:002")
    number = {name: store.papers.number(name) or 0 for name in ids}
    plant(collection, {
        number["made:000"]: (TIDES, 0.9), number["made:001"]: (TIDES, 0.7), number["made:002"]: (LEAVES, 0.8),
    })  # fmt: skip
    alert = alerts.keep(store, person, name="Topic", text=text, now=NOW)

    def found() -> list[str]:
        trial = try_alert(collection, alert_of(alert), now=NOW, days=5)
        new = [each.document.id for each in new_matches(collection, alert, last=TODAY, days=5)]
        assert sorted(each.document.id for each in trial.newest) == sorted(new)
        return new

    assert found() == ["made:001", "made:000"]
    store.topics.rename(TIDES, "Harbours")
    store.topics.join(LEAVES, TIDES)
    assert sorted(found()) == list(ids)
    store.topics.join(TIDES, KNOTS)
    assert sorted(found()) == list(ids)
    assert found()[-1] == "made:000"


def test_papers_that_came_after_their_day_are_not_news(collection: Collection) -> None:
    class Search:
        name, live = "arxiv:cs.IR", True

        def fetch(self, since: date | None = None) -> list[Document]:
            titles = ("tides harbours of the past week", "tides harbours of today", "tides harbours announced late")
            days = (TODAY - timedelta(days=1), TODAY, None)
            papers = [replace(paper(50 + n, title), estimated=days[n]) for n, title in enumerate(titles)]
            return [*papers[:2], replace(papers[2], announced=TODAY - timedelta(days=1))]

    _, alert = kept(collection)
    ingest(collection, Search(), now=NOW)
    sync(collection)
    new = {each.document.id for each in new_matches(collection, alert, last=TODAY, days=3)}
    assert {"made:051", "made:052"} <= new
    assert "made:050" not in new


def test_a_followed_paper_that_changed_is_news_once(collection: Collection) -> None:
    store = collection.store
    person = store.people.add("bo@example.org", "reader", now=NOW).number
    alerts.follow_paper(store, person, paper=PAPERS[0], now=NOW)
    saved = store.alerts.of(person)
    numbers = followed_papers(store, [*saved, SavedQuery(9, "Gone", "like:made:999", (), "strong", NOW)])
    assert numbers == {"made:000": store.papers.number("made:000")}
    assert new_versions(collection, numbers.values(), after=NOW) == []
    written = replace(PAPERS[0], text="Tides are counted.", version=1)
    for days, text in ((1, "Tides are counted by bells."), (2, "Tides are counted by bells and ropes.")):
        ingest(
            collection,
            [replace(written, version=days)],
            now=NOW + timedelta(days=days, hours=-1),
            name="jsonl:made.jsonl",
        )
        ingest(
            collection,
            [replace(written, text=text, version=days + 1)],
            now=NOW + timedelta(days=days),
            name="jsonl:made.jsonl",
        )
    (changed,) = new_versions(collection, numbers.values(), after=NOW + timedelta(days=1, hours=1))
    assert (changed.number, changed.at) == (numbers["made:000"], NOW + timedelta(days=2))
    assert changed.named == "version 3"
    assert changed.why.startswith("version 3 of a paper you follow, ")
    assert changed.why.endswith(" of its words changed")
    assert new_versions(collection, numbers.values(), after=NOW + timedelta(days=2)) == []
