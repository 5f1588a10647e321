"""What is signed with the instance's secret: it opens for its own purpose, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.people import links
from broadsheet.store import Store

SECRET, OTHER = b"s" * 32, b"t" * 32
fields = st.lists(st.text(max_size=20) | st.integers(-(2**53), 2**53), max_size=4)


@given(fields)
def test_a_token_gives_its_fields_back_for_its_purpose_alone(given_: list[str | int]) -> None:
    token = links.sign(SECRET, "sign in", given_)
    assert token.isascii()
    assert not set(token) & set("/?#&= \n")
    assert links.verify(SECRET, "sign in", token) == given_
    assert links.verify(SECRET, "confirm", token) is None
    assert links.verify(OTHER, "sign in", token) is None


@given(fields, st.data())
def test_no_changed_token_opens(given_: list[str | int], data: st.DataObject) -> None:
    token = links.sign(SECRET, "sign in", given_)
    at = data.draw(st.integers(0, len(token) - 1))
    changed = (
        token[:at] + data.draw(st.sampled_from("AbC-_.é").filter(lambda letter: letter != token[at])) + token[at + 1 :]
    )
    assert links.verify(SECRET, "sign in", changed) is None


@pytest.mark.parametrize("token", ["", ".", "x", "a.b", "\ud800.x", "é.é", "W10." + "A" * 43, "x" * 9_000 + "."])
def test_anything_else_opens_nothing(token: str) -> None:
    assert links.verify(SECRET, "sign in", token) is None


def test_what_was_signed_opens_for_ever() -> None:
    token = links.sign(SECRET, "leave", [7])
    assert token == "Wzdd.EqH5iwr-IX8NhCxGPMURjnzWbxQbf9b5uoxPn4TigAI"


def test_derived_keys_differ_by_purpose_and_by_each_part() -> None:
    keys = {links.derive(SECRET, *parts) for parts in (("a", 1), ("b", 1), ("a", 1, 1), ("a", "1"), ("a", 11))}
    assert len(keys) == 5
    assert {len(key) for key in keys} == {43}
    assert links.derive(SECRET, "a", 1) == links.derive(SECRET, "a", 1) != links.derive(OTHER, "a", 1)


def test_a_fresh_key_is_kept_as_its_digest(tmp_path: Path) -> None:
    one, two = links.new_key(), links.new_key()
    assert one != two
    assert len(one) == 43
    assert links.digest(one) not in (one, links.digest(two))
    with Store.open(tmp_path / "store.db") as store:
        assert links.secret_of(store) == links.secret_of(store)
        assert len(links.secret_of(store)) == 32
