"""The door for returned mail, with the standard library's client and with worse ones."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from broadsheet.core.errors import MailError, UsageError
from broadsheet.mail.bounces import MOST_BYTES, bounces
from broadsheet.mail.lmtp import Receive, listen
from returned import INBOX, delivery


class Kept:
    """Receives letters; fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.letters: list[tuple[bytes, tuple[str, ...]]] = []
        self.failures = failures

    def __call__(self, data: bytes, recipients: Sequence[str]) -> None:
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        self.letters.append((data, tuple(recipients)))


@contextmanager
def door(receive: Receive, where: str = "127.0.0.1:0") -> Iterator[int]:
    """The port of a door that is open in a thread."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(listen(where, INBOX, receive))
    name = server.sockets[0].getsockname()  # type: ignore[attr-defined]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield 0 if isinstance(name, str) else name[1]
    finally:
        asyncio.run_coroutine_threadsafe(closed(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def closed(server: asyncio.AbstractServer) -> None:
    """Shut the door and let what is open behind it end."""
    server.close()
    for _ in range(200):
        if len(asyncio.all_tasks()) == 1:
            return
        await asyncio.sleep(0.01)


TO = "bounces+t0ken@example.org"


def test_a_report_comes_through() -> None:
    kept = Kept()
    with door(kept) as port, smtplib.LMTP("127.0.0.1", port, local_hostname="mx") as line:
        assert line.sendmail("", [TO], delivery(to="somebody@example.org")) == {}
    [(data, recipients)] = kept.letters
    assert recipients == (TO,)
    assert bounces(data, INBOX, recipients=recipients)[0].token == "t0ken"


def test_a_unix_socket_serves_too(tmp_path: Path) -> None:
    kept = Kept()
    path = tmp_path / "lmtp"
    with door(kept, f"unix:{path}"), smtplib.LMTP(str(path), local_hostname="mx") as line:
        line.sendmail("", [TO], b"Subject: x\r\n\r\n.\r\n..\r\n")
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert kept.letters == [(b"Subject: x\r\n\r\n.\r\n..\r\n", (TO,))]


def test_only_addresses_of_the_inbox_are_taken() -> None:
    kept = Kept()
    with door(kept) as port, smtplib.LMTP("127.0.0.1", port, local_hostname="mx") as line:
        refused = line.sendmail("", ["reader@lab.science", "UNSUB+x@example.org"], b"Subject: x\r\n\r\n")
        assert {to: code for to, (code, _) in refused.items()} == {"reader@lab.science": 550}
    assert kept.letters[0][1] == ("UNSUB+x@example.org",)


def test_each_recipient_is_answered_for() -> None:
    kept = Kept()
    with door(kept) as port:
        asked = f"LHLO mx\r\nMAIL FROM:<> SIZE=3\r\nRCPT TO:<{TO}>\r\nRCPT TO:<unsub@example.org>\r\nDATA\r\nx\r\n.\r\n"
        answers = conversation(port, asked.encode())
    assert [answer[:3] for answer in answers[-6:]] == [b"250", b"250", b"250", b"354", b"250", b"250"]
    assert kept.letters == [(b"x\r\n", (TO, "unsub@example.org"))]


def test_what_cannot_be_kept_is_for_later() -> None:
    kept = Kept(failures=1)
    with door(kept) as port, smtplib.LMTP("127.0.0.1", port, local_hostname="mx") as line:
        with pytest.raises(smtplib.SMTPDataError, match="451"):
            line.sendmail("", [TO], b"Subject: x\r\n\r\n")
        line.sendmail("", [TO], b"Subject: x\r\n\r\n")
    assert len(kept.letters) == 1


def test_of_a_long_letter_the_front_is_kept() -> None:
    kept = Kept()
    with door(kept) as port, smtplib.LMTP("127.0.0.1", port, local_hostname="mx") as line:
        line.sendmail("", [TO], b"Subject: x\r\n\r\n" + b"." * 3 * MOST_BYTES + b"\r\n.\r\nthe end\r\n")
        line.sendmail("", [TO], b"Subject: y\r\n\r\n")
    assert len(kept.letters[0][0]) == MOST_BYTES
    assert kept.letters[1][0].startswith(b"Subject: y")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"EHLO x\r\n", b"500"),
        (b"GET / HTTP/1.1\r\n", b"500"),
        (b"DATA\r\n", b"503"),
        (b"RCPT TO:<bounces@example.org>\r\n", b"503"),
        (b"MAIL nonsense\r\n", b"503"),
        (b"MAIL FROM:<>\r\nRCPT TO:<bounces@example.org>\r\nRSET\r\nDATA\r\n", b"503"),
        (b"MAIL FROM:<>\r\nRCPT TO:<\xff\x00>\r\n", b"550"),
        (b"\xff\xfe\r\n", b"500"),
        (b"x\r\n" * 20, b"421"),
        (b"NOOP " + b"x" * 100_000, b""),
    ],
)
def test_nonsense_is_answered_or_hung_up_on(said: bytes, answer: bytes) -> None:
    kept = Kept()
    with door(kept) as port:
        lines = conversation(port, said)
        assert lines[-1].startswith(answer)
        assert conversation(port, b"NOOP\r\n")[-1].startswith(b"250")
    assert not kept.letters


def conversation(port: int, said: bytes) -> list[bytes]:
    """All that the door answers, less its goodbye."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        try:
            line.sendall(said + b"QUIT\r\n")
            with line.makefile("rb") as file:
                answers = file.read().splitlines()
        except ConnectionError:
            return [b""]
    return [answer for answer in answers if not answer.startswith(b"221")] or [b""]


def test_a_letter_that_breaks_off_is_not_kept() -> None:
    kept = Kept()
    with door(kept) as port:
        conversation_cut = f"MAIL FROM:<>\r\nRCPT TO:<{TO}>\r\nDATA\r\nSubject: half".encode()
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(conversation_cut)
            line.shutdown(socket.SHUT_WR)
            with line.makefile("rb") as file:
                assert file.read().splitlines()[-1].startswith(b"354")
    assert not kept.letters


@pytest.mark.parametrize("where", ["0.0.0.0:2424", "mail.example.org:24", "127.0.0.1", "127.0.0.1:99999", "::1", ""])
def test_the_door_opens_nowhere_else(where: str) -> None:
    with pytest.raises(UsageError, match="not a place for returned email"):
        asyncio.run(listen(where, INBOX, Kept()))


def test_a_place_that_is_taken_is_said() -> None:
    with door(Kept()) as port, pytest.raises(MailError):
        asyncio.run(listen(f"127.0.0.1:{port}", INBOX, Kept()))
