"""The editor's forms about a topic: each act with its undo, and where it leads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.topic import Topic
from broadsheet.people import topics
from broadsheet.web.topic_desk import router
from door_kit import addresses
from people_kit import Browser, browser, member, site
from site_kit import made
from topics_kit import KNOTS, SEAS, TIDES, plant


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path, synced=False) as opened:
        plant(opened, {1: (TIDES, 0.9), 2: (KNOTS, 0.8)})
        yield opened


@pytest.fixture
def editor(collection: Collection) -> Browser:
    return browser(site(collection), member(collection, "editor"))


def now(collection: Collection, topic: int) -> Topic:
    return topics.named(collection.store, topic)


def test_a_topic_is_renamed_and_gets_its_own_name_back(collection: Collection, editor: Browser) -> None:
    answer = editor.press("/topics/rename", topic=TIDES, name="<i>Tides</i>", next="/topic/4")
    assert (answer.status_code, answer.headers["location"]) == (303, "/topic/4")
    assert now(collection, TIDES).name == "<i>Tides</i>"
    editor.press("/topics/rename", topic=TIDES, undo="1")
    assert now(collection, TIDES).name == "Tide tables"
    answer = editor.press("/topics/rename", topic=TIDES, name="knots and ropes")
    assert answer.status_code == 400
    assert "already: rename that one first" in answer.text


def test_a_topic_is_pinned_and_let_go(collection: Collection, editor: Browser) -> None:
    editor.press("/topics/pin", topic=SEAS)
    assert now(collection, SEAS).pinned
    editor.press("/topics/pin", topic=SEAS, undo="1")
    assert not now(collection, SEAS).pinned


def test_topics_are_merged_and_separated(collection: Collection, editor: Browser) -> None:
    answer = editor.press("/topics/merge", topic=KNOTS, into="tide tables")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/topic/{TIDES}")
    assert now(collection, KNOTS).papers == 2
    answer = editor.press("/topics/separate", topic=KNOTS)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/topic/{KNOTS}")
    assert now(collection, KNOTS).papers == 1
    assert editor.press("/topics/separate", topic=KNOTS).status_code == 400
    assert editor.press("/topics/merge", topic=KNOTS, into="").status_code == 404


def test_the_page_of_a_topic_has_the_forms_for_editors_alone(collection: Collection, editor: Browser) -> None:
    collection.store.topics.rename(TIDES, "Harbours")
    collection.store.topics.join(KNOTS, TIDES)
    page = editor.get("/topic/4-harbours").text
    for path in ("rename", "pin", "merge", "separate", "split"):
        assert f'action="/topics/{path}"' in page
    assert "Use the name “Tide tables” again" in page
    assert "Separate “Knots and ropes” (5)" in page
    assert editor.press("/topics/pin", "/topic/4-harbours", topic=TIDES).status_code == 303
    assert "Unpin this topic" in editor.get("/topic/4-harbours").text
    field = editor.get("/topic/2-seas").text
    assert 'action="/topics/merge"' in field
    assert 'action="/topics/split"' not in field
    for visitor in (browser(site(collection), member(collection)), browser(site(collection))):
        assert "Editor’s desk" not in visitor.get("/topic/4-harbours").text


def test_only_editors_change_topics(collection: Collection) -> None:
    reader = browser(site(collection), member(collection))
    for path in ("rename", "pin", "merge", "separate"):
        assert reader.press(f"/topics/{path}", topic=TIDES, name="Mine", into=KNOTS).status_code == 403
    assert now(collection, TIDES).name == "Tide tables"


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "POST /topics/rename",
        "POST /topics/pin",
        "POST /topics/merge",
        "POST /topics/separate",
        "POST /topics/split",
    }
