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
