"""What a refusal is about: the address, the mailbox, or neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.mail.refusal import cause, code, telling

GONE = {"5.1.1", "5.1.3", "5.1.6", "5.1.10"}


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("550 5.1.1 no such user", "address"),
        ("smtp; 550-5.1.1 in two lines", "address"),
        ("553 no mailbox of that name (#5.1.1)", "address"),
        ("556 5.1.10 null MX", "address"),
        ("550 5.1.6 has moved", "address"),
        ("450 4.1.1 cannot look it up now", "mailbox"),
        ("550 5.1.2 no such host", "mailbox"),
        ("552 5.2.2 full", "mailbox"),
        ("550 5.2.1 disabled", "mailbox"),
        ("550 5.4.4 no route", "mailbox"),
        ("550 no such user", "mailbox"),
        ("5.0.0", "mailbox"),
        ("", "mailbox"),
        ("550 5.1.8 the sender's host is unknown", "server"),
        ("552 5.2.3 too long", "server"),
        ("552 5.3.4 too large", "server"),
        ("554 5.6.0 content", "server"),
        ("550 5.7.1 [192.0.2.7] likely unsolicited", "server"),
        ("550 5.7.26 unauthenticated", "server"),
        ("550 5.4.5 daily sending limit exceeded", "server"),
        ("550 blocked: 5.1.1.7 is listed", "server"),
        ("554 rejected: your address is on a blacklist", "server"),
        ("550 relaying denied", "server"),
        ("550 5.1.1 no such user, whatever our spam policy", "address"),
    ],
)
def test_what_a_line_is_about(line: str, about: str) -> None:
    assert cause(line) == about


def test_lines_that_contradict_one_another_end_nothing() -> None:
    assert cause("5.1.1", "550 5.7.1 blocked") == "server"
    assert cause("5.1.1", "552 5.2.2 full") == "mailbox"
    assert cause("5.0.0", "550 5.1.1 unknown") == "address"
    assert telling("5.0.0", "550 5.1.1 unknown") == "5.1.1"
    assert (telling("5.0.0", "550 no"), telling("", "no"), code("no 1.2 code")) == ("5.0.0", "", "")


@given(
    st.integers(200, 599),
    st.tuples(st.integers(2, 6), st.integers(0, 12), st.integers(0, 99)),
    st.text(max_size=60),
)
def test_only_the_class_of_addresses_ends_anything(reply: int, parts: tuple[int, int, int], text: str) -> None:
    status = ".".join(map(str, parts))
    about = cause(f"{reply} {status} {text}")
    assert (about == "address") <= (status in GONE)
    assert (about == "address") >= (status in GONE and text[:1].isspace())


@given(st.lists(st.text(max_size=300), max_size=3))
def test_any_lines_are_read(lines: list[str]) -> None:
    assert (cause(*lines) == "address") <= (telling(*lines) in GONE)
