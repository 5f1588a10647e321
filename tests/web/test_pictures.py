"""The address of a picture: who gets it, and what a browser may do with it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi import Request
from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.pictures import name_of, pictures_of
from broadsheet.server import create_app
from broadsheet.site.auth import Visitor
from broadsheet.site.guard import HEADERS, OF_PICTURES
from broadsheet.web.marks import marked
from site_kit import NOW, made

PLACE = "https://example.org/one.png"
ADDRESS = f"/picture/{name_of(PLACE)}.webp"


def client(collection: Collection, **settings: object) -> TestClient:
    pictures_of(collection).put(PLACE, b"a picture")
    app = create_app(collection, Settings(**settings), now=lambda: NOW)
    return TestClient(app, base_url="http://localhost")


@pytest.fixture
def collection(tmp_path: Path):
    with made(tmp_path) as collection:
        yield collection


def test_a_picture_may_load_nothing_and_stays_in_the_browser(collection: Collection) -> None:
    here = client(collection, pictures=True)
    answer = here.get(ADDRESS)
    assert (answer.status_code, answer.content) == (200, b"a picture")
    told = answer.headers
    assert told["content-type"] == "image/webp"
    assert told["content-security-policy"] == OF_PICTURES != HEADERS["content-security-policy"]
    assert "default-src 'none'" in OF_PICTURES
    assert told["x-content-type-options"] == "nosniff"
    assert told["cache-control"] == "private, max-age=31536000, immutable"
    again = here.get(ADDRESS, headers={"if-none-match": told["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == told["cache-control"]
    head = here.head(ADDRESS)
    assert head.headers["content-length"] == str(len(b"a picture"))


@pytest.mark.parametrize("name", ["0" * 32, "x", "..%2Fstore", "%2e%2e", name_of(PLACE).upper()])
def test_other_names_are_not_found(collection: Collection, name: str) -> None:
    assert client(collection, pictures=True).get(f"/picture/{name}.webp").status_code == 404


def test_a_site_without_pictures_has_none_even_if_they_are_on_the_disk(collection: Collection) -> None:
    assert client(collection).get(ADDRESS).status_code == 404


def test_a_closed_site_shows_its_pictures_to_its_people_only(collection: Collection) -> None:
    stranger = client(collection, pictures=True, people="closed")
    assert stranger.get(ADDRESS, headers={"accept": "image/webp"}, follow_redirects=False).status_code == 303
    assert stranger.get("/static/broadsheet.css").status_code == 200


def test_pictures_have_a_limit_of_their_own(collection: Collection) -> None:
    here = client(collection, pictures=True, people="open")
    statuses = [here.get(ADDRESS).status_code for _ in range(700)]
    assert set(statuses) == {200}  # more than the requests of a page that a network has in a minute
    assert here.get("/").status_code == 200


def test_a_card_shows_the_picture_in_a_box_of_fixed_size(collection: Collection) -> None:
    paper = Document(id="own:1", title="With a Figure", listed=NOW.date(), source="own", extra={"thumbnail": PLACE})
    bare = Document(id="own:2", title="Without One", listed=NOW.date(), source="own", extra={"thumbnail": PLACE + "?2"})
    ingest(collection, [paper, bare], now=NOW, name="own")
    text = client(collection, pictures=True).get(f"/day/{NOW.date()}").text
    top, _, text = text.partition("</head>")
    assert re.search(rf'<meta property="og:image" content="https?://[^/"]+{ADDRESS}">', top)
    (image,) = re.findall(r"<img[^>]*>", text)
    assert f'src="{ADDRESS}" width="144" height="96" loading="lazy" decoding="async" alt=""' in image
    assert text.rindex("With a Figure</a>") > text.index(image) > text.index('class="card')
    assert "<img" not in client(collection).get(f"/day/{NOW.date()}").text
    assert PLACE not in text  # a browser asks no other host


def test_a_copy_lends_its_picture_to_the_work(collection: Collection) -> None:
    here, there = (Document(id=f"own:{n}", title="One Work in Two Places", source="own") for n in (1, 2))
    shown = replace(there, extra={"thumbnail": PLACE})
    site = client(collection, pictures=True).app.state.site  # type: ignore[attr-defined]
    request = Request({"type": "http", "headers": [], "method": "GET", "path": "/", "query_string": b"", "app": None})
    request.state.visitor = Visitor(None)
    assert marked(request, site, [(here, shown)]).picture(here) == ADDRESS
    assert marked(request, site, [(here, there)]).picture(here) is None
