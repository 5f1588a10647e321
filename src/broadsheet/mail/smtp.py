"""The Mailer over SMTP: one encrypted connection for many messages, which reports every doubt.

connect, TLS, log in, once; again when the connection has dropped
MAIL, RCPT, DATA, the message: when it is lost here, nothing was delivered, and a second try is safe
the final dot: when the connection is lost from here on, no one knows whether the message arrived
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable
from typing import Any

from broadsheet.core.errors import MailError
from broadsheet.core.text import clipped, squeeze
from broadsheet.core.types import Message, Outcome
from broadsheet.mail.address import checked
from broadsheet.mail.message import return_path, wire
from broadsheet.mail.refusal import cause
from broadsheet.mail.refusal import code as enhanced
from broadsheet.mail.relay import Relay

# smtplib's errors and those of TLS are all kinds of OSError.
_TOO_LARGE = 552
_CLOSING = 421
_LINE_START = re.compile(rb"^\.", re.MULTILINE)
_LONGEST_REASON = 300


class SmtpMailer:
    """Hand messages to a Relay. For one thread; close it, or use it in a ``with``."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._line: smtplib.SMTP | None = None

    def send(self, message: Message) -> Outcome:
        """Send a message; return its Outcome. A connection that drops before the end of a message is opened again once.

        Raises MailError when the server cannot be reached, offers no TLS, has a bad certificate, or refuses the login
        or the sender; UsageError for a malformed message.
        """
        return self.deliver(message, lambda: True)

    def deliver(self, message: Message, sure: Callable[[], bool]) -> Outcome:
        """Send a message as a CarefulMailer does: ``sure`` is asked before its end."""
        data, to, sender = wire(message), checked(message.to), return_path(message)
        reason = ""
        for _ in range(2):
            line = self._opened()
            try:
                return self._handed_over(line, data, (sender, to), sure)
            except _LostError as lost:
                self.close()
                reason = str(lost)
        return Outcome("deferred", f"the connection was lost before the end of the message: {reason}")

    def close(self) -> None:
        """End the connection, if there is one; never fails."""
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(OSError):
                line.quit()
            line.close()

    def __enter__(self) -> SmtpMailer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _opened(self) -> smtplib.SMTP:
        if self._line is None:
            self._line = _connected(self.relay)
        return self._line

    def _handed_over(self, line: smtplib.SMTP, data: bytes, path: tuple[str, str], sure: Callable[[], bool]) -> Outcome:
        refusal = self._addressed(line, len(data), path)
        if refusal is None:
            code, reply = _answer(line, "DATA")
            refusal = None if code == 354 else _refusal(code, reply)
        if refusal is not None:
            self._begin_again(line)
            return refusal
        _pour(line, data)
        return (
            self._ended(line)
            if self._is_sure(sure)
            else Outcome("deferred", "the message was held back before its end")
        )

    def _addressed(self, line: smtplib.SMTP, size: int, path: tuple[str, str]) -> Outcome | None:
        """Return why this sender cannot send to this recipient now; None when it can."""
        sender, to = path
        limit = f" SIZE={size}" if line.has_extn("size") else ""
        code, reply = _answer(line, f"MAIL FROM:<{sender}>{limit}")
        if code >= 500 and code != _TOO_LARGE:
            self.close()
            raise MailError(f"{self.relay.shown} does not accept email from {sender}: {_reason(code, reply)}")
        if code != 250:
            return _refusal(code, reply)
        code, reply = _answer(line, f"RCPT TO:<{to}>")
        return None if code in (250, 251) else _refusal(code, reply, recipient=True)

    def _is_sure(self, sure: Callable[[], bool]) -> bool:
        """Whether the message may end; otherwise cut the connection, which then delivers nothing."""
        may_end = False
        try:
            may_end = sure()
        finally:
            if not may_end:
                _dropped(self._line)
                self._line = None
        return may_end

    def _ended(self, line: smtplib.SMTP) -> Outcome:
        """Send the final dot; whatever breaks from here on leaves a doubt."""
        try:
            if line.sock is not None:
                line.sock.settimeout(self.relay.patience)
            line.send(b".\r\n")
            code, reply = line.getreply()
            if line.sock is not None:
                line.sock.settimeout(self.relay.timeout)
        except OSError as error:
            self.close()
            return Outcome("unknown", f"the connection was lost after the end of the message: {_line_of(error)}")
        if code == _CLOSING:
            self.close()
        if code == 250:
            return Outcome("accepted", _reason(code, reply), enhanced(reply.decode("latin-1")))
        if 400 <= code < 600:
            return _refusal(code, reply)
        self.close()
        return Outcome("unknown", f"the answer to the message was not understood: {_reason(code, reply)}")

    def _begin_again(self, line: smtplib.SMTP) -> None:
        """Make the connection ready for the next message; close one that cannot be."""
        try:
            ready = _answer(line, "RSET")[0] == 250
        except _LostError:
            ready = False
        if not ready:
            self.close()


class _LostError(Exception):
    """The connection is lost, and the message was certainly not delivered."""


def _connected(relay: Relay) -> smtplib.SMTP:
    """Return a connection that is encrypted and logged in, as the relay demands."""
    line: smtplib.SMTP | None = None
    try:
        line = _greeted(relay)
        if relay.tls == "starttls" and (relay.user or not _is_this_machine(line)):
            _encrypt(line, relay)
        if relay.user:
            line.login(relay.user, relay.password)
        return line
    except MailError:
        _dropped(line)
        raise
    except (OSError, ValueError) as error:  # ValueError: a name that cannot be looked up or encoded
        _dropped(line)
        raise MailError(_trouble(relay, error)) from error


def _greeted(relay: Relay) -> smtplib.SMTP:
    options: dict[str, Any] = {"local_hostname": relay.greeting or None, "timeout": relay.timeout}
    if relay.tls == "implicit":
        line: smtplib.SMTP = smtplib.SMTP_SSL(relay.host, relay.port, context=_trusting(relay), **options)
    else:
        line = smtplib.SMTP(relay.host, relay.port, **options)
    try:
        line.ehlo_or_helo_if_needed()
    except BaseException:
        line.close()
        raise
    return line


def _encrypt(line: smtplib.SMTP, relay: Relay) -> None:
    if not line.has_extn("starttls"):
        raise MailError(
            f"{relay.shown} offers no STARTTLS, and email is never sent without encryption: use smtps:// if the server "
            "speaks TLS from the first byte, or use another server"
        )
    code, reply = line.starttls(context=_trusting(relay))
    if code != 220:
        raise MailError(f"{relay.shown} refused STARTTLS: {_reason(code, reply)}")
    line.ehlo_or_helo_if_needed()


def _trusting(relay: Relay) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if relay.ca_file is not None:
        try:
            context.load_verify_locations(relay.ca_file)
        except OSError as error:
            raise MailError(f"{relay.ca_file}: no certificates can be read from this file: check it") from error
    return context


def _is_this_machine(line: smtplib.SMTP) -> bool:
    """Whether the connection leads to a loopback address, whatever its name."""
    peer = line.sock.getpeername()[0] if line.sock is not None else ""
    try:
        return ipaddress.ip_address(str(peer).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _answer(line: smtplib.SMTP, command: str) -> tuple[int, bytes]:
    """Return the answer to one command; _LostError without an answer, or when the server says that it closes."""
    try:
        code, reply = line.docmd(command)
    except OSError as error:
        raise _LostError(_line_of(error)) from error
    if code == _CLOSING or not 200 <= code < 600:
        raise _LostError(_reason(code, reply))
    return code, reply


def _pour(line: smtplib.SMTP, data: bytes) -> None:
    """Send the message with its dots doubled, without the one that ends it."""
    try:
        line.send(_LINE_START.sub(b"..", data))
    except OSError as error:
        raise _LostError(_line_of(error)) from error


def _refusal(code: int, reply: bytes, *, recipient: bool = False) -> Outcome:
    """Return a negative answer as an Outcome; _LostError for one that has no meaning here."""
    if code < 400:
        raise _LostError(f"an answer that was not understood: {_reason(code, reply)}")
    reason, line = _reason(code, reply), reply.decode("latin-1")
    if code < 500:
        return Outcome("deferred", reason, enhanced(line))
    about = cause(line) if recipient else "server"
    return Outcome("refused", reason, enhanced(line), hard=about == "address", soft=about == "mailbox")


def _reason(code: int, reply: bytes) -> str:
    return clipped(squeeze(f"{code} {reply.decode('utf-8', 'replace')}"), _LONGEST_REASON)


def _line_of(error: Exception) -> str:
    return clipped(squeeze(str(error)) or type(error).__name__, _LONGEST_REASON)


def _trouble(relay: Relay, error: Exception) -> str:
    where = relay.shown
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"{where}: its certificate cannot be trusted ({error.verify_message}): check the host's name, or set "
            "mail_ca_file to the certificate of the authority that signed it"
        )
    if isinstance(error, smtplib.SMTPAuthenticationError):
        reply = _reason(error.smtp_code, _bytes(error.smtp_error))
        return f"{where} refused the login: {reply}: check the user and the password"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"{where} offers no login: remove the user and the password from the settings, or use another server"
    if isinstance(error, ssl.SSLError):
        return (
            f"{where} does not speak TLS as expected ({error.reason}): check the port, and whether it needs smtp:// "
            "or smtps://"
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{where} refused the connection: {_reason(error.smtp_code, _bytes(error.smtp_error))}"
    if isinstance(error, smtplib.SMTPException):
        return f"{where} does not answer as a mail server: {_line_of(error)}"
    return f"{where}: no mail server can be reached at this address ({_line_of(error)}): check the host and the port"


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode()


def _dropped(line: smtplib.SMTP | None) -> None:
    if line is not None:
        line.close()
