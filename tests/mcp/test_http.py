"""Streamable HTTP on this machine: the official client, and who and what is not let in."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from asking_kit import MAIN, site_of, talked
from broadsheet.cli.app import run
from broadsheet.mcp.context import AgentSite
from broadsheet.mcp.http import application
from broadsheet.people import links
from site_kit import NOW, PAPERS, made

HOST = "127.0.0.1:8001"
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
KINDS = {"accept": "application/json, text/event-stream"}


@pytest.fixture
def http(site: AgentSite) -> Iterator[TestClient]:
    with TestClient(application(site), base_url=f"http://{HOST}", headers=KINDS) as client:
        yield client


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_official_client_asks_and_a_signal_ends_it_in_order(folder: Path) -> None:
    command = [*MAIN, "mcp", "--data", str(folder), "--http", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr
            address = process.stderr.readline().split()[-1]
            for mode in ("auto", "legacy"):
                found = talked(address, lambda client: client.call_tool("search_papers", {"query": "leaf"}), mode=mode)
                assert found.structured_content["papers"][0]["id"] == "2401.00001"
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (0, "", "")


def test_this_machine_is_let_in(http: TestClient) -> None:
    for host in (HOST, "localhost:8001", "[::1]:8001", "LOCALHOST"):
        answer = http.post("/mcp", json=LIST, headers={"host": host})
        assert (answer.status_code, len(answer.json()["result"]["tools"]) > 3) == (200, True)
    assert http.post("/mcp", json=LIST, headers={"origin": f"http://{HOST}"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "attacker.example"}, 421),
        ({"host": "127.0.0.1.attacker.example:8001"}, 421),
        ({"host": "192.168.1.4:8001"}, 421),
        ({"host": ""}, 421),
        ({"origin": "http://attacker.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "http://127.0.0.1:3000"}, 403),
        ({"origin": f"https://{HOST}"}, 403),
        ({"origin": f"http://{HOST}.attacker.example"}, 403),
        ({"x-forwarded-for": "10.0.0.1"}, 400),
        ({"forwarded": "for=10.0.0.1"}, 400),
        ({"authorization": "Bearer unknown"}, 401),
        ({"authorization": "Bearer "}, 401),
        ({"authorization": "Basic YTpi"}, 401),
        ({"authorization": f"Bearer {'x' * 10_000}"}, 401),
    ],
)
def test_others_are_refused_in_one_line(http: TestClient, headers: dict[str, str], status: int) -> None:
    answer = http.post("/mcp", json=LIST, headers=headers)
    assert answer.status_code == status
    said = answer.json()
    assert said["error"]["message"]
    assert "setting" not in said["error"]["message"]
    assert "result" not in said
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_a_page_of_another_site_gets_no_leave_to_ask(http: TestClient) -> None:
    asks = {"origin": "http://attacker.example", "access-control-request-method": "POST"}
    answer = http.options("/mcp", headers=asks)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"jsonrpc": "2.0"}', b"\xff\xfe", b'{"a": ' * 50_000, b"9" * 5_000]
)
def test_a_body_that_is_no_request_is_refused(http: TestClient, body: bytes) -> None:
    answer = http.post("/mcp", content=body, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500


def test_a_body_that_is_too_long_is_refused(http: TestClient) -> None:
    big = {**LIST, "params": {"_meta": {"x": "x" * 300_000}}}
    assert http.post("/mcp", json=big).status_code == 413
    assert http.post("/").status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT", "OPTIONS"])
def test_there_is_nothing_but_to_ask(http: TestClient, method: str) -> None:
    answer = http.request(method, "/mcp", headers={"accept": "text/event-stream"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Any]:
    """A Collection of two persons, Ada with a token."""
    with made(tmp_path / "shared", PAPERS) as collection:
        ada = collection.store.people.add("ada@example.org", "reader", now=NOW)
        collection.store.people.add_token(links.digest("t-ada"), ada.number, "agent", writes=False, now=NOW)
        yield collection


def test_a_closed_collection_asks_for_a_token(shared: Any) -> None:
    site = site_of(shared, people="closed")
    with TestClient(application(site), base_url=f"http://{HOST}", headers=KINDS) as client:
        assert client.post("/mcp", json=LIST).status_code == 401
        assert client.post("/mcp", json=LIST, headers={"authorization": "bearer t-ada"}).status_code == 200


def test_a_port_in_use_is_one_clear_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert run(["mcp", "--data", str(folder), "--http", "--port", port]) == 2
    assert f"127.0.0.1:{port} (the port is in use)" in capsys.readouterr().err
