"""What a hostile reader, page, proxy or neighbour tries, and that every answer, of whatever kind, is sealed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import account
from broadsheet.server import create_app
from broadsheet.site.auth import COOKIE
from broadsheet.site.guard import HEADERS, LONGEST_BODY
from people_kit import BASE, OWN, Browser, Clock, browser, member, site
from site_kit import NOW, PAPERS, made

MULTIPART = "multipart/form-data; boundary=B; charset="


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", PAPERS[:2]) as collection:
        yield collection


def kinds(app: Any, person: Any) -> Iterator[tuple[str, Any]]:
    """One answer of every kind that there is, by what it is."""
    reader, stranger = browser(app, person), Browser(app, base_url=BASE)
    store = app.state.site.collection.store
    key, paper = account.feed_key(store, person), "2401.00001"

    def get(who: Browser, path: str, **more: Any) -> Any:
        return who.get(path, follow_redirects=False, **more)

    for path in ("/", "/newest", "/search?q=leaf", f"/paper/{paper}", "/status", "/how", "/sign-in", "/subscribe"):
        yield f"page {path}", get(stranger, path)
    for path in ("/account", "/lists", "/queries", "/interests", "/submit", "/foryou", "/account/export", "/lists.bib"):
        yield f"own page {path}", get(reader, path)
    for path in ("/api/status", "/api/openapi.json", f"/api/papers/{paper}", "/feeds/newest.atom", "/feeds/newest.csv",
                 f"/paper/{paper}.bib", f"/papers/{paper}.md", f"/feeds/own/{key}/saved.rss", "/healthz", "/metrics",
                 "/static/broadsheet.css"):  # fmt: skip
        yield f"answer {path}", get(stranger, path)
    yield "redirect to the entrance", get(stranger, "/account")
    yield "redirect to a paper", get(stranger, f"/papers/{paper}")
    yield "redirect of a slash", get(stranger, "/newest/")
    for path in ("/nowhere", "/api/nowhere", "/static/nowhere", "/feeds/x.atom", "/leave/1.x", "/search?k=x"):
        yield f"error {path}", get(stranger, path)
    for path in ("/feeds/newest.atom", f"/api/papers/{paper}"):
        yield f"304 {path}", get(stranger, path, headers={"if-none-match": get(stranger, path).headers["etag"]})
    yield "304 page", get(reader, "/how", headers={"if-none-match": get(reader, "/how").headers["etag"]})
    yield "405", stranger.delete("/search")
    yield "options", stranger.options("/api/search", headers={"origin": "https://evil.example"})
    yield "403", stranger.post("/sign-in", data={"address": "a@example.org"})
    yield "413", stranger.post("/v1/embeddings", content=b"x" * (LONGEST_BODY + 1))
    yield "413 form", stranger.post("/sign-in", content=b"a=" + b"x" * 200_000, headers=_form())
    yield "415", stranger.post("/sign-in", content=b"{}", headers={**OWN, "content-type": "text/plain"})
    yield "421", get(stranger, "/", headers={"host": "evil.example"})
    yield "visit", get(reader, "/day/2026-09-30")
    yield "act", reader.post("/act", data={"token": reader.csrf, "vote": paper}, headers={**OWN, **_json()})
    yield "entered", reader.press("/sign-out")
    yield "deleted", browser(app, person).press("/account/delete", sure="delete")


def _form() -> dict[str, str]:
    return {**OWN, "content-type": "application/x-www-form-urlencoded"}


def _json() -> dict[str, str]:
    return {"accept": "application/json"}


def test_every_kind_of_answer_is_sealed_and_no_cookie_can_be_read_by_scripts(collection: Collection) -> None:
    """Pages, feeds, files, errors, redirects, 304, 413, 421: all headers, a type where there is a body, no cache that
    many share, and cookies only for the site itself."""
    app, statuses, cookies = site(collection), set(), set()
    for name, answer in kinds(app, member(collection)):
        statuses.add(answer.status_code)
        assert answer.status_code < 500, name
        assert {each: answer.headers.get(each) for each in HEADERS} == HEADERS, name
        assert answer.headers["cache-control"].startswith(("private", "no-store", "public, max-age=31536000")), name
        assert "access-control-allow-origin" not in answer.headers, name
        if "public" in answer.headers["cache-control"]:
            assert name.startswith("answer /static/"), name
        if answer.content:
            assert "content-type" in answer.headers, name
        for cookie in answer.headers.get_list("set-cookie"):
            attributes = {each.strip().lower() for each in cookie.split(";")[1:]}
            assert {"httponly", "samesite=lax", "path=/"} <= attributes, f"{name}: {cookie}"
            assert not any(each.startswith("domain=") for each in attributes), name
            cookies.add(cookie.partition("=")[0])
    assert statuses >= {200, 303, 304, 307, 403, 404, 405, 413, 415, 421, 422}
    assert cookies == {COOKIE, "broadsheet-visits"}


def test_behind_https_cookies_are_for_https(collection: Collection) -> None:
    app = site(collection, names=("localhost",), address="https://localhost")
    person = member(collection)
    kept = [
        browser(app).get("/").headers["set-cookie"],
        browser(app, person).get("/day/2026-09-30").headers["set-cookie"],
    ]
    reader = browser(app, person)
    token = {"token": reader.csrf}
    kept.append(
        reader.post("/sign-out", data=token, headers={"origin": "https://localhost"}).history[0].headers["set-cookie"]
    )
    assert all("secure" in cookie.lower() for cookie in kept)


def test_an_unprotected_page_of_a_protected_site_changes_nothing(collection: Collection) -> None:
    app = site(collection, names=("localhost",), address="https://localhost")
    reader = browser(app, member(collection))
    data = {"token": reader.csrf, "vote": "2401.00001"}
    answers = [
        reader.post("/act", data=data, headers={"origin": origin}, follow_redirects=False).status_code
        for origin in ("http://localhost", "https://localhost", "https://localhost:444", "null", "https://[", "")
    ]
    assert answers == [403, 303, 403, 403, 403, 403]


@pytest.mark.parametrize("charset", ["unicode_escape", "raw_unicode_escape", "punycode", "utf-16", "idna", '"utf-7"'])
def test_a_form_in_another_alphabet_is_refused(collection: Collection, charset: str) -> None:
    """Some codecs make halves of characters, which nothing can write down, and some take for ever."""
    stranger = browser(site(collection))
    body = b'--B\r\nContent-Disposition: form-data; name="token"\r\n\r\n\\ud800\r\n--B--\r\n'
    answer = stranger.post("/sign-in", content=body, headers={**OWN, "content-type": MULTIPART + charset})
    assert answer.status_code == 400
    answer = stranger.post("/sign-in", content=body, headers={**OWN, "content-type": MULTIPART + "UTF-8"})
    assert answer.status_code == 403  # it can be read, and its token is wrong


def test_a_reader_of_a_proxy_cannot_say_where_they_come_from(collection: Collection) -> None:
    """Some proxies add to the header that came, some write a line of their own behind it."""
    app = site(collection, trusted_proxy="testclient", names=("papers.example", "localhost"))
    for forged in (lambda i: [f"192.0.2.{i}, 203.0.113.9"], lambda i: [f"10.{i}.0.1", "203.0.113.9"]):
        app.state.site.limits["letters from"]._times.clear()
        statuses = []
        for i in range(21):
            visitor = browser(app)
            headers = [("origin", BASE), *(("x-forwarded-for", line) for line in forged(i))]
            data = {"token": visitor.csrf, "address": f"a{i}@example.org"}
            statuses.append(visitor.post("/sign-in", data=data, headers=headers).status_code)
        assert statuses == [200] * 20 + [429]


@pytest.mark.parametrize("header", ["Via", "X-Real-IP", "CF-Connecting-IP", "True-Client-IP"])
def test_the_single_reader_is_not_proxied(collection: Collection, header: str) -> None:
    alone = TestClient(create_app(collection, Settings(), now=lambda: NOW), base_url=BASE)
    answer = alone.get("/", headers={header: "1.1 proxy.example"})
    assert answer.status_code == 400
    assert header.lower() in answer.text


@pytest.mark.parametrize(
    "host", [b"localhost:\xb2", b"localhost\xa0", b"localhost:8000@evil.example", b"localhost/x", b"localhost:"]
)
def test_a_host_that_only_looks_known_is_refused(collection: Collection, host: bytes) -> None:
    """As bytes on the line: some of these are digits or spaces to Python, and to no one else."""
    app, said = create_app(collection, Settings(), now=lambda: NOW), []
    scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "root_path": "",
             "headers": [(b"host", host)], "scheme": "http", "http_version": "1.1", "server": ("localhost", 80),
             "client": ("127.0.0.1", 5000)}  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(app(scope, receive, send))
    assert said[0]["status"] == 421


@pytest.mark.parametrize(
    "name",
    [
        "feed:{}",
        "feed:saved.rss",
        "arxiv:{}",
        "hf:{}",
        "openalex:{}",
        "openreview:{}",
        "feed:file://{}",
        "oai:{}",
        "oai:file://{}",
        "arxiv:~/x",
    ],
)
def test_an_editor_cannot_read_files_of_the_server(collection: Collection, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.xml").write_text("<feed/>")
    visitor = browser(site(collection), member(collection, "editor"))
    for path in (tmp_path / "secret.xml", tmp_path, tmp_path / "nothing"):
        answer = visitor.press("/sources/add", name=name.format(path))
        assert 'role="alert"' in answer.text
        assert "cannot be followed from here" in answer.text
    assert collection.store.journal.sources() == []


def test_an_editor_follows_what_is_on_the_net(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection, "editor"))
    names = ["arxiv:cs.IR+cs.CL", "feed:https://example.org/feed.xml", "hf:daily", "openreview:ICLR.cc/2026/Conference"]
    for name in names:
        assert visitor.press("/sources/add", name=name).status_code == 303, name
    assert sorted(each.name for each in collection.store.journal.sources()) == sorted(names)


def test_no_one_sees_what_belongs_to_another_reader(collection: Collection) -> None:
    """Lists, queries, comments, tokens, handed-in papers, addresses to confirm: each asked for by its number."""
    app = site(collection)
    ada, eve = (member(collection, address=f"{name}@example.org") for name in ("ada", "eve"))
    store = collection.store
    list_ = store.lists.named(ada.number, "Ada's own", now=NOW)
    comment = store.comments.add(store.papers.number("2401.00001"), ada.number, "Ada's words", now=NOW)
    account.make_token(store, ada, "Ada's", writes=True, now=NOW)
    [token] = store.people.tokens(ada.number)
    other, link = browser(app, eve), account.address_link(store, ada, "new@example.org", now=NOW)[1]
    assert other.get(f"/lists/{list_}").status_code == 404
    assert other.get(f"/lists/{list_}.bib").status_code == 404
    for path in (
        f"/lists/{list_}/rename",
        f"/lists/{list_}/delete",
        f"/comments/{comment}",
        f"/comments/{comment}/delete",
    ):
        assert other.press(path, name="Eve's", text="Eve's words").status_code == 404, path
    assert other.press("/save", paper="2401.00001", into=list_).status_code == 404
    other.press("/save", paper="2401.00001", outof=list_)
    other.press("/account/tokens/remove", number=token.number)
    assert "another person" in other.press("/account/address/confirm", key=link).text
    assert [each.number for each in store.people.tokens(ada.number)] == [token.number]
    assert [each.name for each in store.lists.of(ada.number)] == ["Ada's own"]
    assert store.comments.get(comment).text == "Ada's words"
    key = account.feed_key(store, eve)
    assert other.get(f"/feeds/own/{key}/list/{list_}.atom").status_code == 404
    assert other.get(f"/feeds/own/{ada.number}-{key.partition('-')[2]}/saved.atom").status_code == 404


def test_what_is_signed_for_one_purpose_opens_no_other(collection: Collection) -> None:
    from broadsheet.people import signin
    from broadsheet.people.subscription import join_token, leave_token
    from broadsheet.store.mail import Choice

    app, store, person = site(collection), collection.store, member(collection)
    visitor = browser(app)
    made_ = {
        "/sign-in/link": signin.token(store, person.address, now=NOW),
        "/subscribe/confirm": join_token(store, person.address, Choice(), now=NOW),
        "/account/address": account.address_link(store, person, "new@example.org", now=NOW)[1],
        "leave": leave_token(store.people.secret(), person.number),
        "feed": account.feed_key(store, person),
        "form": visitor.csrf,
    }
    for path in ("/sign-in/link", "/subscribe/confirm"):
        for purpose, key in made_.items():
            answer = visitor.press(path, key=key)
            assert ("incomplete" in answer.text) is (purpose != path), f"{purpose} at {path}"
    for purpose, key in made_.items():
        assert (visitor.get(f"/leave/{key}").status_code == 200) is (purpose == "leave"), purpose
        assert (visitor.get(f"/feeds/own/{key}/saved.atom").status_code == 200) is (purpose == "feed"), purpose


def test_a_closed_site_tells_strangers_nothing_of_its_papers(collection: Collection) -> None:
    app = site(collection, people="closed")
    reader, stranger = browser(app, member(collection)), browser(app)
    paths = ["/", "/newest", "/search?q=herbarium", "/paper/2401.00001", "/paper/2401.00001.bib",
             "/papers/2401.00001.md", "/api/papers/2401.00001", "/api/search?q=herbarium", "/feeds/newest.atom",
             "/feeds/newest.bib", "/api/daily_papers", "/day/2026-09-30", "/api/status", "/status",
             "/author/Ada%20Blum"]  # fmt: skip
    for path in paths:
        known = reader.get(path).headers.get("etag", '"none"')
        for headers in ({}, {"if-none-match": known}, {"if-none-match": "*"}, {"authorization": "Bearer hf_x"}):
            answer = stranger.get(path, headers=headers, follow_redirects=False)
            assert answer.status_code in (303, 401), f"{path} {headers}"
            assert "Herbarium" not in answer.text
    for path in ("/sign-in", "/subscribe", "/nowhere", "/api/nowhere", "/healthz"):
        assert not re.search(r"[Hh]erbarium|2 papers|2401\.00001", stranger.get(path).text), path


def test_a_session_ends_when_it_should(collection: Collection) -> None:
    """After its days, after signing out everywhere, and with its person."""
    clock = Clock()
    app, store, person = site(collection, clock), collection.store, member(collection)
    old, other = browser(app, person), browser(app, person)
    assert old.press("/sign-out", everywhere="1").status_code == 303
    assert other.get("/account", follow_redirects=False).status_code == 303
    late, gone = browser(app, person), browser(app, person)
    store.people.remove(person.number)
    assert gone.get("/account", follow_redirects=False).status_code == 303
    clock.pass_(timedelta(days=91))
    assert late.get("/account", follow_redirects=False).status_code == 303
