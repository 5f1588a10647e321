"""The page of the lab: the stored report in the frame of the site, and what to run without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.lab.report import page, record
from broadsheet.web import lab
from page_kit import Read
from people_kit import browser, member, site
from report_kit import made as report
from site_kit import made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", synced=False) as collection:
        yield collection


def test_without_runs_the_page_says_what_to_run(collection: Collection) -> None:
    text = browser(site(collection), member(collection, "admin")).get("/lab").text
    assert "with the command evaluate of Broadsheet" in text
    assert "Nothing has been measured" in text


def test_the_page_shows_the_stored_report_without_styles_of_its_own(collection: Collection) -> None:
    record.write(collection.path / record.NAME, report())
    text = browser(site(collection), member(collection, "editor")).get("/lab").text
    read = Read(text)
    assert str(page.body(report())) in text
    assert [given["href"] for tag, given in read.elements if tag == "link" and "plots.css" in given["href"]]
    assert not [given for tag, given in read.elements if tag == "style" or "style" in given]
    assert read.count("h1") == 1


def test_a_report_that_cannot_be_read_is_named(collection: Collection) -> None:
    (collection.path / record.NAME).write_text("{")
    answer = browser(site(collection), member(collection, "admin")).get("/lab")
    assert answer.status_code == 200
    assert "lab.json is not a report of this version" in answer.text
    assert str(collection.path) not in answer.text


def test_the_styles_are_sent_once(collection: Collection) -> None:
    visitor = browser(site(collection), member(collection, "admin"))
    answer = visitor.get("/lab/plots.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.text == page.plots_style()
    assert visitor.get("/lab/plots.css", headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def test_editors_find_it_in_the_footer(collection: Collection) -> None:
    app = site(collection)
    assert 'href="/lab"' in browser(app, member(collection, "editor")).get("/how").text
    assert 'href="/lab"' not in browser(app, member(collection, "reader")).get("/how").text
    assert {route.path for route in lab.router.routes} == {"/lab", "/lab/plots.css"}  # type: ignore[attr-defined]
