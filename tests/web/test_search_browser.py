"""The results page in a browser: a search becomes an alert and is taken back, filters narrow it, nothing moves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser


def test_a_search_becomes_an_alert_and_is_taken_back_in_place(opened: Callable[..., object]) -> None:
    with opened() as page:
        page.goto("/search?q=tide+tables+of+harbour+7")
        page.get_by_text("would have sent").wait_for()
        page.get_by_role("button", name="Watch this search").click()
        page.get_by_role("button", name="Watching this search").wait_for()
        assert "You watch this search." in page.locator(".toast [role=status]").inner_text()
        assert page.url.endswith("/search?q=tide+tables+of+harbour+7"), "the page was not left"
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name="Watch this search").wait_for()
        page.goto("/queries")
        assert page.get_by_role("link", name="tide tables of harbour 7", exact=True).count() == 0


def test_a_search_becomes_an_alert_without_scripts(opened: Callable[..., object]) -> None:
    with opened(java_script_enabled=False) as page:
        page.goto("/search?q=tide+tables+of+harbour+8")
        assert (
            page.get_by_role("link", name="test it on past days").get_attribute("href").startswith("/queries?text=tide")
        )
        page.get_by_role("button", name="Watch this search").click()
        page.get_by_role("button", name="Watching this search").click()
        assert page.get_by_role("button", name="Watch this search").count() == 1


@pytest.mark.parametrize("width", [1280, 390])
def test_filters_and_facets_are_at_hand_and_the_first_title_is_high(opened: Callable[..., object], width: int) -> None:
    with opened(viewport={"width": width, "height": 900 if width > 400 else 844}) as page:
        page.goto("/search?q=tide+tables+of+harbour+7")
        top = page.locator("article :is(h2, h3)").first.bounding_box()["y"]
        assert top <= 200
        facets = page.locator(".rail .facets" if width > 1_100 else ".panel .facets")
        if width < 1_100:
            page.get_by_text("Filters", exact=True).click()
        shown = page.get_by_label("Since").is_visible()
        assert shown is (width < 1_100)
        assert facets.count() <= 1
        page.locator("#filters").evaluate("each => { each.open = true; }")
        page.get_by_label("Since").fill("2025-01-10")
        page.get_by_role("button", name="Apply").click()
        page.get_by_role("link", name="since 10 January 2025").click()
        assert "since" not in page.url
