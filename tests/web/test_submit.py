"""Submitting a paper from the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.web.submit import router
from door_kit import addresses
from people_kit import browser, member, site
from plugin_kit import plug_in
from site_kit import made


def test_the_paper_of_a_plug_in_is_submitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, single=True)
    with made(tmp_path / "c") as collection:
        visitor = browser(site(collection), member(collection))
        assert visitor.press("/submit", paper="strange:42").status_code == 303
        assert "A Strange Study of 42" in visitor.get("/submit").text
        assert visitor.press("/submit", paper="strange:42").headers["location"] == "/paper/strange:42"


def test_its_addresses_stay() -> None:
    assert addresses(router) == {
        "GET /submit",
        "POST /submit",
    }
