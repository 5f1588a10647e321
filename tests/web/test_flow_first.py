"""The first ten minutes in a browser: from an empty folder with the shelf to a day with papers and five marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from badserver import BadServer
from broadsheet import shelf
from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.server import create_app
from served import served
from site_kit import NOW, made
from start_kit import sources, title

pytestmark = pytest.mark.browser
BIB = "@article{a, title={A Survey of Kettle Boiling}, author={Pot, Ann}, year={2020}}\n"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", ()) as collection:
        shelf.add(collection, now=NOW)
        yield collection


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BadServer]:
    with sources(monkeypatch) as server:
        yield server


@pytest.fixture
def address(collection: Collection) -> Iterator[str]:
    with served(create_app(collection, Settings(allow_private=True), now=lambda: NOW)) as where:
        yield where


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (390, False)])
def test_from_the_shelf_to_a_day_and_five_marks(
    opened: Callable[..., Any], server: BadServer, tmp_path: Path, width: int, scripts: bool
) -> None:
    file = tmp_path / "mine.bib"
    file.write_text(BIB)
    with opened(viewport={"width": width, "height": 844}, java_script_enabled=scripts) as page:
        page.goto("/")
        assert page.locator("article").count() > 0, "the shelf can be read at once"
        assert page.get_by_role("button", name="Make them searchable").is_visible(), (
            "a reader without a shell can index it"
        )
        page.get_by_role("link", name="What do you read?").click()
        _choose(page, server, file)
        _wait(page, scripts)
        assert "45 new" in page.locator("#progress").inner_text()
        assert "failed" not in page.locator("#progress").inner_text()
        page.get_by_role("link", name="Mark five papers you like").click()
        boxes = page.get_by_role("checkbox", name="I like this")
        for place in range(5):
            boxes.nth(place).check()
        if scripts:
            page.get_by_text("5 marked").wait_for()
        page.get_by_role("button", name="Save and read").click()
        page.get_by_role("heading", level=1, name="1 October").wait_for()
        assert page.get_by_role("link", name=title("otter", 0)).is_visible()
        page.get_by_role("link", name="Library", exact=True).click()
        assert page.locator("article").count() == 6, "the five, and the one of the file"
        page.get_by_role("link", name="For you", exact=True).click()
        assert "Nothing to pick by" not in page.locator("main").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _choose(page: Any, server: BadServer, file: Path) -> None:
    """Fill the form in, first with a mistake: nothing of it is lost."""
    page.get_by_role("switch", name="Daily papers").check()
    page.get_by_role("checkbox", name="Information Retrieval cs.IR").check()
    page.locator("summary", has_text="Quantitative biology").click()
    page.get_by_role("checkbox", name="Neurons and Cognition").check()
    page.get_by_role("checkbox", name="Neurons and Cognition").uncheck()
    page.get_by_label("One address on each line").fill(f"{server.url('/journal.xml')}\nNature")
    page.get_by_label("A file from your reference manager").set_input_files(str(file))
    page.get_by_role("button", name="Fetch the first papers").click()
    page.get_by_text("“Nature” is not an address").wait_for()
    page.get_by_text("You need not choose the file again").wait_for()
    assert page.get_by_role("checkbox", name="Information Retrieval cs.IR").is_checked()
    assert page.get_by_role("switch", name="Daily papers").is_checked()
    page.get_by_label("One address on each line").fill(server.url("/journal.xml"))
    page.get_by_role("button", name="Fetch the first papers").click()


def _wait(page: Any, scripts: bool) -> None:
    """Wait for the end of the fetch: the page looks by itself, or the reader does."""
    if not scripts:
        for _ in range(60):
            if page.locator("#progress[data-done]").count():
                break
            page.wait_for_timeout(250)
            page.get_by_role("link", name="Look again").or_(page.get_by_role("link", name="2 Fetch")).first.click()
    page.locator("#progress[data-done]").wait_for(timeout=30_000)
