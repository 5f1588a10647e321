"""Every page, by the rules of WCAG 2.2 AA as axe-core checks them, in light and dark; and nothing moves by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn

from broadsheet.config import Settings
from broadsheet.lab.report import record
from broadsheet.server import create_app
from broadsheet.store.lists import SAVED
from broadsheet.store.mail import Choice
from page_kit import opened_all
from report_kit import made as report
from site_kit import NOW, made
from topics_kit import LEAVES, TIDES, plant

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
PAGES = [
    "/", "/newest", "/day/2026-09-30", "/day/2025-01-04?sort=trending", "/week/2025-W02", "/month/2025-01",
    "/search", "/search?q=tide+tables", "/search?q=hostile", "/search?q=Ada+Blum", "/search?q=2512.99999",
    "/explain?q=leaf+outline&paper=2401.00001", "/explain?q=leaf+outline", "/paper/2401.00001", "/paper/bad:1",
    "/author/Ada%20Blum", "/trending", "/desk/2026-09-30",
    "/status", "/sources", "/how", "/subscribe", "/account", "/submit", "/compare",
    "/start", "/start/progress", "/start/papers",
    "/lists", "/lists?q=leaf+outline", "/lists?show=declined", "/lists/1", "/foryou", "/queries",
    "/queries?text=leaf+outline&without=roots&least=0.1", "/queries/1", "/interests", "/day/2026-09-30?sort=for+you",
    "/lab", "/topics", "/map", "/topic/2-seas", "/topic/4-tide-tables", "/search?q=tide+tables&topic=4-tide-tables",
]  # fmt: skip
_SHIFT = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const each of list.getEntries()) sum += each.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 150);
})"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site whose reader has something on every page."""
    with made(tmp_path_factory.mktemp("accessible")) as collection:
        app = create_app(collection, Settings(), now=lambda: NOW)
        store, person = collection.store, app.state.site.sole.number
        herb, other = (store.papers.number(name) for name in ("2401.00001", "fill:03"))
        for name in (SAVED, "Plants"):
            store.lists.save(person, store.lists.named(person, name, now=NOW), [herb, other], now=NOW)
        store.reactions.mark("votes", person, [herb], now=NOW)
        store.reactions.mark("declined", person, [other], now=NOW)
        store.reactions.write_note(person, herb, "look again", now=NOW)
        store.comments.add(herb, person, "Said *well*.", now=NOW)
        store.alerts.keep(person, "Leaves", "leaf outline", without=["roots"], least="fair", now=NOW)
        store.follows.add(person, "Ada Blum", now=NOW)
        store.journal.add_source("arxiv:cs.IR", now=NOW)
        store.desk.submit("2401.99999", person, now=NOW)
        store.desk.decide(herb, "pick", person, now=NOW)
        store.mail.subscribe(person, Choice(), now=NOW)
        fillers = store.papers.numbers([f"fill:{n:02}" for n in range(30)]).values()
        plant(collection, {herb: (LEAVES, 0.9), **dict.fromkeys(fillers, (TIDES, 0.5))})
        store.follows.add_topic(person, LEAVES, now=NOW)
        record.write(collection.path / record.NAME, report())
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_can_be_used_by_everybody(opened: Callable[..., object], scheme: str) -> None:
    with opened(color_scheme=scheme, viewport={"width": 390, "height": 844}) as page:
        page.goto("/how")
        wrong = {}
        for path in PAGES:
            assert page.goto(path).status == 200, path
            opened_all(page, 8, "summary")
            found = axe.Axe().run(page, options=RULES).response["violations"]
            if found:
                wrong[path] = [f"{each['id']}: {node['html'][:150]}" for each in found for node in each["nodes"][:3]]
        assert wrong == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_moves_and_nothing_runs_out_of_the_page(opened: Callable[..., object], width: int) -> None:
    with opened(viewport={"width": width, "height": 800}) as page:
        wrong = {}
        for path in PAGES:
            assert page.goto(path).status == 200, path
            shift = page.evaluate(_SHIFT)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if shift > 0.01 or wide > width:
                wrong[path] = (shift, wide)
        assert wrong == {}
