"""Letters that people ask for: to whom, from whom, and the one link in each."""

from __future__ import annotations

import pytest

from broadsheet.core.types import Message
from broadsheet.mail.message import wire
from broadsheet.people import letters
from fakes import NOW

LINK = "https://papers.example.org/sign-in/link?key=t0ken"
LETTERS = [
    (letters.sign_in("ada@example.org", LINK, sender="", now=NOW, minutes=15), "Your link to sign in", "15 minutes"),
    (letters.confirm("ada@example.org", LINK, sender="", now=NOW), "Confirm your subscription", "three days"),
    (letters.confirm_address("ada@example.org", LINK, sender="", now=NOW), "Confirm your new address", "for a day"),
]


@pytest.mark.parametrize(("message", "subject", "lasting"), LETTERS, ids=["sign-in", "confirm", "address"])
def test_a_letter_has_one_link_and_says_how_long_it_works(message: Message, subject: str, lasting: str) -> None:
    assert (message.to, message.subject, message.date) == ("ada@example.org", subject, NOW)
    assert message.listing is None, "it is no list that can be left"
    assert message.text.count(LINK) == 1
    assert message.html.count(f'href="{LINK}"') == 2, "the button, and the address to copy"
    words = " ".join(message.text.split())
    assert lasting in words
    assert "If you did not ask for it, ignore this email" in words
    assert wire(message).startswith(b"From: Broadsheet <broadsheet@localhost>\r\n")


def test_the_sender_of_the_site_is_named_and_each_letter_has_an_id_of_its_own() -> None:
    first, second = (
        letters.confirm("ada@example.org", LINK, sender="daily@papers.example.org", now=NOW) for _ in range(2)
    )
    assert first.sender == "daily@papers.example.org"
    assert first.message_id.endswith("@papers.example.org>")
    assert first.message_id != second.message_id


def test_no_link_brings_markup() -> None:
    evil = letters.confirm("ada@example.org", 'https://x.example/"><i>', sender="", now=NOW)
    assert "<i>" not in evil.html
    assert 'x.example/">' not in evil.html
