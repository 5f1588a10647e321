"""Marks on the pages: new papers since the last visit, and the cookie that remembers it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from broadsheet.collection import Collection
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.web.marks import COOKIE as VISITS
from broadsheet.web.marks import REST
from eels_kit import DAY, button
from people_kit import Clock, browser, member, site
from site_kit import NOW, Given


def test_no_one_sees_the_marks_of_others(collection: Collection) -> None:
    app = site(collection)
    ada, ben = member(collection), member(collection, address="ben@example.org")
    hers = browser(app, ada)
    for act in ("vote", "save", "read", "decline"):
        hers.press("/act", **{act: "2610.00048"})
    hers.press("/note", paper="2610.00048", text="my own thought")
    text = browser(app, ben).get("/paper/2610.00048").text
    assert "my own thought" not in text
    assert [button(text, act, "2610.00048") for act in ("vote", "save", "read", "decline")] == ["false"] * 4


def test_reading_changes_nothing(collection: Collection) -> None:
    ada = member(collection)
    visitor = browser(site(collection), ada)
    before = collection.store.archive.belongings(ada.number)
    for page in ("/", "/paper/2610.00048", "/newest", "/submit", "/account"):
        assert visitor.get(page).status_code == 200
    assert collection.store.archive.belongings(ada.number) == before


def test_new_is_what_came_after_the_visit_before(collection: Collection) -> None:
    clock = Clock()
    visitor = browser(site(collection, clock))
    new = '<span class="standing">new</span>'
    assert new not in visitor.get("/").text, "on a first visit nothing is old"
    late = Document(id="2610.90000", title="A Late Eel", listed=DAY, votes=99, source="hf:daily")
    ingest(collection, Given([late]), now=NOW)
    assert new not in visitor.get("/day/2026-09-30").text
    clock.pass_(timedelta(hours=10))
    text = visitor.get("/").text
    assert text.count(new) == 0, "what was there at the last look of the visit before is not new"
    later = Document(id="2610.90001", title="A Later Eel", listed=DAY, votes=98, source="hf:daily")
    ingest(collection, Given([later]), now=NOW)
    clock.pass_(timedelta(hours=10))
    assert visitor.get("/").text.count(new) == 1
    assert visitor.get("/").text.count(new) == 1, "it stays new for the whole visit"
    clock.pass_(timedelta(hours=10))
    assert visitor.get("/").text.count(new) == 0


@pytest.mark.parametrize("cookie", ["", "x", "1.2", "1.2.3.4", "-1.2.3", "9" * 70, "1.2.99999999999999", "²..3"])
def test_a_forged_cookie_does_no_harm(collection: Collection, cookie: str) -> None:
    visitor = browser(site(collection))
    answer = visitor.get("/", headers={"cookie": f"{VISITS}={cookie}".encode("latin-1", "replace")})
    assert answer.status_code == 200


def test_a_visit_ends_after_a_rest(collection: Collection) -> None:
    clock = Clock()
    visitor = browser(site(collection, clock))
    new = '<span class="standing">new</span>'
    visitor.get("/")
    first = Document(id="2610.90002", title="An Eel at Noon", listed=DAY, votes=97, source="hf:daily")
    ingest(collection, Given([first]), now=NOW)
    clock.pass_(REST - timedelta(seconds=1))
    assert visitor.get("/").text.count(new) == 1, "the first visit goes on, and it came within it"
    clock.pass_(REST - timedelta(seconds=1))
    assert visitor.get("/").text.count(new) == 1, "each look makes the visit last"
    clock.pass_(REST)
    assert visitor.get("/").text.count(new) == 0, "another visit: all of it was there before"
    second = Document(id="2610.90003", title="An Eel at Night", listed=DAY, votes=96, source="hf:daily")
    ingest(collection, Given([second]), now=NOW)
    assert visitor.get("/").text.count(new) == 1
    cookie = visitor.cookies.get(VISITS)
    assert cookie
    assert len(cookie.split(".")) == 3


def test_a_card_says_what_the_paper_does_and_who_says_so(collection: Collection) -> None:
    text = "Eels swim at night. In this paper, we propose to count eels by their shadows. Few were seen."
    extra = {"tldr": "Rays & more."}
    given = Document(id="2610.90002", title="Rays", text="Rays rest.", listed=DAY, votes=99, extra=extra)
    own = Document(id="2610.90003", title="Eels by shadow", text=text, listed=DAY, votes=98)
    ingest(collection, Given([given, own]), now=NOW)
    page = browser(site(collection)).get(f"/day/{DAY}").text
    begin, mark = '<p class="summary" dir="auto">', '<span class="given" dir="ltr">Summary by its source</span>'
    assert f"{begin}Rays &amp; more. {mark}</p>" in page
    assert f"{begin}In this paper, we propose to count eels by their shadows.</p>" in page
    assert page.count("Summary by its source") == 1
