"""How a reader wants pages: remembered in the browser, forged cookies harmless, nothing changed on the server."""

from __future__ import annotations

import pytest

from broadsheet.collection import Collection
from broadsheet.web.choices import COOKIE, NAMES, Choices
from people_kit import Browser, browser, member, site

PAGE = "/day/2026-10-01"


@pytest.fixture
def reader(collection: Collection) -> Browser:
    return browser(site(collection), member(collection))


def articles(text: str) -> int:
    return text.count('<article class="card')


def test_an_address_says_so_once_and_the_browser_remembers(collection: Collection, reader: Browser) -> None:
    assert 'class="compact"' not in reader.get(PAGE).text
    assert 'class="compact"' in reader.get(f"{PAGE}?view=compact").text
    assert 'class="compact"' in reader.get("/").text
    assert 'class="compact"' not in reader.get(f"{PAGE}?view=full").text
    assert 'class="compact"' not in reader.get(PAGE).text
    stranger = browser(site(collection))
    assert 'class="compact"' in stranger.get(f"{PAGE}?view=compact").text
    assert 'class="compact"' in stranger.get(PAGE).text, "without an account too"


def test_what_was_read_is_hidden_as_long_as_the_reader_wants(collection: Collection, reader: Browser) -> None:
    whole = articles(reader.get(PAGE).text)
    reader.press("/act", read="2610.00048")
    text = reader.get(f"{PAGE}?hide=read").text
    assert "Eels in Ditch 48" not in text
    assert "1 paper that you have read is hidden" in text
    assert "Eels in Ditch 48" not in reader.get("/").text, "it is remembered"
    assert articles(reader.get(f"{PAGE}?hide=none").text) == whole
    other = browser(site(collection))
    assert articles(other.get(f"{PAGE}?hide=read").text) == whole, "a stranger has read nothing"


def test_settings_hold_all_choices(reader: Browser) -> None:
    assert reader.get("/account").text.count(" checked>") == 0
    reader.press("/account/reading", "/account", compact="yes", read_opened="yes")
    text = reader.get("/account").text
    assert [f'name="{name}" value="yes" checked>' in text for name in ("read_opened", "hide_read", "compact")] == [
        True,
        False,
        True,
    ]
    reader.press("/account/reading", "/account")
    assert " checked>" not in reader.get("/account").text.split("Reading</h2>")[1].split("</section>")[0]


@pytest.mark.parametrize("cookie", ["", "x", "compact.", "compact.hide_read.compact.nonsense", "," * 300, "²"])
def test_a_forged_cookie_does_no_harm(collection: Collection, cookie: str) -> None:
    visitor = browser(site(collection))
    answer = visitor.get(PAGE, headers={"cookie": f"{COOKIE}={cookie}".encode("latin-1", "replace")})
    assert answer.status_code == 200
    assert ('class="compact"' in answer.text) == ("compact" in cookie.split("."))


@pytest.mark.parametrize("asked", ["view=small", "hide=all"])
def test_an_unknown_choice_gets_a_message(reader: Browser, asked: str) -> None:
    assert reader.get(f"{PAGE}?{asked}").status_code == 422


def test_choices_are_written_as_they_are_read() -> None:
    assert str(Choices()) == "none"
    assert str(Choices(compact=True, read_opened=True)) == "compact.read_opened"
    assert set(NAMES) == {"compact", "hide_read", "read_opened"}
    assert Choices(compact=True).with_view("", "read") == Choices(compact=True, hide_read=True)
    assert Choices(compact=True, hide_read=True).with_view("full", "none") == Choices()
