"""Compression: what is packed and what is not, what a client is told of it, and that no secret shows by its length."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zlib import compress

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from broadsheet.collection import Collection
from broadsheet.people import links
from broadsheet.site.compression import LEAST, LEVEL, Compressed, keep_uncompressed, takes_gzip
from people_kit import browser, member, site
from site_kit import made

TEXT = "The same words again. " * 200
GZIP = {"accept-encoding": "gzip"}
PLAIN = {"accept-encoding": "identity"}


@pytest.fixture
def collection(tmp_path: Path):
    with made(tmp_path) as collection:
        yield collection


def answering(body: str, **options: Any) -> TestClient:
    async def app(scope, receive, send) -> None:
        await Response(body, **options)(scope, receive, send)

    return TestClient(Compressed(app))


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True), ("GZIP;q=0.5, br", True), ("br, gzip ; q=1", True), ("*", True), ("br, *;q=0.1", True),
        ("", False), ("identity", False), ("gzip;q=0", False), ("gzip; q=0.000", False), ("*, gzip;q=0", False),
        ("*;q=0", False), ("xgzip", False),
    ],
)  # fmt: skip
def test_a_client_says_whether_it_takes_gzip(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes
    answer = answering(TEXT, media_type="text/html").get("/", headers={"accept-encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") is takes
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert answer.text == TEXT


def test_a_packed_text_has_a_weak_tag_and_its_own_length() -> None:
    client = answering(TEXT, media_type="text/html", headers={"etag": '"1"', "accept-ranges": "bytes"})
    packed, plain = client.get("/", headers=GZIP), client.get("/", headers=PLAIN)
    assert (packed.headers["etag"], plain.headers["etag"]) == ('W/"1"', '"1"')
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 10
    assert ("accept-ranges" in packed.headers, "accept-ranges" in plain.headers) == (False, True)


@pytest.mark.parametrize("known", ['"1"', 'W/"1"'])
def test_a_304_repeats_the_kind_of_tag_that_the_client_has(known: str) -> None:
    client = answering("", status_code=304, headers={"etag": '"1"'})
    answer = client.get("/", headers={**GZIP, "if-none-match": known})
    assert (answer.headers["etag"], answer.headers["vary"]) == (known, "Accept-Encoding")


@pytest.mark.parametrize("kind", ["image/webp", "font/woff2", "application/gzip", "text/event-stream"])
def test_what_is_packed_or_a_stream_of_events_stays_as_it_is(kind: str) -> None:
    answer = answering(TEXT, media_type=kind, headers={"etag": '"1"'}).get("/", headers=GZIP)
    assert "content-encoding" not in answer.headers
    assert answer.headers["etag"] == '"1"'


def test_short_answers_stay_as_they_are() -> None:
    assert "content-encoding" not in answering("x" * (LEAST - 1)).get("/", headers=GZIP).headers
    assert "content-encoding" in answering("x" * LEAST).get("/", headers=GZIP).headers


def test_a_long_answer_in_pieces_is_packed_piece_by_piece() -> None:
    pieces = (f"{n} {TEXT}".encode() for n in range(9))
    answer = TestClient(Compressed(StreamingResponse(pieces, media_type="text/plain"))).get("/", headers=GZIP)
    assert answer.headers["content-encoding"] == "gzip"
    assert "content-length" not in answer.headers
    assert answer.text == "".join(f"{n} {TEXT}" for n in range(9))


def test_what_holds_a_secret_is_not_packed() -> None:
    async def app(scope, receive, send) -> None:
        keep_uncompressed(Request(dict(scope)))  # routers work on copies of the scope
        await Response(TEXT, headers={"etag": '"1"'})(scope, receive, send)

    answer = TestClient(Compressed(app)).get("/", headers=GZIP)
    assert "content-encoding" not in answer.headers
    assert (answer.text, answer.headers["etag"]) == (TEXT, '"1"')


def test_pages_styles_and_answers_of_the_api_are_packed(collection: Collection) -> None:
    client = browser(site(collection))
    for path in ("/", "/static/broadsheet.css", "/static/broadsheet.js", "/api/papers?limit=50", "/feeds/daily.atom"):
        packed, plain = client.get(path, headers=GZIP), client.get(path, headers=PLAIN)
        if plain.status_code == 404:
            continue
        assert packed.headers["content-encoding"] == "gzip", path
        assert packed.content == plain.content
        assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
        again = client.get(path, headers={**GZIP, "if-none-match": packed.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == packed.headers["etag"]
        head = client.head(path, headers=GZIP)
        assert head.headers["content-length"] == packed.headers["content-length"]
        assert head.headers["content-security-policy"]


def test_pages_with_a_secret_address_are_not_packed(collection: Collection) -> None:
    ada = browser(site(collection), member(collection))
    for path in ("/account", "/lists", "/foryou"):
        answer = ada.get(path, headers=GZIP)
        assert "content-encoding" not in answer.headers, path
    assert "/feeds/own/" in ada.get("/account").text
    assert ada.get("/", headers=GZIP).headers["content-encoding"] == "gzip"


def test_a_token_is_written_otherwise_on_every_other_page_and_alike_on_the_same(collection: Collection) -> None:
    ada = browser(site(collection), member(collection))
    tokens = {path: ada.token(path) for path in ("/", "/search?q=a", "/search?q=b", "/search?q=ab")}
    assert len(set(tokens.values())) == 4
    assert ada.token("/search?q=a") == tokens["/search?q=a"]
    secret = ada.app.state.site.secret
    assert len({links.unmask(token) for token in tokens.values()}) == 1
    raw = links.unmask(tokens["/"]).decode()
    assert len(raw) == 43
    assert all(raw not in ada.get(path).text for path in tokens)
    assert links.mask(secret, raw, "one") != links.mask(secret, raw, "other")
    assert ada.press("/act/vote", "/search?q=b", paper="2401.00001").status_code == 303


def test_the_length_of_a_page_does_not_say_whether_a_guess_was_right() -> None:
    """Gluck, Harris and Prado 2013: a right guess of the token's beginning makes a page shorter, if it is in clear."""
    secret = b"a secret of the site"
    token, *others = (links.derive(secret, "form", f"key {n}") for n in range(60))

    def packed(guess: str, masked: str) -> int:
        page = f'{TEXT}<p>Nothing found for "{guess}"</p><input name="token" value="{masked}">{TEXT}'
        return len(compress(page.encode(), LEVEL))

    right, *wrong = (packed(guess, token) for guess in (token, *others))
    assert right < min(wrong) - 20  # so the attack works on a token in clear
    right, *wrong = (packed(guess, links.mask(secret, token, guess)) for guess in (token, *others))
    assert min(wrong) <= right <= max(wrong)
