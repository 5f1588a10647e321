"""The editor's desk: editors' decisions, who sees them on the pages, and their undo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.web.desk import router
from door_kit import addresses
from people_kit import Browser, browser, member, site
from site_kit import NOW, made

DAY = date(2026, 10, 1)
PAPERS = (
    Document(id="p:1", title="Owls on the Night Train", listed=DAY, votes=9, source="hf:daily"),
    Document(id="p:2", title="Wool Sorted by Sound", listed=DAY, votes=5, source="hf:daily"),
    Document(id="p:3", title="Mills without Wind", listed=DAY, source="hf:daily"),
    Document(id="c:2", title="Hearing Wool", year=2026, venue="WOOL", source="csv:conf"),
)
PAGE = "/day/2026-10-01"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path, PAPERS, synced=False) as opened:
        yield opened


@pytest.fixture
def editor(collection: Collection) -> Browser:
    return browser(site(collection), member(collection, "editor"))


def test_a_pick_comes_first_under_its_heading(collection: Collection, editor: Browser) -> None:
    answer = editor.press("/desk/act", "/desk/2026-10-01", pick="p:3", next=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    text = browser(site(collection)).get(PAGE).text.partition("<main")[2]
    assert text.index("Editor’s picks") < text.index("Mills without Wind") < text.index("first paper after the picks")
    assert text.index("first paper after the picks") < text.index("Owls on the Night")
    assert ">3 papers<" in text
    assert ">Editor’s pick<" in editor.get("/paper/p:3").text
    editor.press("/desk/act", "/paper/p:3", leave="p:3")
    assert "Editor’s pick" not in editor.get(PAGE).text


def test_what_is_hidden_leaves_the_day_and_trending_but_is_found(collection: Collection, editor: Browser) -> None:
    editor.press("/desk/act", "/paper/p:1", hide="p:1", next="/paper/p:1")
    reader = browser(site(collection))
    others = ("/api/daily?period=2026-10-01", "/api/trending", f"{PAGE}?sort=trending", "/newest", "/feeds/newest.json")
    for page in (PAGE, "/trending", *others):
        text = reader.get(page).text
        assert "Wool Sorted" in text, page
        assert "Owls" not in text, page
    shown = reader.get("/paper/p:1").text
    assert "Hidden by the editor" in shown
    assert "Show again" not in shown
    assert "Owls on the Night Train" in editor.get("/desk/2026-10-01").text
    editor.press("/desk/act", "/desk/2026-10-01", leave="p:1")
    assert "Owls" in reader.get(PAGE).text


def test_the_line_is_under_the_date_as_plain_text(collection: Collection, editor: Browser) -> None:
    editor.press("/desk/line", "/desk/2026-10-01", day="2026-10-01", line="  A day of <b>owls</b>\n & wool  ")
    text = browser(site(collection)).get(PAGE).text
    assert '<p class="under line-of-day" dir="auto">A day of &lt;b&gt;owls&lt;/b&gt; &amp; wool</p>' in text
    assert "owls" not in browser(site(collection)).get("/day/2026-09-30").text
    assert browser(site(collection)).get("/api/daily").json()["line"] == "A day of <b>owls</b> & wool"
    editor.press("/desk/line", "/desk/2026-10-01", day="2026-10-01", line=" ")
    assert 'class="under line"' not in browser(site(collection)).get(PAGE).text


def test_papers_are_joined_and_separated_by_hand(collection: Collection, editor: Browser) -> None:
    works = {"paper": "p:2", "other": "c:2", "next": "/paper/p:2"}
    editor.press("/desk/works", "/paper/p:2", how="together", **works)
    assert "WOOL, 2026" in editor.get(PAGE).text
    editor.press("/desk/works", "/paper/p:2", how="apart", **works)
    assert "WOOL, 2026" not in editor.get(PAGE).text
    assert "Undo the separation from “" in editor.get("/paper/p:2").text
    editor.press("/desk/works", "/paper/p:2", how="rule", **works)
    assert "Undo the separation" not in editor.get("/paper/p:2").text


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("/desk/act", {}, "names no decision"),
        ("/desk/act", {"pick": "p:99"}, "No paper has the id"),
        ("/desk/line", {"day": "2026-W40", "line": "x"}, "is not a day"),
        ("/desk/line", {"day": "2026-10-01", "line": "x" * 500}, "400 characters"),
        ("/desk/works", {"paper": "p:1", "other": "p:2", "how": "merge"}, "expected together, apart or rule"),
        ("/desk/works", {"paper": "p:1", "other": "p:1", "how": "together"}, "the same paper"),
    ],
)
def test_an_impossible_act_gets_a_message(editor: Browser, path: str, fields: dict[str, str], said: str) -> None:
    answer = editor.press(path, "/desk/2026-10-01", **fields)
    assert answer.status_code in (400, 404)
    assert said in answer.text


def test_only_editors_see_the_desk(collection: Collection, editor: Browser) -> None:
    app = site(collection)
    for who in (browser(app), browser(app, member(collection, "reader"))):
        assert "desk" not in who.get("/paper/p:1").text
        assert "/desk/" not in who.get(PAGE).text
    assert 'href="/desk/2026-10-01"' in editor.get(PAGE).text
    assert editor.get("/desk/2026-13-01").status_code == 404


def test_a_hidden_copy_hides_the_work_and_showing_it_again_clears_all(collection: Collection, editor: Browser) -> None:
    editor.press("/desk/works", "/paper/p:2", how="together", paper="p:2", other="c:2")
    collection.store.desk.decide(collection.store.papers.numbers(["c:2"])["c:2"], "hide", 1, now=NOW)
    assert "Wool" not in editor.get(PAGE).text
    editor.press("/desk/act", "/paper/p:2", leave="p:2")
    assert "Wool Sorted" in editor.get(PAGE).text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "POST /desk/act",
        "POST /desk/line",
        "POST /desk/works",
        "GET /desk/{name}",
    }
