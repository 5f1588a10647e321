"""The letters that people asked for: one link each, for its reader alone, and nothing about lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broadsheet.core.types import Message
from broadsheet.mail.message import wire
from broadsheet.people import letters
from fakes import NOW

LINK = "https://papers.example.org/in/t0ken?a=1&b=2"
LETTERS: dict[str, Callable[[str], Message]] = {
    "sign in": lambda sender: letters.sign_in("ada@example.org", LINK, sender=sender, now=NOW, minutes=15),
    "confirm": lambda sender: letters.confirm("ada@example.org", LINK, sender=sender, now=NOW),
    "address": lambda sender: letters.confirm_address("ada@example.org", LINK, sender=sender, now=NOW),
}


@pytest.mark.parametrize("kind", LETTERS)
def test_each_has_its_link_in_both_forms_and_says_what_to_do_with_an_unwanted_one(kind: str) -> None:
    message = LETTERS[kind]("daily@example.org")
    assert (message.to, message.sender, message.date, message.listing) == (
        "ada@example.org", "daily@example.org", NOW, None,
    )  # fmt: skip
    assert f"\n{LINK}\n" in message.text
    assert LINK.replace("&", "&amp;") in message.html
    assert "did not ask" in message.text
    assert b"List-Unsubscribe" not in wire(message)


def test_they_differ_in_subject_and_each_is_a_message_of_its_own() -> None:
    made = [make("daily@example.org") for make in LETTERS.values()]
    assert len({message.subject for message in made}) == 3
    again = [make("daily@example.org") for make in LETTERS.values()]
    assert len({message.message_id for message in (*made, *again)}) == 6
    assert all(message.message_id.endswith("@example.org>") for message in made)


def test_a_link_to_sign_in_says_how_long_it_works() -> None:
    assert "15 minutes" in LETTERS["sign in"]("daily@example.org").text


def test_without_a_sender_it_is_from_this_machine() -> None:
    message = LETTERS["confirm"]("")
    assert message.sender == letters.SENDER
    assert message.message_id.endswith("@localhost>")


def test_no_link_brings_markup() -> None:
    evil = letters.confirm("ada@example.org", 'https://x.example/"><b>', sender="", now=NOW)
    assert "<b>" not in evil.html.replace("<b ", "")
    assert 'x.example/">' not in evil.html
