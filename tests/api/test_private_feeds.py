"""A reader's own lists at their secret address: queries, picks, authors; and the address stays out of the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from broadsheet.api import private_feeds
from broadsheet.collection import Collection
from broadsheet.people.account import feed_key
from broadsheet.people.alerts import follow_paper
from broadsheet.site.guard import without_secrets
from broadsheet.site.urls import paper_page
from broadsheet.store.people import Person
from people_kit import BASE, Browser, Clock, browser, member, site
from site_kit import NOW, made
from topics_kit import TIDES, plant

HERB = "2401.00001"


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


@pytest.fixture
def ada(collection: Collection) -> Person:
    """A reader with a query, an author, and a saved paper on tides."""
    store, person = collection.store, member(collection)
    store.alerts.keep(person.number, "Leaves", "sorting herbarium sheets", without=(), least="0.3", now=NOW)
    store.follows.add(person.number, "Ada Blum", now=NOW)
    store.lists.save(
        person.number,
        store.lists.named(person.number, "Tides", now=NOW),
        [store.papers.number("fill:03") or 0],
        now=NOW,
    )
    return person


def start(collection: Collection, person: Person) -> str:
    return f"/feeds/own/{feed_key(collection.store, person)}"


def test_each_list_is_read_without_signing_in(collection: Collection, ada: Person) -> None:
    anybody = Browser(site(collection, people="closed"), base_url=BASE)
    where, page = start(collection, ada), paper_page(HERB)
    for path in ("query/1", "authors"):
        for form in ("atom", "rss", "json", "bib", "ris", "csv", "rdf"):
            answer = anybody.get(f"{where}/{path}.{form}")
            assert answer.status_code == 200, (path, form)
            assert "Herbarium" in answer.text
    assert page in anybody.get(f"{where}/query/1.atom").text
    picks = anybody.get(f"{where}/foryou.json")
    assert picks.status_code == 200
    assert picks.json()["items"]
    assert "Number 3 " not in picks.text  # saved already
    assert picks.headers["cache-control"] == "private, no-cache"
    assert anybody.get(f"{where}/foryou.json", headers={"if-none-match": picks.headers["etag"]}).status_code == 304


def test_followed_topics_have_a_feed_with_the_followed_authors(collection: Collection, ada: Person) -> None:
    anybody = Browser(site(collection), base_url=BASE)
    where, tides = start(collection, ada), collection.store.papers.number("fill:03") or 0
    assert names(collection, ada)[-1] == "Authors I follow"
    plant(collection, {tides: (TIDES, 0.8)})
    collection.store.follows.add_topic(ada.number, TIDES, now=NOW)
    assert names(collection, ada)[-1] == "Authors and topics I follow"
    both = [each["title"] for each in anybody.get(f"{where}/follows.json").json()["items"]]
    assert both == ["Sorting Herbarium Sheets by Leaf Outline", "Filler Study Number 3 on Tide Tables"]
    assert [each["title"] for each in anybody.get(f"{where}/authors.json").json()["items"]] == both[:1]


def names(collection: Collection, person: Person) -> list[str]:
    """The names of a person's feeds, as the API lists them."""
    return [each["name"] for each in browser(site(collection), person).get("/api/me/feeds").json()]


def test_the_lasting_ids_tell_nobody_the_key(collection: Collection, ada: Person) -> None:
    anybody = Browser(site(collection), base_url=BASE)
    feed = anybody.get(f"{start(collection, ada)}/foryou.json").json()
    key = feed_key(collection.store, ada)
    assert not [item for item in feed["items"] if key in str(item)]


def test_a_wrong_key_or_list_is_not_there(collection: Collection, ada: Person) -> None:
    anybody = Browser(site(collection), base_url=BASE)
    ben = member(collection, address="ben@example.org")
    where, other = start(collection, ada), start(collection, ben)
    for path in (
        "/feeds/own/x/foryou.atom", f"{where}x/foryou.atom", f"{where}/query/2.atom", f"{other}/query/1.atom",
        f"{where}/foryou.exe", f"{where}/authors", "/feeds/own/1-/query/1.atom",
    ):  # fmt: skip
        assert anybody.get(path).status_code == 404, path
    collection.store.people.renew(ada.number)
    assert anybody.get(f"{where}/foryou.atom").status_code == 404


def test_asking_too_often_is_refused(collection: Collection, ada: Person) -> None:
    clock = Clock()
    anybody = Browser(site(collection, clock), base_url=BASE)
    answers = {anybody.get("/feeds/own/1-guess/foryou.atom").status_code for _ in range(601)}
    assert answers == {404, 429}
    clock.pass_(timedelta(minutes=2))
    assert anybody.get(f"{start(collection, ada)}/authors.atom").status_code == 200


def test_the_key_stays_out_of_the_log(
    collection: Collection, ada: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("foreseen by nobody")

    monkeypatch.setattr(private_feeds, "for_person", fail)
    anybody = Browser(site(collection), base_url=BASE)
    with caplog.at_level(logging.INFO):
        assert anybody.get(f"{start(collection, ada)}/foryou.atom").status_code == 500
    (said,) = [each for each in caplog.records if each.name.startswith("broadsheet")]
    told = logging.Formatter().format(said)  # with the traceback
    assert "/foryou.atom failed" in told
    assert feed_key(collection.store, ada) not in told


def test_secrets_in_paths() -> None:
    assert without_secrets("/feeds/own/1-abc/saved.atom") == "/feeds/own/…/saved.atom"
    assert without_secrets("/leave/abc/again") == "/leave/…/again"
    assert without_secrets("/paper/feeds/own/x") == "/paper/feeds/own/x"


def test_a_new_version_of_a_followed_paper_comes_first_in_its_feed(collection: Collection, ada: Person) -> None:
    store, clock = collection.store, Clock()
    paper = store.papers.get("fill:03")
    assert paper
    alert = follow_paper(store, ada.number, paper=paper, now=NOW)
    anybody = Browser(site(collection, clock), base_url=BASE)
    where = f"{start(collection, ada)}/query/{alert.number}"
    assert anybody.get(f"{where}.json").json()["items"] == []
    store.papers.put([replace(paper, text="It says something else now.", version=2)], now=NOW)
    (first, *_) = anybody.get(f"{where}.json").json()["items"]
    assert first["title"] == f"{paper.shown_title} (version 2)"
    assert first["date_published"].startswith(NOW.date().isoformat())
    assert "@" not in anybody.get(f"{where}.bib").text, "a file of references has no news"
    clock.pass_(timedelta(days=8))
    assert anybody.get(f"{where}.json").json()["items"] == []
