"""Handing messages to a server that is well, and to many that are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from broadsheet.core.errors import MailError, UsageError
from broadsheet.core.protocols import Mailer
from broadsheet.mail import smtp
from broadsheet.mail.message import wire
from broadsheet.mail.relay import Relay
from broadsheet.mail.smtp import SmtpMailer
from mail_kit import message
from mail_sink import Sink, Taken, identity_in


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with identity_in(tmp_path_factory.mktemp("identity")) as folder:
        yield folder


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sink counts as another machine."""
    monkeypatch.setattr(smtp, "_is_this_machine", lambda line: False)


def numbered(number: int) -> str:
    return f"<{number}@example.org>"


def test_many_messages_take_one_connection() -> None:
    with Sink() as sink, SmtpMailer(sink.relay()) as mailer:
        sending: Mailer = mailer
        sent = [message(message_id=numbered(n), text=f".\n..{n}\n", html="<p>é</p>") for n in range(20)]
        outcomes = [sending.send(one) for one in sent]
    assert [outcome.kind for outcome in outcomes] == ["accepted"] * 20
    assert outcomes[0].status == "2.0.0"
    assert sink.taken == [Taken("daily@example.org", "reader@lab.science", wire(one)) for one in sent]
    assert sink.connections == 1
    assert sink.commands[-1].upper() == "QUIT"


def test_bounces_go_where_they_are_sent() -> None:
    with Sink() as sink, SmtpMailer(sink.relay()) as mailer:
        mailer.send(message(return_path="bounces+t0ken@example.org"))
    assert sink.taken[0].sender == "bounces+t0ken@example.org"


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_login_goes_under_tls(identity: Path, tls: str) -> None:
    with Sink(tls, identity) as sink:
        known = sink.relay(user="daily", password="s3cret", ca_file=identity / "cert.pem")
        with SmtpMailer(known) as mailer:
            assert mailer.send(message()).kind == "accepted"
    assert any(command.startswith("AUTH") for command in sink.commands)
    assert len(sink.taken) == 1


def test_a_login_is_never_plain_not_even_here() -> None:
    with Sink("none-with-login") as sink, pytest.raises(MailError, match="offers no STARTTLS"):
        SmtpMailer(sink.relay(user="daily", password="s3cret")).send(message())
    assert not any(command.startswith("AUTH") for command in sink.commands)


def test_another_machine_must_offer_starttls(far_away: None) -> None:
    with Sink() as sink, pytest.raises(MailError, match="offers no STARTTLS"):
        SmtpMailer(sink.relay()).send(message())
    assert not any(command.startswith("MAIL") for command in sink.commands)


def test_another_machine_gets_mail_under_starttls(far_away: None, identity: Path) -> None:
    with Sink("starttls", identity) as sink, SmtpMailer(sink.relay(ca_file=identity / "cert.pem")) as mailer:
        assert mailer.send(message()).kind == "accepted"
    assert sink.commands[1].upper() == "STARTTLS"


@pytest.mark.parametrize(
    ("peer", "here"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("127.8.8.8", True),
        ("192.168.1.2", False),
        ("2001:db8::1", False),
        ("", False),
    ],
)
def test_what_counts_as_this_machine_is_where_the_connection_leads(peer: str, here: bool) -> None:
    class Line:
        sock = SimpleNamespace(getpeername=lambda: (peer, 25))

    assert smtp._is_this_machine(Line()) is here  # type: ignore[arg-type]


def test_starttls_refused_is_the_end(far_away: None, identity: Path) -> None:
    with Sink("starttls", identity, {"STARTTLS": ["454 not now"]}) as sink, pytest.raises(MailError, match="not now"):
        SmtpMailer(sink.relay()).send(message())
    assert not sink.taken


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_nobody_vouches_for_is_refused(far_away: None, identity: Path, tls: str) -> None:
    with Sink(tls, identity) as sink, pytest.raises(MailError, match="certificate cannot be trusted"):
        SmtpMailer(sink.relay()).send(message())
    assert not sink.taken


def test_a_certificate_of_another_name_is_refused(identity: Path) -> None:
    with Sink("implicit", identity) as sink, pytest.raises(MailError, match="certificate cannot be trusted"):
        SmtpMailer(sink.relay(host="127.0.0.1", ca_file=identity / "cert.pem")).send(message())


def test_a_server_without_tls_is_told_from_one_that_is_away(identity: Path) -> None:
    with Sink() as sink, pytest.raises(MailError, match="does not speak TLS"):
        SmtpMailer(sink.relay(tls="implicit")).send(message())
    with pytest.raises(MailError, match="no mail server can be reached"):
        SmtpMailer(sink.relay()).send(message())


def test_a_refused_login_names_the_server_and_not_the_password(identity: Path) -> None:
    answers = {"AUTH": ["535 5.7.8 no"] * 5}
    with Sink("implicit", identity, answers) as sink, pytest.raises(MailError, match="refused the login") as caught:
        SmtpMailer(sink.relay(user="daily", password="s3cret", ca_file=identity / "cert.pem")).send(message())
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in repr(sink.relay(user="daily", password="s3cret"))


def test_a_greeting_that_cannot_be_said_is_a_trouble_in_one_line() -> None:
    with Sink() as sink, pytest.raises(MailError) as caught:
        SmtpMailer(sink.relay(greeting="mail\r\nRCPT")).send(message())
    assert "\n" not in str(caught.value)


def test_certificates_that_are_not_there_are_named(far_away: None, identity: Path, tmp_path: Path) -> None:
    with Sink("starttls", identity) as sink, pytest.raises(MailError, match=r"none\.pem: no certificates"):
        SmtpMailer(sink.relay(ca_file=tmp_path / "none.pem")).send(message())


@pytest.mark.parametrize(
    ("command", "said", "kind", "hard"),
    [
        ("RCPT", "550 5.1.1 no such reader", "refused", True),
        ("RCPT", "550 no such reader", "refused", False),
        ("RCPT", "550 5.7.1 your network is not welcome", "refused", False),
        ("RCPT", "554 not here", "refused", False),
        ("RCPT", "552 5.2.2 mailbox full", "refused", False),
        ("RCPT", "450 4.2.0 come back later", "deferred", False),
        ("MAIL", "451 4.3.0 busy", "deferred", False),
        ("MAIL", "552 5.3.4 too large", "refused", False),
        ("DATA", "451 4.3.0 busy", "deferred", False),
        ("DATA", "554 5.6.0 no", "refused", False),
        (".", "451 4.3.0 busy", "deferred", False),
        (".", "550 5.7.1 looks like spam", "refused", False),
    ],
)
def test_a_refusal_is_one_messages_own(command: str, said: str, kind: str, hard: bool) -> None:
    with Sink(answers={command: [said]}) as sink, SmtpMailer(sink.relay()) as mailer:
        outcome = mailer.send(message(message_id=numbered(1)))
        following = mailer.send(message(message_id=numbered(2)))
    assert (outcome.kind, outcome.hard) == (kind, hard)
    assert outcome.soft is (said in ("550 no such reader", "554 not here", "552 5.2.2 mailbox full"))
    assert outcome.reason == said
    assert outcome.status == next((word for word in said.split() if word.count(".") == 2), "")
    assert following.kind == "accepted"
    assert [b"<2@example.org>" in taken.data for taken in sink.taken] == [True]
    assert sink.connections == 1


def test_a_sender_who_is_not_welcome_stops_the_run() -> None:
    with Sink(answers={"MAIL": ["550 5.7.1 not you"]}) as sink, pytest.raises(MailError, match="not you"):
        SmtpMailer(sink.relay()).send(message())


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("said", ["DROP", "421 4.3.2 closing"])
def test_a_connection_lost_before_the_message_is_opened_again(command: str, said: str) -> None:
    with Sink(answers={command: [said]}) as sink, SmtpMailer(sink.relay()) as mailer:
        assert mailer.send(message()).kind == "accepted"
    assert len(sink.taken) == 1
    assert sink.connections == 2


def test_a_connection_lost_twice_is_for_later() -> None:
    with Sink(answers={"RCPT": ["DROP", "DROP"]}) as sink, SmtpMailer(sink.relay()) as mailer:
        assert mailer.send(message(message_id=numbered(1))).kind == "deferred"
        assert mailer.send(message(message_id=numbered(2))).kind == "accepted"
    assert len(sink.taken) == 1


def test_a_connection_dropped_between_messages_is_opened_again() -> None:
    with Sink(answers={"MAIL": ["250 ok", "DROP"]}) as sink, SmtpMailer(sink.relay()) as mailer:
        assert [mailer.send(message(message_id=numbered(n))).kind for n in (1, 2, 3)] == ["accepted"] * 3
    assert len(sink.taken) == 3
    assert sink.connections == 2


def test_a_connection_lost_within_the_message_is_safe_to_try_again() -> None:
    with Sink(answers={"BODY": ["DROP", "DROP"]}) as sink, SmtpMailer(sink.relay()) as mailer:
        outcome = mailer.send(message(text="tides and tables " * 700_000))  # more than any buffer between holds
    assert outcome.kind == "deferred"
    assert sink.connections == 2
    assert not sink.taken


@pytest.mark.parametrize("said", ["DROP", "SILENCE", "what?", "399 odd"])
def test_a_doubt_after_the_end_is_never_tried_again(said: str) -> None:
    with Sink(answers={".": [said]}) as sink, SmtpMailer(sink.relay(patience=0.2)) as mailer:
        outcome = mailer.send(message(message_id=numbered(1)))
        assert outcome.kind == "unknown"
        assert mailer.send(message(message_id=numbered(2))).kind == "accepted"
    assert [b"<1@example.org>" in taken.data for taken in sink.taken] == [True, False]
    assert sink.connections == 2


def test_a_server_that_says_nothing_is_given_up_on() -> None:
    with Sink(answers={"HELLO": ["SILENCE"]}) as sink, pytest.raises(MailError, match="timed out"):
        SmtpMailer(sink.relay(timeout=0.2)).send(message())
    with Sink(answers={"RCPT": ["SILENCE", "SILENCE"]}) as sink, SmtpMailer(sink.relay(timeout=0.2)) as mailer:
        assert mailer.send(message()).kind == "deferred"


@pytest.mark.parametrize("said", ["DROP", "554 go away", "gibberish"])
def test_a_greeting_that_is_none_is_a_trouble_in_one_line(said: str) -> None:
    with Sink(answers={"HELLO": [said]}) as sink, pytest.raises(MailError) as caught:
        SmtpMailer(sink.relay()).send(message())
    assert "localhost" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_malformed_message_reaches_no_server() -> None:
    with Sink() as sink, pytest.raises(UsageError):
        SmtpMailer(sink.relay()).send(message(to="nobody"))
    assert not sink.connections


def test_closing_twice_and_unused_is_harmless() -> None:
    mailer = SmtpMailer(Relay(host="localhost", port=1))
    mailer.close()
    mailer.close()
    assert mailer._line is None
