"""Stored answers: a 304 gives them back, damage is as good as none, and their folder is bounded."""

from __future__ import annotations

from badserver import conditional
from broadsheet.http.cache import Cache, Kept
from http_kit import client


def test_304_gives_the_stored_body(server, clock, tmp_path):
    server.on("/feed", conditional(b"the feed", '"v1"'))
    first = client(clock, folder=tmp_path).get(server.url("/feed"))
    second = client(clock, folder=tmp_path).get(server.url("/feed"))
    other = client(clock, folder=tmp_path).get(server.url("/feed"), accept="text/plain")
    assert (first.body, first.not_modified) == (b"the feed", False)
    assert (second.body, second.status, second.not_modified) == (b"the feed", 304, True)
    assert other.not_modified is False


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
