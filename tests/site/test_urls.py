"""Addresses that leave the site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.site.context import Site
from broadsheet.site.urls import authority, base_of, is_https, next_link, paper_page, request_path
from site_kit import NOW, ODD_ID, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", ()) as collection:
        yield collection


def site_of(collection: Collection, **settings: object) -> Site:
    return Site(collection, Settings(**settings), lambda: NOW)  # type: ignore[arg-type]


def request(path: str = "/", query: str = "", *, scheme: str = "http") -> Request:
    return Request({
        "type": "http", "scheme": scheme, "path": path, "query_string": query.encode(), "server": ("127.0.0.1", 8000),
        "headers": [(b"host", b"localhost:8000")],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("address", "scheme", "base", "https"),
    [
        ("", "http", "http://localhost:8000", False),
        ("", "https", "https://localhost:8000", True),
        ("https://papers.example/", "http", "https://papers.example", True),
        ("http://papers.example", "https", "http://papers.example", False),
    ],
)
def test_the_address_of_the_settings_goes_before_the_one_asked_for(
    collection: Collection, address: str, scheme: str, base: str, https: bool
) -> None:
    site = site_of(collection, people="open", address=address, names=("localhost", "papers.example"))
    assert base_of(request(scheme=scheme), site) == base
    assert is_https(request(scheme=scheme), site) is https


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
def test_a_papers_page_holds_its_id_whatever_is_in_it(id_: str) -> None:
    path = paper_page(id_)
    assert path.isascii()
    assert "?" not in path
    assert "#" not in path
    assert unquote(path.removeprefix("/paper/")) == id_


def test_a_papers_page_can_be_read() -> None:
    assert paper_page("hep-th/9901001") == "/paper/hep-th/9901001"
    assert paper_page(ODD_ID) == "/paper/10.5555/odd(1)%3Fx=1%23y%25z"


def test_what_was_asked_for_is_written_in_one_way() -> None:
    asked = request("/search", "q=a+b&author=x&author=y&offset=20&empty=")
    assert request_path(asked) == "/search?q=a+b&author=x&author=y&offset=20&empty="
    assert request_path(asked, offset=40) == "/search?q=a+b&author=x&author=y&empty=&offset=40"
    assert request_path(asked, offset=None, q="c d") == "/search?author=x&author=y&empty=&q=c+d"
    assert request_path(request("/newest"), offset=None) == "/newest"


def test_no_more_fields_are_repeated_than_anyone_asks() -> None:
    assert request_path(request("/search", "&".join(["a=1"] * 5_000))).count("a=1") == 1_000


def test_a_link_too_long_for_a_header_is_left_out() -> None:
    assert next_link("http://localhost/x?offset=2") == {"link": '<http://localhost/x?offset=2>; rel="next"'}
    assert next_link("x" * 4_001) == {}


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "localhost"),
        ({"names": ("127.0.0.1", "papers.example:8000", "other.example")}, "papers.example"),
        ({"names": ("localhost", "papers.example"), "address": "https://public.example/"}, "public.example"),
    ],
)
def test_lasting_ids_have_the_public_name(collection: Collection, settings: dict[str, object], name: str) -> None:
    assert authority(site_of(collection, people="open", **settings)) == name
