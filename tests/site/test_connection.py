"""No connection waits for ever, and no number of them keeps others out: against a server with little patience."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from broadsheet.site import connection as module
from broadsheet.site.connection import Patience, connections, most_connections

_SERVER = """
import asyncio, sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from broadsheet.site.connection import Patience
from broadsheet.site.listen import open_listener, run

async def echo(request):
    return PlainTextResponse(str(len(await request.body())))

async def late(request):
    await asyncio.sleep(1.5)
    return PlainTextResponse(str(len(await request.body())))

async def endless(request):
    async def pieces():
        while True:
            yield b"x" * 65536
            await asyncio.sleep(0)
    return StreamingResponse(pieces())

app = Starlette(routes=[Route(f"/{each.__name__}", each, methods=["GET", "POST"]) for each in (echo, late, endless)])
with open_listener("127.0.0.1", 0) as listener:
    run(app, listener, ready=lambda address: print(address, flush=True), patience=Patience(**eval(sys.argv[1])))
"""
_LONG = 60.0  # seconds that a test waits for what should come much sooner
_FOR_EVER = {"head": 600.0, "pause": 600.0, "body": 600.0, "answer": 600.0}
_WHOLE = b"GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"


@contextmanager
def server(**patience: float) -> Iterator[tuple[str, int]]:
    """Run a server in a process of its own; patience that is not given has no end."""
    script = [sys.executable, "-c", _SERVER, repr(_FOR_EVER | patience)]
    with subprocess.Popen(script, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        host, _, port = process.stdout.readline().strip().removeprefix("http://").rpartition(":")
        try:
            yield host, int(port)
        finally:
            process.kill()


def sent(address: tuple[str, int], data: bytes) -> socket.socket:
    client = socket.create_connection(address, timeout=_LONG)
    client.sendall(data)
    return client


def rest(client: socket.socket) -> bytes:
    """Everything that comes until the server closes the connection."""
    received = b""
    try:
        while piece := client.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    finally:
        client.close()
    return received


@pytest.mark.parametrize("data", [b"", b"G", b"GET /echo HTTP/1.1\r\nHost: a\r\nX-Half"])
def test_half_a_head_is_not_waited_for(data: bytes) -> None:
    with server(head=0.2) as address:
        assert rest(sent(address, data)) == b""


def test_a_head_that_comes_in_drops_has_no_longer_time() -> None:
    with server(head=1.0) as address, sent(address, b"GET /echo HTTP/1.1\r\n") as client:
        client.settimeout(0.05)
        for _ in range(600):
            try:
                client.sendall(b"X: y\r\n")
                if client.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        else:
            pytest.fail("the connection is still open")


@pytest.mark.parametrize("patience", [{"pause": 0.2}, {"body": 0.2}])
def test_half_a_body_is_not_waited_for(patience: dict[str, float]) -> None:
    with server(**patience) as address:
        assert rest(sent(address, b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")) == b""


def test_half_a_second_head_is_not_waited_for_either() -> None:
    with server(head=0.5) as address, sent(address, _WHOLE) as client:
        assert client.recv(65536).startswith(b"HTTP/1.1 200")
        client.sendall(b"GET /echo HT")
        assert rest(client) in (b"", b"0"), "at most the end of the first answer"


def test_a_client_that_takes_nothing_of_its_answer_is_left() -> None:
    with server(answer=0.3) as address, sent(address, b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n") as client:
        with sent(address, _WHOLE.replace(b"echo", b"late")) as other:  # answered when the patience has ended
            assert other.recv(65536).startswith(b"HTTP/1.1 200")
        received = 0
        while piece := client.recv(2**20):
            received += len(piece)
            assert received < 2**28, "the connection is still open"


def test_an_application_that_reads_late_is_waited_for() -> None:
    body = b"x" * 1_000_000
    head = f"POST /late HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with server(pause=0.3) as address:
        assert rest(sent(address, head + body)).endswith(b"1000000")


def test_too_many_half_requests_keep_no_one_out() -> None:
    with server(most=3) as address:
        waiting = [sent(address, b"GET /echo HTTP/1.1\r\n") for _ in range(40)]
        with sent(address, _WHOLE) as client:
            assert client.recv(65536).startswith(b"HTTP/1.1 200")
        assert rest(waiting[0]) == b"", "the one that has waited longest is closed"
        for each in waiting:
            each.close()


def test_connections_leave_files_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    if module.resource is None:
        assert most_connections() == 256
        return
    for files, most in ((1024, 512), (20, 16), (1_000_000, 2_000), (module.resource.RLIM_INFINITY, 2_000)):
        monkeypatch.setattr(module.resource, "getrlimit", lambda _, files=files: (files, files))
        assert most_connections() == most
    assert callable(connections(Patience()))
