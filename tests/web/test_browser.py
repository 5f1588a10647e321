"""The pages in a real browser: with and without JavaScript, on a phone, in the dark, with requests to no other host."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from broadsheet.collection import Collection
from page_kit import opened_all
from topics_kit import LEAVES, TIDES, plant

pytestmark = pytest.mark.browser

EVERY = [
    "/",
    "/newest?offset=20",
    "/month/2025-01?category=cs",
    "/day/2025-03-01",
    "/search?q=tide+tables&since=2025",
    "/search?q=hostile",
    "/search?q=" + "w" * 1_500,
    "/paper/bad:1",
    "/paper/bad:2",
    "/paper/2401.00001",
    "/topics",
    "/topic/4-tide-tables",
    "/search?q=study&topic=2",
]

_CONTRAST = """() => {
  const light = (c) => { const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
  const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
  const low = [];
  for (const e of document.querySelectorAll("body *")) {
    const words = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!words || !e.checkVisibility()) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color).slice(0, 3)), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${e.tagName}.${e.className} ${ratio.toFixed(2)}`);
  }
  return low;
}"""  # noqa: E501


@pytest.fixture(scope="module", autouse=True)
def _topics(served: tuple[str, Collection]) -> None:
    """Topics with papers, so that their pages and links are there."""
    collection = served[1]
    fillers = collection.store.papers.numbers([f"fill:{n:02}" for n in range(30)]).values()
    herb = collection.store.papers.number("2401.00001")
    plant(collection, {herb: (LEAVES, 0.9), **dict.fromkeys(list(fillers)[3:], (TIDES, 0.5))})


@pytest.mark.parametrize("scripts", [True, False])
def test_search_open_and_similar(opened: Callable[..., object], scripts: bool) -> None:
    with opened(java_script_enabled=scripts) as page:
        page.goto("/")
        page.get_by_label("Search papers").fill("outline of a leaf")
        page.get_by_role("button", name="Search", exact=True).click()
        assert page.locator("mark").first.inner_text() == "outline"
        page.locator("article").first.locator(".why summary").click()
        assert page.locator("article").first.get_by_role("table").is_visible()
        page.get_by_role("link", name="Sorting Herbarium Sheets").click()
        assert page.get_by_role("heading", level=1).inner_text() == "Sorting Herbarium Sheets by Leaf Outline"
        page.locator("#cite > summary").click()
        assert "@article{blum2026sorting" in page.locator("#cite-bibtex").inner_text()
        assert page.get_by_role("button", name="Copy BibTeX").is_visible() is scripts
        page.locator("#cite > summary").click()
        before = page.url
        page.locator(".near a").first.click()
        assert "/paper/" in page.url
        assert page.url != before


def test_filters_and_pages_without_scripts(opened: Callable[..., object]) -> None:
    with opened(java_script_enabled=False) as page:
        page.goto("/search?q=tide+tables")
        page.get_by_role("link", name="More matches").click()
        assert "offset=20" in page.url
        page.locator("#filters > summary").click()
        page.get_by_label("Since", exact=True).fill("2025-01-25")
        page.get_by_role("button", name="Apply").click()
        assert "since=2025-01-25" in page.url
        assert "25 January 2025" in page.locator(".on").inner_text()
        page.get_by_role("link", name="since 25 January 2025").click()
        assert "since" not in page.url
        page.get_by_text("How this was ranked").click()
        page.get_by_role("link", name="meaning", exact=True).click()
        page.get_by_text("How this was ranked").click()
        assert page.locator("#ranked [aria-current]").first.inner_text() == "meaning"


def test_the_slash_goes_to_the_search_box_and_can_be_turned_off(opened: Callable[..., object]) -> None:
    with opened() as page:
        page.goto("/")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.type("a/b")
        assert page.locator("#q").input_value() == "a/b"
        page.get_by_role("button", name="Turn shortcuts off").click()
        page.reload()
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") != "q"


def test_keys_walk_through_the_papers(opened: Callable[..., object]) -> None:
    with opened() as page:
        page.goto("/newest")
        titles = page.locator("article :is(h2, h3, h4) a").all_inner_texts()
        focused = "document.activeElement.innerText"
        page.keyboard.press("j")
        assert page.evaluate(focused) == titles[0]
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        assert page.evaluate(focused) == titles[1]
        page.keyboard.press("?")
        assert page.get_by_role("dialog").is_visible()
        page.keyboard.press("j")  # rests while the keys are shown
        page.keyboard.press("?")
        assert not page.get_by_role("dialog").is_visible()
        assert page.evaluate(focused) == titles[1]
        page.keyboard.press("o")
        page.wait_for_url("**/paper/**")
        assert page.get_by_role("heading", level=1).inner_text() == titles[1]


def test_the_first_tab_skips_to_the_papers(opened: Callable[..., object]) -> None:
    with opened() as page:
        page.goto("/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.locator(".skip").bounding_box()["x"] >= 0
        page.keyboard.press("Enter")
        first = page.locator("#papers article :is(h2, h3) a").first.inner_text()
        assert page.evaluate("document.activeElement.innerText") == first
        page.goto("/how")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_citations_and_the_address_are_copied(opened: Callable[..., object]) -> None:
    with opened(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto("/paper/2401.00001")
        page.locator("#cite > summary").click()
        page.get_by_role("button", name="Copy BibTeX").click()
        page.get_by_text("Copied", exact=True).wait_for()
        assert page.evaluate("navigator.clipboard.readText()").startswith("@article{blum2026sorting,")
        page.keyboard.press("Escape")
        assert not page.locator("#cite").get_attribute("open")
        page.locator("#share > summary").click()
        page.get_by_role("button", name="Copy link").click()
        page.locator("#share").get_by_text("Copied", exact=True).wait_for()
        assert page.evaluate("navigator.clipboard.readText()").endswith("/paper/2401.00001")


def test_a_note_saves_itself(opened: Callable[..., object]) -> None:
    with opened() as page:
        page.goto("/paper/2401.00001")
        page.get_by_label("My note").fill("Read the second part.")
        page.get_by_text("Saved", exact=True).wait_for()
        page.reload()
        assert page.get_by_label("My note").input_value() == "Read the second part."
        page.get_by_label("My note").fill("")
        page.get_by_text("Note removed", exact=True).wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_why_a_paper_is_similar_is_one_press_away(opened: Callable[..., object], scripts: bool) -> None:
    with opened(java_script_enabled=scripts) as page:
        page.goto("/paper/2401.00001")
        page.locator("details[data-loads] > summary").first.click()
        if not scripts:
            page.get_by_role("link", name="Compare the two papers").first.click()
        page.get_by_text("The cosine of their vectors is").first.wait_for()
        assert ("/alike" in page.url) is not scripts


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("path", EVERY)
def test_nothing_runs_out_of_the_page(opened: Callable[..., object], path: str, width: int) -> None:
    with opened(viewport={"width": width, "height": 800}) as page:
        page.goto(path)
        opened_all(page, 6, "summary")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/topics",
        "/topic/4-tide-tables",
        "/day/2025-03-01",
        "/search?q=outline+of+a+leaf&since=2020",
        "/paper/2401.00001",
    ],
)
def test_all_words_stand_out_from_what_is_behind_them(opened: Callable[..., object], path: str, scheme: str) -> None:
    with opened(color_scheme=scheme) as page:
        page.goto(path)
        opened_all(page, 3, "summary")
        assert page.evaluate(_CONTRAST) == []


@pytest.mark.parametrize(
    "path", ["/", "/week/2025-W02", "/search?q=leaf", "/paper/2401.00001", "/topics", "/topic/4-tide-tables"]
)
def test_every_field_has_a_name_and_headings_descend(opened: Callable[..., object], path: str) -> None:
    with opened() as page:
        page.goto(path)
        nameless = (
            "() => [...document.querySelectorAll('input:not([type=hidden])')].filter((e) => !e.labels.length).length"
        )
        assert page.evaluate(nameless) == 0
        levels = page.evaluate("() => [...document.querySelectorAll('h1, h2, h3, h4')].map((e) => +e.tagName[1])")
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        for landmark in ("banner", "main", "contentinfo", "search"):
            assert page.get_by_role(landmark).count() == 1
