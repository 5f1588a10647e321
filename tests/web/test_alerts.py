"""Alerts as pages: tested before they are saved, changed, shown, deleted."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.people import topics
from broadsheet.web.alerts import router
from door_kit import addresses
from people_kit import Browser, browser, member, site
from site_kit import HOSTILE, made
from soup_kit import soups
from topics_kit import LEAVES, plant


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with soups(tmp_path / "c") as made_of_soups:
        yield made_of_soups


@pytest.fixture
def ada(collection: Collection) -> Browser:
    return browser(site(collection), member(collection))


def test_an_alert_is_tested_then_saved(collection: Collection, ada: Browser) -> None:
    page = ada.get("/queries?text=soup+broth&least=0.5").text
    assert "<strong>1.0 papers a day</strong>" in page
    assert "10 of 40 on 10 days" in page
    assert "Stricter: a cosine of 0.55 or more" in page
    assert page.count('<article class="card') == 10
    assert collection.store.alerts.of(1) == []  # trying keeps nothing
    kept = ada.press("/queries", text="soup broth", without="owl; wing", least="0.5", name=" My  soups ")
    (query,) = collection.store.alerts.of(1)
    assert kept.headers["location"] == f"/queries/{query.number}"
    assert (query.name, query.text, query.without, query.least) == ("My soups", "soup broth", ("owl", "wing"), "0.5")
    assert "My soups" in ada.get("/queries").text


def test_a_saved_alert_shows_its_matches(collection: Collection, ada: Browser) -> None:
    where = ada.press("/queries", text="soup broth", least="0.5", name="Soups").headers["location"]
    page = ada.get(where).text
    assert "7 papers in the last 7 days, 1 of them today" in page
    assert page.index("number0<") < page.index("number4<") < page.index("number24<")
    assert "/feeds/own/" in page
    assert f"/latest?query={where.rpartition('/')[2]}" in page


def test_an_alert_is_changed_under_its_name_and_deleted(collection: Collection, ada: Browser) -> None:
    where = ada.press("/queries", text="soup", least="good", name="Soups").headers["location"]
    number = where.rpartition("/")[2]
    assert 'value="soup"' in ada.get(f"/queries?change={number}").text
    page = ada.get(f"/queries?change={number}&text=owl&least=0.4").text
    assert "Save changes" in page
    assert ada.press("/queries", change=number, text="owl", least="0.4").headers["location"] == where
    assert [(each.name, each.text) for each in collection.store.alerts.of(1)] == [("Soups", "owl")]
    ben = browser(site(collection), member(collection, address="ben@example.org"))
    for answer in (
        ben.get(where), ben.get(f"/queries?change={number}"), ben.press(f"{where}/delete"),
        ben.press("/queries", change=number, text="x"),
    ):  # fmt: skip
        assert answer.status_code == 404
    after = ada.press(f"{where}/delete").headers["location"]
    assert ada.get(where).status_code == 404
    page = ada.get(after).text
    assert "“<bdi>Soups</bdi>” was deleted." in page
    undo = after.partition("undo=")[2]
    assert "“<bdi>Soups</bdi>” was deleted." not in ben.get(after).text
    assert 'role="alert"' in ben.press("/queries/restore", undo=undo).text, "it is not his"
    assert ben.get(where).status_code == 404
    assert ada.press("/queries/restore", undo=undo).headers["location"] == "/queries"
    assert "owl" in ada.get(where).text, "under its own number, so that its feed goes on"
    assert ada.press("/queries/restore", undo=undo).status_code == 303, "twice is once"
    assert 'role="alert"' in ada.press("/queries/restore", undo="x").text


def test_the_page_has_a_row_for_every_kind(collection: Collection, ada: Browser) -> None:
    ada.press("/queries", text="soup broth", least="0.5", name="Soups")
    ada.press("/authors", author="Ida Broth", next="/queries")
    ada.press("/authors", author="Nobody Atall", next="/queries")
    ada.press("/papers/follow", paper="made:008", next="/paper/made:008")
    page = ada.get("/queries").text
    rows = page.split('<li class="alert-row">')[1:]
    kinds = [row.partition('class="kind">')[2].partition("<")[0] for row in rows]
    assert kinds == ["in words", "paper", "author", "author"]
    assert "<b>1.0 a day</b>" in rows[0]
    assert "1 new today" in rows[0]
    assert "Its new versions, and later papers of its kind" in rows[1]
    assert "New papers with an author of this name" in rows[2]
    assert "No paper here has this author yet" in rows[3]
    assert all(("/feeds/" in row and "/delete" in row) or "/authors" in row for row in rows)


def test_unfollowing_can_be_undone_on_the_page(collection: Collection, ada: Browser) -> None:
    plant(collection)
    ada.press("/authors", author="Ida Broth", next="/queries")
    ada.press("/topics/follow", topic=str(LEAVES), next="/queries")
    page = ada.get("/queries").text
    assert "You no longer follow" not in ada.get("/queries?unfollowed=Ida+Broth").text, "she is followed"
    for field, value, name in (("author", "Ida Broth", "Ida Broth"), ("topic", str(LEAVES), "Leaf outlines")):
        path = "/authors" if field == "author" else "/topics/follow"
        after = ada.press(path, **{field: value, "undo": "1"}, next=next_of(page, value)).headers["location"]
        told = ada.get(after).text.partition('id="message"')[2].partition("</p>")[0]
        assert f"You no longer follow <bdi>{name}</bdi>" in told
        assert f'form="refollow-{field}" name="{field}" value="{value}"' in told
        ada.press(path, **{field: value}, next="/queries")
    assert collection.store.follows.of(1) == ["Ida Broth"]
    assert collection.store.follows.topics_of(1) == [LEAVES]


def next_of(page: str, value: str) -> str:
    """Where the form leads whose hidden field has this value."""
    form = next(each for each in page.split("<form ")[1:] if f'value="{value}"' in each and 'name="undo"' in each)
    return html.unescape(form.partition('name="next" value="')[2].partition('"')[0])


def test_a_paper_is_followed_and_let_go(collection: Collection, ada: Browser) -> None:
    assert (
        ada.press("/papers/follow", paper="made:036", next="/paper/made:036").headers["location"] == "/paper/made:036"
    )
    ada.press("/papers/follow", paper="made:036")
    (alert,) = collection.store.alerts.of(1)
    assert (alert.text, alert.least) == ("like:made:036", "strong")
    page = ada.get(f"/queries/{alert.number}").text
    assert "You follow <a" in page
    assert "later papers near it in meaning" in page
    change = ada.get(f"/queries?change={alert.number}&least=0.5").text
    assert "Papers near in meaning to" in change
    assert "The number is the cosine" in change
    ada.press("/papers/follow", paper="made:036", undo="1")
    assert collection.store.alerts.of(1) == []
    assert ada.press("/papers/follow", paper="made:999").status_code == 404


def test_the_minimum_is_chosen_by_what_it_sends(collection: Collection, ada: Browser) -> None:
    page = ada.get("/queries?text=soup+broth&least=good").text
    for level in ("strong", "good", "fair"):
        assert f'id="rate-{level}"' in page
    assert 'value="good" checked' in page
    assert "Just above: you hear of these" in page
    assert "Just below: you do not" in page
    assert page.partition("Just below")[2].partition("</ol>")[0].count("owl feather") == 3
    assert 'data-live data-swap="trial rate-strong rate-good rate-fair"' in page


def test_a_stranger_sees_what_alerts_are(collection: Collection) -> None:
    stranger = browser(site(collection, people="open"), None)
    page = stranger.get("/queries").text
    assert "Sign in to make an alert" in page
    assert "/sign-in?next=/queries" in page
    assert "For example" not in page, "a Collection without topics has no example"
    numbers = collection.store.papers.numbers([f"made:{n:03d}" for n in range(0, 40, 4)])
    plant(collection, dict.fromkeys(numbers.values(), (LEAVES, 0.9)))
    assert "For example" not in stranger.get("/queries").text, "no name of a topic brings papers"
    topics.rename(collection, topic=LEAVES, name="Soup broth kettle")
    page = stranger.get("/queries").text
    assert "For example: <bdi>Soup broth kettle</bdi>" in page
    assert "papers a day" in page


def test_invalid_input_gets_a_message(collection: Collection, ada: Browser) -> None:
    ada.press("/queries", text="soup", name="Soups")
    for fields, words in (
        ({"text": "owl", "name": "Soups"}, "an alert named"),
        ({"text": "owl", "name": " "}, "needs a name"),
        ({"text": " ", "name": "x"}, "needs some words"),
        ({"text": "owl", "least": "best", "name": "x"}, "best"),
        ({"text": "owl", "without": ";".join("abcdefghijklmnopqrstuvwxyz"), "name": "x"}, "at most 20 exclusions"),
    ):
        answer = ada.press("/queries", **fields)
        assert 'role="alert"' in answer.text, fields
        assert words in answer.text
    assert len(collection.store.alerts.of(1)) == 1
    assert 'role="alert"' in ada.get("/queries?text=owl&least=best").text
    assert ada.get("/queries?change=9e9&text=").status_code == 200
    assert ada.get("/queries?change=12345").status_code == 404
    assert ada.get("/queries/99999999999999999999").status_code == 422


def test_hostile_words_are_shown_escaped(ada: Browser) -> None:
    page = ada.get("/queries", params={"text": HOSTILE, "without": HOSTILE, "least": "0.1"}).text
    assert "<script>alert" not in page
    assert "\u202e" not in page


def test_before_the_first_sync_it_says_so(tmp_path: Path) -> None:
    with made(tmp_path / "bare", synced=False) as bare:
        ada = browser(site(bare), member(bare))
        assert "sync" in ada.get("/queries?text=leaf").text
        where = ada.press("/queries", text="leaf", name="Leaves").headers["location"]
        assert 'role="alert"' in ada.get(where).text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /queries",
        "POST /queries",
        "GET /queries/{number}",
        "POST /queries/{number}/delete",
        "POST /queries/restore",
        "POST /papers/follow",
    }
