"""A topic is followed in a browser: found from a paper, heard of on Alerts, and given up there, with Undo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.store.topics import Placed
from broadsheet.topics.map import renew
from morning_kit import TODAY, morning
from site_kit import NOW, Given
from topics_kit import TIDES

pytestmark = pytest.mark.browser
NEW = "2610.02900"
OF_TODAY, OF_BOTH = 7, 12  # of the 20 and the 34 papers, every third is on tide tables


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Collection]]:
    with morning(tmp_path_factory.mktemp("morning")) as site:
        renew(site[1].store, "words")
        yield site


@pytest.fixture(autouse=True)
def _as_before(served: tuple[str, Collection]) -> Iterator[None]:
    """Each test begins with the papers of the morning and nothing followed."""
    yield
    store = served[1].store
    person = store.people.sole()
    assert person
    for topic in store.follows.topics_of(person.number):
        store.follows.remove_topic(person.number, topic)
    store.papers.delete([NEW], now=NOW)


def arrive(collection: Collection, title: str) -> None:
    """Let a paper of today come in that is placed in the topic."""
    paper = Document(id=NEW, title=title, text="The tide is read off a chain.", listed=TODAY, source="hf:daily")
    ingest(collection, Given((paper,)), now=NOW)
    topics = collection.store.topics
    number = collection.store.papers.number(paper.id)
    assert number is not None
    topics.place([Placed(number, TIDES, 0.9, dict(topics.pending(after=0, limit=10_000))[number])])


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)])
def test_a_topic_is_followed_heard_of_and_given_up(
    opened: Callable[..., Any], served: tuple[str, Collection], width: int, scripts: bool
) -> None:
    with opened(viewport={"width": width, "height": 844}, java_script_enabled=scripts) as page:
        page.goto("/")
        page.locator("#papers article").first.get_by_role("link", name="Tide tables").click()
        page.get_by_role("heading", level=1, name="Tide tables").wait_for()
        at = page.url
        page.get_by_role("button", name="Follow this topic").click()
        page.get_by_role("button", name="Unfollow this topic").wait_for()
        assert page.url.split("#")[0] == at, "the page was not left"
        page.get_by_role("link", name="Alerts", exact=True).click()
        row = page.locator(".alert-row", has_text="Tide tables")
        words = row.inner_text()
        assert f"{OF_BOTH / 2:.1f} a day" in words
        assert f"{OF_TODAY} new today" in words

        title = "A Chain that Reads the Tide"
        arrive(served[1], title)
        page.reload()
        assert f"{OF_TODAY + 1} new today" in row.inner_text()
        row.get_by_role("link", name="Tide tables", exact=True).click()
        latest = page.locator("section", has=page.get_by_role("heading", name="Latest papers"))
        assert latest.get_by_role("link", name=title).is_visible()
        page.get_by_role("link", name="Alerts", exact=True).click()
        page.get_by_role("link", name="on one page").click()
        assert page.locator("main article").count() == OF_BOTH + 1
        assert page.get_by_role("link", name=title).is_visible()

        page.get_by_role("link", name="Alerts", exact=True).click()
        row.get_by_role("button", name="Unfollow Tide tables").click()
        page.get_by_text("You no longer follow Tide tables.").wait_for()
        assert row.count() == 0
        page.get_by_role("button", name="Undo").click()
        row.wait_for()
        assert f"{OF_TODAY + 1} new today" in row.inner_text()
        row.get_by_role("button", name="Unfollow Tide tables").click()
        row.wait_for(state="detached")
        page.goto(at)
        assert page.get_by_role("button", name="Follow this topic", exact=True).is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_topic_is_followed_from_the_map(opened: Callable[..., Any]) -> None:
    with opened(viewport={"width": 1280, "height": 900}) as page:
        page.goto("/topics")
        page.get_by_role("link", name="Map of topics").click()
        page.get_by_role("heading", level=1, name="Map of topics").wait_for()
        page.locator("svg.map.wide").get_by_role("link", name="Knots and ropes").click()
        page.get_by_role("heading", level=1, name="Knots and ropes").wait_for()
        page.get_by_role("button", name="Follow this topic").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Unfollow this topic").wait_for()
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Follow this topic", exact=True).wait_for()
        page.goto("/queries")
        assert page.locator(".alert-row").count() == 0
