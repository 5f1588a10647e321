"""Acting on papers in a real browser: in place with JavaScript, by a reload without, and by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eels_kit import VOTES
from page_kit import opened_all

pytestmark = pytest.mark.browser


def rows(page: object, title: str) -> object:
    return page.locator("article", has_text=title).first  # type: ignore[attr-defined]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_vote_and_taking_it_back(opened: Callable[..., object], scripts: bool) -> None:
    with opened(java_script_enabled=scripts) as page:
        page.goto("/day/2026-09-30")
        row = rows(page, "Sorting Herbarium")
        vote = row.get_by_role("button", name="Vote")
        assert vote.get_attribute("aria-pressed") == "false"
        assert VOTES.format(12) in row.inner_html()
        loads = []
        page.on("load", lambda: loads.append(1))
        vote.click()
        row.get_by_role("button", name="Vote", pressed=True).wait_for()
        assert VOTES.format(13) in row.inner_html()
        assert page.url.partition("#")[0].endswith("/day/2026-09-30")
        box = row.get_by_role("button", name="Vote").bounding_box()
        assert 0 < box["y"] < page.viewport_size["height"], "the reader is where they were"
        if scripts:
            assert loads == []
            assert page.get_by_text("Voted.").get_attribute("role") == "status"
            assert page.evaluate("document.activeElement.dataset.act") == "vote", "the focus stays where it was"
        page.reload()
        assert VOTES.format(13) in row.inner_html()
        row.get_by_role("button", name="Vote").click()
        row.get_by_role("button", name="Vote", pressed=False).wait_for()


def test_what_is_not_for_me_steps_back_and_returns(opened: Callable[..., object]) -> None:
    with opened() as page:
        page.goto("/day/2026-09-30")
        row, words = rows(page, "Sorting Herbarium"), page.locator("article .summary").first
        assert words.is_visible()
        row.get_by_role("button", name="Not for me").click()
        row.get_by_role("button", name="Not for me", pressed=True).wait_for()
        assert not words.is_visible()
        row.get_by_role("button", name="Not for me").click()
        row.get_by_role("button", name="Not for me", pressed=False).wait_for()
        assert words.is_visible()


def test_the_key_saves_and_takes_out(opened: Callable[..., object]) -> None:
    with opened() as page:
        page.goto("/day/2026-09-30")
        row = rows(page, "Sorting Herbarium")
        for pressed in (True, False):
            page.locator("article h3 a").first.focus()
            page.keyboard.press("s")
            row.get_by_role("button", name="Save", pressed=pressed).wait_for()


def test_a_press_that_fails_leads_to_the_page_that_says_why(chromium: object, address: str) -> None:
    context = chromium.new_context(base_url=address)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto("/day/2026-09-30")
    page.locator('#acts input[name="token"]').evaluate("(field) => { field.value = 'old'; }")
    rows(page, "Sorting Herbarium").get_by_role("button", name="Vote").click()
    page.get_by_text("This form is too old").wait_for()
    assert page.get_by_text("This form is too old").count() == 1
    context.close()


def test_a_list_and_a_note_without_scripts(opened: Callable[..., object]) -> None:
    with opened(java_script_enabled=False) as page:
        page.goto("/paper/hep-th/9901001")
        page.locator("#saving > summary").click()
        page.get_by_label("Save in a new list").fill("Knots")
        page.locator("#saving").get_by_role("button", name="Save", exact=True).click()
        page.locator("#saving > summary").click()
        assert page.get_by_role("button", name="Knots").get_attribute("aria-pressed") == "true"
        page.get_by_label("My note").fill("Count again.")
        page.locator("#my-note").get_by_role("button", name="Save").click()
        assert page.get_by_label("My note").input_value() == "Count again."


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("path", ["/account", "/submit", "/paper/2401.00001", "/day/2026-09-30"])
def test_buttons_are_large_enough_and_nothing_runs_out(opened: Callable[..., object], path: str, width: int) -> None:
    small = """() => [...document.querySelectorAll("main button, main summary, main input, main .acts a")]
      .filter((e) => e.checkVisibility() && e.type !== "hidden" && e.type !== "checkbox")
      .filter((e) => Math.min(e.getBoundingClientRect().height, e.getBoundingClientRect().width) < 24)
      .map((e) => e.outerHTML.slice(0, 120))"""
    with opened(viewport={"width": width, "height": 800}) as page:
        page.goto(path)
        opened_all(page, 6, "main summary")
        assert page.evaluate(small) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
