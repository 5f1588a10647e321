"""A digest and a letter as a mail program's window shows them: narrow, wide, light, dark, and without their styles."""

from __future__ import annotations

import re
from typing import Any

import pytest

from broadsheet.mail import render
from broadsheet.mail.issue import Issue, Item, Letter, Section

pytestmark = pytest.mark.browser

_ADDRESS = "https://papers.example.org/"
_TITLES = ("Reading tide tables", "w" * 250, "جداول المد والجزر", "潮汐表" * 40, "<b>Bold</b> & \u202ereversed")
_ITEMS = tuple(
    Item(
        title=title, url=_ADDRESS + "paper/1", authors=title, facts="arXiv", strength="Good match", why=title,
        passage=title * 3, vote_url=_ADDRESS + "vote/1", save_url=_ADDRESS + "save/1",
    )
    for title in _TITLES
)  # fmt: skip
_DIGEST = render.digest(
    Issue(
        subject="Monday 2 March 2026: tides", day="Monday 2 March 2026", edition="Your papers", page_url=_ADDRESS,
        reason="You asked for it.", unsubscribe_url=_ADDRESS + "u/1", settings_url=_ADDRESS + "account",
        lead="A day of tides.", more=3,
        sections=(Section(heading="For you", note="From two interests.", items=_ITEMS),),
    )
).html  # fmt: skip
_LETTER = render.letter(
    Letter(
        subject="Sign in", paragraphs=("It works once.",), button="Sign in", url=_ADDRESS + "t" * 200, closing="Bye."
    )
).html

_PALE = """() => {
  const light = (c) => c.map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll("body *")].filter((e) => {
    if (!e.checkVisibility() || ![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) return false;
    const [a, b] = [rgb(getComputedStyle(e).color), behind(e)].map((c) => light(c.slice(0, 3))).sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05) < 4.5;
  }).map((e) => e.tagName + " " + e.className);
}"""


@pytest.mark.parametrize("html", [_DIGEST, _LETTER], ids=["digest", "letter"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_can_be_read_and_asks_nobody(chromium: Any, html: str, scheme: str) -> None:
    page = chromium.new_page(color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for width in (320, 390, 640):
        page.set_viewport_size({"width": width, "height": 800})
        page.set_content(html)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(_PALE) == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 21, 19)"
    assert dark == (scheme == "dark")
    assert not asked
    page.close()


@pytest.mark.parametrize("html", [_DIGEST, _LETTER], ids=["digest", "letter"])
def test_it_fits_where_styles_are_taken_away(chromium: Any, html: str) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 800})
    page.set_content(re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(_PALE) == []
    page.close()
