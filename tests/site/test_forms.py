"""What a form must be to change anything, and how its fields are read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.site.forms import Form, local
from people_kit import OWN, browser, member, site
from site_kit import made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", None, "http://localhost.evil.example", "//localhost", "localhost", "ftp://localhost",
     "http:localhost", "http:///localhost"],
)  # fmt: skip
def test_forms_of_other_sites_change_nothing(collection: Collection, origin: str | None) -> None:
    ada = member(collection)
    visitor = browser(site(collection), ada)
    headers = {} if origin is None else {"origin": origin}
    answer = visitor.post("/act/vote", data={"token": visitor.csrf, "paper": "2401.00001"}, headers=headers)
    assert answer.status_code == 403
    assert collection.store.reactions.marked("votes", ada.number) == []


@pytest.mark.parametrize("token", ["", "wrong", "é", "other"])
def test_forms_without_this_browsers_token_change_nothing(collection: Collection, token: str) -> None:
    ada, ben = member(collection), member(collection, address="ben@example.org")
    app = site(collection)
    visitor = browser(app, ada)
    given = browser(app, ben).csrf if token == "other" else token
    answer = visitor.post("/act/vote", data={"token": given, "paper": "2401.00001"}, headers=OWN)
    assert answer.status_code == 403
    assert collection.store.reactions.marked("votes", ada.number) == []


@pytest.mark.parametrize("next_", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb"])
def test_nobody_is_led_elsewhere(collection: Collection, next_: str) -> None:
    visitor = browser(site(collection), member(collection))
    answer = visitor.press("/act/vote", paper="2401.00001", next=next_)
    assert answer.headers["location"] == "/"


def test_what_is_too_long_or_no_form_is_refused(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection))
    for body, kind, status in (
        (b"a=" + b"x" * 200_000, "application/x-www-form-urlencoded", 413),
        (b"x" * 9_000_000, "multipart/form-data; boundary=x", 413),
        (b"{}", "application/json", 415),
        (b"&".join(b"a=1" for _ in range(500)), "application/x-www-form-urlencoded", 400),
        (b"no part", "multipart/form-data", 400),
    ):
        answer = visitor.post("/act/vote", content=body, headers={**OWN, "content-type": kind})
        assert answer.status_code == status, answer.text


def test_fields_are_read_in_their_order_and_bounded() -> None:
    form = Form((("paper", " a "), ("name", "x" * 3_000), ("paper", "b"), ("paper", " "), ("paper", "c")))
    assert form.get("paper") == "a"
    assert form.all("paper") == ["a", "b", "c"]
    assert form.all("paper", most=2) == ["a", "b"]
    assert len(form.get("name")) == 2_000
    assert form.get("name", longest=5) == "xxxxx"
    assert (form.get("other"), form.get("other", "usual")) == ("", "usual")


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), (" 12 ", 12), ("", None), ("-1", None), ("1.5", None), ("\u0663", None), ("9" * 16, None), ("x", None)],
)
def test_a_number_is_whole_and_of_plain_digits(text: str, number: int | None) -> None:
    assert Form((("n", text),)).number("n") == number


def test_a_file_is_one_that_was_chosen() -> None:
    form = Form((), (("library", "", b""), ("library", "mine.bib", b"@a{}"), ("other", "x", b"y")))
    assert form.file("library") == ("mine.bib", b"@a{}")
    assert form.file("none") is None


@pytest.mark.parametrize(
    ("path", "kept"),
    [("/day/2026-09-30?sort=newest#a", True), ("/", True), ("//evil.example", False), ("/\\evil", False), ("x", False)],
)
def test_only_a_path_of_this_site_leads_back(path: str, kept: bool) -> None:
    assert local(path) == (path if kept else "/")
    assert Form((("next", path),)).back == local(path)
