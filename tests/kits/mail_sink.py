"""A mail server on this machine that takes everything, or misbehaves on order.

``answers`` maps a command to what it says, one after another and then as usual: a reply line, ``DROP`` (close without a
word) or ``SILENCE`` (say nothing until the sink is closed). The command ``HELLO`` is the greeting, ``BODY`` comes after
the answer to DATA and ``.`` after the whole message.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from broadsheet.mail.relay import Relay

USUAL = {
    "HELLO": "220 sink ready", "MAIL": "250 2.1.0 ok", "RCPT": "250 2.1.5 ok", "DATA": "354 go on",
    ".": "250 2.0.0 taken", "RSET": "250 2.0.0 ok", "QUIT": "221 2.0.0 bye", "STARTTLS": "220 go on",
    "AUTH": "235 2.7.0 welcome", "BODY": "", "NOOP": "250 ok",
}  # fmt: skip


class Taken(NamedTuple):
    """One message as it arrived."""

    sender: str
    to: str
    data: bytes


class _GoneError(Exception):
    pass


class Sink:
    """``with Sink(tls="starttls", identity=made) as sink: ...``; ``taken`` keeps every message that came whole."""

    def __init__(
        self, tls: str = "", identity: Path | None = None, answers: dict[str, list[str]] | None = None
    ) -> None:
        self.tls, self.answers = tls, answers or {}
        self.taken: list[Taken] = []
        self.commands: list[str] = []
        self.connections = 0
        self._over = threading.Event()
        self._context = None
        if identity:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(identity / "cert.pem", identity / "key.pem")
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError, _GoneError), contextlib.ExitStack() as opened:
                    _Talk(outer, self.request, opened).run()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def relay(self, **options: Any) -> Relay:
        """This sink as a Relay, impatient."""
        port = int(self._server.server_address[1])
        settings: dict[str, Any] = {"host": "localhost", "port": port, "greeting": "test.example", "timeout": 5.0}
        settings |= {"patience": 5.0, "tls": "implicit" if self.tls == "implicit" else "starttls"}
        return Relay(**(settings | options))

    def answer(self, command: str) -> str:
        """What it says now to this command."""
        ordered = self.answers.get(command)
        said = ordered.pop(0) if ordered else USUAL.get(command, "502 5.5.1 unknown")
        if said == "SILENCE":
            self._over.wait(20)
        if said in ("DROP", "SILENCE"):
            raise _GoneError
        return said

    def wrapped(self, line: socket.socket) -> socket.socket:
        """The same line under TLS."""
        assert self._context is not None
        return self._context.wrap_socket(line, server_side=True)

    def __enter__(self) -> Sink:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Talk:
    """One connection."""

    def __init__(self, sink: Sink, line: socket.socket, opened: contextlib.ExitStack) -> None:
        self.sink, self.line, self.opened = sink, line, opened
        self.secure = False
        self.sender = self.to = ""
        sink.connections += 1
        if sink.tls == "implicit":
            self.encrypt()
        self.file = self.line.makefile("rb")

    def encrypt(self) -> None:
        self.line = self.opened.enter_context(self.sink.wrapped(self.line))
        self.secure = True

    def run(self) -> None:
        self.say("HELLO")
        while raw := self.file.readline():  # the file is another one under TLS
            text = raw.decode("latin-1").strip()
            self.sink.commands.append(text)
            getattr(self, f"on_{text.split(' ')[0].lower()}", self.on_other)(text)
            if text.upper() == "QUIT":
                return

    def say(self, command: str) -> str:
        said = self.sink.answer(command)
        if said:
            self.line.sendall(said.encode() + b"\r\n")
        return said

    def on_ehlo(self, text: str) -> None:
        offers = ["sink", "SIZE 50000000", *(["STARTTLS"] if self.sink.tls == "starttls" and not self.secure else [])]
        offers += ["AUTH PLAIN LOGIN"] if self.sink.tls == "none-with-login" or self.secure else []
        marked = [f"250{' ' if i == len(offers) - 1 else '-'}{offer}" for i, offer in enumerate(offers)]
        self.line.sendall("\r\n".join(marked).encode() + b"\r\n")

    def on_starttls(self, text: str) -> None:
        if self.say("STARTTLS").startswith("220"):
            self.encrypt()
            self.file = self.line.makefile("rb")

    def on_mail(self, text: str) -> None:
        if self.sender:
            self.line.sendall(b"503 5.5.1 one message at a time\r\n")
        elif self.say("MAIL").startswith("250"):
            self.sender = text.split("<")[1].split(">")[0]

    def on_rset(self, text: str) -> None:
        self.sender = self.to = ""
        self.say("RSET")

    def on_rcpt(self, text: str) -> None:
        if self.say("RCPT").startswith("250"):
            self.to = text.split("<")[1].split(">")[0]

    def on_data(self, text: str) -> None:
        if not self.say("DATA").startswith("354"):
            return
        self.say("BODY")
        lines = []
        for raw in self.file:
            if raw == b".\r\n":
                break
            lines.append(raw[1:] if raw.startswith(b".") else raw)
        else:
            return
        ordered = (self.sink.answers.get(".") or ["250"])[0]
        if ordered[0] not in "45":
            self.sink.taken.append(Taken(self.sender, self.to, b"".join(lines)))
        self.sender = self.to = ""
        self.say(".")

    def on_other(self, text: str) -> None:
        self.say(text.split(" ")[0].upper())


@contextlib.contextmanager
def identity_in(folder: Path) -> Iterator[Path]:
    """A key and a certificate for ``localhost`` in a folder, made by openssl."""
    import pytest  # the sink itself does without

    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate of this test and is not installed")
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
        "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    yield folder
