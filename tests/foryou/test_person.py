"""What suits a person: picks and an order of the day, remembered until something changes that they are made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core import periods
from broadsheet.core.errors import ModelError
from broadsheet.core.topic import Topic
from broadsheet.daily.day import Wanted, feed
from broadsheet.foryou import person as fitting
from broadsheet.ingest import ingest
from broadsheet.store.topics import Planted
from broadsheet.sync import sync
from fakes import NOW, WordEncoder, paper

KINDS = ("bridges span rivers steel girders", "soup broth kettle simmer ladle", "owl feather night wing talon")
TODAY = NOW.date()


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    random = np.random.default_rng(0)
    made = []
    for place in range(90):
        words = [*random.choice(KINDS[place % 3].split(), 4, replace=False), random.choice(["survey", "method", "new"])]
        day = TODAY - timedelta(days=place // 30)
        made.append(replace(paper(place, " ".join(words), categories=(str(place % 3),)), announced=day))
    with open_collection(tmp_path / "c", encoder=WordEncoder(64)) as opened:
        ingest(opened, made, now=NOW, name="jsonl:made.jsonl")
        sync(opened)
        yield opened


def reader(collection: Collection, *liked: int) -> int:
    store = collection.store
    person = store.people.add("ada@example.org", "reader", now=NOW).number
    saved = store.lists.named(person, "Saved", now=NOW)
    store.lists.save(person, saved, numbers(collection, *liked), now=NOW)
    return person


def numbers(collection: Collection, *places: int) -> list[int]:
    return [number for place in places if (number := collection.store.papers.number(f"made:{place:03d}"))]


def kinds(found: fitting.ForYou) -> list[str]:
    return [found.documents[each.number].categories[0] for each in found.picks]


def test_picks_come_of_the_newest_days_and_of_what_is_liked(collection: Collection) -> None:
    person = reader(collection, 60, 63, 66, 69)
    found = fitting.for_person(collection, person, last=TODAY, days=1, k=8)
    assert set(kinds(found)) == {"0"}
    assert {found.documents[each.number].announced for each in found.picks} == {TODAY}
    assert fitting.for_person(collection, person, last=TODAY, days=1, k=8) is not None


def test_alerts_are_encoded_once_so_that_an_encoder_that_fails_later_changes_nothing(collection: Collection) -> None:
    person = collection.store.people.add("ada@example.org", "reader", now=NOW).number
    collection.store.alerts.keep(person, "birds", "owl night feather", without=[], least="fair", now=NOW)
    first = fitting.for_person(collection, person, last=TODAY, days=1, k=5)
    assert set(kinds(first)) == {"2"}
    collection.encoder.error = ModelError("the model server is down")  # type: ignore[attr-defined]
    assert [each.number for each in fitting.for_person(collection, person, last=TODAY, days=2, k=5).picks]
    assert fitting.suits(collection, person, numbers(collection, 2, 3))


def test_what_is_remembered_follows_every_change(collection: Collection) -> None:
    person = reader(collection, 60, 63, 66, 69)
    store = collection.store
    first = fitting.for_person(collection, person, last=TODAY, days=1, k=5).picks
    assert fitting.for_person(collection, person, last=TODAY, days=1, k=5).picks == first
    store.reactions.mark("declined", person, [first[0].number], now=NOW)
    second = fitting.for_person(collection, person, last=TODAY, days=1, k=5).picks
    assert first[0].number not in [each.number for each in second]
    store.desk.decide(second[0].number, "hide", person, now=NOW)
    third = fitting.for_person(collection, person, last=TODAY, days=1, k=5).picks
    assert second[0].number not in [each.number for each in third]
    store.reactions.mark("read_papers", person, [third[0].number], now=NOW)
    assert fitting.for_person(collection, person, last=TODAY, days=1, k=5).picks == third


def test_large_profiles_and_lists_push_one_another_out(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "_ROOM", 30 * fitting._NUMBER + 64 * 4 * 30)
    person, papers = reader(collection, 60, 63, 66, 69), numbers(collection, *range(90))
    suits = [fitting.suits(collection, person, papers[start : start + 20]) for start in range(0, 80, 20)]
    fitting.for_person(collection, person, last=TODAY, days=1, k=5)
    memory = fitting._memory(collection)
    assert memory._held <= memory.size or len(memory) == 1
    assert 0 < len(memory) < 6
    assert fitting.suits(collection, person, papers[:20]) == suits[0]


def test_what_the_editor_hides_is_picked_for_nobody_and_its_place_is_filled(collection: Collection) -> None:
    person, store = reader(collection, 60, 63, 66, 69), collection.store
    candidates = numbers(collection, *range(30))
    for number in candidates[2:]:
        store.desk.decide(number, "hide", person, now=NOW)
    shown = [each.number for each in fitting.for_person(collection, person, last=TODAY, days=1, k=5).picks]
    assert sorted(shown) == sorted(candidates[:2])
    store.desk.decide(candidates[3], None, person, now=NOW)
    again = [each.number for each in fitting.for_person(collection, person, last=TODAY, days=1, k=5).picks]
    assert candidates[3] in again


def test_nobody_is_sent_what_they_have_under_another_identifier(collection: Collection) -> None:
    person = reader(collection, 60, 63, 66, 69)
    liked = collection.store.papers.get("made:060")
    assert liked is not None
    strange = paper(500, "bridges rivers steel girders outlook", announced=TODAY, source="jsonl:other.jsonl")
    copy = replace(liked, id="10.1/copy", announced=TODAY, source="jsonl:other.jsonl")
    ingest(collection, [copy, strange], now=NOW, name="jsonl:other.jsonl")
    sync(collection)
    found = fitting.for_person(collection, person, last=TODAY, days=1, k=20)
    ids = [found.documents[each.number].id for each in found.picks]
    assert strange.id in ids
    assert copy.id not in ids


def test_an_author_who_is_followed_counts_as_a_like(collection: Collection) -> None:
    person, store = reader(collection), collection.store
    by_ada = [
        replace(paper(600 + place, f"soup broth {word} kettle", authors=("Ada Blum",)), announced=day)
        for place, (word, day) in enumerate([("simmer", None), ("ladle", None), ("survey", TODAY)])
    ]
    ingest(collection, by_ada, now=NOW, name="jsonl:ada.jsonl")
    sync(collection)
    store.follows.add(person, "ada blum", now=NOW)
    assert fitting.is_known(collection, person)
    found = fitting.for_person(collection, person, last=TODAY, days=1, k=6)
    assert kinds(found) == ["1"] * 6, found.note
    near = {found.documents[each.number].id for pick in found.picks for each in pick.near}
    assert near <= {each.id for each in by_ada}, "what is liked is never picked, and says why others are"
    day = feed(collection, periods.period("day", TODAY), now=NOW, wanted=Wanted(order=fitting.order(person), k=9))
    assert by_ada[2].id in {card.document.id for card in day.cards}
    store.follows.remove(person, "ada blum")
    assert "Nothing to go by" in fitting.for_person(collection, person, last=TODAY, days=1).note


def planted(collection: Collection, *places: int, space: str = "") -> None:
    """Plant a field (1) with a topic (from 2 on) at each of these papers."""
    snapshot = collection.space.snapshot()
    found = [Topic(id=1, level="field", name="All")]
    found += [Topic(id=2 + place, level="topic", name=f"Topic {place}", parent=1) for place in range(len(places))]
    centres = {
        2 + place: snapshot.of(np.array([number]))[0] for place, number in enumerate(numbers(collection, *places))
    }
    key = space or snapshot.manifest.key
    collection.store.topics.plant(Planted(topics=found, centres=centres, space=key, heirs={}), now=NOW)


def test_a_followed_topic_is_an_interest_of_its_name(collection: Collection) -> None:
    planted(collection, 60, 61)
    person, store = reader(collection), collection.store
    store.follows.add_topic(person, 1, now=NOW)
    assert not fitting.is_known(collection, person), "a field is too wide to be an interest"
    store.follows.add_topic(person, 3, now=NOW)
    assert fitting.is_known(collection, person)
    found = fitting.for_person(collection, person, last=TODAY, days=1, k=6)
    assert kinds(found) == ["1"] * 6
    assert [each.title for each in found.interests] == ["Topic 1"]
    known = fitting.suits(collection, person, numbers(collection, 0, 1))
    assert max(known, key=known.__getitem__) == numbers(collection, 1)[0]
    several = fitting.for_people(
        collection, store.reactions.tastes([person]), numbers(collection, 0, 1, 2), most={person: 1}, vectors={}
    )
    assert [(name, pick.number) for name, pick in several[person]] == [("Topic 1", numbers(collection, 1)[0])]


def test_what_happens_to_a_followed_topic_is_seen(collection: Collection) -> None:
    planted(collection, 60, 61)
    person, store = reader(collection), collection.store
    store.follows.add_topic(person, 3, now=NOW)

    def shown() -> tuple[set[str], list[str]]:
        found = fitting.for_person(collection, person, last=TODAY, days=1, k=4)
        return set(kinds(found)), [each.title for each in found.interests]

    assert shown() == ({"1"}, ["Topic 1"])
    store.topics.rename(3, "Soups")
    assert shown() == ({"1"}, ["Soups"])
    planted(collection, 60, 62)
    assert shown() == ({"2"}, ["Soups"])
    store.topics.join(3, 2)
    assert shown()[1] == ["Topic 0"]
    planted(collection, 60, 61, space="another encoder")
    assert not fitting.is_known(collection, person)
    assert "Nothing to go by" in fitting.for_person(collection, person, last=TODAY, days=1).note


def test_papers_of_an_author_are_as_they_are_now_and_not_those_declined(collection: Collection) -> None:
    person, store = reader(collection), collection.store
    store.follows.add(person, "Ada Blum", now=NOW)
    assert not fitting.is_known(collection, person)
    assert fitting.suits(collection, person, numbers(collection, 1, 2)) == {}
    both = [replace(paper(600, "soup broth kettle simmer"), authors=("Ada Blum",)),
            replace(paper(601, "owl feather night wing"), authors=("Ada Blum",))]  # fmt: skip
    ingest(collection, both, now=NOW, name="jsonl:ada.jsonl")
    sync(collection)
    first = fitting.suits(collection, person, numbers(collection, 1, 2))
    assert first.keys() == set(numbers(collection, 1, 2))
    store.reactions.mark("declined", person, numbers(collection, 601), now=NOW)
    assert set(kinds(fitting.for_person(collection, person, last=TODAY, days=1, k=5))) == {"1"}


def test_the_first_of_many_picks_are_those_of_fewer(collection: Collection) -> None:
    person = reader(collection, 60, 63, 66, 69)
    copies = [
        replace(paper(700 + place, "bridges rivers steel girders outlook", source=f"jsonl:{place}"), announced=TODAY)
        for place in range(16)
    ]
    ingest(collection, copies, now=NOW, name="jsonl:other.jsonl")
    sync(collection)

    def shown(k: int) -> list[int]:
        return [each.number for each in fitting.for_person(collection, person, last=TODAY, days=1, k=k).picks]

    many = shown(12)
    assert len(many) == 12
    assert len(set(many) & set(numbers(collection, *range(700, 716)))) == 1
    assert [shown(k) for k in (1, 3, 7)] == [many[:k] for k in (1, 3, 7)]


def test_many_people_at_once_are_picked_for_as_one_by_one(collection: Collection) -> None:
    store, kinds_of = collection.store, {}
    for kind, name in enumerate(("ada", "ben")):
        person = store.people.add(f"{name}@example.org", "reader", now=NOW).number
        list_ = store.lists.named(person, f"List of {name}", now=NOW)
        store.lists.save(person, list_, numbers(collection, 60 + kind, 63 + kind, 66 + kind), now=NOW)
        kinds_of[person] = name
    nobody = store.people.add("cy@example.org", "reader", now=NOW).number
    tastes, today = store.reactions.tastes([*kinds_of, nobody]), [number for number, _ in store.days.newest(TODAY, 1)]
    most = {person: place + 4 for place, person in enumerate(tastes)}
    found = fitting.for_people(collection, tastes, today, most=most, vectors={})
    assert found[nobody] == []
    for person, name in kinds_of.items():
        alone = fitting.for_person(collection, person, last=TODAY, days=1, k=most[person])
        assert [pick.number for _, pick in found[person]] == [pick.number for pick in alone.picks]
        assert {title for title, _ in found[person]} == {f"List of {name}"}


def test_a_day_in_the_order_of_a_reader(collection: Collection) -> None:
    person = reader(collection, 61, 64, 67)
    day = periods.period("day", TODAY)
    wanted = Wanted(sort="for you", order=fitting.order(person), k=30)
    cards = feed(collection, day, now=NOW, wanted=wanted).cards
    assert [card.document.categories[0] for card in cards[:10]] == ["1"] * 10
    top = collection.store.papers.number(cards[0].document.id)
    collection.store.reactions.mark("declined", person, [top or 0], now=NOW)
    assert feed(collection, day, now=NOW, wanted=wanted).cards[-1].document.id == cards[0].document.id


def test_who_likes_nothing_gets_the_newest_and_no_error(collection: Collection) -> None:
    person = reader(collection)
    assert not fitting.is_known(collection, person)
    assert fitting.suits(collection, person, numbers(collection, 1, 2)) == {}
    assert "Nothing to go by" in fitting.for_person(collection, person, last=TODAY, days=7).note
    assert len(feed(collection, now=NOW, wanted=Wanted(sort="for you", order=fitting.order(person))).cards) == 30
