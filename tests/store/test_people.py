"""People, their sessions, links and tokens, as the Store holds them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from broadsheet.store import Store
from broadsheet.store.people import Person, moment
from fakes import NOW
from store_kit import FIVE, LATER, numbers


@pytest.fixture
def store(store: Store) -> Store:
    store.papers.put(FIVE, now=NOW)
    return store


def test_a_person_is_made_once_and_uses_up_an_invitation(store: Store) -> None:
    store.people.invite("ada@example.org", "editor", now=NOW)
    assert store.people.invited("ada@example.org") == "editor"
    ada = store.people.add("ada@example.org", "editor", now=NOW)
    assert store.people.add("ada@example.org", "reader", now=LATER) == ada
    assert (ada.role, ada.joined, store.people.invitations()) == ("editor", NOW, [])
    assert ada.may("reader")
    assert ada.may("editor")
    assert not ada.may("admin")


def test_the_single_reader_has_no_address_and_others_do_not_share_one(store: Store) -> None:
    assert store.people.sole() is None
    sole = store.people.add_sole(now=NOW)
    assert store.people.add_sole(now=LATER) == store.people.sole() == sole
    other = store.people.add("b@example.org", "reader", now=NOW)
    assert store.people.all() == [sole, other]
    assert not store.people.set_address(sole.number, "b@example.org")
    assert store.people.set_address(sole.number, "c@example.org")
    assert store.people.at("c@example.org") == store.people.sole()


def test_the_secret_lasts(store: Store, tmp_path: Path) -> None:
    secret = store.people.secret()
    assert len(secret) == 32
    assert Store.open(tmp_path / "store.db").people.secret() == secret


def test_sessions_end_by_time_by_one_and_everywhere(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW)
    for name in ("one", "two", "three"):
        store.people.begin_session(name, ada.number, now=NOW, ends=LATER, browser="Firefox")
    assert store.people.session("one", now=NOW) == ada
    assert store.people.session("one", now=LATER) is None
    store.people.end_session("one")
    assert store.people.session("one", now=NOW) is None
    assert len(store.people.sessions(ada.number, now=NOW)) == 2
    assert store.people.end_sessions(ada.number) == 2
    assert store.people.session("two", now=NOW) is None


def test_a_link_works_once(store: Store) -> None:
    assert store.people.use_link("n", ends=LATER, now=NOW)
    assert not store.people.use_link("n", ends=LATER, now=NOW)


def test_tokens_are_their_owners(store: Store) -> None:
    ada, ben = (store.people.add(f"{name}@example.org", "reader", now=NOW) for name in ("ada", "ben"))
    store.people.add_token("d", ada.number, "laptop", writes=False, now=NOW)
    assert store.people.token("d") == (ada, False)
    (token,) = store.people.tokens(ada.number)
    assert not store.people.remove_token(ben.number, token.number)
    assert store.people.remove_token(ada.number, token.number)
    assert store.people.token("d") is None


def test_a_person_goes_with_all_they_have(store: Store) -> None:
    ada = store.people.add("ada@example.org", "reader", now=NOW).number
    one, *_ = numbers(store)
    store.lists.save(ada, store.lists.named(ada, "Saved", now=NOW), [one], now=NOW)
    store.people.begin_session("s", ada, now=NOW, ends=LATER)
    store.people.add_token("t", ada, "x", writes=True, now=NOW)
    store.reactions.mark("declined", ada, [one], now=NOW)
    assert store.people.remove(ada)
    assert not store.people.remove(ada)
    assert store.people.session("s", now=NOW) is store.people.token("t") is None
    assert store.lists.saved(ada) == store.reactions.marked("declined", ada) == []


def test_roles_are_steps_of_one_ladder() -> None:
    ladder = ("reader", "editor", "admin")
    for at, role in enumerate(ladder):
        person = Person(1, "a@example.org", "", role, NOW, 0)
        assert [person.may(other) for other in ladder] == [step <= at for step in range(3)]


def test_moments_are_texts_in_the_order_of_time() -> None:
    elsewhere = timezone(timedelta(hours=9))
    moments = [NOW, NOW.astimezone(elsewhere) + timedelta(microseconds=1), LATER]
    texts = [moment(each) for each in moments]
    assert texts == sorted(texts)
    assert [datetime.fromisoformat(text) for text in texts] == moments
