"""The page in a real browser: it fits a phone, keeps the rules of WCAG 2.2 AA in both schemes, and asks for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from broadsheet.lab.report.page import page
from report_kit import made, renamed

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
pytestmark = pytest.mark.browser
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(page(renamed(made(), "flat", "an-encoder:with/a-very-long-name?layers=4&pooling=mean")), "utf-8")
    return path.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(chromium: Any, file: str, scheme: str) -> None:
    context = chromium.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844}, bypass_csp=True)
    opened = context.new_page()
    opened.goto(file)
    opened.locator("summary").click()
    found = axe.Axe().run(opened, options=RULES).response["violations"]
    assert [f"{each['id']}: {node['html'][:150]}" for each in found for node in each["nodes"][:3]] == []
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_and_asks_for_nothing(chromium: Any, file: str, width: int) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844})
    opened = context.new_page()
    requests: list[str] = []
    complaints: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    opened.on("console", lambda message: complaints.append(message.text))
    opened.goto(file)
    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    assert (requests, complaints) == ([file], [])
    assert opened.evaluate("getComputedStyle(document.querySelector('.lab .h8')).backgroundColor") != "rgba(0, 0, 0, 0)"
    context.close()


def test_tables_that_scroll_are_reached_by_the_keyboard(chromium: Any, file: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.goto(file)
    reached = set()
    for _ in range(40):
        opened.keyboard.press("Tab")
        reached.add(
            opened.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.tagName")
        )
    assert {"Values of all subjects on all sets", "Quality and cost of each subject", "SUMMARY", "A"} <= reached
    context.close()
