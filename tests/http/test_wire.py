"""One exchange with a server that misbehaves: every bound holds, and the certificate is that of the name."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
from pathlib import Path
from time import sleep

import pytest

from badserver import BadServer, answer, dripping, endless, head, packed, redirect, silent
from broadsheet.http.address import target
from broadsheet.http.client import AnswerError, Client, World
from broadsheet.http.wire import BrokenError, Limits, UnreachableError, exchange
from http_kit import client, refused

pytestmark = pytest.mark.xdist_group("timed")


def test_slow_bodies_and_slow_heads_end(server, clock):
    server.on("/body", dripping(head(200, {})))
    server.on("/head", dripping(b"HTTP/1.1 200 OK\r\nX-"))
    server.on("/silent", silent(3))
    asking = client(clock, total=0.4, read=0.3, attempts=1)
    assert "took longer than 0.4 s" in refused(asking, server.url("/body"))
    assert "took longer than 0.4 s" in refused(asking, server.url("/head"))
    assert "sent nothing for 0.3 s" in refused(asking, server.url("/silent"))


def test_huge_bodies_end_declared_or_not(server, clock):
    server.on("/told", answer(200, b"x", Content_Length=10**12))
    server.on("/untold", endless(50_000_000))
    for path in ("/told", "/untold"):
        assert "larger than the 1,000,000 bytes" in refused(client(clock), server.url(path))


def test_gzip_is_unpacked_and_a_bomb_is_met_while_small(server, clock):
    server.on("/fine", packed(b"words " * 1000))
    server.on("/members", answer(200, gzip.compress(b"one ") + gzip.compress(b"two"), Content_Encoding="gzip"))
    server.on("/bomb", packed(b"\0" * 50_000_000))
    server.on("/cut", answer(200, gzip.compress(b"words " * 1000)[:-20], Content_Encoding="gzip"))
    server.on("/lie", answer(200, b"not gzip", Content_Encoding="gzip"))
    server.on("/other", answer(200, b"x", Content_Encoding="br"))
    asking = client(clock)
    assert asking.get(server.url("/fine")).body == b"words " * 1000
    assert asking.get(server.url("/members")).body == b"one two"
    assert "larger than" in refused(asking, server.url("/bomb"))
    assert "packed answer ended early" in refused(asking, server.url("/cut"))
    assert "says it is gzip, but it is not" in refused(asking, server.url("/lie"))
    assert "packed as 'br'" in refused(asking, server.url("/other"))


def test_a_length_that_is_too_short_hides_the_rest(server, clock):
    server.on("/a", answer(200, b"body and more", Content_Length=4))
    assert client(clock).get(server.url("/a")).body == b"body"


def test_what_is_no_http_is_one_line(server, clock):
    server.on("/a", lambda line, _: line.sendall(b"\xff\xfe garbage\r\n\r\n"))
    server.on("/b", lambda line, _: None)
    assert "the connection failed" in refused(client(clock), server.url("/a"))
    assert "the connection failed" in refused(client(clock), server.url("/b"))


@pytest.fixture
def certificate(tmp_path) -> tuple[Path, Path]:
    if not shutil.which("openssl"):
        pytest.skip("openssl makes the certificate of this test and is not installed")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=paper.test", "-addext", "subjectAltName=DNS:paper.test", "-keyout", str(key), "-out", str(cert),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return key, cert


def test_tls_verifies_the_name_though_the_connection_goes_to_an_address(certificate, clock):
    key, cert = certificate
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(cert, key)
    trusting = ssl.create_default_context(cafile=str(cert))
    world = World(clock=clock, sleep=clock.sleep, resolve=lambda h, p: ["127.0.0.1"], ssl_context=trusting)
    asking = Client(allow_private=True, world=world)
    with BadServer(serving) as server:
        server.on("/a", answer(200, b"sealed"))
        server.on("/down", redirect("http://paper.test/"))
        assert asking.get(f"https://paper.test:{server.port}/a").body == b"sealed"
        assert "certificate is not accepted" in refused(asking, f"https://other.test:{server.port}/a")
        assert "from https to plain http" in refused(asking, f"https://paper.test:{server.port}/down")


def test_one_exchange_knows_nothing_of_redirects_or_second_tries(server):
    server.on("/a", redirect("/b"))
    answer_ = exchange(
        target(server.url("/a")), "127.0.0.1", {"x-asked": "1"}, Limits(connect=2, read=2, total=5), None
    )
    assert (answer_.status, answer_.headers["location"]) == (302, "/b")
    assert [headers["x-asked"] for _, headers in server.requests] == ["1"]


def test_what_was_never_reached_is_told_from_what_broke(server):
    limits = Limits(connect=0.5, read=0.5, total=2)
    server.on("/a", lambda line, _: None)
    with pytest.raises(BrokenError) as broken:
        exchange(target(server.url("/a")), "127.0.0.1", {}, limits, None)
    assert not isinstance(broken.value, UnreachableError)
    with BadServer() as gone:
        url = gone.url("/a")
    with pytest.raises(UnreachableError):
        exchange(target(url), "127.0.0.1", {}, limits, None)


def test_an_answer_that_comes_before_the_body_was_read_is_read(clock):
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hasty() -> None:
            line, _ = listening.accept()
            with line:
                line.recv(1000)
                line.sendall(head(413, {"Content-Length": 2}) + b"no")
                line.shutdown(socket.SHUT_WR)
                sleep(0.3)

        thread = threading.Thread(target=hasty)
        thread.start()
        with pytest.raises(AnswerError, match=r"answers 413 \(no\)"):
            client(clock, attempts=1).post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"a" * 10**7, headers={})
        thread.join()
