"""How an application is run: which port it gets, when it says so, and how it ends."""

from __future__ import annotations

import socket
import subprocess
import sys
from signal import SIGINT, SIGTERM
from urllib.request import urlopen

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.site.listen import open_listener

_RUNNING = """
import sys
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from broadsheet.site.listen import open_listener, run
app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("here"))])
with open_listener(sys.argv[1], 0) as listener:
    run(app, listener, ready=lambda address: print(address, flush=True))
print("ended", flush=True)
"""


def test_any_free_port_is_another_each_time() -> None:
    with open_listener("127.0.0.1", 0) as one, open_listener("127.0.0.1", 0) as other:
        assert one.getsockname()[1] != other.getsockname()[1]
        assert one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("host", "port", "line"),
    [
        ("127.0.0.1", 70_000, "cannot listen on port 70000: expected 0 to 65535"),
        ("127.0.0.1", -1, "cannot listen on port -1: expected 0 to 65535"),
        ("192.0.2.7", 0, "cannot listen on 192.0.2.7:0 .*: choose another with --port"),
        ("no such host", 0, "cannot listen on no such host:0 .*: choose another with --port"),
    ],
)
def test_a_place_that_cannot_be_had_is_one_clear_line(host: str, port: int, line: str) -> None:
    with pytest.raises(UsageError, match=line) as caught:
        open_listener(host, port)
    assert "\n" not in str(caught.value)


def test_a_port_in_use_is_said_to_be() -> None:
    with open_listener("127.0.0.1", 0) as one, pytest.raises(UsageError, match="the port is in use"):
        open_listener("127.0.0.1", one.getsockname()[1])


def _six() -> bool:
    try:
        open_listener("::1", 0).close()
    except UsageError:
        return False
    return True


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [SIGINT, SIGTERM])
@pytest.mark.parametrize(("host", "written"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_it_answers_once_it_says_so_and_a_signal_ends_it_in_order(host: str, written: str, number: int) -> None:
    if host == "::1" and not _six():
        pytest.skip("this machine has no IPv6")
    command = [sys.executable, "-c", _RUNNING, host]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            address = process.stdout.readline().strip()
            assert address.startswith(f"http://{written}:")
            with urlopen(address, timeout=60) as answer:
                assert answer.read() == b"here"
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (0, "ended\n", "")
