"""The soak: 20 requests a second for half an hour while papers are fetched, synced and mailed; does it stay as it was?

    ./run.sh bench soak [--minutes 30] [--vectors stand-in]      (builds what pages.py builds: see there)

The server of pages.py over a copy of its collection; every five minutes `broadsheet fetch` takes 100 new papers from a
feed that this benchmark serves (and syncs them), and `broadsheet digest send` writes digests to 100 new subscribers.
Bars: the p95 of the day page (40 ms) and of search (60 ms) over the whole time, and memory that does not grow: the
server's resident megabytes of the last five minutes at most a tenth above those from minute five to ten. The memory of
every minute is printed as it is measured.
"""

from __future__ import annotations

import argparse
import http.server
import itertools
import os
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import ClassVar
from xml.sax.saxutils import escape

import numpy as np
from common import CACHE, head, latency, need_data, verdict, versions
from pages import BARS, PAPERS, VECTORS, asked, built, load, started
from search import rows

import broadsheet as bs
from broadsheet.store.mail import Choice

PLACE = CACHE / "soak"
EVERY, NEW = 300, 100  # seconds between rounds; papers and subscribers of one
_BAR = {"day", "day trending", "search"}


class Feed(http.server.BaseHTTPRequestHandler):
    """An RSS feed whose items are others in every round."""

    items: ClassVar[list[tuple[str, str]]] = []
    round_ = itertools.count()

    def do_GET(self) -> None:
        """The next hundred."""
        begin = next(self.round_) * NEW
        now = format_datetime(datetime.now(UTC))
        entries = "".join(
            f"<item><title>{escape(title)}</title><link>http://127.0.0.1/soak/{begin + n}</link>"
            f"<guid isPermaLink='false'>soak-{begin + n}</guid><pubDate>{now}</pubDate>"
            f"<description>{escape(text)}</description></item>"
            for n, (title, text) in enumerate(self.items[begin : begin + NEW])
        )
        body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>soak</title>{entries}</channel></rss>".encode()
        self.send_response(200)
        self.send_header("content-type", "application/rss+xml")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def rounds(place: Path, stop: threading.Event, told: list[str]) -> None:
    """Fetch, sync and mail, every five minutes."""
    run = [sys.executable, "-c", "from broadsheet.cli import main; main()"]
    environment = {**os.environ, "BROADSHEET_COLLECTION": str(place), "BROADSHEET_ALLOW_PRIVATE": "true"}
    for number in itertools.count():
        begun = time.monotonic()
        with bs.open(place) as collection:
            now = datetime.now(UTC)
            for n in range(NEW):
                person = collection.store.people.add(f"soak{number}.{n}@example.org", "reader", now=now)
                choice = Choice(cadence="daily", hour=now.hour, most=15)
                collection.store.mail.subscribe(person.number, choice, now=now - timedelta(hours=2))
        for command in (["fetch"], ["digest", "send"]):
            done = subprocess.run([*run, *command], env=environment, capture_output=True, text=True, check=False)
            told.append(f"{command[0]}: {(done.stdout + done.stderr).strip().splitlines()[-1:]} ({done.returncode})")
        if stop.wait(max(1.0, EVERY - (time.monotonic() - begun))):
            return


def resident(pid: int) -> float:
    """Megabytes of a process in memory that are its own."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon"):
            return int(line.split()[1]) / 1024
    return float("nan")


def main() -> None:
    """Serves, loads, works, reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--vectors", choices=sorted(VECTORS), default="minilm", help="how the papers' vectors are made")
    chosen = parser.parse_args()
    minutes = chosen.minutes
    data = need_data()
    source = built(data, chosen.vectors)
    shutil.rmtree(PLACE, ignore_errors=True)
    shutil.copytree(source, PLACE)
    Feed.items = [(row["title"], row.get("abstract") or row["title"]) for row in rows(data / "hf_daily/daily.jsonl.gz")]
    feed = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=feed.serve_forever, daemon=True).start()
    with bs.open(PLACE) as collection:
        collection.store.journal.add_source(f"feed:http://127.0.0.1:{feed.server_port}/soak.xml", now=datetime.now(UTC))
    head("Soak", versions("broadsheet", "fastapi", "uvicorn", "openvino", "tantivy"),
         f"20 requests a second for {minutes:g} minutes; each {EVERY} s {NEW} papers and {NEW} digests",
         PAPERS[chosen.vectors])  # fmt: skip
    addresses = asked(PLACE, data)
    server, port = started(PLACE)
    stop, told, memory = threading.Event(), list[str](), list[tuple[float, float]]()
    found: dict[str, list[float]] = defaultdict(list)
    try:
        load(port, addresses, rate=10, seconds=10)
        worker = threading.Thread(target=rounds, args=(PLACE, stop, told))
        worker.start()
        begun = time.monotonic()
        while time.monotonic() - begun < 60 * minutes:
            for kind, taken in load(port, addresses, rate=20, seconds=30).items():
                found[kind] += taken
            memory.append(((time.monotonic() - begun) / 60, resident(server.pid)))
            if len(memory) % 2 == 0:
                print(f"minute {memory[-1][0]:4.1f}: {memory[-1][1]:.0f} MB", flush=True)
    finally:
        stop.set()
        server.terminate()
        server.wait()
        feed.shutdown()
    worker.join()
    print("\n".join(told))
    for kind, taken in sorted(found.items()):
        latency(f"{kind} ({len(taken)} requests)", np.array(taken))
        if kind in _BAR:
            verdict(f"p95 of {kind} in ms", float(np.quantile(taken, 0.95)), BARS[kind], most=True)
    early = [value for at, value in memory if 5 <= at < 10] or [memory[0][1]]
    late = [value for at, value in memory if at >= minutes - 5]
    print(f"resident, own: {memory[0][1]:.0f} MB at first, {np.mean(early):.0f} early, {np.mean(late):.0f} late")
    verdict("growth of memory", float(np.mean(late) / np.mean(early)), 1.1, most=True)


if __name__ == "__main__":
    main()
