"""Standing queries in a browser, with and without JavaScript: tried on the past, then kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_a_query_is_tried_stricter_then_kept(opened: Callable[..., object], scripts: bool) -> None:
    name = f"Tides {scripts}"
    with opened(java_script_enabled=scripts) as page:
        page.goto("/queries")
        page.get_by_label("What you want to hear of").fill("tide tables of a harbour")
        page.get_by_role("button", name="Try it on the past").click()
        assert "papers a day" in page.locator("#trial").inner_text()
        page.get_by_role("link", name="Looser").click()
        assert "least=fair" in page.url
        page.get_by_label("Keep it under a name").fill(name)
        page.get_by_role("button", name="Keep it", exact=True).click()
        assert page.get_by_role("heading", level=1).inner_text() == name
        page.get_by_text("Delete it").click()
        page.get_by_role("button", name="Delete this query").click()
        assert page.get_by_role("link", name=name).count() == 0
