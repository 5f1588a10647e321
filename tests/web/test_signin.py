"""Signing in and out in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.site.auth import COOKIE
from broadsheet.web.signin import router
from door_kit import addresses
from people_kit import BASE, Browser, Clock, browser, letters, member, site
from site_kit import made

ADA = "ada@example.org"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


def test_a_stranger_signs_in_by_mail(collection: Collection) -> None:
    visitor = browser(site(collection))
    answer = visitor.press("/sign-in", address=f" {ADA.upper()} ", next="/newest")
    assert "Check your email" in answer.text
    (link,) = letters(collection)
    page = visitor.get(link)
    assert "Sign in as" in page.text
    assert collection.store.people.all() == []  # opening the link changes nothing
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key
    before = visitor.cookies[COOKIE]
    entered = visitor.press("/sign-in/link", key=key[1], next="/newest")
    assert (entered.status_code, entered.headers["location"]) == (303, "/newest")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert visitor.cookies[COOKIE] != before
    assert [person.address for person in collection.store.people.all()] == [ADA]
    again = visitor.press("/sign-in/link", key=key[1])
    assert "has been used" in again.text


def test_the_answer_is_the_same_for_known_and_unknown(collection: Collection) -> None:
    member(collection, address=ADA)
    app = site(collection, people="closed")
    texts = []
    for address in (ADA, "eve@example.org"):
        answer = browser(app).press("/sign-in", address=address)
        texts.append(answer.text.replace(address, "X"))
        assert answer.status_code == 200
    assert texts[0] == texts[1]
    assert len(letters(collection)) == 1


def test_letters_are_limited_by_address_and_network(collection: Collection) -> None:
    clock = Clock()
    app = site(collection, clock)
    visitor = browser(app)
    answers = [visitor.press("/sign-in", address=ADA).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    refused = visitor.press("/sign-in", address=ADA)
    assert int(refused.headers["retry-after"]) <= 900
    others = [visitor.press("/sign-in", address=f"a{i}@example.org").status_code for i in range(20)]
    assert 429 in others
    clock.pass_(timedelta(minutes=16))
    assert visitor.press("/sign-in", address=ADA).status_code == 200


def test_an_invalid_address_gets_a_message(collection: Collection) -> None:
    answer = browser(site(collection)).press("/sign-in", address='"><script>@x')
    assert "not an email address" in answer.text
    assert "<script>@x" not in answer.text


def test_signing_out_here_and_everywhere(collection: Collection) -> None:
    ada = member(collection, address=ADA)
    app = site(collection)
    one, two, three = (browser(app, ada) for _ in range(3))
    assert one.press("/sign-out").status_code == 303
    assert len(collection.store.people.sessions(ada.number, now=Clock().now)) == 2
    assert two.press("/sign-out", everywhere="1").status_code == 303
    assert collection.store.people.sessions(ada.number, now=Clock().now) == []
    assert three.press("/act/vote", paper="2401.00001").status_code == 401


def test_a_single_reader_has_nothing_to_sign_in_to(collection: Collection) -> None:
    visitor = browser(site(collection, people="single"))
    assert visitor.get("/sign-in").status_code == 404
    assert visitor.press("/act/vote", paper="2401.00001").status_code == 303


def test_a_closed_site_shows_strangers_the_door(collection: Collection) -> None:
    app = site(collection, people="closed")
    stranger = browser(app)
    answer = stranger.get("/newest", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fnewest")
    asked = stranger.get("/search?q=a+leaf", follow_redirects=False).headers["location"]
    assert asked == "/sign-in?next=%2Fsearch%3Fq%3Da%2Bleaf", "what was asked for is asked for again afterwards"
    door = stranger.get(asked).text
    assert 'aria-label="Site"' not in door, "no ways that lead back to the door"
    assert "This site is for its members" in door
    assert 'name="next" value="/search?q=a+leaf"' in door
    assert stranger.get("/api/search?q=leaf").status_code == 401
    assert stranger.get("/sign-in").status_code == stranger.get("/healthz").status_code == 200
    assert browser(app, member(collection)).get("/newest").status_code == 200


def test_acts_on_a_paper(collection: Collection) -> None:
    ada = member(collection)
    visitor = browser(site(collection), ada)
    store, herb = collection.store, collection.store.papers.number("2401.00001")
    assert (
        visitor.press("/act/vote", paper="10.5555/herb", next="/day/2026-09-30").headers["location"]
        == "/day/2026-09-30"
    )
    visitor.press("/act/decline", paper="2401.00001")
    visitor.press("/save", paper="2401.00001", name="  Plants  to read ")
    visitor.press("/save", paper="2401.00001")
    visitor.press("/note", paper="2401.00001", text="look again")
    assert store.reactions.marked("votes", ada.number) == store.reactions.marked("declined", ada.number) == [herb]
    assert [each.name for each in store.lists.of(ada.number)] == ["Plants to read", "Saved"]
    assert store.reactions.notes(ada.number) == {herb: "look again"}
    visitor.press("/act/vote", paper="2401.00001", undo="1")
    visitor.press("/save", paper="2401.00001", undo="1", list=store.lists.of(ada.number)[0].number)
    assert store.reactions.marked("votes", ada.number) == []
    assert [each.papers for each in store.lists.of(ada.number)] == [0, 1]
    assert visitor.press("/act/vote", paper="no such").status_code == 404
    assert (
        visitor.press("/act/vote").status_code == visitor.press("/act/nonsense", paper="2401.00001").status_code == 400
    )


def test_a_token_asks_for_a_program(collection: Collection) -> None:
    from broadsheet.people import links

    ada = member(collection)
    collection.store.people.add_token(links.digest("key"), ada.number, "x", writes=False, now=Clock().now)
    program = Browser(site(collection, people="closed"), base_url=BASE)
    assert program.get("/api/status", headers={"authorization": "Bearer key"}).status_code == 200
    assert program.get("/api/status", headers={"authorization": "Bearer other"}).status_code == 401


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /sign-in",
        "POST /sign-in",
        "GET /sign-in/link",
        "POST /sign-in/link",
        "POST /sign-out",
    }


def test_a_stranger_reads_what_signing_in_is_for(collection: Collection) -> None:
    visitor = browser(site(collection))
    for path, words in (("/foryou", "says why each is there"), ("/lists", "your saved papers, lists and notes")):
        asked = visitor.get(path, follow_redirects=True)
        assert asked.url.path == "/sign-in"
        assert words in asked.text
    assert "<p>" not in visitor.get("/sign-in").text.split("</h1>")[1].split("<form")[0]
