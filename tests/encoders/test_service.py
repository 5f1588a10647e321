"""A model server that refuses, breaks off or lies: one plain line each time, and the key goes nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from badserver import BadServer, answer, dripping, endless, head, redirect, silent
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.encoders import service
from broadsheet.encoders.service import Service, TooLargeError
from broadsheet.http import Limits, World
from http_kit import Clock

RECORDED = Path(__file__).resolve().parents[1] / "fixtures" / "embeddings"
KEY = "sk-abcdef1234567890"
PATH = "/v1/embeddings"
QUESTION = {"model": "tiny-embedding", "input": ["A text"]}


def recorded(name: str, **headers: Any) -> Any:
    """The recorded answer of a name like ``refused-404.json``, as the server gives it."""
    parts = Path(name).stem.split("-")
    return answer(int(parts[1]) if parts[0] == "refused" else 200, (RECORDED / name).read_bytes(), **headers)


def asking(server: BadServer, clock: Clock, *, key: str = KEY, resolve: Any = None) -> Service:
    resolve = resolve or (lambda host, port: [host])
    world = World(clock=clock, sleep=clock.sleep, jitter=lambda: 1.0, resolve=resolve)
    keys = {f"127.0.0.1:{server.port}": key} if key else {}
    return Service(server.url("/v1"), keys=keys, world=world)


def refused(one: Service, **options: Any) -> str:
    with pytest.raises(ModelError) as caught:
        one.ask("embeddings", QUESTION, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert KEY not in message
    assert len(message) < 500
    return message


def test_a_question_goes_there_with_the_key_and_the_answer_comes_back(server: BadServer, clock: Clock) -> None:
    server.on(PATH, recorded("floats.json"))
    assert asking(server, clock).ask("embeddings", QUESTION)["model"] == "tiny-embedding"
    path, headers = server.requests[0]
    assert (path, headers["authorization"]) == (PATH, f"Bearer {KEY}")
    assert headers["content-type"] == "application/json"
    assert json.loads(server.bodies[0]) == QUESTION


def test_the_key_is_in_no_log(server: BadServer, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    server.on(PATH, recorded("refused-500.json"), recorded("floats.json"))
    asking(server, clock).ask("embeddings", QUESTION)
    assert KEY not in caplog.text


def test_the_key_of_another_host_or_port_is_not_sent(server: BadServer, clock: Clock) -> None:
    server.on(PATH, recorded("floats.json"))
    keys = {"127.0.0.1": KEY, "127.0.0.1:1": KEY, "api.example.org": KEY}
    Service(server.url("/v1"), keys=keys, world=World(resolve=lambda host, port: [host])).ask("embeddings", QUESTION)
    assert "authorization" not in server.requests[0][1]


def test_no_redirect_is_followed(server: BadServer, clock: Clock) -> None:
    with BadServer() as other:
        server.on(PATH, redirect(other.url(f"/steal?key={KEY}"), 307))
        message = refused(asking(server, clock))
        assert "answers 307 and points to" in message
        assert other.requests == []
    assert len(server.requests) == 1


def test_a_refused_key_is_told_without_the_servers_words(server: BadServer, clock: Clock) -> None:
    server.on(PATH, recorded("refused-401.json"))
    message = refused(asking(server, clock))
    assert "answers 401: it does not accept the key" in message
    assert f"127.0.0.1:{server.port}=KEY into the environment variable BROADSHEET_ENCODER_KEYS" in message
    assert "7890" not in message
    assert "it wants a key" in refused(asking(server, clock, key=""))
    assert len(server.requests) == 2


def test_a_key_that_the_server_repeats_is_starred(server: BadServer, clock: Clock) -> None:
    words = json.dumps({"error": {"message": f"Header Bearer {KEY} is strange"}}).encode()
    server.on(
        PATH, answer(400, words), answer(400, f"Bearer {KEY}".encode()), answer(200, f"{KEY} is not JSON".encode())
    )
    one = asking(server, clock)
    assert "(Header Bearer *** is strange)" in refused(one)
    assert "(Bearer ***)" in refused(one)
    assert "but with '*** is not JSON'" in refused(one)
    assert KEY not in repr(vars(one)["address"]) + repr(one)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("refused-404.json", "(The model `tiny-embedding` does not exist here): is 'tiny-embedding' a model there"),
        ("refused-400-dimensions.json", "answers 400 (This model has no other number of dimensions)."),
        ("refused-422-fields.json", "answers 422 (Field required)."),
    ],
)
def test_a_refusal_is_told_in_the_servers_words(server: BadServer, clock: Clock, name: str, message: str) -> None:
    server.on(PATH, recorded(name))
    assert message in refused(asking(server, clock))
    assert (len(server.requests), clock.slept) == (1, [])


@pytest.mark.parametrize("name", ["refused-400-long.json", "refused-500-long.json", "refused-422-batch.json"])
def test_too_much_at_once_is_an_error_of_its_own_and_not_tried_again(
    server: BadServer, clock: Clock, name: str
) -> None:
    server.on(PATH, recorded(name))
    with pytest.raises(TooLargeError, match=r"tokens|batch size"):
        asking(server, clock).ask("embeddings", QUESTION)
    assert (len(server.requests), clock.slept) == (1, [])


def test_a_limit_is_waited_for_as_the_server_asks(server: BadServer, clock: Clock) -> None:
    server.on(
        PATH, recorded("refused-429.json", Retry_After="20"), recorded("refused-500.json"), recorded("floats.json")
    )
    assert asking(server, clock).ask("embeddings", QUESTION)["object"] == "list"
    assert clock.slept == [20.0, 4.0]


def test_waiting_has_an_end(server: BadServer, clock: Clock) -> None:
    server.on(PATH, recorded("refused-429.json", Retry_After="3600"))
    assert "its limit for you is reached" in refused(asking(server, clock))
    assert clock.slept == []
    server.on(PATH, recorded("refused-429-quota.json"))
    assert "You exceeded your current quota" in refused(asking(server, clock))
    assert clock.slept == []
    server.on(PATH, recorded("refused-500.json"))
    assert "answers 500 (the slot failed)" in refused(asking(server, clock))
    assert clock.slept == [2.0, 4.0, 8.0, 16.0, 32.0]


def test_the_whole_time_has_a_bound(server: BadServer, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PATIENT", Limits(attempts=6, longest_wait=60, patience=70))
    server.on(PATH, recorded("refused-429.json", Retry_After="30"))
    assert "answers 429" in refused(asking(server, clock))
    assert clock.slept == [30.0, 30.0]


def test_a_reader_does_not_wait(server: BadServer, clock: Clock) -> None:
    server.on(PATH, recorded("refused-429.json", Retry_After="20"))
    assert "answers 429" in refused(asking(server, clock), hurried=True)
    server.on(PATH, recorded("refused-500.json"))
    assert "answers 500" in refused(asking(server, clock), hurried=True)
    assert sum(clock.slept) <= 2


@pytest.mark.xdist_group("timed")
def test_what_is_slow_cut_or_endless_ends(server: BadServer, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "HURRIED", Limits(connect=1, read=0.3, total=0.5, max_bytes=1_000_000, attempts=1))
    one = asking(server, clock)
    server.on(PATH, silent(2))
    assert "sent nothing for 0.3 s" in refused(one, hurried=True)
    server.on(PATH, dripping(head(200, {})))
    assert "took longer than 0.5 s" in refused(one, hurried=True)
    server.on(PATH, answer(200, b'{"data": [', Content_Length=2_000))
    assert "ended early; tried 1 times" in refused(one, hurried=True)
    server.on(PATH, answer(200, b"{", Content_Length=10**9))
    assert "larger than the 1,000,000 bytes" in refused(one, hurried=True)
    server.on(PATH, endless(50_000_000))
    assert "larger than the 1,000,000 bytes" in refused(one, hurried=True)


def test_an_answer_of_a_gigabyte_is_not_read(server: BadServer, clock: Clock) -> None:
    server.on(PATH, answer(200, b"{", Content_Length=2**30))
    assert "larger than the 16,777,216 bytes" in refused(asking(server, clock))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ((RECORDED / "page.html").read_bytes(), "does not answer with JSON, but with '<!doctype html> <html><head>"),
        (b"", "does not answer with JSON, but with ''"),
        (b"\xff\xfe{}", "does not answer with JSON"),
        (b"[" * 200_000, "does not answer with JSON"),
        (b"9" * 10_000, "does not answer with JSON"),
        (b"[1]", "JSON of another kind; expected an object"),
        (b'{"error": {"message": "no model is loaded"}}', "answers with an error (no model is loaded)"),
    ],
)
def test_an_answer_that_is_not_an_object_is_refused(server: BadServer, clock: Clock, body: bytes, message: str) -> None:
    server.on(PATH, answer(200, body))
    assert message in refused(asking(server, clock))


def test_a_page_is_not_quoted_when_it_is_an_error(server: BadServer, clock: Clock) -> None:
    server.on(PATH, answer(502, (RECORDED / "page.html").read_bytes()))
    assert refused(asking(server, clock)).endswith("/v1/embeddings answers 502.")


def test_nobody_there_is_told(clock: Clock) -> None:
    with BadServer() as server:
        gone = asking(server, clock)
    assert "connection was refused" in refused(gone, hurried=True)
    assert "See that the model server runs there" in refused(gone, hurried=True)


def test_plain_http_stays_on_private_networks(clock: Clock) -> None:
    world = World(clock=clock, sleep=clock.sleep, resolve=lambda host, port: ["93.184.215.14"])
    one = Service("http://models.example.org/v1", keys={"models.example.org": KEY}, world=world)
    assert "is public, and http would send texts and keys in the clear: use https" in refused(one)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("ftp://host/v1", "begins with https:// or http://"),
        ("localhost:8080/v1", "begins with https:// or http://"),
        ("http://", "begins with https:// or http://"),
        ("https://me:secret@host/v1", "contains a user name or password"),
        ("https://host/v1?version=2", "is not the address of an API"),
        ("https://host/v1#part", "is not the address of an API"),
    ],
)
def test_an_address_is_plain(address: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        Service(address, keys={})
    assert "secret" not in str(caught.value)
