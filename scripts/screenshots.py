"""Draws the pictures of the pages in `docs/screens/`: `python scripts/screenshots.py [FOLDER]`.

It makes a site in a temporary folder: invented papers on its last day (`scripts/demo/papers.jsonl`), the papers of the
starter shelf on the weeks before, a reader with votes, saves, a note and an alert. Then it opens the pages in Chromium.
Needs the development packages and Chromium.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from broadsheet import names, shelf
from broadsheet.collection import Collection, open_collection
from broadsheet.config import Settings
from broadsheet.core.types import Document
from broadsheet.people.reactions import react
from broadsheet.server import create_app
from broadsheet.wiring.jobs import run_now

HERE = Path(__file__).parent
TODAY = date(2026, 11, 27)
NOW = datetime(2026, 11, 27, 18, tzinfo=UTC)
WEEKS = 4
SCREENS = {  # name: path, width, height, theme
    "day": ("/", 1280, 900, "light"),
    "day-dark": ("/", 1280, 900, "dark"),
    "day-phone": ("/", 390, 844, "light"),
    "paper": ("/paper/demo:02", 1280, 900, "light"),
    "search": ("/search?q=finding+a+song+by+describing+its+mood", 1280, 900, "light"),
    "trending": ("/trending", 1280, 900, "light"),
    "alerts": ("/queries?text=searching+sounds+by+description&least=fair", 1280, 900, "light"),
    "library": ("/lists", 1280, 900, "light"),
    "map": ("/map", 1280, 900, "light"),
    "start": ("/start", 1280, 900, "light"),
}


def papers() -> Iterator[Document]:
    """Yield the invented papers of the last day, and the shelf's papers on the working days before, a dozen or two a
    day."""
    for record in names.source(f"jsonl:{HERE / 'demo' / 'papers.jsonl'}").fetch(None):
        if isinstance(record, Document):
            yield replace(record, listed=TODAY, source="hf:daily")
    days = [TODAY - timedelta(days=back) for back in range(1, 7 * WEEKS)]
    places = [day for day in days if day.weekday() < 5 for _ in range(10 + day.day % 9)]
    for day, entry in zip(places, shelf.Shelf().fetch(), strict=False):
        yield replace(entry, listed=day, source="hf:daily", votes=day.day * len(entry.title) % 40)


def read(collection: Collection, person: int) -> None:
    """Let the reader vote, save, note and set an alert."""
    store = collection.store
    todays = [store.papers.get(f"demo:{number:02}") for number in (1, 2, 7, 8)]
    liked = [each for each in todays if each]
    react(collection, person, act="vote", papers=liked[:2], now=NOW)
    react(collection, person, act="save", papers=liked, now=NOW)
    store.reactions.write_note(person, store.papers.number("demo:02"), "Try it on the river recordings.", now=NOW)
    store.alerts.keep(
        person, "Sounds by description", "searching sounds by description", without=(), least="fair", now=NOW
    )
    store.follows.add(person, "Ada Blum", now=NOW)


@contextmanager
def served(collection: Collection) -> Iterator[str]:
    """Serve the Collection to its one reader, and yield the address."""
    app = create_app(collection, Settings(), now=lambda: NOW)
    read(collection, app.state.site.sole.number)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def draw(browser: Browser, address: str, folder: Path) -> None:
    """Write each screen as a PNG of 128 colours."""
    for name, (path, width, height, theme) in SCREENS.items():
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)  # type: ignore[arg-type]
        page.goto(f"{address}/queries/1")  # what an alert matches is remembered from here on
        for _ in range(2):  # the face is optional: the second time it is in the cache
            page.goto(address + path)
        page.evaluate("document.fonts.ready")
        file = folder / f"{name}.png"
        page.screenshot(path=file)
        with Image.open(file) as image:
            image.convert("RGB").quantize(128).save(file, optimize=True)
        page.close()
        print(f"{file} {file.stat().st_size:,} bytes")


def main() -> None:
    """Make the site, open its pages, write the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "docs" / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, open_collection(data) as collection:
        collection.store.papers.put(list(papers()), now=NOW)
        run_now(collection, Settings(), "sync", "topics", now=NOW)
        with served(collection) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            draw(browser, address, folder)
            browser.close()


if __name__ == "__main__":
    main()
