"""The page that compares two texts, and the same for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bert_kit import open_tiny
from broadsheet.api.compare import router as api
from broadsheet.collection import Collection, open_collection
from broadsheet.lab.alignment import LONGEST
from broadsheet.site.compare import compare_here
from broadsheet.web.compare import router
from door_kit import addresses
from people_kit import Browser, browser, member, site
from site_kit import made
from tinybert import write_tiny

A, B = "Sorting herbarium sheets. The outline of a leaf.", "We sort scanned <b>herbarium</b> sheets."


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


@pytest.fixture
def visitor(collection: Collection) -> Browser:
    return browser(site(collection), member(collection))


def test_two_texts_are_compared_next_to_the_pairs_of_papers(visitor: Browser) -> None:
    page = visitor.press("/compare", a=A, b=B).text  # type: ignore[attr-defined]
    assert '<h2 class="section">Cosine 0.' in page
    assert "% of pairs of papers here" in page
    assert "&lt;b&gt;herbarium&lt;/b&gt;" in page
    assert "<b>herbarium" not in page
    assert "nearest:" in page


def test_words_are_marked_by_their_parts(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny")
    with open_collection(tmp_path / "bert", encoder=open_tiny(tmp_path / "tiny")) as collection:
        page = browser(site(collection), member(collection)).press("/compare", a="graph paper", b="graph word").text  # type: ignore[attr-defined]
    assert '<mark class="step-3"' in page
    assert "Largest parts of the cosine" in page
    assert "pairs of papers" not in page  # there are none


@pytest.mark.parametrize(
    ("a", "b", "problem"),
    [("", "x", "The first text is empty"), ("x", "y " * LONGEST, "The second text has 5,001 characters")],
)
def test_what_cannot_be_compared_is_said_above_the_form(visitor: Browser, a: str, b: str, problem: str) -> None:
    page = visitor.press("/compare", a=a, b=b).text  # type: ignore[attr-defined]
    assert problem in page
    assert "Cosine" not in page


def test_a_person_may_not_compare_without_end(visitor: Browser, collection: Collection) -> None:
    codes = [visitor.press("/compare", a="x", b="y").status_code for _ in range(31)]  # type: ignore[attr-defined]
    assert codes[:30] == [200] * 30
    assert codes[30] == 429


def test_programs_get_the_same(visitor: Browser) -> None:
    answer = visitor.post("/api/compare", json={"a": A, "b": A}).json()
    assert answer["cosine"] == pytest.approx(1, abs=1e-5)
    assert answer["above"] == 1
    assert answer["a"]["matches"][0]["cosine"] == pytest.approx(1, abs=1e-5)
    assert visitor.post("/api/compare", json={"a": "", "b": A}).status_code == 422
    assert visitor.post("/api/compare", json={"a": " ", "b": A}).status_code == 400


def test_few_papers_tell_nothing_about_chance(tmp_path: Path) -> None:
    with made(tmp_path / "few", ()) as collection:
        app = site(collection)
        assert compare_here(app.state.site, member(collection), "x", "y").above is None  # type: ignore[attr-defined]


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_it_works_without_scripts_and_fits(opened: Callable[..., object], width: int) -> None:
    with opened(java_script_enabled=False, viewport={"width": width, "height": 900}) as page:  # type: ignore[attr-defined]
        page.goto("/compare")
        page.fill("#a", A)
        page.fill("#b", f"{B} {'x' * 3000}")
        page.click("main button")
        assert page.locator("#result h2").inner_text().startswith("Cosine")
    with opened(viewport={"width": width, "height": 900}) as page:  # type: ignore[attr-defined]
        page.goto("/compare")
        page.fill("#a", A)
        page.fill("#b", f"{B} {'x' * 3000}")
        page.click("main button")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_its_addresses_stay() -> None:
    assert addresses(router) == {"GET /compare", "POST /compare"}
    assert addresses(api) == {"POST /api/compare"}
