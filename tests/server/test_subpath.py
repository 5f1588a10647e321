"""A site under a path, behind a proxy that takes the path off and behind one that does not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from broadsheet.collection import Collection
from broadsheet.config import load
from broadsheet.core.errors import UsageError
from broadsheet.server.subpath import Subpath, check_subpath
from broadsheet.site.auth import COOKIE
from people_kit import BASE, Browser, browser, letters, member, site
from site_kit import made

PATH = "/desk-of/papers-today"
ROOT = BASE + PATH
_ADDRESSES = {"href", "src", "action", "formaction"}
_BEGINNINGS = ("/", "/search?q=leaf", "/trending", "/newest", "/how", "/status", "/sources", "/subscribe", "/sign-in",
               "/latest", "/day/2026-09-30", "/week/2026-W40", "/month/2026-09", "/paper/2401.00001", "/foryou",
               "/queries", "/lists", "/interests", "/account", "/author/Ada%20Blum", "/desk/2026-09-30", "/submit",
               "/paper/nowhere", "/search?q=leaf&since=x")  # fmt: skip


class Page(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[dict[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append({name: value or "" for name, value in attrs})


class Proxy:
    """What stands in front: it answers under the path alone, and takes the path off if it ``strips``."""

    def __init__(self, app: ASGIApp, *, strips: bool) -> None:
        self._app, self._strips, self.state = app, strips, app.state  # type: ignore[attr-defined]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path, raw = scope["path"], scope["raw_path"]
            if path != PATH and not path.startswith(f"{PATH}/"):
                await Response("another site", 418)(scope, receive, send)
                return
            if self._strips:
                path, raw = path[len(PATH) :] or "/", raw[len(PATH) :] or b"/"
                scope = {**scope, "path": path, "raw_path": raw}
        await self._app(scope, receive, send)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


@pytest.fixture(params=[True, False], ids=["stripped", "whole"])
def visitor(request: pytest.FixtureRequest, collection: Collection) -> Browser:
    admin = member(collection, "admin")
    return browser(Proxy(site(collection, address=ROOT + "/"), strips=request.param), admin)  # type: ignore[arg-type]


def addresses(page: Page, at: str) -> Iterator[tuple[str, str]]:
    """The absolute addresses of a page, each with its attribute; without those within the page."""
    for attributes in page.elements:
        for name in _ADDRESSES & attributes.keys():
            if not attributes[name].startswith("#"):
                yield name, urljoin(at, attributes[name]).partition("#")[0]


def test_every_link_of_every_page_stays_under_the_path(visitor: Browser, collection: Collection) -> None:
    for action, fields in {
        "save": {"paper": "2401.00001", "next": "/paper/2401.00001"},
        "comments": {"paper": "2401.00001", "text": 'See "/x" and <a href="/y"> or [this](/z).'},
        "queries": {"name": "leaves", "text": "leaf outlines"},
        "authors": {"author": "Ada Blum", "next": "/interests"},
    }.items():
        pressed = visitor.press(f"{PATH}/{action}", **fields)
        assert (pressed.status_code, pressed.headers["location"][: len(PATH) + 1]) == (303, f"{PATH}/")  # type: ignore[attr-defined]
    waiting, seen, forms = [ROOT + each for each in _BEGINNINGS], set[str](), set[str]()
    while waiting and len(seen) < 300:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = visitor.get(address)
        assert answer.status_code in (200, 404 if "nowhere" in address else 200, 422 if "since=x" in address else 200)
        if not answer.headers["content-type"].startswith("text/html"):
            own = re.findall(r"http://localhost[^\s\"'<>)]*", answer.text)
            assert all(each.startswith(ROOT) for each in own), (address, own)
            continue
        for name, each in addresses(Page(answer.text), address):
            if urlsplit(each).netloc == "localhost":
                assert each.startswith((ROOT + "/", ROOT + "?")) or each == ROOT, (address, name, each)
                (forms.add(each) if "action" in name else waiting.append(each))
    assert len(seen) > 100
    assert {each.removeprefix(ROOT) for each in forms} >= {"/act", "/save", "/search", "/sign-out"}
    for each in forms:
        assert visitor.post(each).status_code in (400, 403, 405, 415), each


def test_signing_in_leads_back_under_the_path_with_a_cookie_of_its_own(collection: Collection) -> None:
    stranger = browser(Proxy(site(collection, address=ROOT), strips=True))  # type: ignore[arg-type]
    stranger.cookies.clear()
    stranger.press(f"{PATH}/sign-in", f"{PATH}/sign-in", address="ada@example.org", next="/newest?offset=20")
    (link,) = letters(collection)
    assert link.startswith(f"{ROOT}/sign-in/link?")
    key = re.search(r'name="key" value="([^"]+)"', stranger.get(link).text)
    assert key
    page = stranger.get(f"{PATH}/sign-in").text
    assert f'action="{PATH}/sign-in"' in page
    entered = stranger.press(f"{PATH}/sign-in/link", f"{PATH}/sign-in", key=key[1], next="/newest?offset=20")
    assert (entered.status_code, entered.headers["location"]) == (303, f"{PATH}/newest?offset=20")
    assert f"; Path={PATH};" in entered.headers["set-cookie"]
    assert stranger.get(f"{PATH}/account").status_code == 200
    left = stranger.press(f"{PATH}/sign-out", f"{PATH}/account")
    assert left.headers["location"] == f"{PATH}/"
    assert f"; Path={PATH};" in left.headers["set-cookie"]
    assert COOKIE not in stranger.cookies


def test_a_cookie_of_the_site_above_does_not_hide_its_own(visitor: Browser) -> None:
    own = visitor.cookies[COOKIE]
    visitor.cookies.clear()
    for header, status in ((f"{COOKIE}={own}; x=1; {COOKIE}=above", 200), (f"{COOKIE}=above; {COOKIE}={own}", 303)):
        answer = visitor.get(f"{PATH}/account", headers={"cookie": header}, follow_redirects=False)
        assert answer.status_code == status


def test_programs_get_addresses_under_the_path(visitor: Browser) -> None:
    described = visitor.get(f"{PATH}/api/openapi.json").json()
    assert described["servers"] == [{"url": PATH}]
    first = visitor.get(f"{PATH}/api/search?q=tide&k=2")
    assert first.links["next"]["url"].startswith(f"{ROOT}/api/search?")
    assert visitor.get(first.links["next"]["url"]).status_code == 200
    feed = visitor.get(f"{PATH}/feeds/latest.atom")
    again = visitor.get(f"{PATH}/feeds/latest.atom", headers={"if-none-match": feed.headers["etag"]})
    assert (feed.status_code, again.status_code) == (200, 304)
    slash = visitor.get(f"{PATH}/trending/", follow_redirects=False)
    assert slash.headers["location"] == f"{PATH}/trending"


def test_a_site_without_a_path_stays_as_it_is(collection: Collection) -> None:
    plain = browser(site(collection, address=BASE))
    assert 'href="/newest"' in plain.get("/").text
    assert "servers" not in plain.get("/api/openapi.json").json()


@pytest.mark.parametrize("path", ["/search", "/api/v2", "/static/x", "/lists", "/lists.html", "/papers"])
def test_a_path_that_is_a_page_of_the_site_is_refused(collection: Collection, path: str) -> None:
    with pytest.raises(UsageError, match=f"setting address has the path {path}.*choose another"):
        site(collection, address=BASE + path)


@pytest.mark.parametrize("path", ["//x", "/a//b", "/..", "/a/../b", "/./a", "/a/.", "/a b", "/a%20b"])
def test_a_path_that_browsers_rewrite_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError, match="setting address"):
        load(tmp_path, {}, address=f"https://example.org{path}")


_SEGMENTS = st.text("abcXYZ019._~-", min_size=1, max_size=8).filter(lambda text: text not in (".", ".."))
_PATHS = st.lists(_SEGMENTS, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


@given(_PATHS, st.lists(_SEGMENTS, max_size=3).map("/".join), st.booleans())
def test_any_path_is_taken_off_and_put_in_front(path: str, rest: str, stripped: bool) -> None:
    inner = f"/{rest}"
    if inner == path or inner.startswith(f"{path}/"):
        return  # refused at the start
    taken: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        taken.append(scope)
        response = RedirectResponse(scope["path"], 303)
        response.set_cookie("x", "y")
        await response(scope, receive, send)

    messages: list[Headers] = []

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            messages.append(Headers(raw=message["headers"]))  # type: ignore[arg-type]

    whole = inner if stripped else path + inner
    scope = {"type": "http", "path": whole, "raw_path": whole.encode(), "headers": [], "method": "GET"}
    asyncio.run(Subpath(app, path=path)(scope, None, send))  # type: ignore[arg-type]
    assert (taken[0]["path"], taken[0]["raw_path"]) == (inner, inner.encode())
    assert messages[0]["location"] == path + inner
    assert f"Path={path}" in messages[0]["set-cookie"].split("; ")


@given(_PATHS)
def test_a_path_is_refused_only_for_a_page_with_its_beginning(path: str) -> None:
    check_subpath(path, ["/", "/elsewhere/{name}"])
    with pytest.raises(UsageError, match="choose another"):
        check_subpath(path, ["/", f"/{path.split('/')[1]}/{{name}}"])
