"""Subscribing and unsubscribing in a browser, and by one click of an email program."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.people.subscription import leave_token
from broadsheet.store.mail import Choice
from broadsheet.web.subscribe import router
from door_kit import addresses
from people_kit import BASE, Browser, Clock, browser, letters, member, site
from site_kit import made

ADA = "ada@example.org"
FORM = {"cadence": "weekly", "zone": "Europe/Berlin", "hour": "9", "most": "7", "least": "good", "quiet": "note",
        "contents": "general"}  # fmt: skip


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


def confirmed(visitor: Browser, link: str) -> str:
    page = visitor.get(link)
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key, page.text
    return visitor.press("/subscribe/confirm", key=key[1]).text


def test_a_stranger_subscribes_with_a_second_opt_in(collection: Collection) -> None:
    visitor = browser(site(collection))
    assert 'value="ada@example.org"' in visitor.get(f"/subscribe?address={ADA}").text
    assert "Check your email" in visitor.press("/subscribe", address=ADA, **FORM).text
    assert collection.store.people.all() == []
    (link,) = letters(collection)
    visitor.get(link)
    assert collection.store.people.all() == []
    assert "You are subscribed" in confirmed(visitor, link)
    (subscription,) = collection.store.mail.subscriptions()
    assert subscription.address == ADA
    assert subscription.choice == Choice(
        cadence="weekly", zone="Europe/Berlin", hour=9, most=7, least="good", quiet="note", contents="general"
    )


def test_a_member_changes_and_ends_it_at_once(collection: Collection) -> None:
    ada = member(collection, address=ADA)
    visitor = browser(site(collection), ada)
    assert visitor.press("/subscribe", address=ADA, **FORM).status_code == 303
    assert "You are subscribed" in visitor.get("/subscribe").text
    visitor.press("/subscribe", address=ADA, **{**FORM, "hour": "5"})
    assert collection.store.mail.subscriptions()[0].choice.hour == 5
    visitor.press("/subscribe", end="1")
    assert collection.store.mail.subscriptions() == []
    assert letters(collection) == []
    visitor.press("/subscribe", address="other@example.org", **FORM)  # another address must confirm
    assert len(letters(collection)) == 1


def test_a_single_reader_gives_an_address_and_confirms_it(collection: Collection) -> None:
    visitor = browser(site(collection, people="single"))
    visitor.press("/subscribe", address=ADA, **FORM)
    (link,) = letters(collection)
    confirmed(visitor, link)
    sole = collection.store.people.sole()
    assert sole
    assert sole.address == ADA
    assert [each.person for each in collection.store.mail.subscriptions()] == [sole.number]


def test_a_closed_site_writes_only_to_whom_it_knows(collection: Collection) -> None:
    collection.store.people.invite(ADA, "reader", now=Clock().now)
    visitor = browser(site(collection, people="closed"))
    both = (ADA, "eve@example.org")
    answers = [visitor.press("/subscribe", address=who, **FORM).text.replace(who, "X") for who in both]
    assert answers[0] == answers[1]
    assert len(letters(collection)) == 1


@pytest.mark.parametrize(
    "field", [{"zone": "Mars/Base"}, {"hour": "25"}, {"most": "0"}, {"address": "x"}, {"least": "<b>"}]
)
def test_invalid_input_gets_a_message(collection: Collection, field: dict[str, str]) -> None:
    answer = browser(site(collection)).press("/subscribe", **{"address": ADA, **FORM, **field})
    assert 'role="alert"' in answer.text
    assert "<b>" not in answer.text


def test_leaving_takes_one_click_and_opening_the_page_none(collection: Collection) -> None:
    ada = member(collection, address=ADA)
    collection.store.mail.subscribe(ada.number, Choice(), now=Clock().now)
    app = site(collection, people="closed")
    where = f"/leave/{leave_token(collection.store.people.secret(), ada.number)}"
    program = Browser(app, base_url=BASE)  # no cookie, no Origin, no token
    assert "Unsubscribe</button>" in program.get(where).text
    assert collection.store.mail.subscriptions()
    assert program.post(where, content=b"", follow_redirects=False).status_code == 400
    assert program.post(where, content=b"x" * 9_000, follow_redirects=False).status_code == 413
    assert collection.store.mail.subscriptions()
    answer = program.post(where, data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
    assert answer.status_code == 200
    assert collection.store.mail.subscriptions() == []
    assert program.post(where, data={"List-Unsubscribe": "One-Click"}).status_code == 200  # once more is no error
    visitor = browser(app)
    assert "You are not subscribed" in visitor.get(where).text
    visitor.press(f"{where}/again")
    assert collection.store.mail.subscriptions()
    forged = program.post(f"{where[:-3]}xyz", data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
    assert forged.status_code == 404
    multipart = program.post(where, files={"List-Unsubscribe": (None, "One-Click")}, follow_redirects=False)
    assert multipart.status_code == 200
    assert collection.store.mail.subscriptions() == []


def test_an_old_link_of_a_deleted_reader(collection: Collection) -> None:
    ada = member(collection, address=ADA)
    where = f"/leave/{leave_token(collection.store.people.secret(), ada.number)}"
    collection.store.people.remove(ada.number)
    visitor = browser(site(collection))
    assert "You are not subscribed" in visitor.get(where).text
    assert visitor.post(where, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert visitor.press(f"{where}/again").status_code == 303
    assert collection.store.people.all() == []


def test_a_mistake_costs_nothing_else_that_was_typed(collection: Collection) -> None:
    page = browser(site(collection)).press("/subscribe", address=ADA, **{**FORM, "zone": "Europe/Berln"}).text
    assert "Europe/Berln" in page.partition("is not a time zone")[0]
    for kept in ('value="weekly" selected', 'value="9" selected', 'value="general" selected', 'value="good" selected',
                 'value="note" selected', 'value="Europe/Berln"', 'max="50" value="7"', f'value="{ADA}"'):  # fmt: skip
        assert kept in page
    assert letters(collection) == []


def test_a_suspended_address_is_shown_and_confirms_that_email_arrives(collection: Collection) -> None:
    ada, store = member(collection, address=ADA), collection.store
    visitor = browser(site(collection), ada)
    visitor.press("/subscribe", address=ADA, **FORM)
    store.mail.suppress(ADA, "hard", "5.1.1", now=Clock().now)
    assert "Nothing is sent to this address at present" in visitor.get("/subscribe").text
    assert "Check your email" in visitor.press("/subscribe", address=ADA, **FORM).text
    assert store.mail.suppressed(ADA) == "hard"
    (link,) = letters(collection)
    confirmed(visitor, link)
    assert store.mail.suppressed(ADA) == ""
    assert "Nothing is sent" not in visitor.get("/subscribe").text


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /leave/{token}",
        "POST /leave/{token}",
        "POST /leave/{token}/again",
        "GET /subscribe",
        "POST /subscribe",
        "GET /subscribe/confirm",
        "POST /subscribe/confirm",
    }
