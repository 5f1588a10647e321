"""Alerts in a browser, with and without JavaScript: tested on past days, then saved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_an_alert_is_tested_more_loosely_then_saved(opened: Callable[..., object], scripts: bool) -> None:
    name = f"Tides {scripts}"
    with opened(java_script_enabled=scripts) as page:
        page.goto("/queries")
        page.get_by_label("What you want to hear about").fill("tide tables of a harbour")
        page.get_by_role("button", name="Test on past days").click()
        assert "papers a day" in page.locator("#trial").inner_text()
        page.get_by_role("link", name="Looser").click()
        assert "least=fair" in page.url
        page.get_by_label("Name of the alert").fill(name)
        page.get_by_role("button", name="Save alert", exact=True).click()
        assert page.get_by_role("heading", level=1).inner_text() == name
        page.get_by_text("Delete the alert").click()
        page.get_by_role("button", name="Delete this alert").click()
        assert page.get_by_role("link", name=name).count() == 0
