"""The server as a process: its address, its port, its end, its sync, and queries of 100 kB."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from broadsheet.config import Settings
from broadsheet.core.errors import UsageError
from broadsheet.server import create_app, serve
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


def test_the_background_syncs_and_the_page_follows(tmp_path: Path) -> None:
    with made(tmp_path, PAPERS, synced=False) as collection:
        app = create_app(collection, Settings(), now=lambda: NOW, syncing=True)
        with TestClient(app, base_url="http://localhost") as client:
            _wait_for_background()
            said = client.get("/api/status").json()
            assert said["findable_by_meaning"] == said["papers"] == len(PAPERS)
            assert said["trouble"] == ""
            assert client.get("/search?q=leaf").status_code == 200


def test_a_sync_that_fails_is_told_and_the_site_goes_on(tmp_path: Path) -> None:
    class Broken:
        name = "broken"

        def encode(self, texts: object, *, role: str = "document") -> object:
            from broadsheet.core.errors import ModelError

            raise ModelError("the weights are gone: fetch them again")

    made(tmp_path, PAPERS, synced=False).close()
    from broadsheet.collection import open_collection

    with open_collection(tmp_path, encoder=Broken()) as collection:  # type: ignore[arg-type]
        app = create_app(collection, Settings(), now=lambda: NOW, syncing=True)
        with TestClient(app, base_url="http://localhost") as client:
            _wait_for_background()
            text = client.get("/search?q=leaf").text
    assert "The last sync ended early: the weights are gone" in text
    assert "Only the words were searched" in text
    assert "Herbarium" in text


def _wait_for_background() -> None:
    for thread in threading.enumerate():
        if thread.name == "background":
            thread.join(60)
