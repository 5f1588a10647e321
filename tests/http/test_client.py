"""The client against a server that misbehaves: every bound holds, every error is one line that says what happened."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from badserver import BadServer, answer, head, redirect
from broadsheet.core.errors import SourceError, UsageError
from broadsheet.http.client import AnswerError, Client, World
from http_kit import client, refused


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


def test_truncated_bodies_are_tried_again_and_never_passed_on(server, clock):
    cut = answer(200, b"half", Content_Length=8)
    chunks = answer(200, b"5\r\nhel", Content_Length=None, Transfer_Encoding="chunked")
    server.on("/once", cut, answer(200, b"whole"))
    server.on("/always", cut)
    server.on("/chunks", chunks)
    assert client(clock).get(server.url("/once")).body == b"whole"
    assert "ended early; tried 3 times" in refused(client(clock), server.url("/always"))
    assert "ended early" in refused(client(clock), server.url("/chunks"))


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
    assert "contains a user name or password" in message
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

    def exchange(asked, address, headers, limits, context, *, body):
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


def test_spellings_of_loopback_are_resolved_before_they_are_judged(clock):
    asking = Client(world=World(clock=clock, sleep=clock.sleep))
    for host in ("127.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:127.0.0.1]"):
        assert "no public address" in refused(asking, f"http://{host}/")


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


def test_304_by_date_without_a_folder(server, clock):
    server.on("/feed", answer(304))
    got = client(clock).get(server.url("/feed"), since=datetime(2026, 1, 5, 10, tzinfo=UTC))
    assert server.requests[0][1]["if-modified-since"] == "Mon, 05 Jan 2026 10:00:00 GMT"
    assert (got.not_modified, got.body) == (True, b"")


def test_a_post_carries_its_body_and_headers_and_is_stored_nowhere(server, clock, tmp_path):
    server.on("/a", answer(503), answer(200, b"{}", ETag="1"))
    asking = client(clock, folder=tmp_path)
    got = asking.post(server.url("/a"), b'{"q": 1}', headers={"X-Own": "yes"})
    assert (got.status, got.body, clock.slept) == (200, b"{}", [4.0 / 2])
    asking.post(server.url("/a"), b"[]", headers={})
    assert server.bodies == [b'{"q": 1}', b'{"q": 1}', b"[]"]
    path, headers = server.requests[0]
    assert (path, headers["x-own"], headers["content-type"]) == ("/a", "yes", "application/json")
    assert "if-none-match" not in server.requests[-1][1]
    assert not list(tmp_path.glob("*.answer"))


def test_a_post_follows_no_redirect_and_ends_where_waiting_cannot_help(server, clock):
    server.on("/moved", redirect("/there", 307))
    server.on("/broken", answer(500, b"too long"))
    with pytest.raises(AnswerError, match=r"answers 307 and points to http://127.0.0.1:\d+/there") as caught:
        client(clock).post(server.url("/moved"), b"{}", headers={})
    assert caught.value.status == 307
    with pytest.raises(AnswerError, match="answers 500"):
        client(clock).post(server.url("/broken"), b"{}", headers={}, final=lambda status, body: b"long" in body)
    assert [path for path, _ in server.requests] == ["/moved", "/broken"]


def test_waits_and_attempts_end_with_the_patience(server, clock):
    server.on("/a", answer(429, Retry_After="7"))
    with pytest.raises(AnswerError, match="answers 429"):
        client(clock, attempts=9, patience=20).get(server.url("/a"))
    assert clock.slept == [7.0, 7.0]


def test_a_post_in_the_clear_stays_on_private_networks(server, clock):
    asking = client(clock, resolve=lambda host, port: ["93.184.215.14"])
    with pytest.raises(SourceError, match="is public, and http would send texts and keys in the clear"):
        asking.post("http://models.example.org/v1", b"{}", headers={})
    with pytest.raises(SourceError, match="has no public address"):
        client(clock, allow_private=False).post(server.url("/a"), b"{}", headers={})
    assert server.requests == []


def test_a_token_goes_to_the_host_it_was_meant_for_alone(server, clock, tmp_path):
    server.on("/a", redirect("/b"))
    server.on("/b", redirect(server.url("/c", "other.test")))
    server.on("/c", answer(200, b"there", ETag='"1"'))
    asking = client(clock, folder=tmp_path, resolve=lambda host, port: ["127.0.0.1"])
    assert asking.get(server.url("/a"), token="secret").body == b"there"
    assert [headers.get("authorization") for _, headers in server.requests] == ["Bearer secret", "Bearer secret", None]
    assert list(tmp_path.glob("*.answer")) == []  # what a token opened is not stored
    asking.get(server.url("/c", "far.test"), token="secret")
    assert "authorization" not in server.requests[-1][1]  # http to another machine can be read on the way


def test_a_file_is_saved_piece_by_piece_and_goes_on(server, clock, tmp_path):
    body = bytes(range(256)) * 1_000
    sent = []

    def serve(line, headers):
        start = int(headers.get("range", "bytes=0-")[6:-1])
        status, end = (206 if start else 200), start + 100_000
        lengths = {"Content-Length": len(body) - start, "Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
        sent.append(start)  # before the answer: who asked may already be reading the list when this thread goes on
        line.sendall(head(status, lengths) + body[start:end])

    server.on("/a", serve)
    told = []
    client(clock).save(server.url("/a"), tmp_path / "a", size=len(body), held=told.append)
    assert (tmp_path / "a").read_bytes() == body
    assert sent == [0, 100_000, 200_000]
    assert (told == sorted(told), told[-1]) == (True, len(body))
    assert server.requests[0][1]["accept-encoding"] == "identity"
    client(clock).save(server.url("/a"), tmp_path / "a", size=len(body))
    assert len(sent) == 3  # a whole file is not asked for


def test_a_server_that_cannot_go_on_begins_again(server, clock, tmp_path):
    for begins in (answer(200, b"whole"), answer(416)):
        (tmp_path / "a").write_bytes(b"old")
        server.on("/a", begins, answer(200, b"whole"))
        client(clock).save(server.url("/a"), tmp_path / "a", size=5)
        assert (tmp_path / "a").read_bytes() == b"whole"
    (tmp_path / "a").write_bytes(b"wh")
    server.on("/a", answer(206, b"ole", Content_Range="bytes 0-2/5"), answer(200, b"whole"))
    client(clock).save(server.url("/a"), tmp_path / "a", size=5)
    assert (tmp_path / "a").read_bytes() == b"whole"


def test_saving_waits_as_told_and_gives_up_after_a_few_attempts(server, clock, tmp_path):
    server.on("/a", answer(503, Retry_After="7"), answer(200, b"ok"))
    client(clock).save(server.url("/a"), tmp_path / "a", size=2)
    assert clock.slept[0] == 7.0
    server.on("/b", answer(200, b"o", Content_Length=2))
    with pytest.raises(SourceError, match=r"ended early; tried 3 times"):
        client(clock).save(server.url("/b"), tmp_path / "b", size=2)
    server.on("/c", answer(429, Retry_After="86400"))
    with pytest.raises(AnswerError, match="it asks to wait 86400 s"):
        client(clock).save(server.url("/c"), tmp_path / "c", size=2)
    server.on("/d", answer(401, b"who are you", X_Error_Code="GatedRepo"))
    with pytest.raises(AnswerError) as caught:
        client(clock).save(server.url("/d"), tmp_path / "d", size=2)
    assert (caught.value.status, caught.value.headers["x-error-code"]) == (401, "GatedRepo")
    server.on("/e", redirect("/e"))
    with pytest.raises(SourceError, match="more than 5 redirects"):
        client(clock).save(server.url("/e"), tmp_path / "e", size=2)


def test_a_disk_that_takes_no_more_is_not_the_servers_fault(server, clock):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    server.on("/a", answer(200, b"x" * 100))
    with pytest.raises(SourceError, match="/dev/full cannot be written: No space left"):
        client(clock).save(server.url("/a"), full, size=100)
    assert len(server.requests) == 1
