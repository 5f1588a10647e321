"""Fetching pictures from a local server that has everything a server should not have."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PIL import Image

from badserver import BadServer, answer, redirect
from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document
from broadsheet.http import Client, World
from broadsheet.ingest import ingest, no_progress
from broadsheet.pictures import LIMITS, Fetched, addresses, fetch, is_behind, name_of, pictures_of
from broadsheet.pictures.fetch import A_RUN

NOW = datetime(2026, 10, 2, 12, 0, tzinfo=UTC)


def png(colour: str = "teal", size: tuple[int, int] = (900, 600)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, colour).save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def server() -> Iterator[BadServer]:
    with BadServer() as running:
        yield running


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path / "papers", encoder="hash") as made:
        yield made


def with_pictures(collection: Collection, *places: str) -> None:
    papers = [
        Document(id=f"own:{n}", title=f"Paper {n} with a Figure", listed=date(2026, 10, 2) - timedelta(days=n),
                 source="own", extra={"thumbnail": place})
        for n, place in enumerate(places)
    ]  # fmt: skip
    ingest(collection, papers, now=NOW, name="own")


def client(*, private: bool = True) -> Client:
    return Client(limits=LIMITS, allow_private=private, world=World(sleep=lambda _: None))


def fetched(collection: Collection, now: datetime = NOW, *, private: bool = True) -> Fetched:
    return fetch(collection, client(private=private), now=now, progress=no_progress)


def reason(collection: Collection, place: str) -> str:
    noted = pictures_of(collection).failure(place)
    assert noted
    return noted.reason


def test_a_picture_is_fetched_once_made_small_and_served_from_a_file(server: BadServer, collection: Collection) -> None:
    server.on("/a.png", answer(200, png(), ETag='"1"'))
    place = server.url("/a.png")
    with_pictures(collection, place, place)
    assert is_behind(collection, now=NOW)
    assert fetched(collection) == Fetched(1, 0, 0, 0)
    assert not is_behind(collection, now=NOW)
    assert fetched(collection) == Fetched(0, 0, 0, 0)
    assert len(server.requests) == 1
    stored = pictures_of(collection).read(name_of(place))
    assert stored
    image = Image.open(io.BytesIO(stored))
    assert (image.format, image.size) == ("WEBP", (640, 427))
    assert not list(collection.cache.glob("http/*"))  # the client stored nothing of it


def test_what_is_not_a_picture_is_refused_once_and_for_all(server: BadServer, collection: Collection) -> None:
    bad = {
        "/page.png": answer(200, b"<html><script>alert(1)</script>", Content_Type="image/png"),
        "/drawing": answer(200, b'<svg xmlns="http://www.w3.org/2000/svg"/>', Content_Type="image/svg+xml"),
        "/gone.png": answer(404, b"not here"),
        "/cut.png": answer(200, png()[:200]),
    }
    for place, behaviour in bad.items():
        server.on(place, behaviour)
    with_pictures(collection, *map(server.url, bad))
    assert fetched(collection) == Fetched(0, 4, 0, 0)
    assert "not a picture" in reason(collection, server.url("/page.png"))
    assert "not a picture" in reason(collection, server.url("/drawing"))
    assert "answers 404" in reason(collection, server.url("/gone.png"))
    assert "damaged" in reason(collection, server.url("/cut.png"))
    assert fetched(collection, NOW + timedelta(days=99)) == Fetched(0, 0, 0, 0)
    assert len(server.requests) == 4


def test_what_is_too_large_is_not_read_to_its_end(server: BadServer, collection: Collection) -> None:
    server.on("/big.png", answer(200, b"", Content_Length=LIMITS.max_bytes + 1))
    with_pictures(collection, server.url("/big.png"))
    assert fetched(collection).failed == 1
    assert "larger than the 8,388,608 bytes" in reason(collection, server.url("/big.png"))


def test_a_private_network_is_not_asked(server: BadServer, collection: Collection) -> None:
    server.on("/a.png", redirect("http://169.254.169.254/latest/meta-data"))
    with_pictures(collection, server.url("/a.png"))
    assert fetched(collection, private=False).failed == 1
    assert "has no public address" in reason(collection, server.url("/a.png"))
    assert server.requests == []


def test_a_redirect_into_a_private_network_is_not_followed(
    server: BadServer, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = server.url("/inner.png", "inside.test")
    server.on("/outer.png", redirect(inner))
    server.on("/inner.png", answer(200, png()))
    outer = server.url("/outer.png", "outside.test")
    addresses = {"outside.test": ["127.0.0.1"], "inside.test": ["127.0.0.2"]}
    monkeypatch.setattr("broadsheet.http.address.public", lambda address: address == "127.0.0.1")
    with_pictures(collection, outer)
    asking = Client(limits=LIMITS, world=World(resolve=lambda host, _: addresses[host]))
    assert fetch(collection, asking, now=NOW, progress=no_progress).failed == 1
    assert "'inside.test' has no public address" in reason(collection, outer)
    assert [path for path, _ in server.requests] == ["/outer.png"]


def test_a_failure_that_may_pass_is_tried_again_later(server: BadServer, collection: Collection) -> None:
    server.on("/a.png", answer(503), answer(200, png()))
    with_pictures(collection, server.url("/a.png"))
    assert fetched(collection) == Fetched(0, 1, 0, 0)
    assert fetched(collection) == Fetched(0, 0, 0, 0)
    later = NOW + timedelta(hours=1)
    assert not is_behind(collection, now=NOW)
    assert is_behind(collection, now=later)
    assert fetched(collection, later) == Fetched(1, 0, 0, 0)
    assert not is_behind(collection, now=later + timedelta(days=99))


def test_a_host_that_fails_thrice_is_left_alone_for_the_run(server: BadServer, collection: Collection) -> None:
    server.on("/a.png", answer(503))
    places = [server.url(f"/a.png?{n}") for n in range(9)]
    with_pictures(collection, *places)
    assert fetched(collection) == Fetched(0, 9, 0, 0)
    assert len(server.requests) == 3
    noted = [pictures_of(collection).failure(place) for place in places]
    assert [each.tries for each in noted if each] == [1, 1, 1, 0, 0, 0, 0, 0, 0]


def test_the_second_best_address_is_tried_when_the_first_fails_for_good(
    server: BadServer, collection: Collection
) -> None:
    server.on("/thumb.png", answer(200, png()))
    media, thumbnail = server.url("/figure.png"), server.url("/thumb.png")
    paper = Document(id="own:1", title="A Paper", source="own", extra={"media": [media], "thumbnail": thumbnail})
    assert addresses(paper) == [media, thumbnail]
    ingest(collection, [paper], now=NOW, name="own")
    assert fetched(collection) == Fetched(0, 1, 0, 1)
    assert is_behind(collection, now=NOW)
    assert fetched(collection) == Fetched(1, 0, 0, 0)
    assert pictures_of(collection).has(thumbnail)
    assert not is_behind(collection, now=NOW)


def test_a_run_is_bounded_and_the_next_goes_on_with_the_newest_first(server: BadServer, collection: Collection) -> None:
    server.on("/a.png", answer(200, png(size=(40, 40))))
    with_pictures(collection, *(server.url(f"/a.png?{n}") for n in range(A_RUN + 5)))
    assert fetched(collection) == Fetched(A_RUN, 0, 0, 5)
    assert [path for path, _ in server.requests] == [f"/a.png?{n}" for n in range(A_RUN)]
    assert is_behind(collection, now=NOW)
    assert fetched(collection) == Fetched(5, 0, 0, 0)


def test_the_picture_goes_with_its_paper(server: BadServer, collection: Collection) -> None:
    server.on("/a.png", answer(200, png()))
    with_pictures(collection, server.url("/a.png?0"), server.url("/a.png?1"))
    fetched(collection)
    collection.store.papers.delete(["own:0"], now=NOW)
    assert is_behind(collection, now=NOW)
    assert fetched(collection) == Fetched(0, 0, 1, 0)
    assert [pictures_of(collection).has(server.url(f"/a.png?{n}")) for n in (0, 1)] == [False, True]
