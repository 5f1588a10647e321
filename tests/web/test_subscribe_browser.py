"""Subscribing in a real browser: the zone is the reader's, and the emailed page confirms by itself or by button."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broadsheet.collection import Collection
from broadsheet.config import Settings
from people_kit import letters

pytestmark = pytest.mark.browser
SETTINGS = Settings(people="open")


@pytest.mark.parametrize("scripts", [True, False])
def test_subscribing_and_confirming(
    opened: Callable[..., object], served: tuple[str, Collection], scripts: bool
) -> None:
    _, collection = served
    before = set(letters(collection))
    with opened(java_script_enabled=scripts, timezone_id="America/Lima") as page:
        page.goto("/subscribe")
        zone = page.get_by_label("Time zone").input_value()
        assert zone == ("America/Lima" if scripts else "UTC")
        page.get_by_label("Email address").fill(f"{scripts}@example.org".lower())
        page.get_by_label("How often").select_option("on Mondays")
        page.get_by_role("button", name="Subscribe").click()
        page.get_by_text("Check your email").wait_for()
        for _ in range(100):  # the email is written after the response
            if set(letters(collection)) != before:
                break
            page.wait_for_timeout(50)
        (link,) = set(letters(collection)) - before
        page.goto(link)
        if not scripts:
            assert f"on Mondays at 07:00 ({zone}), 15 at most" in page.locator("main").inner_text()
            page.get_by_role("button", name="Send it to me").click()
        page.get_by_role("heading", name="You are subscribed").wait_for()
        assert f"on Mondays at 07:00 ({zone}), 15 at most" in page.locator("main").inner_text()
    subscription = collection.store.mail.subscriptions()[-1]
    assert subscription.address == f"{scripts}@example.org".lower()
    assert (subscription.choice.zone, subscription.choice.cadence) == (zone, "weekly")
