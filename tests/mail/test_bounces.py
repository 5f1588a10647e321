"""What comes back by mail, told from all else, however broken or hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.mail.bounces import MOST_BYTES, Bounce, Inbox, bounces
from returned import INBOX, block, complaint, delivery, plain, wrapped


@pytest.mark.parametrize("third", ["message/rfc822", "text/rfc822-headers"])
def test_a_failed_delivery_says_who_which_and_why(third: str) -> None:
    assert bounces(delivery(third=third), INBOX) == (
        Bounce(
            kind="hard",
            recipient="reader@lab.science",
            token="t0ken",
            message_id="<digest-2026-03-02-17@example.org>",
            status="5.1.1",
            reason="smtp; 550 5.1.1 no such reader",
            cause="address",
        ),
    )


@pytest.mark.parametrize(
    ("given_block", "kind", "status"),
    [
        (block("5.7.1", reason="smtp; 550 5.7.1 blocked"), "soft", "5.7.1"),
        (block("5.7.1"), "soft", "5.7.1"),
        (block("5.1.1", reason="smtp; 550 5.7.1 blocked"), "soft", "5.1.1"),
        (block("5.2.2", reason="smtp; 552 5.2.2 full"), "soft", "5.2.2"),
        (block("5.2.1", reason="smtp; 550 5.2.1 too much email for this reader"), "soft", "5.2.1"),
        (block("5.1.2", reason="x-local; host not found"), "soft", "5.1.2"),
        (block("5.1.10", reason="smtp; 556 5.1.10 takes no email"), "hard", "5.1.10"),
        (block("5.0.0", reason="smtp; 550-5.1.1 no such reader"), "hard", "5.1.1"),
        (block("4.4.7", reason="smtp; 451 too long in the queue"), "soft", "4.4.7"),
        (block("", reason="smtp; 550 5.1.1 gone"), "hard", "5.1.1"),
        (block("", reason="smtp; 450 later"), "soft", ""),
        (block("", reason="smtp; 550 gone"), "soft", ""),
        (block("", reason="x-unix; it is odd"), "soft", ""),
        (block("5.0.0 (unknown)", action=""), "hard", "5.1.1"),
        (block("5.0.0 (unknown)", action="", reason="smtp; 550 no"), "soft", "5.0.0"),
        (block("5.0.0", reason="smtp; 550 from 5.1.1.9 or 15.1.1"), "soft", "5.0.0"),
        (block("5.1.1", action="FAILED"), "hard", "5.1.1"),
    ],
)
def test_how_bad_it_is(given_block: str, kind: str, status: str) -> None:
    [found] = bounces(delivery(given_block), INBOX)
    assert (found.kind, found.status) == (kind, status)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_mail_that_is_late_or_has_arrived_is_no_bounce(action: str) -> None:
    assert bounces(delivery(block("4.4.1", action=action)), INBOX) == ()


def test_several_recipients_are_several_bounces() -> None:
    found = bounces(delivery(block(), block("4.2.2", reason="smtp; 452 full")), INBOX)
    assert [one.kind for one in found] == ["hard", "soft"]


def test_the_server_may_know_better_to_whom_it_came() -> None:
    data = delivery(to="undisclosed")
    assert bounces(data, INBOX)[0].token == ""
    assert bounces(data, INBOX, recipients=["bounces+other@example.org"])[0].token == "other"


def test_without_an_inbox_no_token_counts() -> None:
    [found] = bounces(delivery())
    assert found.token == ""
    assert bounces(plain(to="unsub+t0ken@example.org", subject="out"), Inbox()) == ()


@pytest.mark.parametrize("kind", ["abuse", "fraud", "opt-out", "Abuse"])
def test_a_complaint(kind: str) -> None:
    [found] = bounces(complaint(kind, named="Original-Rcpt-To: <reader@lab.science>\n"), INBOX)
    assert (found.kind, found.recipient, found.token) == ("complaint", "reader@lab.science", "t0ken")
    assert found.message_id == "<digest-2026-03-02-17@example.org>"
    assert found.reason == f"{kind.lower()}, reported by Harbour/1.0"


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure", "virus", ""])
def test_a_report_that_is_no_complaint(kind: str) -> None:
    assert bounces(complaint(kind), INBOX) == ()


def test_a_mail_to_leave() -> None:
    [found] = bounces(plain(to="unsub+t0ken@example.org", subject="unsubscribe"), INBOX)
    assert (found.kind, found.token) == ("unsubscribe", "t0ken")
    assert bounces(plain(to="unsub@example.org", subject="unsubscribe"), INBOX) == ()


def test_an_old_fashioned_bounce_is_a_soft_one() -> None:
    daemon = {"from": "MAILER-DAEMON@old.example", "to": "bounces+t0ken@example.org", "subject": "failure notice"}
    assert bounces(plain(**daemon), INBOX) == (Bounce(kind="soft", token="t0ken", reason="failure notice"),)
    assert bounces(plain(**(daemon | {"from": "reader@lab.science"})), INBOX) == ()


def test_a_holiday_is_no_bounce() -> None:
    away = {"auto_submitted": "auto-replied", "from": "postmaster@lab.science", "subject": "away"}
    for to in ("bounces+t0ken@example.org", "unsub+t0ken@example.org"):
        assert bounces(plain(to=to, **away), INBOX) == ()


@pytest.mark.parametrize(
    "signed",
    ["prvs=190694bd6d=", "prvs/190694bd6d/", "btv1==190694bd6d==", "SRS0=HHH=TT=lab.science=", "msprvs1=1a2b="],
)
def test_what_mail_servers_write_in_front_of_our_address_is_taken_off(signed: str) -> None:
    [report] = bounces(delivery(to=f"{signed}bounces+t0ken@example.org"), INBOX)
    assert (report.kind, report.token) == ("hard", "t0ken")


@pytest.mark.parametrize("other", ["notbounces+t0ken", "x=bounces+t0ken", "prvsbounces+t0ken", "prvs=bounces+a+b"])
def test_other_addresses_have_no_token(other: str) -> None:
    assert [report.token for report in bounces(delivery(to=f"{other}@example.org"), INBOX)] == [""]


def test_an_email_of_ours_inside_another_changes_nothing() -> None:
    digest = plain(to="reader@lab.science", subject="Tides", **{"from": "daily@example.org"})
    to = {"to": "bounces+t0ken@example.org", "content_type": "message/rfc822", "subject": "failure notice"}
    daemon = plain(**to, **{"from": "MAILER-DAEMON@old.example"}).replace(b"Hello.\n", digest)
    assert [(each.kind, each.token) for each in bounces(daemon, INBOX)] == [("soft", "t0ken")]
    away = plain(**to, auto_submitted="auto-replied", **{"from": "postmaster@lab.science"}).replace(b"Hello.\n", digest)
    assert bounces(away, INBOX) == ()
    leaving = plain(**(to | {"to": "unsub+t0ken@example.org"})).replace(b"Hello.\n", digest)
    assert [each.kind for each in bounces(leaving, INBOX)] == ["unsubscribe"]


def test_a_report_inside_other_parts_is_read() -> None:
    [report] = bounces(wrapped(delivery(to="editor@example.org"), to="bounces+t0ken@example.org"), INBOX)
    assert (report.kind, report.token, report.status) == ("hard", "t0ken", "5.1.1")
    assert bounces(wrapped(wrapped(complaint())), INBOX)[0].kind == "complaint"


def test_a_report_that_is_forwarded_as_a_whole_is_read_with_the_address_it_came_to() -> None:
    outer = plain(to="editor@example.org", content_type="message/rfc822", subject="look")
    forwarded = outer.replace(b"Hello.\n", delivery())
    for letter in (forwarded, wrapped(forwarded)):
        assert [(each.kind, each.token) for each in bounces(letter, INBOX)] == [("hard", "t0ken")]


def test_the_email_that_a_report_is_about_is_no_report() -> None:
    about_another = delivery(block("4.2.2", reason="smtp; 452 full")).replace(
        b"Message-ID: <digest-2026-03-02-17@example.org>\r\nSubject: Tides\r\n", delivery()
    )
    assert [each.kind for each in bounces(about_another, INBOX)] == ["soft"]


def test_what_a_report_says_is_clean_and_short() -> None:
    [found] = bounces(delivery(block(reason="smtp; 550 \x1b[31m\u202e" + "gone " * 4_000)), INBOX)
    assert len(found.reason) <= 300
    assert found.reason.isprintable()
    [found] = bounces(delivery(block().replace("reader@lab.science", "reader@lab.science\r\n\t, x@y.example")), INBOX)
    assert "," not in found.recipient


def test_there_are_bounds() -> None:
    assert len(bounces(delivery(*[block()] * 500), INBOX)) == 20
    late = delivery().replace(b"The harbour", b"x" * MOST_BYTES)
    assert bounces(late, INBOX) == ()
    deep = b"Content-Type: multipart/report; boundary=a\n\n--a\n" * 3_000
    assert bounces(deep, INBOX) == ()
    nested = b"Content-Type: message/rfc822\n\n" * 5_000
    assert bounces(nested, INBOX) == ()


_LEAVES = st.sampled_from(
    [delivery(), complaint(), plain(to="a@b.example", subject="x"), b"", b"--m\n", block().encode()]
)
_KINDS = st.sampled_from(
    ["multipart/mixed; boundary=m", "multipart/report; boundary=m", "multipart/mixed", "message/rfc822",
     "message/delivery-status", "message/feedback-report", "text/rfc822-headers"]
)  # fmt: skip


def _enclosed(inner: bytes, kind: str, times: int) -> bytes:
    return f"To: bounces+t0ken@example.org\nContent-Type: {kind}\n\n".encode() + (b"--m\n" + inner + b"\n") * times


@given(st.recursive(_LEAVES, lambda inner: st.builds(_enclosed, inner, _KINDS, st.integers(1, 4)), max_leaves=12))
def test_any_parts_within_parts_are_borne(data: bytes) -> None:
    reports = bounces(data, INBOX)
    assert len(reports) <= 20
    assert all((each.kind == "hard") <= (each.cause == "address") for each in reports)


@given(st.binary(max_size=600))
def test_any_bytes_at_all_are_borne(data: bytes) -> None:
    assert isinstance(bounces(data, INBOX), tuple)


@given(st.data())
def test_a_broken_report_is_borne(data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from([delivery(), complaint(named="Original-Rcpt-To: <a@b.example>\n")])))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(whole)))
        whole[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=12))
    for found in bounces(bytes(whole), INBOX):
        assert found.kind in ("hard", "soft", "complaint", "unsubscribe")
        assert all(part.isprintable() for part in (found.recipient, found.token, found.message_id))
        assert "\n" not in found.reason
