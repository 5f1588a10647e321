"""A message as bytes: its headers, its parts, and that no field can bring a header of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadsheet.core.errors import UsageError
from broadsheet.core.types import Message
from broadsheet.mail.message import LONGEST_SUBJECT, return_path, wire
from mail_kit import LISTING, message


def read(data: bytes) -> EmailMessage:
    mail = message_from_bytes(data, policy=default)  # type: ignore[arg-type]
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_digest_says_who_which_and_how_to_leave() -> None:
    mail = read(wire(message(listing=LISTING, reply_to="editor@example.org", html="<p>Tides.</p>")))
    told = {name: str(value) for name, value in mail.items() if not name.startswith("Content")}
    assert told == {
        "From": "Broadsheet <daily@example.org>",
        "Reply-To": "editor@example.org",
        "To": "reader@lab.science",
        "Date": "Mon, 02 Mar 2026 06:30:00 +0000",
        "Message-ID": "<digest-2026-03-02-17@example.org>",
        "Subject": "Monday 2 March: tides and two more",
        "List-Id": "<daily.example.org>",
        "List-Unsubscribe": "<https://papers.example.org/u/t0ken>, <mailto:unsub+t0ken@example.org>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Help": "<https://papers.example.org/help>",
        "List-Archive": "<https://papers.example.org/day>",
        "Feedback-ID": "daily:2026-03-02:broadsheet",
        "Precedence": "bulk",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_a_letter_that_was_asked_for_says_nothing_of_lists() -> None:
    mail = read(wire(message(subject="Sign in")))
    assert mail.get_content_type() == "text/plain"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert not [name for name in mail if name.startswith(("List-", "Precedence", "Feedback"))]


def test_one_click_is_promised_over_https_only() -> None:
    mail = read(
        wire(message(listing=replace(LISTING, unsubscribe_url="http://papers.lan/u/1", unsubscribe_address="")))
    )
    assert mail["List-Unsubscribe"] == "<http://papers.lan/u/1>"
    assert mail["List-Unsubscribe-Post"] is None


def test_a_long_address_to_leave_by_is_neither_encoded_nor_cut() -> None:
    url = "https://papers.example.org/u/" + "k" * 600
    data = wire(message(listing=replace(LISTING, unsubscribe_url=url)))
    assert f"List-Unsubscribe: <{url}>,\r\n <mailto:".encode() in data


def test_the_same_message_is_the_same_bytes() -> None:
    one = message(html="<p>é</p>", listing=LISTING)
    assert wire(one) == wire(replace(one))


def test_a_built_message_can_be_read_as_it_is() -> None:
    mail = read(wire(message(subject="Grüße", sender_name="Die Zeitung")))
    assert mail["Subject"] == "Grüße"
    assert mail["From"].addresses[0].display_name == "Die Zeitung"


LINE = st.text(max_size=300)


@given(LINE, LINE)
@example("tides\r\nBcc: all@example.org", "Paper\nX-Own: 1")
@example("=?utf-8?q?Bcc?=", 'A "quoted\\" name, with <marks>')
@example("\u202eevil\u2066\u2028x\ud800", "\ud83d")
@example("wörter " * 60, "ü" * 200)
@example("x" * 900, "y" * 900)
def test_no_subject_or_name_brings_a_header(subject: str, name: str) -> None:
    plain = read(wire(message()))
    data = wire(message(subject=subject, sender_name=name))
    mail = read(data)
    assert mail.keys() == plain.keys()
    assert mail["To"] == plain["To"]
    assert mail["From"].addresses[0].addr_spec == "daily@example.org"
    assert len(mail["Subject"]) <= LONGEST_SUBJECT
    assert not set(mail["Subject"]) & set("\r\n\x00\u202e\u2066\u2028")
    assert max(map(len, data.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "subject", ["Tides, at last", "Grüße aus dem Hafen " * 9, "潮汐表" * 50, "a=b ?= c", "=?utf-8?q?a?="]
)
def test_a_subject_comes_back_as_it_was(subject: str) -> None:
    assert read(wire(message(subject=subject)))["Subject"] == subject.strip()


@given(st.text(max_size=2_000), st.text(min_size=1, max_size=2_000))
@example(".\n..\nFrom here\n-- \n \ntail ", "<p>=\t</p>\n--=_00000000_=--\n")
@example("長い行" * 700, "<i>" + "é" * 2_000 + "</i>")
def test_bodies_come_back_and_the_line_stays_seven_bits(text: str, html: str) -> None:
    data = wire(message(text=text, html=html))
    assert data.isascii()
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    assert max(map(len, data.split(b"\r\n"))) <= 998
    mail = read(data)
    parts = [part.get_content().splitlines() for part in mail.iter_parts()]
    assert parts == [kept(text), kept(html)]


def kept(text: str) -> list[str]:
    """Lines without control characters, halves of characters as question marks."""
    clean = "".join(c for c in text if c in "\t\n" or (c >= " " and c != "\x7f"))
    lines = clean.encode("utf-8", "replace").decode().splitlines()
    return lines or [""]


@pytest.mark.parametrize(
    "changed",
    [
        {"to": "a@x.example, b@x.example"},
        {"to": "a@x.example\r\nBcc: b@x.example"},
        {"sender": "nobody"},
        {"reply_to": "x\ny"},
        {"return_path": "x y@z.example"},
        {"message_id": "no-host"},
        {"message_id": "<a@b.example>\r\nX: y"},
        {"message_id": "<" + "a" * 300 + "@b.example>"},
        {"date": datetime(2026, 3, 2)},
        {"listing": replace(LISTING, id="daily\r\nX: y")},
        {"listing": replace(LISTING, unsubscribe_url="javascript:alert(1)")},
        {"listing": replace(LISTING, unsubscribe_url="https://x.example/>, <https://evil.example")},
        {"listing": replace(LISTING, unsubscribe_url="https://x.example/a\r\nX: y")},
        {"listing": replace(LISTING, unsubscribe_url="https://x.example/" + "a" * 2_000)},
        {"listing": replace(LISTING, help_url="https://x.example/a b")},
        {"listing": replace(LISTING, unsubscribe_address="a")},
        {"listing": replace(LISTING, feedback_id="a:b\nc")},
    ],
)
def test_a_malformed_field_is_refused_in_one_line(changed: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        sent(message(**changed))
    assert "\n" not in str(caught.value)


def sent(changed: Message) -> None:
    """What a mailer makes of a message."""
    wire(changed)
    return_path(changed)
