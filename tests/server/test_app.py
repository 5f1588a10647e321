"""The server as a process: its address, its port, its end, and queries of 100 kB."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from broadsheet.config import Settings
from broadsheet.core.errors import UsageError
from broadsheet.server import serve
from broadsheet.server.app import asks_api, create_app
from site_kit import NOW, PAPERS, made

_SERVING = """
import sys
from broadsheet.collection import open_collection
from broadsheet.config import Settings
from broadsheet.server import serve
with open_collection(sys.argv[1]) as collection:
    serve(collection, Settings(port=0), syncing=True, ready=lambda address: print(address, flush=True))
print("closed", flush=True)
"""


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, made(tmp_path, ()) as collection:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"127.0.0.1:{port} .the port is in use.: .*--port") as caught:
            serve(collection, Settings(port=port))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("settings", [Settings(port=70_000), Settings(host="192.0.2.7"), Settings(host="no such host")])
def test_an_impossible_address_is_one_clear_line(tmp_path: Path, settings: Settings) -> None:
    with made(tmp_path, ()) as collection, pytest.raises(UsageError, match="cannot listen on"):
        serve(collection, settings)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_serves_until_told_to_stop(tmp_path: Path) -> None:
    made(tmp_path, PAPERS, synced=False).close()
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVING, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        host, _, port = process.stdout.readline().strip().removeprefix("http://").partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.request("GET", "/search?q=secretwords+" + "leaf%20" * 14_000)  # 100 kB
        answer = connection.getresponse()
        assert (answer.status, b"was cut" in answer.read()) in ((200, True), (503, False))  # 503: not synced so far
        connection.request("HEAD", "/")
        head = connection.getresponse()
        assert (head.status, head.read()) == (200, b"")
        connection.close()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert out.strip() == "closed"
    assert "secretwords" not in err  # no log of what was asked


@pytest.mark.parametrize(
    ("path", "api"), [("/api/search", True), ("/v1/models", True), ("/", False), ("/apiary", False), ("/day/x", False)]
)
def test_programs_are_told_from_readers_by_their_address(path: str, api: bool) -> None:
    assert asks_api(Request({"type": "http", "path": path, "headers": [], "query_string": b""})) is api


@pytest.mark.parametrize("more", [{"host": "0.0.0.0"}, {"names": ("papers.example.org",)}])
def test_a_site_of_one_reader_is_served_to_this_machine_alone(tmp_path: Path, more: dict[str, object]) -> None:
    with made(tmp_path, PAPERS, synced=False) as collection:
        with pytest.raises(UsageError, match="people"):
            create_app(collection, Settings(**more), now=lambda: NOW)
        create_app(collection, Settings(people="closed", **more), now=lambda: NOW)


def test_errors_are_worded_for_the_one_who_asks(tmp_path: Path) -> None:
    with made(tmp_path, PAPERS, synced=False) as collection:
        client = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url="http://localhost")
        program, reader = client.get("/api/nothing"), client.get("/nothing")
        assert client.get("/static/broadsheet.css").headers["cache-control"].endswith("immutable")
    assert program.headers["content-type"] == "application/problem+json"
    assert reader.headers["content-type"].startswith("text/html")
    assert program.status_code == reader.status_code == 404
    assert "/api/nothing" in program.json()["detail"]
