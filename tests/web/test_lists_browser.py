"""Lists in a browser, with and without JavaScript: a paper is saved, found again, removed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_a_save_is_found_again_and_taken_out(opened: Callable[..., object], scripts: bool) -> None:
    with opened(java_script_enabled=scripts) as page:
        page.goto("/paper/2401.00001")
        page.get_by_role("button", name="Save", exact=True).first.click()
        page.locator('button[name="unsave"]').first.wait_for()
        page.get_by_role("link", name="Library", exact=True).click()
        page.get_by_label("Find in your saved papers").fill("outline of leaves")
        page.get_by_role("button", name="Find", exact=True).click()
        card = page.locator("article").first
        card.get_by_role("link", name="Sorting Herbarium Sheets").wait_for()
        card.get_by_role("link", name="Saved", exact=True).click()
        page.get_by_role("heading", level=1, name="Saved").wait_for()
        page.get_by_role("button", name="Remove from this list").click()
        page.get_by_text("This list is empty").wait_for()
        assert page.locator("article").count() == 0


def test_the_menu_of_lists_knows_of_a_save_and_a_follow_is_undone(opened: Callable[..., object]) -> None:
    with opened() as page:
        page.goto("/paper/hep-th/9901001")
        page.get_by_role("button", name="Save", exact=True).first.click()
        menu = page.locator("#saving")
        menu.get_by_text("in 1").wait_for()
        menu.locator("summary").click()
        menu.locator('button[aria-pressed="true"]', has_text="Saved").wait_for()
        page.keyboard.press("Escape")
        follow = page.locator("#following button")
        for pressed in ("false", "true"):  # following is undone, and so is unfollowing
            assert follow.get_attribute("aria-pressed") == pressed
            follow.click()
            page.locator(f'#following button[aria-pressed="{"false" if pressed == "true" else "true"}"]').wait_for()
            page.locator(".toast").get_by_role("button", name="Undo").click()
            page.locator(f'#following button[aria-pressed="{pressed}"]').wait_for()
            if pressed == "false":
                follow.click()
                page.locator('#following button[aria-pressed="true"]').wait_for()
