"""A library in a browser, with and without JavaScript: uploaded, reported on, found as a list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
BIB = "@article{a, title={A Survey of Kettle Boiling}, author={Pot, Ann}, year={2020}}\n@article{b, author={Nobody}}\n"


@pytest.mark.parametrize("scripts", [True, False])
def test_a_library_is_uploaded(opened: Callable[..., object], scripts: bool, tmp_path: Path) -> None:
    file = tmp_path / f"kettles {scripts}.bib"
    file.write_text(BIB)
    with opened(java_script_enabled=scripts) as page:
        page.goto("/lists")
        page.get_by_label("Reference file").set_input_files(str(file))
        page.get_by_role("button", name="Upload").click()
        page.get_by_text("See why").click()
        assert "no title" in page.locator("main .notice").first.inner_text()
        page.get_by_role("navigation", name="Your lists").get_by_role("link", name=f"kettles {scripts}").click()
        assert page.get_by_role("link", name="A Survey of Kettle Boiling").is_visible()
        page.get_by_role("link", name="For you").first.click()
        assert page.get_by_role("heading", level=1).inner_text() == "For you"
