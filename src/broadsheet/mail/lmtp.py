"""A small server for returned email: LMTP (RFC 2033) on a loopback address or a Unix socket, from a local mail server.

only addresses of the Inbox are accepted, only the front of each letter is kept
every letter is answered after it was received: when that fails, the mail server keeps it and sends it again later
"""

from __future__ import annotations

import asyncio
import logging
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Sequence

from broadsheet.core.errors import MailError, UsageError, system
from broadsheet.mail.address import checked, key, tag
from broadsheet.mail.bounces import MOST_BYTES, Inbox
from broadsheet.mail.returning import place

Receive = Callable[[bytes, Sequence[str]], None]  # the front of a letter and its recipients; runs in a thread, may fail

_LONGEST_LETTER = 32 * 2**20
_LONGEST_LINE = 4_096
_MOST_RECIPIENTS = 20
_MOST_CONNECTIONS = 16
_MOST_MISTAKES = 20
_IDLE = 120.0  # seconds
_PATH = re.compile(r"(?:FROM|TO):\s*<([^<>\s]{0,320})>(?:\s.*)?", re.IGNORECASE)
_log = logging.getLogger(__name__)


async def listen(where: str, inbox: Inbox, receive: Receive) -> asyncio.AbstractServer:
    """Start the server at ``unix:/PATH`` or ``127.0.0.1:PORT`` and return it; the caller closes it.

    Raises UsageError for another kind of place or an address that is not loopback, MailError when it is in use.
    """
    door = _Door(inbox, receive)
    try:
        at = place(where)
        if isinstance(at, tuple):
            return await asyncio.start_server(door.talk, *at, limit=_LONGEST_LINE)
        server: asyncio.AbstractServer = await asyncio.start_unix_server(door.talk, at, limit=_LONGEST_LINE)
        at.chmod(0o660)
        return server
    except OSError as error:
        raise MailError(system(error, where)) from error


class _Door:
    """What all connections have in common."""

    def __init__(self, inbox: Inbox, receive: Receive) -> None:
        self.bases = [checked(base) for base in (inbox.bounces, inbox.unsubscribe) if base]
        self.receive = receive
        self.open = 0

    async def talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serve one connection from its greeting to its end."""
        self.open += 1
        try:
            if self.open > _MOST_CONNECTIONS:
                writer.write(b"421 4.3.2 too many connections\r\n")
            else:
                await _Talk(self, reader, writer).run()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):  # gone, silent, or not a mail server
            pass
        finally:
            self.open -= 1
            writer.close()

    def knows(self, address: str) -> bool:
        """Whether this address is for returned email, with or without a token."""
        return any(key(address) == key(base) or tag(address, base) for base in self.bases)


class _Talk:
    """One connection, with the recipients of its current letter."""

    def __init__(self, door: _Door, reader: StreamReader, writer: StreamWriter) -> None:
        self.door, self.reader, self.writer = door, reader, writer
        self.begun = False
        self.to: list[str] = []
        self.mistakes = 0

    async def run(self) -> None:
        await self.say("220 broadsheet LMTP")
        while self.mistakes < _MOST_MISTAKES:
            line = (await self.piece()).decode("latin-1").strip()
            word, _, rest = line.partition(" ")
            if word.upper() == "QUIT":
                await self.say("221 2.0.0 bye")
                return
            if word.upper() == "DATA" and self.to:
                await self.take()
            else:
                await self.answered(word.upper(), rest)
        await self.say("421 4.7.0 too many mistakes")

    async def answered(self, word: str, rest: str) -> None:
        if word == "LHLO":
            self.begun, self.to = False, []
            await self.say(f"250-broadsheet\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {_LONGEST_LETTER}")
        elif word == "MAIL" and _PATH.fullmatch(rest):
            self.begun, self.to = True, []
            await self.say("250 2.1.0 ok")
        elif word == "RCPT" and self.begun:
            await self.addressed(rest)
        elif word in ("RSET", "NOOP"):
            self.begun, self.to = self.begun and word == "NOOP", self.to if word == "NOOP" else []
            await self.say("250 2.0.0 ok")
        else:
            self.mistakes += 1
            known = word in ("MAIL", "RCPT", "DATA")
            await self.say("503 5.5.1 not now, or not like this" if known else "500 5.5.1 this is LMTP")

    async def addressed(self, rest: str) -> None:
        match = _PATH.fullmatch(rest)
        try:
            address = checked(match[1]) if match else ""
        except UsageError:
            address = ""
        if not self.door.knows(address):
            self.mistakes += 1
            await self.say("550 5.1.1 no such address here")
        elif len(self.to) >= _MOST_RECIPIENTS:
            await self.say("452 4.5.3 too many recipients")
        else:
            self.to.append(address)
            await self.say("250 2.1.5 ok")

    async def take(self) -> None:
        """Receive the letter, and give one answer for each recipient."""
        await self.say("354 go on")
        front, size = await self.letter()
        answer = "552 5.3.4 too large" if size > _LONGEST_LETTER else await self.received(front)
        for _ in self.to:
            await self.say(answer)
        self.begun, self.to = False, []

    async def received(self, front: bytes) -> str:
        try:
            await asyncio.to_thread(self.door.receive, front, tuple(self.to))
        except Exception:  # the letter is not lost: its sender keeps it and sends it again
            _log.warning("returned email could not be stored; the mail server will send it again", exc_info=True)
            return "451 4.3.0 not now"
        return "250 2.0.0 taken"

    async def letter(self) -> tuple[bytes, int]:
        """Return the front of the letter, with its doubled dots undone, and its whole length in bytes."""
        front, size, fresh = bytearray(), 0, True
        while True:
            piece = await self.piece(whole=False)
            if fresh and piece in (b".\r\n", b".\n"):
                return bytes(front), size
            text = piece[1:] if fresh and piece.startswith(b".") else piece
            size += len(text)
            front += text[: max(MOST_BYTES - len(front), 0)]
            fresh = piece.endswith(b"\n")

    async def piece(self, *, whole: bool = True) -> bytes:
        """Return a line, or (unless ``whole``) a piece of one that is too long."""
        async with asyncio.timeout(_IDLE):
            try:
                return await self.reader.readuntil(b"\n")
            except asyncio.LimitOverrunError as error:
                if whole:
                    raise
                return await self.reader.readexactly(error.consumed)

    async def say(self, line: str) -> None:
        self.writer.write(line.encode("ascii") + b"\r\n")
        await self.writer.drain()
