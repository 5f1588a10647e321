"""Pages under load: 100,000 papers, 20 requests a second in all, by a generator on the same machine.

    ./run.sh bench pages [--seconds 60] [--rate 20]      (the first run builds the collection: see search.py)

The collection is that of search.py (102,289 papers with MiniLM vectors) with 415 real days (hf_daily) beside it, whose
last months are synced too. A mix as readers make it: the day, the week, searches, papers, feeds; every latency is what
the generator waited, so its own time and the machine's are in it. Bars: p95 of the day page 40 ms, of search 60 ms, the
day page under 150 kB with all that it loads.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from common import CACHE, head, interval, latency, need_data, verdict, versions

import broadsheet as bs
from search import COLLECTION, open_collection, rows

PLACE = CACHE / "pages"
HF = "hf_daily/daily.jsonl.gz"
MIX = (("day", 8), ("day trending", 2), ("week", 1), ("search", 5), ("paper", 3), ("feed", 1))
BARS = {"day": 40.0, "day trending": 40.0, "search": 60.0}


def built(data: Path) -> Path:
    """A copy of the big collection with the days of hf_daily, synced."""
    if not (PLACE / "done").is_file():
        open_collection(data).close()
        shutil.rmtree(PLACE, ignore_errors=True)
        shutil.copytree(COLLECTION, PLACE)
        with bs.open(PLACE) as collection:
            run = bs.ingest(collection, f"jsonl:{data / HF}", now=datetime.now(UTC))
            print(f"ingested {run.new} papers of hf_daily, {run.bad} bad; syncing them", flush=True)
            bs.sync(collection)
        (PLACE / "done").touch()
    return PLACE


def started(place: Path) -> tuple[subprocess.Popen[bytes], int]:
    """The server as users start it, in a process of its own, and its port."""
    code = (
        "import sys; from broadsheet.cli import main; sys.argv = ['broadsheet', 'serve', '--data', sys.argv[1],"
        " '--port', '0']; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(place)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "BROADSHEET_FETCH_HOURS": "0"},
    )  # fmt: skip
    assert process.stdout
    for line in process.stdout:
        text = line.decode()
        if "http://" in text:
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return process, int(text.split("http://")[1].split("/")[0].split()[0].rpartition(":")[2])
    raise SystemExit("the server did not start")


def asked(place: Path, data: Path) -> dict[str, list[str]]:
    """Addresses of each kind, drawn from what is there and from real queries."""
    from urllib.parse import quote, urlencode

    with bs.open(place) as collection:
        store = collection.store
        days = store.days_of_papers(datetime.now(UTC).date(), 400)
        ids = [each.id for each in store.newest(2_000)][::10]
    days = sorted({day.isoformat() for _, day in days})[-120:]
    titles = [row["title"] for row in rows(data / "papers_conf" / "titles_only.jsonl.gz")]
    random.Random(1).shuffle(titles)
    return {
        "day": [f"/day/{day}" for day in days],
        "day trending": [f"/day/{day}?sort=trending" for day in days],
        "week": [f"/week/{datetime.fromisoformat(day):%G-W%V}" for day in days],
        "search": [f"/search?{urlencode({'q': title})}" for title in titles[:2_000]],
        "paper": [f"/paper/{quote(each, safe='/:')}" for each in ids],
        "feed": [f"/feeds/day/{day}.atom" for day in days],
    }


def load(port: int, addresses: dict[str, list[str]], *, rate: float, seconds: float) -> dict[str, list[float]]:
    """Requests at a steady rate, whether earlier ones were answered or not; latencies in ms by kind."""
    kinds = [kind for kind, weight in MIX for _ in range(weight)]
    draw, found, lock = random.Random(2), defaultdict(list), threading.Lock()
    begun = time.perf_counter() + 0.5
    plan = [(begun + n / rate, draw.choice(kinds)) for n in range(int(rate * seconds))]
    plan_iter = iter([(at, kind, draw.choice(addresses[kind])) for at, kind in plan])

    def work() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                each = next(plan_iter, None)
            if each is None:
                return
            at, kind, address = each
            time.sleep(max(0.0, at - time.perf_counter()))
            line.request("GET", address)
            answer = line.getresponse()
            answer.read()
            taken = (time.perf_counter() - at) * 1e3  # from when it was due: waiting in line counts
            with lock:
                found[kind if answer.status == 200 else f"{kind}: status {answer.status}"].append(taken)

    workers = [threading.Thread(target=work) for _ in range(16)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return found


def weight(port: int, address: str) -> int:
    """Bytes of a page with its style and scripts, uncompressed."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    total = 0
    for path in (address, "/static/broadsheet.css", "/static/broadsheet.js", "/static/keys.js"):
        line.request("GET", path)
        total += len(line.getresponse().read())
    return total


def main() -> None:
    """Builds, serves, loads, reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=20)
    chosen = parser.parse_args()
    data = need_data()
    place = built(data)
    addresses = asked(place, data)
    with bs.open(place) as collection:
        papers = collection.store.count()
    head(
        "Pages under load", versions("broadsheet", "fastapi", "uvicorn", "jinja2", "openvino", "tantivy"),
        f"{papers:,} papers; {chosen.rate:g} requests a second for {chosen.seconds:g} s, the generator on this machine",
    )  # fmt: skip
    server, port = started(place)
    try:
        load(port, addresses, rate=10, seconds=10)  # warm
        found = load(port, addresses, rate=chosen.rate, seconds=chosen.seconds)
        heaviest = max(weight(port, address) for address in addresses["day"][-30:])
    finally:
        server.terminate()
        server.wait()
    for kind, taken in sorted(found.items()):
        latency(f"{kind} ({len(taken)} requests)", np.array(taken))
        if kind in BARS:
            low, high = interval(np.array(taken), lambda v, axis: np.quantile(v, 0.95, axis=axis))
            verdict(
                f"p95 of {kind} [{low:.1f}, {high:.1f}] in ms", float(np.quantile(taken, 0.95)), BARS[kind], most=True
            )
    verdict("kB of the heaviest of 30 day pages with style and scripts", heaviest / 1e3, 150, most=True)


if __name__ == "__main__":
    main()
