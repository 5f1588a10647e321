"""The day in a real browser: what is on the first screen, acts in place with Undo, keys, and two whole readings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from broadsheet.collection import Collection
from morning_kit import BEFORE, TODAY, morning
from site_kit import NOW

pytestmark = pytest.mark.browser
PAGE = f"/day/{TODAY}"
FOCUSED = "document.activeElement.innerText"

_PLACES = """() => {
  const papers = [...document.querySelectorAll("#papers article")];
  const title = (paper) => paper.querySelector(":is(h2, h3) a").getBoundingClientRect();
  const bars = [...document.querySelectorAll(".site")].filter((each) => getComputedStyle(each).position === "fixed");
  const end = innerHeight - bars.reduce((sum, each) => sum + each.offsetHeight, 0);
  const full = [];
  for (const paper of papers.slice(1, 9)) {
    const words = paper.querySelector(".summary").firstChild, lines = new Map();
    for (let at = 0; at < words.length; at++) {
      const range = document.createRange();
      range.setStart(words, at);
      range.setEnd(words, at + 1);
      const { top, height } = range.getBoundingClientRect();
      if (height) lines.set(Math.round(top), (lines.get(Math.round(top)) ?? 0) + 1);
    }
    full.push(...[...lines.values()].slice(0, -1));
  }
  return {
    title: title(papers[0]).top, begun: papers.filter((each) => title(each).top < end).length,
    letters: full.reduce((sum, each) => sum + each, 0) / full.length,
    papers: (papers.at(-1).getBoundingClientRect().bottom - papers[0].getBoundingClientRect().top) / papers.length,
  };
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Collection]]:
    with morning(tmp_path_factory.mktemp("morning")) as site:
        yield site


@pytest.fixture(autouse=True)
def _unmarked(served: tuple[str, Collection]) -> Iterator[None]:
    """Each test begins with a reader who has done nothing."""
    yield
    store = served[1].store
    person = store.people.sole()
    assert person
    numbers = store.days.between(BEFORE, TODAY)
    for mark in ("votes", "read_papers", "declined"):
        store.reactions.unmark(mark, person.number, numbers)  # type: ignore[arg-type]
    for each in store.lists.of(person.number):
        store.lists.unsave(person.number, numbers, each.number)


def toast(page: Any) -> Any:
    return page.locator(".toast [role=status]")


def titles(page: Any) -> list[str]:
    return list(page.locator("#papers article h3 a").all_inner_texts())


@pytest.mark.parametrize(("width", "height", "begun"), [(1280, 900, 4), (390, 844, 2)])
@pytest.mark.parametrize("path", ["/", PAGE])
def test_papers_begin_on_the_first_screen(
    opened: Callable[..., Any], path: str, width: int, height: int, begun: int
) -> None:
    with opened(viewport={"width": width, "height": height}) as page:
        page.goto(path)
        found = page.evaluate(_PLACES)
        assert page.locator("#papers article").count() == 20
        assert found["title"] <= 200
        assert found["begun"] >= begun
        if width > 800:
            assert 60 <= found["letters"] <= 75, "letters of a full line"


def test_compact_papers_are_a_title_and_a_line(opened: Callable[..., Any]) -> None:
    with opened(viewport={"width": 1280, "height": 900}) as page:
        page.goto(f"{PAGE}?view=compact&sort=votes")
        assert page.evaluate(_PLACES)["papers"] <= 54, "fifty papers on three screens"
        page.goto(PAGE)
        assert page.locator("#papers.compact").count() == 1


@pytest.mark.parametrize(("key", "said", "undone"), [
    ("v", "Voted.", "vote"), ("s", "Saved.", "save"), ("r", "Marked as read.", "read"), ("x", "not for you", "decline"),
])  # fmt: skip
def test_a_key_acts_in_place_and_undo_takes_it_back(
    opened: Callable[..., Any], key: str, said: str, undone: str
) -> None:
    with opened() as page:
        page.goto(PAGE)
        for _ in range(3):
            page.keyboard.press("j")
        title, place = page.evaluate(FOCUSED), page.evaluate("scrollY")
        button = page.locator("article", has_text=title).locator(f'[data-act="{undone}"]')
        page.keyboard.press(key)
        toast(page).filter(has_text=said).wait_for()
        assert button.get_attribute("aria-pressed") == "true"
        assert (page.evaluate(FOCUSED), page.evaluate("scrollY")) == (title, place), "nothing moves"
        page.get_by_role("button", name="Undo").click()
        toast(page).filter(has_text="Undone.").wait_for()
        assert button.get_attribute("aria-pressed") == "false"
        assert page.evaluate(FOCUSED) == title
        page.keyboard.press("Escape")
        assert toast(page).inner_text() == ""


def test_a_save_that_is_undone_goes_back_to_its_list(
    opened: Callable[..., Any], served: tuple[str, Collection]
) -> None:
    store = served[1].store
    with opened() as page:
        page.goto(PAGE)
        person, now = store.people.sole().number, NOW
        own = store.lists.named(person, "Mills", now=now)
        (number,) = store.papers.numbers([f"{TODAY:%y%m}.{TODAY.day:02}000"]).values()
        store.lists.save(person, own, [number], now=now)
        page.reload()
        page.keyboard.press("j")
        for key, said in (("s", "Removed from your list."), ("u", "Undone.")):
            page.keyboard.press(key)
            toast(page).filter(has_text=said).wait_for()
        assert store.lists.saved_in(person, [number]) == {number: (own,)}


def test_filters_and_orders_are_set_without_leaving_the_page(opened: Callable[..., Any]) -> None:
    with opened() as page:
        page.goto(PAGE)
        loads: list[int] = []
        page.on("load", lambda: loads.append(1))
        page.locator("#strip summary", has_text="filter").click()
        page.get_by_label("has a link to code").check()
        page.get_by_role("button", name="Apply").click()
        chip = page.get_by_role("link", name="with code")
        chip.wait_for()
        assert "has_code=true" in page.url
        assert page.locator("details.menu[open]").count() == 0, "the form stays closed"
        assert page.evaluate(FOCUSED).strip() == "filter"
        chip.click()
        chip.wait_for(state="detached")
        assert "has_code" not in page.url
        page.locator("#strip summary", has_text="by topic").click()
        page.get_by_role("link", name="votes", exact=True).click()
        page.locator("#strip summary", has_text="by votes").wait_for()
        assert page.locator("#papers h2.rubric").count() == 0
        assert loads == []


def test_the_first_tab_skips_to_the_first_paper(opened: Callable[..., Any]) -> None:
    with opened() as page:
        page.goto(PAGE)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate(FOCUSED) == titles(page)[0]


def test_keys_lead_to_days_and_pages_and_rest_while_the_reader_types(opened: Callable[..., Any]) -> None:
    with opened() as page:
        page.goto(PAGE)
        page.keyboard.press("p")
        page.wait_for_url(f"**/day/{BEFORE}")
        page.keyboard.press("n")
        page.wait_for_url(f"**{PAGE}")
        page.keyboard.press("j")
        page.keyboard.press("e")
        assert page.locator("details.whole[open]").count() == 1
        page.keyboard.press("/")
        page.keyboard.type("vrxsgt")
        assert page.locator("#q").input_value() == "vrxsgt"
        page.locator("#q").blur()
        for keys, path in (("gr", "/trending"), ("gf", "/foryou"), ("gl", "/lists"), ("ga", "/queries"), ("gt", "/")):
            for key in keys:
                page.keyboard.press(key)
            page.wait_for_url(f"**{path}")


def test_opening_marks_as_read_only_when_the_reader_chose_so(opened: Callable[..., Any]) -> None:
    with opened() as page:
        page.goto(PAGE)
        for chosen in (False, True):
            page.goto("/account")
            page.get_by_label("Opening a paper marks it as read").set_checked(chosen)
            page.locator("form", has=page.locator("#reading-done")).get_by_role("button", name="Save").click()
            toast(page).filter(has_text="Saved.").wait_for()
            page.goto(PAGE)
            page.locator("#papers article h3 a").nth(1).click()
            page.wait_for_url("**/paper/**")
            if chosen:
                page.locator('article.paper [data-act="read"][aria-pressed="true"]').wait_for()
            page.go_back()
            page.wait_for_url(f"**{PAGE}")
            page.locator("article.read").nth(0).wait_for(state="attached" if chosen else "detached")


def test_a_morning(opened: Callable[..., Any]) -> None:
    """Open, read, vote, save, hide, mark the day as read, go to the next, and come back to the same place."""
    with opened(viewport={"width": 1280, "height": 900}) as page:
        page.goto("/")
        assert page.locator("nav.site [aria-current]").inner_text().split()[0] == "Today"
        assert page.locator("#unread").inner_text().strip().startswith("20")
        for _ in range(9):
            page.keyboard.press("j")
        title, place = page.evaluate(FOCUSED), page.evaluate("scrollY")
        page.keyboard.press("o")
        page.wait_for_url("**/paper/**")
        page.locator('article.paper [data-act="vote"]').click()
        page.locator('article.paper [data-act="vote"][aria-pressed="true"]').wait_for()
        page.go_back()
        page.wait_for_function(f"{FOCUSED} === {title!r}")
        assert page.evaluate("scrollY") == place, "the place is kept"
        card = page.locator("article", has_text=title)
        card.locator('[data-act="vote"][aria-pressed="true"]').wait_for()
        page.keyboard.press("r")
        card.locator('[data-act="read"][aria-pressed="true"]').wait_for()
        page.locator("#unread", has_text="19").wait_for()
        assert page.locator("#count").inner_text() == "19 of 20 unread"
        page.keyboard.press("j")
        page.keyboard.press("s")
        toast(page).filter(has_text="Saved.").wait_for()
        assert page.evaluate(FOCUSED) != title
        page.locator("#strip summary", has_text="view").click()
        page.get_by_role("link", name="Hide what I have read").click()
        page.get_by_text("1 paper that you have read is hidden").wait_for()
        assert title not in titles(page)
        assert "20 papers, 1 saved" in page.locator("#end").inner_text()
        page.locator("#end").get_by_role("button", name="Mark all as read").click()
        toast(page).filter(has_text="are marked as read").wait_for()
        assert page.locator("#papers article").count() == 0
        assert page.locator("#unread").inner_text().strip() == ""
        page.get_by_role("button", name="Undo").click()
        toast(page).filter(has_text="Undone.").wait_for()
        assert page.locator("#papers article").count() == 19
        page.locator("#end").get_by_role("button", name="Mark all as read").click()
        page.get_by_text("You have read Friday. Next:").wait_for()
        page.locator("#end").get_by_role("link", name="Thursday").click()
        page.wait_for_url(f"**/day/{BEFORE}")
        assert page.locator("#papers article").count() == 14
        page.goto(f"{PAGE}?hide=none")
        assert page.locator("#papers article.read").count() == 20


def test_a_day_read_to_its_end_on_a_phone(opened: Callable[..., Any]) -> None:
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with opened(**options) as page:
        page.goto("/")
        bar = page.locator("nav.site").bounding_box()
        assert bar["y"] + bar["height"] == 844, "the five words are at the thumb"
        fourth = page.locator("#papers article").nth(3)
        fourth.locator('[data-act="vote"]').tap()
        fourth.locator('[data-act="vote"][aria-pressed="true"]').wait_for()
        said = page.locator(".toast").bounding_box()
        assert said["y"] + said["height"] <= bar["y"], "the message does not hide the bar"
        fourth.locator("details.whole summary").tap()
        assert "turn them into a table" in fourth.locator("details.whole p").inner_text()
        page.locator("#papers article").nth(7).locator('[data-act="save"]').tap()
        toast(page).filter(has_text="Saved.").wait_for()
        end = page.locator("#end")
        end.get_by_text("1 saved").wait_for()
        end.scroll_into_view_if_needed()
        assert "That was Friday: 20 papers, 1 saved." in end.inner_text()
        end.get_by_role("button", name="Mark all as read").tap()
        page.get_by_text("You have read Friday. Next:").wait_for()
        box = end.bounding_box()
        assert 0 <= box["y"] < 844, "the reader is still at the end"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        end.get_by_role("link", name="Thursday").tap()
        page.wait_for_url(f"**/day/{BEFORE}")


def test_without_scripts_a_day_is_marked_and_that_is_undone(opened: Callable[..., Any]) -> None:
    with opened(java_script_enabled=False) as page:
        page.goto(PAGE)
        page.locator("#end").get_by_role("button", name="Mark all as read").click()
        assert page.locator("#message [data-words]").inner_text().endswith("are marked as read.")
        assert page.locator("article.read").count() == 20
        page.locator("#message").get_by_role("button", name="Undo").click()
        assert page.locator("article.read").count() == 0
        assert page.locator("#message").count() == 0
        page.locator("#strip summary", has_text="view").click()
        page.get_by_role("link", name="Compact").click()
        assert page.locator("#papers.compact").count() == 1


def test_a_press_that_fails_in_place_is_sent_as_a_form(chromium: Any, served: tuple[str, Collection]) -> None:
    context = chromium.new_context(base_url=served[0])
    page = context.new_page()
    page.goto(PAGE)
    page.locator('#acts input[name="token"]').evaluate("(field) => { field.value = 'old'; }")
    page.locator("#end").get_by_role("button", name="Mark all as read").click()
    page.get_by_text("This form is too old").wait_for()
    assert page.url.partition("?")[0].endswith("/read"), "the page that says why"
    context.close()


def test_a_pick_stays_under_the_hand(opened: Callable[..., Any]) -> None:
    with opened() as page:
        page.goto(f"/desk/{TODAY}")
        loads: list[int] = []
        page.on("load", lambda: loads.append(1))
        listed = page.locator("#desk-papers li > a")
        before = listed.all_inner_texts()
        row = page.locator("#desk-papers li").nth(11)
        row.get_by_role("button", name="Pick").click()
        toast(page).filter(has_text="Picked.").wait_for()
        assert listed.all_inner_texts() == before
        assert "picked" in row.inner_text()
        page.get_by_role("button", name="Undo").click()
        toast(page).filter(has_text="Undone.").wait_for()
        assert "picked" not in row.inner_text()
        row.get_by_role("button", name="Hide").click()
        page.locator("#desk-hidden").get_by_role("button", name="Show again").click()
        toast(page).filter(has_text="Shown again.").wait_for()
        assert listed.count() == 20
        assert loads == []


def test_a_printed_day_is_papers_over_the_whole_width_without_buttons(opened: Callable[..., Any]) -> None:
    with opened(viewport={"width": 800, "height": 900}) as page:
        page.emulate_media(media="print")
        page.goto(PAGE)
        card = page.locator("#papers article").nth(1)
        assert card.locator("h3 a").bounding_box()["width"] > 300
        assert not page.locator("main :is(button, summary):visible").count()
