"""A reader's own pages in a browser, with and without JavaScript: save, find again, try a query, bring a library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
BIB = "@article{a, title={A Survey of Kettle Boiling}, author={Pot, Ann}, year={2020}}\n@article{b, author={Nobody}}\n"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_save_is_found_again_and_taken_out(opened: Callable[..., object], scripts: bool) -> None:
    with opened(java_script_enabled=scripts) as page:
        page.goto("/paper/2401.00001")
        page.get_by_role("button", name="Save", exact=True).first.click()
        page.locator('button[name="unsave"]').first.wait_for()
        page.get_by_role("link", name="Saved", exact=True).click()
        page.get_by_label("Find in what I saved").fill("outline of leaves")
        page.get_by_role("button", name="Find", exact=True).click()
        card = page.locator("article").first
        assert card.get_by_role("link", name="Sorting Herbarium Sheets").is_visible()
        card.get_by_role("link", name="Saved", exact=True).click()
        assert page.get_by_role("heading", level=1).inner_text() == "Saved"
        page.get_by_role("button", name="Take out of this list").click()
        assert page.get_by_text("Nothing stands in it yet").is_visible()


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


@pytest.mark.parametrize("scripts", [True, False])
def test_a_library_is_brought(opened: Callable[..., object], scripts: bool, tmp_path: Path) -> None:
    file = tmp_path / f"kettles {scripts}.bib"
    file.write_text(BIB)
    with opened(java_script_enabled=scripts) as page:
        page.goto("/interests")
        page.get_by_label("A file of references").set_input_files(str(file))
        page.get_by_role("button", name="Save its papers").click()
        page.get_by_text("Why it could not be taken").click()
        assert "no title" in page.locator("main .notice").first.inner_text()
        page.get_by_role("link", name=f"kettles {scripts}").click()
        assert page.get_by_role("link", name="A Survey of Kettle Boiling").is_visible()
        page.get_by_role("link", name="For you").first.click()
        assert page.get_by_role("heading", level=1).inner_text() == "For you"
