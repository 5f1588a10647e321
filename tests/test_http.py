"""The client against a server that misbehaves: every bound holds, every error is one line that says what happened."""

from __future__ import annotations

import contextlib
import gzip
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badserver import BadServer, answer, conditional, dripping, endless, head, packed, redirect, silent
from broadsheet.core.errors import SourceError, UsageError
from broadsheet.http import AnswerError, Client, Limits, World
from broadsheet.http.address import public, shown, target
from broadsheet.http.cache import Cache, Kept
from broadsheet.http.pace import Pace


class Clock:
    """Seconds that pass only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def server() -> Iterator[BadServer]:
    with BadServer() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


def client(clock: Clock, *, folder: Path | None = None, resolve=None, allow_private=True, **limits) -> Client:
    bounds = {"connect": 2.0, "read": 2.0, "total": 5.0, "max_bytes": 1_000_000, **limits}
    found = resolve or (lambda host, port: [host])
    world = World(clock=clock, sleep=clock.sleep, jitter=lambda: 1.0, resolve=found)
    return Client(
        contact="mailto:desk@example.org",
        folder=folder,
        allow_private=allow_private,
        limits=Limits(**bounds),
        world=world,
    )


def refused(client: Client, url: str) -> str:
    with pytest.raises(SourceError) as caught:
        client.get(url)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_it_says_who_it_is_and_gives_the_body(server, clock):
    server.on("/a", answer(200, b"words", X_Thing="1"))
    got = client(clock).get(server.url("/a?q=ü b"), accept="text/plain")
    assert (got.status, got.body, got.headers["x-thing"], got.not_modified) == (200, b"words", "1", False)
    path, headers = server.requests[0]
    assert path == "/a?q=%C3%BC%20b"
    assert headers["user-agent"].startswith("broadsheet/")
    assert headers["user-agent"].endswith("(+mailto:desk@example.org)")
    assert headers["accept"] == "text/plain"
    assert headers["host"] == f"127.0.0.1:{server.port}"


def test_contact_cannot_smuggle_headers():
    with pytest.raises(UsageError, match="plain ASCII"):
        Client(contact="x\r\nEvil: 1")


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
    assert "says it is gzip and is not" in refused(asking, server.url("/lie"))
    assert "packed as 'br'" in refused(asking, server.url("/other"))


def test_truncated_bodies_are_tried_again_and_never_passed_on(server, clock):
    cut = answer(200, b"half", Content_Length=8)
    chunks = answer(200, b"5\r\nhel", Content_Length=None, Transfer_Encoding="chunked")
    server.on("/once", cut, answer(200, b"whole"))
    server.on("/always", cut)
    server.on("/chunks", chunks)
    assert client(clock).get(server.url("/once")).body == b"whole"
    assert "ended early; tried 3 times" in refused(client(clock), server.url("/always"))
    assert "ended early" in refused(client(clock), server.url("/chunks"))


def test_a_length_that_is_too_short_hides_the_rest(server, clock):
    server.on("/a", answer(200, b"body and more", Content_Length=4))
    assert client(clock).get(server.url("/a")).body == b"body"


def test_what_is_no_http_is_one_line(server, clock):
    server.on("/a", lambda line, _: line.sendall(b"\xff\xfe garbage\r\n\r\n"))
    server.on("/b", lambda line, _: None)
    assert "the connection failed" in refused(client(clock), server.url("/a"))
    assert "the connection failed" in refused(client(clock), server.url("/b"))


def test_429_waits_as_told_then_succeeds(server, clock):
    server.on("/a", answer(429, Retry_After="7"), answer(503), answer(200, b"ok"))
    assert client(clock).get(server.url("/a")).body == b"ok"
    assert clock.slept == [7.0, 4.0]


def test_retry_after_may_be_a_date_counted_from_the_servers_own(server, clock):
    dates = {"Date": "Mon, 05 Jan 2026 10:00:00 GMT", "Retry_After": "Mon, 05 Jan 2026 10:00:42 GMT"}
    server.on("/a", answer(503, **dates), answer(200, b"ok"))
    assert client(clock).get(server.url("/a")).body == b"ok"
    assert clock.slept == [42.0]


def test_a_wait_that_is_too_long_is_the_callers_affair(server, clock):
    server.on("/a", answer(429, b"come back tomorrow", Retry_After="86400"))
    with pytest.raises(AnswerError, match=r"answers 429 \(come back tomorrow\); it asks to wait 86400 s") as caught:
        client(clock).get(server.url("/a"))
    assert caught.value.status == 429
    assert clock.slept == []


def test_a_refusal_is_final(server, clock):
    assert "answers 404 (not here)" in refused(client(clock), server.url("/none"))
    assert len(server.requests) == 1


def test_redirects_are_followed_counted_and_checked_again(server, clock):
    server.on("/a", redirect("/b", 301))
    server.on("/b", redirect(server.url("/c"), 308))
    server.on("/c", answer(200, b"there"))
    server.on("/loop", redirect("/loop"))
    server.on("/file", redirect("file:///etc/passwd"))
    server.on("/user", redirect(f"http://me:secret@127.0.0.1:{server.port}/c"))
    server.on("/nowhere", answer(302))
    got = client(clock).get(server.url("/a"))
    assert (got.body, got.url) == (b"there", server.url("/c"))
    assert "more than 5 redirects" in refused(client(clock), server.url("/loop"))
    assert "https:// or http://" in refused(client(clock), server.url("/file"))
    message = refused(client(clock), server.url("/user"))
    assert "user name or password" in message
    assert "secret" not in message
    assert "without saying where" in refused(client(clock), server.url("/nowhere"))


def test_a_redirect_to_a_private_address_goes_nowhere(server, clock):
    server.on("/a", redirect("http://inside.test/secret"))
    hosts = {"outside.test": ["127.0.0.1"], "inside.test": ["10.0.0.7"]}
    asking = client(clock, allow_private=False, resolve=lambda host, port: hosts[host])
    assert "no public address (127.0.0.1)" in refused(asking, server.url("/a", "outside.test"))
    assert server.requests == []


def test_the_name_is_resolved_once_and_the_checked_address_is_used(server, clock, monkeypatch):
    """DNS rebinding: a second answer of the resolver would be private, but nobody asks for it."""
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    reached = []

    def exchange(asked, address, headers, limits, context):
        reached.append((asked.host, address))
        raise SourceError("stop here")

    monkeypatch.setattr("broadsheet.http.client.exchange", exchange)
    refused(client(clock, allow_private=False, resolve=lambda h, p: next(answers)), "http://rebinding.test/")
    assert reached == [("rebinding.test", "93.184.215.14")]


def test_the_next_address_is_tried_when_one_does_not_answer(server, clock):
    server.on("/a", answer(200, b"ok"))
    got = client(clock, resolve=lambda h, p: ["::1", "127.0.0.1"]).get(server.url("/a", "two.test"))
    assert got.body == b"ok"
    assert server.requests[0][1]["host"] == f"two.test:{server.port}"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "::127.0.0.1", "2001:db8::1",
        "fe80::1%eth0", "localhost", "",
    ],
)  # fmt: skip
def test_what_is_not_public(address):
    assert not public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::6810:84e5", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_public(address):
    assert public(address)


def test_spellings_of_loopback_are_resolved_before_they_are_judged(clock):
    asking = Client(world=World(clock=clock, sleep=clock.sleep))
    for host in ("127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]"):
        assert "no public address" in refused(asking, f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.test/", "file:///etc/passwd", "//a.test", "http://", "http://a.test:99999/", "http://me@a.test/",
        "http://a b.test/", "gopher://x", "", "http://[::1", "http://a.test\\@b.test/", "http://\ud800.test/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(url):
    with pytest.raises(SourceError):
        target(url)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_an_error(text):
    for url in (text, "http://" + text, "https://a.test/" + text):
        with contextlib.suppress(SourceError):
            assert target(url).path.isascii()


def test_secrets_stay_out_of_messages():
    assert (
        shown("https://me:pw@a.test/x?api_key=abc&q=1&Token=t#frag") == "https://***@a.test/x?api_key=***&q=1&Token=***"
    )
    assert len(shown("http://a.test/" + "x" * 999)) == 200
    assert shown("http://a.test/?a=b?token=t&b=c") == "http://a.test/?a=***&b=c"


def test_an_endless_address_is_shown_at_once() -> None:
    """A server may lead to any address; one look at each place of it is enough."""
    assert len(shown("http://a.test/?" + "tokenkey" * 8_000)) == 200
    assert len(shown("http://a.test/?" + "a" * 64_000)) == 200


def test_an_unknown_host_is_one_clear_line(clock):
    def resolve(host, port):
        raise OSError("no such host")

    assert "host 'a.test' is unknown: check its spelling and the network" in refused(
        client(clock, resolve=resolve), "https://a.test/x"
    )


def test_nobody_listening_is_one_clear_line(clock):
    with BadServer() as server:
        url = server.url("/a")
    assert "refused or there is no network; tried 3 times" in refused(client(clock), url)


def test_304_gives_the_stored_body(server, clock, tmp_path):
    server.on("/feed", conditional(b"the feed", '"v1"'))
    first = client(clock, folder=tmp_path).get(server.url("/feed"))
    second = client(clock, folder=tmp_path).get(server.url("/feed"))
    other = client(clock, folder=tmp_path).get(server.url("/feed"), accept="text/plain")
    assert (first.body, first.not_modified) == (b"the feed", False)
    assert (second.body, second.status, second.not_modified) == (b"the feed", 304, True)
    assert other.not_modified is False


def test_304_by_date_without_a_folder(server, clock):
    server.on("/feed", answer(304))
    got = client(clock).get(server.url("/feed"), since=datetime(2026, 1, 5, 10, tzinfo=UTC))
    assert server.requests[0][1]["if-modified-since"] == "Mon, 05 Jan 2026 10:00:00 GMT"
    assert (got.not_modified, got.body) == (True, b"")


def test_a_damaged_cache_is_as_good_as_none(server, clock, tmp_path):
    server.on("/feed", conditional(b"the feed", '"v1"'))
    client(clock, folder=tmp_path).get(server.url("/feed"))
    for file in tmp_path.glob("*.answer"):
        file.write_bytes(file.read_bytes()[:-3])
    got = client(clock, folder=tmp_path).get(server.url("/feed"))
    assert (got.body, got.not_modified) == (b"the feed", False)


def test_the_cache_is_bounded_and_forgets_the_oldest(tmp_path):
    cache = Cache(tmp_path, max_bytes=4000)
    for number in range(10):
        cache.keep(f"http://a.test/{number}", "", Kept({"etag": f"e{number}"}, b"x" * 900))
    assert sum(f.stat().st_size for f in tmp_path.iterdir()) <= 4000
    assert cache.find("http://a.test/9", "") == Kept({"etag": "e9"}, b"x" * 900)
    assert cache.find("http://a.test/0", "") is None
    cache.keep("http://a.test/big", "", Kept({"etag": "e"}, b"x" * 1001))
    cache.keep("http://a.test/none", "", Kept({}, b"x"))
    cache.keep("http://a.test/no", "", Kept({"etag": "e", "cache-control": "no-store"}, b"x"))
    assert [cache.find(f"http://a.test/{name}", "") for name in ("big", "none", "no")] == [None] * 3


@pytest.mark.parametrize("shared", [True, False])
def test_one_request_every_three_seconds_to_arxiv_and_its_subdomains(clock, tmp_path, shared):
    folder = tmp_path if shared else None
    pace = Pace(folder, clock=clock, sleep=clock.sleep)
    for host in ("arxiv.org", "export.arxiv.org", "rss.arxiv.org"):
        with pace.turn(host):
            clock.now += 1
    with pace.turn("notarxiv.org"):
        pass
    assert clock.slept == [2.0, 2.0]


def test_the_pause_holds_across_processes_and_restarts(clock, tmp_path):
    with Pace(tmp_path, clock=clock, sleep=clock.sleep).turn("arxiv.org"):
        pass
    clock.now += 1
    with Pace(tmp_path, clock=clock, sleep=clock.sleep).turn("export.arxiv.org"):
        pass
    assert clock.slept == [2.0]
    clock.now = 5.0  # the machine started anew
    with Pace(tmp_path, clock=clock, sleep=clock.sleep).turn("arxiv.org"):
        pass
    assert clock.slept == [2.0, 3.0]


def test_attempts_take_their_turns_too(server, clock, tmp_path):
    server.on("/a", answer(503, Retry_After="1"), answer(200, b"ok"))
    asking = client(clock, folder=tmp_path, resolve=lambda h, p: ["127.0.0.1"])
    assert asking.get(server.url("/a", "export.arxiv.org")).body == b"ok"
    assert clock.slept == [1.0, 2.0]


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
