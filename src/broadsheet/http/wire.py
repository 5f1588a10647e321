"""One exchange with one checked address: bounded in bytes, before and after decompression, and in time.

connect to the address that was checked, telling the host its own name (TLS verifies that name)
read the head, then the body piece by piece, each piece unpacked no further than the bound allows
a file is received as it is, into the rest of what an earlier exchange brought
when the whole takes too long, a timer shuts the connection down and the read ends
"""

from __future__ import annotations

import http.client
import math
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from broadsheet.core.errors import SourceError
from broadsheet.http.address import Target

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
    from urllib3.response import BaseHTTPResponse

_PIECE = 65536


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one ``get`` or ``post``: seconds to connect, between two reads, and for one exchange; bytes; counts;
    seconds until one more attempt, and until the last one begins, counted from the first; and whether answers are
    ``stored`` for the next time."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 120.0
    max_bytes: int = 64 * 2**20
    redirects: int = 5
    attempts: int = 3
    longest_wait: float = 120.0
    patience: float = math.inf
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers with lower-case names, the body unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class BrokenError(Exception):
    """The exchange failed on the way and may be tried again; its text is the reason."""


class UnreachableError(BrokenError):
    """No connection was made: another address of the same host may work."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is still to come of a file of ``size`` bytes: ``path`` holds its beginning, or is not there yet.
    ``progress`` is told how many bytes are there."""

    path: Path
    size: int
    progress: Callable[[int], object] = int

    @property
    def held(self) -> int:
        """Return how many bytes are there."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def take(self, status: int, headers: Mapping[str, str], pieces: Iterator[bytes]) -> None:
        """Write a body behind what is there (206) or in its place (200). SourceError if it would be larger than the
        file, BrokenError if it ends early; what came stays."""
        held = self.held if status == 206 else 0
        declared = headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and held + int(declared[:18]) > self.size:
            raise SourceError(f"the file is larger than the {self.size:,} bytes that were announced")
        if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise SourceError(f"the file is packed as {headers['content-encoding'][:40]!r}: expected no packing")
        if status == 206 and not headers.get("content-range", "").startswith(f"bytes {held}-"):
            self.path.unlink(missing_ok=True)
            raise BrokenError("the server sent another part of the file than was asked for")
        with self.path.open("ab" if status == 206 else "wb", buffering=0) as file:
            for piece in pieces:
                held += len(piece)
                if held > self.size:
                    raise SourceError(f"the file is larger than the {self.size:,} bytes that were announced")
                self._write(file, piece)
                self.progress(held)
        if held < self.size:
            raise BrokenError("the answer ended early")

    def _write(self, file: IO[bytes], piece: bytes) -> None:
        """A full disk is not a broken connection."""
        try:
            file.write(piece)
        except OSError as error:
            raise SourceError(f"{self.path} cannot be written: {error.strerror or error}") from error


def exchange(
    asked: Target, address: str, headers: Mapping[str, str], limits: Limits, context: ssl.SSLContext | None = None,
    *, body: bytes | None = None,
) -> Answer:  # fmt: skip
    """Send a GET, or with a ``body`` a POST, to ``address``; BrokenError if it may be tried again, SourceError if the
    answer is not acceptable."""

    def read(_: int, names: Mapping[str, str], response: BaseHTTPResponse) -> bytes:
        return _body(response, names, limits)

    return _exchanged(asked, address, headers, limits, context, read, body=body)


def receive(
    asked: Target, address: str, headers: Mapping[str, str], limits: Limits, context: ssl.SSLContext | None, rest: Rest
) -> Answer:
    """Send a GET whose body goes into the ``rest`` of a file; any other answer than 200 and 206 is read as ``exchange``
    reads it. Raises as ``exchange`` and ``Rest.take`` do."""

    def read(status: int, names: Mapping[str, str], response: BaseHTTPResponse) -> bytes:
        if status not in (200, 206):
            return _body(response, names, limits)
        rest.take(status, names, _received(response, rest.size))
        return b""

    return _exchanged(asked, address, headers, limits, context, read)


_Read = Callable[[int, Mapping[str, str], "BaseHTTPResponse"], bytes]


def _exchanged(
    asked: Target, address: str, headers: Mapping[str, str], limits: Limits, context: ssl.SSLContext | None,
    read: _Read, *, body: bytes | None = None,
) -> Answer:  # fmt: skip
    import urllib3.exceptions as wrong

    connection = _connection(asked, address, limits, context)
    late = threading.Event()
    try:
        _connect(connection, limits)
        with _deadline(connection, limits, late):
            with suppress(BrokenPipeError):  # it may have answered before it had read everything
                connection.request(
                    "GET" if body is None else "POST", asked.path, body=body,
                    headers={**headers, "Host": asked.host_header}, preload_content=False, decode_content=False,
                )  # fmt: skip
            with closing(connection.getresponse()) as response:
                names = {name.lower(): value for name, value in response.headers.items()}
                answer = Answer(response.status, names, read(response.status, names, response))
    except (wrong.HTTPError, http.client.HTTPException, OSError, ValueError, BrokenError) as error:
        if not late.is_set():
            raise error if isinstance(error, BrokenError) else BrokenError(_reason(error, limits)) from error
    finally:
        connection.close()
    if late.is_set():  # shutting down looks like an end to bodies without a length
        raise SourceError(f"the exchange took longer than {limits.total:g} s; try again later")
    return answer


def _connect(connection: HTTPConnection, limits: Limits) -> None:
    import urllib3.exceptions as wrong

    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise SourceError(f"its certificate is not accepted ({error.verify_message})") from error
    except (wrong.HTTPError, OSError) as error:
        raise UnreachableError(_reason(error, limits)) from error


def _connection(asked: Target, address: str, limits: Limits, context: ssl.SSLContext | None) -> HTTPConnection:
    from urllib3.connection import HTTPConnection, HTTPSConnection

    if asked.scheme == "http":
        return HTTPConnection(address, asked.port, timeout=limits.connect)
    return HTTPSConnection(
        address,
        asked.port,
        timeout=limits.connect,
        server_hostname=asked.host,
        ssl_context=context or ssl.create_default_context(),
    )


@contextmanager
def _deadline(connection: HTTPConnection, limits: Limits, late: threading.Event) -> Iterator[None]:
    """Bound the block by shutting the socket down: the one bound that a server sending a byte at a time cannot pass."""
    line = connection.sock
    assert line is not None
    line.settimeout(limits.read)
    connection.timeout = limits.read  # getresponse sets the socket's timeout to this

    def end() -> None:
        late.set()
        # shutdown of the plain socket: that of an SSL socket would pull its state from under the reader
        if line.fileno() >= 0:
            socket.socket.shutdown(line, socket.SHUT_RDWR)

    timer = threading.Timer(limits.total, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _body(response: BaseHTTPResponse, headers: Mapping[str, str], limits: Limits) -> bytes:
    declared = headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:18]) > limits.max_bytes:
        raise SourceError(_too_large(limits.max_bytes))
    pieces = _received(response, limits.max_bytes)
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        pieces = _unzipped(pieces)
    elif encoding not in ("", "identity"):
        raise SourceError(f"the answer is packed as {encoding[:40]!r}: expected gzip or no packing")
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > limits.max_bytes:
            raise SourceError(_too_large(limits.max_bytes))
    return bytes(body)


def _received(response: BaseHTTPResponse, most: int) -> Iterator[bytes]:
    received = 0
    while piece := response.read1(_PIECE):
        received += len(piece)
        if received > most:
            raise SourceError(_too_large(most))
        yield piece


def _unzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Gzip members unpacked in pieces of at most the bound, so that a bomb is met while it is small."""
    unpacker, started = zlib.decompressobj(wbits=31), False
    try:
        for piece in pieces:
            while piece:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(wbits=31)
                started = True
                yield unpacker.decompress(piece, _PIECE * 16)
                piece = unpacker.unconsumed_tail or unpacker.unused_data
    except zlib.error as error:
        raise SourceError("the answer says it is gzip, but it is not") from error
    if started and not unpacker.eof:
        raise BrokenError("the packed answer ended early")


def _too_large(most: int) -> str:
    return f"the answer is larger than the {most:,} bytes allowed"


def _reason(error: Exception, limits: Limits) -> str:
    """Return why an exchange failed, in words without addresses."""
    import urllib3.exceptions as wrong

    if isinstance(error, wrong.NewConnectionError | ConnectionRefusedError):
        return "the connection was refused or there is no network"
    if isinstance(error, wrong.ConnectTimeoutError):
        return f"no connection was made within {limits.connect:g} s"
    if isinstance(error, wrong.ReadTimeoutError | TimeoutError):
        return f"the server sent nothing for {limits.read:g} s"
    if isinstance(error, wrong.IncompleteRead) or "IncompleteRead" in str(error):
        return "the answer ended early"
    return f"the connection failed ({type(error).__name__})"
