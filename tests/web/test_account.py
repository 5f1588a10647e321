"""The settings page, and submitting papers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.people import links
from broadsheet.site.auth import COOKIE
from broadsheet.web.account import router
from broadsheet.wiring import submissions
from door_kit import addresses
from fakeclient import FakeClient
from people_kit import BASE, Browser, browser, letters, member, site
from site_kit import HOSTILE, made

WORK = json.dumps(
    {"id": "https://openalex.org/W77", "doi": "https://doi.org/10.5555/sand", "title": "Sand by Number",
     "publication_year": 2020}
).encode()  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", synced=False) as collection:
        yield collection


def test_a_name_is_escaped_and_bounded(collection: Collection) -> None:
    ada = member(collection)
    visitor = browser(site(collection), ada)
    visitor.press("/account/name", "/account", name=HOSTILE * 5)
    assert "<script>alert" not in visitor.get("/account").text
    assert len(collection.store.people.get(ada.number).name) == 80


def test_another_address_is_confirmed_by_a_mailed_link(collection: Collection) -> None:
    ada = member(collection)
    app = site(collection)
    visitor = browser(app, ada)
    assert "on its way" in visitor.press("/account/address", address="New@Example.org").text
    assert collection.store.people.get(ada.number).address == ada.address
    (link,) = letters(collection)
    assert "changed nothing yet" in visitor.get(link).text
    assert collection.store.people.get(ada.number).address == ada.address
    key = link.partition("key=")[2]
    other = browser(app, member(collection, address="eve@example.org"))
    assert "another person" in other.press("/account/address/confirm", key=key).text
    assert visitor.press("/account/address/confirm", key=key).status_code == 303
    assert collection.store.people.get(ada.number).address == "new@example.org"
    assert "has been used" in visitor.press("/account/address/confirm", key=key).text
    assert "not an email address" in visitor.press("/account/address", address="nonsense").text


def test_the_single_reader_confirms_an_address_or_has_none(collection: Collection) -> None:
    visitor = browser(site(collection, people="single"))
    assert "Sign out" not in visitor.get("/account").text
    visitor.press("/account/address", "/account", address="me@example.org")
    assert collection.store.people.sole().address == ""
    key = re.search(r"key=(\S+)", letters(collection)[0])
    assert key
    assert visitor.press("/account/address/confirm", key=key[1]).status_code == 303
    assert collection.store.people.sole().address == "me@example.org"
    assert visitor.press("/account/address", "/account", address="").status_code == 303
    assert collection.store.people.sole().address == ""
    assert visitor.press("/account/delete", sure="delete").status_code == 404


def test_a_token_is_shown_once_and_removed(collection: Collection) -> None:
    ada = member(collection)
    app = site(collection, people="closed")
    visitor = browser(app, ada)
    answer = visitor.press("/account/tokens", name="my <i>script", writes="yes")
    assert answer.headers["cache-control"] == "no-store"
    token = re.search(r'id="token" tabindex="0"><code>([^<]+)<', answer.text)
    assert token
    assert token[1] not in visitor.get("/account").text
    assert collection.store.people.token(links.digest(token[1])) == (ada, True)
    program = Browser(app, base_url=BASE)
    bearer = {"authorization": f"Bearer {token[1]}"}
    assert program.get("/api/status", headers=bearer).status_code == 200
    eve = browser(app, member(collection, address="eve@example.org"))
    eve.press("/account/tokens/remove", number=1)
    assert program.get("/api/status", headers=bearer).status_code == 200
    visitor.press("/account/tokens/remove", number=1)
    assert program.get("/api/status", headers=bearer).status_code == 401


def test_secret_feeds_open_without_signing_in_until_renewed(collection: Collection) -> None:
    ada = member(collection)
    app = site(collection, people="closed")
    visitor, anybody = browser(app, ada), Browser(app, base_url=BASE)
    visitor.press("/save", paper="2401.00001", name="Plants")
    text = unescape(visitor.get("/account").text)
    addresses = re.findall(r'href="(http://localhost/feeds/own/[^"]+)"', text)
    assert len(addresses) == 4
    for address in addresses[:2]:
        feed = anybody.get(address)
        assert feed.status_code == 200
        assert "Sorting Herbarium Sheets" in feed.text
    assert anybody.get(addresses[0].replace(".atom", ".bib")).text.startswith("@")
    for wrong in (
        addresses[0].replace("-", "-x", 1),
        addresses[0].replace("/own/", "/own/9"),
        f"{BASE}/feeds/own/1-/saved.atom",
    ):
        assert anybody.get(wrong).status_code == 404
    assert anybody.get(addresses[1].replace("/list/1.", "/list/2.")).status_code == 404
    visitor.press("/account/feeds/renew")
    assert [anybody.get(address).status_code for address in addresses] == [404] * 4


def test_all_data_is_downloaded_as_a_file(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection))
    visitor.press("/act", vote="2401.00001")
    answer = visitor.get("/account/export")
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.json()["votes"][0]["paper"] == "2401.00001"


def test_deleting_needs_a_word_and_signs_out(collection: Collection) -> None:
    ada = member(collection)
    app = site(collection)
    visitor = browser(app, ada)
    assert "nothing was deleted" in visitor.press("/account/delete", sure="yes").text
    assert visitor.press("/account/delete", sure=" DELETE ").status_code == 303
    assert COOKIE not in visitor.cookies
    assert collection.store.people.get(ada.number) is None
    eve = browser(app, member(collection, "admin"))
    assert "only admin" in eve.press("/account/delete", sure="delete").text


@pytest.fixture
def online(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    client = FakeClient({"https://api.openalex.org/works/doi:10.5555/sand": WORK})
    monkeypatch.setattr(submissions, "client", lambda *_: client)
    return client


def test_a_paper_is_submitted_and_found(collection: Collection, online: FakeClient) -> None:
    visitor = browser(site(collection), member(collection))
    answer = visitor.press("/submit", "/submit", paper="https://press.example/doi/10.5555/sand/full")
    assert (answer.status_code, answer.headers["location"]) == (303, "/submit")
    text = visitor.get("/submit").text
    assert "Sand by Number" in text
    assert "<strong>Found</strong>" in text
    assert online.asked == ["https://api.openalex.org/works/doi:10.5555/sand"]
    assert "Sand by Number" in visitor.get("/").text, "it is listed today"
    assert collection.store.journal.job_run("submissions").said == "1 found"
    again = visitor.press("/submit", paper="10.5555/SAND")
    assert again.headers["location"] == "/paper/10.5555/sand"


def test_offline_it_waits_and_says_so(collection: Collection, online: FakeClient) -> None:
    ada = member(collection)
    app = site(collection)
    visitor = browser(app, ada)
    visitor.press("/submit", paper="2610.99999")
    text = visitor.get("/submit").text
    assert "<strong>Waiting</strong>" in text
    assert "Not reached yet" in text
    other = browser(app, member(collection, address="ben@example.org")).press("/submit", paper="2610.99999")
    assert "Another reader has submitted this paper" in other.text


def test_text_that_names_no_paper_is_refused_without_a_request(collection: Collection, online: FakeClient) -> None:
    visitor = browser(site(collection), member(collection))
    for typed in ("http://127.0.0.1:8000/admin", HOSTILE, ""):
        answer = visitor.press("/submit", paper=typed)
        assert "does not identify a paper" in answer.text
        assert "<script>alert" not in answer.text
    assert online.asked == []


def test_handing_in_has_a_limit(collection: Collection, online: FakeClient) -> None:
    visitor = browser(site(collection), member(collection))
    answers = [visitor.press("/submit", paper="2401.00001").status_code for _ in range(32)]
    assert answers[:30] == [303] * 30
    assert answers[-1] == 429


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /account",
        "GET /account/address",
        "POST /account/address",
        "POST /account/address/confirm",
        "POST /account/delete",
        "GET /account/export",
        "POST /account/feeds/renew",
        "POST /account/name",
        "POST /account/reading",
        "POST /account/tokens",
        "POST /account/tokens/remove",
    }
