"""Alerts in a browser, with and without JavaScript: tried on past days as the minimum changes, saved, deleted, back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_an_alert_is_tried_more_loosely_then_saved_deleted_and_brought_back(
    opened: Callable[..., object], scripts: bool
) -> None:
    name = f"Tides {scripts}"
    with opened(java_script_enabled=scripts) as page:
        page.goto("/queries")
        page.get_by_label("What do you want to hear about?").fill("tide tables of a harbour")
        page.get_by_role("button", name="Try it on past days").click()
        page.get_by_text("Just above: you hear of these").wait_for()
        assert "papers a day" in page.locator("#trial").inner_text()
        assert page.locator("#rate-fair").inner_text()
        page.get_by_label("fair", exact=False).check()
        if not scripts:  # what a script sends at once, the button does
            page.get_by_role("button", name="Try it").click()
        page.wait_for_url("**least=fair**")
        assert page.locator('input[type="radio"][value="fair"]').is_checked()
        page.get_by_label("Name of the alert").fill(name)
        page.get_by_role("button", name="Save alert", exact=True).click()
        page.get_by_role("heading", level=1, name=name).wait_for()
        page.goto("/queries")
        row = page.locator(".alert-row", has_text=name)
        row.get_by_role("button").click()
        page.get_by_text(f"“{name}” was deleted.").wait_for()
        assert row.count() == 0
        page.get_by_role("button", name="Undo").click()
        row.wait_for()


def test_a_stricter_choice_is_shown_where_the_reader_is(opened: Callable[..., object]) -> None:
    with opened(java_script_enabled=True) as page:
        page.goto("/queries?text=tide+tables+of+a+harbour&least=fair")
        fair = page.locator('input[type="radio"][value="fair"]')
        fair.focus()
        page.evaluate("window.stayed = true")
        page.keyboard.press("ArrowUp")
        page.wait_for_url("**least=good**")
        assert page.evaluate("window.stayed"), "no reload"
        assert page.evaluate("document.activeElement.value") == "good", "the focus stays with the choice"
