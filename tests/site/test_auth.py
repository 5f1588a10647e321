"""Who asks: by cookie, by token or as the one reader of this machine; and what that lets in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import links, signin
from broadsheet.site.auth import COOKIE, Visitor, admit, forget, give_cookie, needs, remember, visitor_of
from broadsheet.site.context import Site
from broadsheet.store.people import Role
from people_kit import Clock, member
from site_kit import NOW, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", ()) as collection:
        yield collection


def site_of(collection: Collection, people: str = "open", **settings: object) -> Site:
    return Site(collection, Settings(people=people, **settings), Clock())  # type: ignore[arg-type]


def request(path: str = "/", *, token: str = "", key: str = "", method: str = "GET") -> Request:
    headers = [(b"host", b"localhost")]
    headers += [(b"authorization", f"Bearer {token}".encode())] if token else []
    headers += [(b"cookie", f"{COOKIE}={key}".encode())] if key else []
    return Request({
        "type": "http", "method": method, "scheme": "http", "path": path, "query_string": b"", "headers": headers,
        "client": ("203.0.113.9", 1), "server": ("localhost", 80),
    })  # fmt: skip


def with_token(collection: Collection, token: str, *, writes: bool = False) -> int:
    ada = member(collection, address="ada@example.org")
    collection.store.people.add_token(links.digest(token), ada.number, "x", writes=writes, now=NOW)
    return ada.number


def test_a_browser_is_known_by_its_key_until_its_session_ends(collection: Collection) -> None:
    site, ada = site_of(collection), member(collection)
    key = signin.begin(collection.store, ada, now=NOW)
    assert visitor_of(request(key=key), site).person == ada
    assert visitor_of(request(key="other"), site).person is None
    assert isinstance(site.now, Clock)
    site.now.pass_(signin.SESSION + timedelta(seconds=1))
    assert visitor_of(request(key=key), site).person is None


def test_who_asks_is_found_once_for_a_request(collection: Collection) -> None:
    site, asked = site_of(collection), request()
    assert visitor_of(asked, site) is visitor_of(asked, site)


@pytest.mark.parametrize(
    "path", ["/api/me", "/feeds/newest.atom", "/papers/x.md", "/recommendations/v1/papers", "/v1/x"]
)
def test_a_token_counts_where_programs_ask(collection: Collection, path: str) -> None:
    number = with_token(collection, "t-ada")
    visitor = visitor_of(request(path, token=" t-ada "), site_of(collection))
    assert (visitor.number, visitor.token, visitor.writes) == (number, True, False)


@pytest.mark.parametrize("path", ["/", "/paper/x", "/account"])
def test_a_token_is_no_key_to_the_pages(collection: Collection, path: str) -> None:
    with_token(collection, "t-ada")
    visitor = visitor_of(request(path, token="t-ada"), site_of(collection))
    assert (visitor.person, visitor.token) == (None, False)


def test_a_token_counts_alone_whatever_cookie_comes_with_it(collection: Collection) -> None:
    number = with_token(collection, "t-ada")
    key = signin.begin(collection.store, member(collection, address="ben@example.org"), now=NOW)
    assert visitor_of(request("/api/me", token="t-ada", key=key), site_of(collection)).number == number
    with pytest.raises(HTTPException) as caught:
        visitor_of(request("/api/me", token="unknown", key=key), site_of(collection))
    assert caught.value.status_code == 401


@pytest.mark.parametrize(("path", "token"), [("/api/papers/x", "hf_abc"), ("/v1/models", "sk-abc")])
def test_a_key_for_another_service_is_a_strangers(collection: Collection, path: str, token: str) -> None:
    assert visitor_of(request(path, token=token), site_of(collection)).person is None


def test_whoever_asks_a_single_site_is_its_reader(collection: Collection) -> None:
    site = site_of(collection, people="single")
    site.sole = collection.store.people.add_sole(now=NOW)
    assert visitor_of(request(), site).person == site.sole


@pytest.mark.parametrize(
    ("role", "wanted", "status"),
    [("reader", "reader", 0), ("reader", "editor", 403), ("editor", "reader", 0), ("admin", "editor", 0)],
)
def test_a_role_opens_what_is_its_own_and_below(collection: Collection, role: Role, wanted: Role, status: int) -> None:
    person = member(collection, role)
    if not status:
        assert needs(wanted)(request(), Visitor(person)) == person
        return
    with pytest.raises(HTTPException) as caught:
        needs(wanted)(request(), Visitor(person))
    assert caught.value.status_code == status


@pytest.mark.parametrize(
    ("method", "writes", "status"), [("GET", False, 0), ("HEAD", False, 0), ("POST", False, 403), ("DELETE", True, 0)]
)
def test_a_token_that_may_only_read_changes_nothing(
    collection: Collection, method: str, writes: bool, status: int
) -> None:
    visitor = Visitor(member(collection), token=True, writes=writes)
    if not status:
        assert needs("reader")(request(method=method), visitor) == visitor.person
        return
    with pytest.raises(HTTPException, match="may only read"):
        needs("reader")(request(method=method), visitor)


def test_a_stranger_is_told_to_sign_in() -> None:
    with pytest.raises(HTTPException) as caught:
        needs("reader")(request(), Visitor(None))
    assert (caught.value.status_code, caught.value.headers) == (401, {"www-authenticate": "Bearer"})


def test_a_closed_site_admits_members_alone(collection: Collection) -> None:
    site, ada = site_of(collection, people="closed"), member(collection)
    admit(request(), site, Visitor(ada))
    admit(request("/healthz"), site, Visitor(None))
    with pytest.raises(HTTPException) as caught:
        admit(request(), site, Visitor(None))
    assert caught.value.status_code == 401


def test_no_network_asks_without_end(collection: Collection) -> None:
    site = site_of(collection)
    for _ in range(site.limits["requests"].most):
        admit(request(), site, Visitor(None))
    with pytest.raises(HTTPException) as caught:
        admit(request(), site, Visitor(None))
    assert caught.value.status_code == 429
    admit(request("/healthz"), site, Visitor(None))


def test_a_forms_token_is_its_browsers_own() -> None:
    one, other, fresh = Visitor(None, "a"), Visitor(None, "b"), Visitor(None)
    assert one.csrf(b"secret") == one.csrf(b"secret") != other.csrf(b"secret")
    assert one.csrf(b"secret") != one.csrf(b"another")
    assert (one.new, fresh.new) == (False, False)
    assert fresh.csrf(b"secret")
    assert (fresh.new, bool(fresh.key)) == (True, True)


@pytest.mark.parametrize("address", ["", "https://papers.example"])
def test_a_cookie_is_given_and_taken_away_alike(collection: Collection, address: str) -> None:
    site = site_of(collection, address=address, names=("localhost", "papers.example"))
    response = Response()
    remember(response, request(), site, "key")
    forget(response, request(), site)
    give_cookie(response, "other", "1", lasting=timedelta(days=2), secure=bool(address))
    given, taken, other = (line.lower() for line in response.headers.getlist("set-cookie"))
    assert given.startswith(f"{COOKIE}=key;")
    assert taken.startswith(f'{COOKIE}="";')
    assert "max-age=0" in taken
    assert "max-age=172800" in other
    for line in (given, taken, other):
        assert {"httponly", "samesite=lax", "path=/"} <= {each.strip() for each in line.split(";")}
        assert ("secure" in line) is bool(address)
