"""Who may do what: every route, requested by everyone. A new route must be entered here before it can land."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from broadsheet.collection import Collection
from people_kit import Browser, browser, member, site
from site_kit import made

WHO = ("stranger", "reader", "editor", "admin")
OPEN, SIGNED_IN, EDITORS, ADMINS, ENTRANCE = "everybody", "reader", "editor", "admin", "entrance"
TOKENS = "token"
"""Who is let in. The entrance is open in a closed site too; who has a cookie and no token may change nothing there."""

# Every route that is no GET for everybody, by method and path.
RULES: dict[tuple[str, str], str] = {
    ("GET", "/healthz"): ENTRANCE,
    ("GET", "/metrics"): ENTRANCE,  # asks where the request comes from instead
    ("GET", "/sign-in"): ENTRANCE,
    ("POST", "/sign-in"): ENTRANCE,
    ("GET", "/sign-in/link"): ENTRANCE,
    ("POST", "/sign-in/link"): ENTRANCE,
    ("GET", "/subscribe"): ENTRANCE,
    ("POST", "/subscribe"): ENTRANCE,
    ("GET", "/subscribe/confirm"): ENTRANCE,
    ("POST", "/subscribe/confirm"): ENTRANCE,
    ("GET", "/leave/{token}"): ENTRANCE,
    ("POST", "/leave/{token}"): ENTRANCE,
    ("POST", "/leave/{token}/again"): ENTRANCE,
    ("POST", "/sign-out"): SIGNED_IN,
    ("GET", "/feeds/own/{key}/saved.{form}"): ENTRANCE,  # whoever has the secret address
    ("GET", "/feeds/own/{key}/list/{number}.{form}"): ENTRANCE,
    ("GET", "/feeds/own/{key}/query/{number}.{form}"): ENTRANCE,
    ("GET", "/feeds/own/{key}/foryou.{form}"): ENTRANCE,
    ("GET", "/feeds/own/{key}/authors.{form}"): ENTRANCE,
    ("GET", "/feeds/own/{key}/follows.{form}"): ENTRANCE,
    ("POST", "/act"): SIGNED_IN,
    ("POST", "/act/{mark}"): SIGNED_IN,
    ("POST", "/comments"): SIGNED_IN,
    ("POST", "/comments/{comment}"): SIGNED_IN,
    ("POST", "/comments/{comment}/delete"): SIGNED_IN,
    ("GET", "/submit"): SIGNED_IN,
    ("POST", "/submit"): SIGNED_IN,
    ("GET", "/account"): SIGNED_IN,
    ("POST", "/account/name"): SIGNED_IN,
    ("POST", "/account/reading"): SIGNED_IN,
    ("POST", "/read"): SIGNED_IN,
    ("GET", "/account/address"): SIGNED_IN,
    ("POST", "/account/address"): SIGNED_IN,
    ("POST", "/account/address/confirm"): SIGNED_IN,
    ("POST", "/account/tokens"): SIGNED_IN,
    ("POST", "/account/tokens/remove"): SIGNED_IN,
    ("POST", "/account/feeds/renew"): SIGNED_IN,
    ("GET", "/account/export"): SIGNED_IN,
    ("POST", "/account/delete"): SIGNED_IN,
    ("POST", "/save"): SIGNED_IN,
    ("POST", "/note"): SIGNED_IN,
    ("GET", "/lists"): SIGNED_IN,
    ("POST", "/lists"): SIGNED_IN,
    ("GET", "/lists.{form}"): SIGNED_IN,
    ("GET", "/lists/{number}"): SIGNED_IN,
    ("GET", "/lists/{number}.{form}"): SIGNED_IN,
    ("POST", "/lists/{number}/rename"): SIGNED_IN,
    ("POST", "/lists/{number}/delete"): SIGNED_IN,
    ("POST", "/lists/{number}/restore"): SIGNED_IN,
    ("GET", "/foryou"): SIGNED_IN,
    ("POST", "/queries"): SIGNED_IN,  # the page itself says to strangers what alerts are
    ("POST", "/queries/restore"): SIGNED_IN,
    ("POST", "/papers/follow"): SIGNED_IN,
    ("GET", "/queries/{number}"): SIGNED_IN,
    ("POST", "/queries/{number}/delete"): SIGNED_IN,
    ("GET", "/alike"): SIGNED_IN,
    ("GET", "/search/rate"): SIGNED_IN,
    ("POST", "/search/watch"): SIGNED_IN,
    ("GET", "/explain"): SIGNED_IN,
    ("GET", "/compare"): SIGNED_IN,
    ("POST", "/compare"): SIGNED_IN,
    ("POST", "/api/compare"): SIGNED_IN,  # computes, and changes nothing
    ("POST", "/api/search"): SIGNED_IN,  # the same
    ("GET", "/api/explain/match"): SIGNED_IN,
    ("GET", "/api/explain/pair"): SIGNED_IN,
    ("GET", "/api/explain/query"): SIGNED_IN,
    ("GET", "/api/explain/list"): SIGNED_IN,
    ("GET", "/interests"): SIGNED_IN,
    ("POST", "/authors"): SIGNED_IN,
    ("POST", "/topics/follow"): SIGNED_IN,
    ("POST", "/interests/library"): SIGNED_IN,
    ("GET", "/desk/{name}"): EDITORS,
    ("POST", "/desk/act"): EDITORS,
    ("POST", "/desk/line"): EDITORS,
    ("POST", "/desk/works"): EDITORS,
    ("POST", "/topics/rename"): EDITORS,
    ("POST", "/topics/pin"): EDITORS,
    ("POST", "/topics/merge"): EDITORS,
    ("POST", "/topics/separate"): EDITORS,
    ("POST", "/topics/split"): EDITORS,
    ("GET", "/api/me"): SIGNED_IN,
    ("GET", "/api/me/export"): SIGNED_IN,
    ("GET", "/api/lists"): SIGNED_IN,
    ("GET", "/api/lists/{number}"): SIGNED_IN,
    ("GET", "/api/lists/{number}/papers"): SIGNED_IN,
    ("GET", "/api/papers/{id:path}/lists/suggested"): SIGNED_IN,
    ("GET", "/api/submissions"): SIGNED_IN,
    ("GET", "/api/foryou"): SIGNED_IN,
    ("GET", "/api/queries"): SIGNED_IN,
    ("GET", "/api/queries/tried"): SIGNED_IN,
    ("GET", "/api/queries/activity"): SIGNED_IN,
    ("GET", "/api/queries/{number}"): SIGNED_IN,
    ("GET", "/api/queries/{number}/papers"): SIGNED_IN,
    ("GET", "/api/topics/followed"): SIGNED_IN,
    ("PUT", "/api/topics/{id}/follow"): TOKENS,
    ("DELETE", "/api/topics/{id}/follow"): TOKENS,
    ("PATCH", "/api/topics/{id}"): TOKENS,
    ("POST", "/api/topics/{id}/merge"): TOKENS,
    ("POST", "/api/topics/{id}/separate"): TOKENS,
    ("POST", "/api/topics/{id}/split"): TOKENS,
    ("GET", "/api/authors"): SIGNED_IN,
    ("GET", "/api/authors/papers"): SIGNED_IN,
    ("POST", "/api/queries"): TOKENS,
    ("DELETE", "/api/queries/{number}"): TOKENS,
    ("PUT", "/api/papers/{id:path}/follow"): TOKENS,
    ("DELETE", "/api/papers/{id:path}/follow"): TOKENS,
    ("PUT", "/api/authors/{name:path}"): TOKENS,
    ("DELETE", "/api/authors/{name:path}"): TOKENS,
    ("PUT", "/api/papers/{id:path}/note"): TOKENS,
    ("DELETE", "/api/papers/{id:path}/note"): TOKENS,
    ("PUT", "/api/papers/{id:path}/{act}"): TOKENS,
    ("DELETE", "/api/papers/{id:path}/{act}"): TOKENS,
    ("POST", "/api/papers/{id:path}/comments"): TOKENS,
    ("PATCH", "/api/comments/{comment}"): TOKENS,
    ("DELETE", "/api/comments/{comment}"): TOKENS,
    ("POST", "/api/lists"): TOKENS,
    ("PATCH", "/api/lists/{number}"): TOKENS,
    ("DELETE", "/api/lists/{number}"): TOKENS,
    ("PUT", "/api/lists/{number}/papers/{id:path}"): TOKENS,
    ("DELETE", "/api/lists/{number}/papers/{id:path}"): TOKENS,
    ("POST", "/api/submissions"): TOKENS,
    ("PUT", "/api/daily/{period}/read"): TOKENS,
    ("DELETE", "/api/daily/{period}/read"): TOKENS,
    ("GET", "/api/digest"): SIGNED_IN,
    ("PUT", "/api/digest"): TOKENS,
    ("DELETE", "/api/digest"): TOKENS,
    ("GET", "/api/me/feeds"): SIGNED_IN,
    ("POST", "/api/me/feeds/renew"): TOKENS,
    ("GET", "/api/sources"): EDITORS,
    ("POST", "/api/sources"): TOKENS,
    ("DELETE", "/api/sources"): TOKENS,
    ("POST", "/api/sources/fetch"): TOKENS,
    ("PUT", "/api/desk/papers/{id:path}/{decision}"): TOKENS,
    ("DELETE", "/api/desk/papers/{id:path}"): TOKENS,
    ("PUT", "/api/desk/lines/{day}"): TOKENS,
    ("PUT", "/api/desk/works"): TOKENS,
    ("POST", "/api/recommend"): OPEN,  # these compute, and change nothing
    ("POST", "/recommendations/v1/papers"): OPEN,
    ("POST", "/recommendations/v1/papers/"): OPEN,
    ("POST", "/v1/embeddings"): SIGNED_IN,
    ("GET", "/sources"): EDITORS,
    ("POST", "/sources/add"): EDITORS,
    ("POST", "/sources/remove"): EDITORS,
    ("POST", "/sources/fetch"): EDITORS,
    ("GET", "/start"): EDITORS,
    ("POST", "/start"): EDITORS,
    ("GET", "/start/progress"): EDITORS,
    ("POST", "/start/progress"): EDITORS,
    ("GET", "/start/papers"): SIGNED_IN,
    ("POST", "/start/papers"): SIGNED_IN,
    ("POST", "/status/sync"): EDITORS,
    ("GET", "/lab"): EDITORS,
}
_FILLS = {"mark": "vote", "name": "2026-09-30", "id": "2401.00001"}


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Collection]:
    with made(tmp_path_factory.mktemp("roles")) as collection:
        yield collection


def routes(app: Any) -> list[tuple[str, str]]:
    return sorted({each for route in app.routes for each in _of(route)})


def _of(route: Any) -> Iterator[tuple[str, str]]:
    if isinstance(route, APIRoute):
        yield from ((method, route.path) for method in route.methods - {"HEAD"})
    for inner in getattr(getattr(route, "original_router", None), "routes", ()):
        yield from _of(inner)


def address(path: str) -> str:
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda match: _FILLS.get(match[1], "1"), path)


def let_in(visitor: Browser, method: str, path: str) -> bool:
    """Whether the door opened: what lies behind it may still find fault with an empty form."""
    if method == "GET":
        answer = visitor.get(address(path), follow_redirects=False)
    else:
        answer = visitor.request(
            method, address(path), data={"token": visitor.csrf}, headers={"origin": "http://localhost"},
            follow_redirects=False,
        )  # fmt: skip
    assert answer.status_code < 500, f"{method} {path}: {answer.text[:300]}"
    led_to_the_entrance = answer.headers.get("location", "").startswith("/sign-in?")
    return answer.status_code not in (401, 403) and not led_to_the_entrance


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("people", ["open", "closed"])
def test_every_route_lets_in_whom_it_should(collection: Collection, people: str, who: str) -> None:
    app = site(collection, people=people)
    person = None if who == "stranger" else member(collection, who)  # type: ignore[arg-type]
    wrong = []
    for method, path in routes(app):
        rule = RULES.get((method, path), OPEN if method == "GET" else None)
        if rule is None:
            wrong.append(f"{method} {path} stands in no rule")
            continue
        visitor = browser(app, person)  # each anew: some sign out
        if let_in(visitor, method, path) is not expected(rule, who, people):
            wrong.append(f"{method} {path} for {who} in a {people} site")
    assert wrong == []


def expected(rule: str, who: str, people: str) -> bool:
    if rule == ENTRANCE:
        return True
    if rule == TOKENS:
        return False
    if rule == OPEN:
        return people == "open" or who != "stranger"
    return WHO.index(who) >= WHO.index(rule)


def test_every_rule_is_about_a_route(collection: Collection) -> None:
    assert set(RULES) <= set(routes(site(collection)))
