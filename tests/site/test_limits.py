"""How often one may ask, what is said when that was too often, and which network a request comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import HTTPException
from starlette.requests import Request

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people.limits import Limit
from broadsheet.site.context import Site
from broadsheet.site.limits import count, host_of, limits
from people_kit import Clock
from site_kit import NOW, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", ()) as collection:
        yield collection


def asked_from(client: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return Request({"type": "http", "client": (client, 1), "headers": headers})


@pytest.mark.parametrize(
    ("window", "line", "wait"),
    [
        (timedelta(minutes=1), "try again in 60 seconds.", "60"),
        (timedelta(milliseconds=200), "try again in 1 seconds.", "1"),
        (timedelta(minutes=15), "try again in 15 minutes.", "900"),
    ],
)
def test_too_often_says_how_long_to_wait(window: timedelta, line: str, wait: str) -> None:
    limit = Limit(1, window)
    count(limit, "ada", now=NOW)
    count(limit, "ben", now=NOW)
    with pytest.raises(HTTPException) as caught:
        count(limit, "ada", now=NOW)
    assert caught.value.status_code == 429
    assert caught.value.detail.endswith(line)
    assert caught.value.headers == {"retry-after": wait}


@pytest.mark.parametrize("name", limits())
def test_every_limit_ends_after_its_window(collection: Collection, name: str) -> None:
    clock = Clock()
    site = Site(collection, Settings(people="open"), clock)
    most = site.limits[name].most
    for _ in range(most):
        site.limit(name, "ada")
    with pytest.raises(HTTPException):
        site.limit(name, "ada")
    site.limit(name, "ben")
    clock.pass_(site.limits[name].window)
    site.limit(name, "ada")


def test_two_sites_count_apart(collection: Collection) -> None:
    one, other = (Site(collection, Settings(people="open"), lambda: NOW) for _ in range(2))
    one.limit("requests", "ada")
    assert (len(one.limits["requests"]), len(other.limits["requests"])) == (1, 0)


@pytest.mark.parametrize(
    ("client", "forwarded", "host"),
    [
        ("203.0.113.9", (), "203.0.113.0/24"),
        ("203.0.113.9", ("198.51.100.7",), "203.0.113.0/24"),  # not from the proxy: its word counts for nothing
        ("192.0.2.1", ("198.51.100.7, 203.0.113.9",), "203.0.113.0/24"),
        ("192.0.2.1", ("198.51.100.7", "203.0.113.9"), "203.0.113.0/24"),
        ("192.0.2.1", (), "192.0.2.0/24"),
    ],
)
def test_only_the_trusted_proxy_says_where_a_request_comes_from(
    collection: Collection, client: str, forwarded: tuple[str, ...], host: str
) -> None:
    site = Site(collection, Settings(people="open", trusted_proxy="192.0.2.1"), lambda: NOW)
    assert host_of(asked_from(client, *forwarded), site) == host
