"""Coming in by a mailed link, and what is signed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import UsageError
from broadsheet.people import links, signin
from broadsheet.people.limits import Limit, network
from broadsheet.people.signin import address
from broadsheet.store import Store
from fakes import NOW

ADA = "ada@example.org"
SECRET = b"s" * 32


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "store.db")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ada@Example.ORG ", ADA),
        ("a+b@lab.science", "a+b@lab.science"),
        ("a@x.museum", "a@x.museum"),
        ("o'neil@bücher.example", "o'neil@xn--bcher-kva.example"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_addresses_have_one_form(typed: str, kept: str) -> None:
    assert address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "ada", "ada@", "@example.org", "a b@example.org", "a@b", "a@-b.org", "a@b..org", "a@b.org\r\nB: c@d.e",
              "a" * 65 + "@b.org", "a@" + "b" * 250 + ".org", "<a@b.org>", "a@b.org,c@d.org"]
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="not an email address"):
        address(typed)


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        found = address(text)
    except UsageError:
        return
    assert address(found) == found


def test_a_link_lets_in_once(store: Store) -> None:
    store.people.invite(ADA, "editor", now=NOW)
    token = signin.token(store, ADA, now=NOW)
    assert signin.addressee(store, token, now=NOW) == ADA
    entry = signin.enter(store, token, access="closed", now=NOW)
    assert entry.person.role == "editor"
    assert store.people.session(links.digest(entry.key), now=NOW) == entry.person
    with pytest.raises(UsageError, match="has been used"):
        signin.enter(store, token, access="closed", now=NOW)


def test_a_link_ends(store: Store) -> None:
    store.people.add(ADA, "reader", now=NOW)
    token = signin.token(store, ADA, now=NOW)
    with pytest.raises(UsageError, match="has expired"):
        signin.enter(store, token, access="closed", now=NOW + timedelta(minutes=15))
    assert signin.enter(store, token, access="closed", now=NOW + timedelta(minutes=14))


def test_who_was_uninvited_meanwhile_stays_out(store: Store) -> None:
    store.people.invite(ADA, "reader", now=NOW)
    token = signin.token(store, ADA, now=NOW)
    store.people.uninvite(ADA)
    with pytest.raises(UsageError, match="may no longer sign in"):
        signin.enter(store, token, access="closed", now=NOW)
    assert signin.enter(store, token, access="open", now=NOW).person.role == "reader"


def test_a_link_of_another_instance_or_purpose_is_none(store: Store, tmp_path: Path) -> None:
    other = Store.open(tmp_path / "other.db")
    forged = links.sign(store.people.secret(), "another", [ADA, int(NOW.timestamp()) + 60, "n"])
    for bad in (signin.token(other, ADA, now=NOW), forged, signin.token(store, ADA, now=NOW)[:-1], "", "x.y", "ü.ü"):
        with pytest.raises(UsageError, match="incomplete"):
            signin.enter(store, bad, access="open", now=NOW)


@given(st.lists(st.one_of(st.text(max_size=30), st.integers(0, 2**40)), max_size=4), st.text(max_size=40))
def test_what_is_signed_opens_for_its_purpose_alone(fields: list[str | int], junk: str) -> None:
    token = links.sign(SECRET, "one", fields)
    assert links.verify(SECRET, "one", token) == fields
    assert links.verify(SECRET, "two", token) is None
    assert links.verify(b"t" * 32, "one", token) is None
    assert links.verify(SECRET, "one", junk) is None


def test_derived_keys_differ_by_every_part() -> None:
    keys = {links.derive(SECRET, "feed", 1, 0), links.derive(SECRET, "feed", 1, 1), links.derive(SECRET, "feed", 10)}
    assert len(keys) == 3
    assert links.derive(SECRET, "feed", 1, 0) in keys


def test_a_limit_is_per_key_and_ends() -> None:
    limit = Limit(2, timedelta(minutes=1))
    assert limit.wait("a", now=NOW) is limit.wait("a", now=NOW) is limit.wait("b", now=NOW) is None
    assert limit.wait("a", now=NOW + timedelta(seconds=20)) == timedelta(seconds=40)
    assert limit.wait("a", now=NOW + timedelta(seconds=60)) is None
    assert limit.wait("a", now=NOW - timedelta(days=1)) is None


def test_networks() -> None:
    assert network("192.0.2.7") == network("192.0.2.250") == network("::ffff:192.0.2.9") == "192.0.2.0/24"
    assert network("2001:db8:0:1::1") == network("2001:db8:0:ff::2%eth0")
    assert network("testclient") == "testclient"
    assert network("192.0.2.7:40001") == network("192.0.2.9:40002") == "192.0.2.0/24"
    assert network("[2001:db8:0:1::1]:40001") == network("[2001:db8::1]") == network("2001:db8::1")
