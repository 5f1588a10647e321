"""Pages under load: 100,000 papers, 20 requests a second in all, by a generator on the same machine.

    ./run.sh bench pages [--seconds 60] [--rate 20] [--vectors stand-in] [--topics] [--before SOURCE]

The first run builds the collection: that of search.py (102,289 papers with MiniLM vectors, which take an hour on two
cores) with 415 real days (hf_daily) beside it, whose last months are synced too. ``--vectors stand-in`` builds one in
minutes: see ``StandIn``. A mix as readers make it: the day, the week, searches, papers, feeds; every latency is what
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
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from common import CACHE, head, interval, latency, need_data, verdict, versions
from search import COLLECTION, cached, open_collection, rows

import broadsheet as bs
from broadsheet.core.protocols import Encoder, Role, Vectors
from broadsheet.encoders.hash import HashEncoder
from broadsheet.topics import tree

PLACE = CACHE / "pages"
HF = "hf_daily/daily.jsonl.gz"
ACCEPT = {"Accept-Encoding": "gzip"}  # as browsers ask; a server that does not compress sends what it has
MIX = (("day", 8), ("day trending", 2), ("week", 1), ("search", 5), ("paper", 3), ("feed", 1))
LOADED = (
    "/static/broadsheet.css", "/static/broadsheet.js", "/static/keys.js", "/static/serif-1.woff2",
    "/static/serif-italic-1.woff2",
)  # fmt: skip
BARS = {"day": 40.0, "day trending": 40.0, "search": 60.0}


class StandIn:
    """Vectors of words and letter groups under MiniLM's name. What is stored weighs as much, and queries and new papers
    go through MiniLM itself; only which papers a search finds means nothing."""

    def __init__(self, real: Encoder) -> None:
        self.name, self.manifest = real.name, real.manifest
        self._hash = HashEncoder(real.manifest.dim)

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Float32 (n, dim), unit rows."""
        return self._hash.encode(texts, role=role)


VECTORS = {"minilm": (PLACE, COLLECTION, cached), "stand-in": (CACHE / "pages-stand-in", CACHE / "stand-in", StandIn)}
"""How the papers' vectors are made: where the two collections are, and by what."""
PAPERS = {
    "minilm": "vectors of the papers: MiniLM's",
    "stand-in": "vectors of the papers: a stand-in's (hashed words), of MiniLM's size; queries and new papers: MiniLM",
}


def built(data: Path, vectors: str = "minilm") -> Path:
    """A copy of the big collection with the days of hf_daily, synced."""
    place, big, making = VECTORS[vectors]
    if not (place / "done").is_file():
        begun = time.monotonic()
        open_collection(data, big, making=making).close()
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(big, place)
        with bs.open(place) as collection:
            run = bs.ingest(collection, f"jsonl:{data / HF}", now=datetime.now(UTC))
            print(f"ingested {run.new} papers of hf_daily, {run.bad} bad; syncing them", flush=True)
            collection._encoder = making(collection.encoder)
            bs.sync(collection)
        (place / "done").touch()
        print(f"prepared in {(time.monotonic() - begun) / 60:.1f} minutes", flush=True)
    return place


def with_topics(place: Path) -> Path:
    """A copy of a collection in which topics are found."""
    copy = place.with_name(f"{place.name}-topics")
    if not (copy / "topics-done").is_file():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(place, copy)
        with bs.open(copy) as collection:
            tree.bring_up(collection, now=datetime.now(UTC))
        (copy / "topics-done").touch()
    return copy


def started(place: Path, source: Path | None = None) -> tuple[subprocess.Popen[bytes], int]:
    """The server as users start it, in a process of its own, and its port; by the code in ``source`` if given."""
    code = (
        "import sys; from broadsheet.cli import main; sys.argv = ['broadsheet', 'serve', '--data', sys.argv[1],"
        " '--port', '0']; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(place)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "BROADSHEET_FETCH_HOURS": "0", **({"PYTHONPATH": str(source)} if source else {})},
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
        days = store.days.newest(datetime.now(UTC).date(), 400)
        ids = [each.id for each in store.papers.newest(2_000)][::10]
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
            line.request("GET", address, headers=ACCEPT)
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
    """Bytes that are sent for a page with its style, scripts and, where there is one, the face of its letters."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    total = 0
    for path in (address, *LOADED):
        line.request("GET", path, headers=ACCEPT)
        answer = line.getresponse()
        sent = len(answer.read())
        total += sent if answer.status == 200 else 0
    return total


def main() -> None:
    """Builds, serves, loads, reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--vectors", choices=sorted(VECTORS), default="minilm", help="how the papers' vectors are made")
    parser.add_argument("--topics", action="store_true", help="find topics first")
    parser.add_argument("--before", type=Path, help="the folder src of another checkout, to compare with")
    chosen = parser.parse_args()
    data = need_data()
    place = built(data, chosen.vectors)
    place = with_topics(place) if chosen.topics else place
    addresses = asked(place, data)
    with bs.open(place) as collection:
        papers = collection.store.papers.count()
    head(
        "Pages under load", versions("broadsheet", "fastapi", "uvicorn", "jinja2", "openvino", "tantivy"),
        f"{papers:,} papers; {chosen.rate:g} requests a second for {chosen.seconds:g} s, the generator on this machine",
        PAPERS[chosen.vectors],
    )  # fmt: skip
    codes = {"": None, "before: ": chosen.before} if chosen.before else {"": None}
    older = place.with_name(f"{place.name}-before")
    places = {name: older if source and older.is_dir() else place for name, source in codes.items()}
    servers = {name: started(places[name], source) for name, source in codes.items()}
    found: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in servers}
    try:
        for _, port in servers.values():
            load(port, addresses, rate=10, seconds=10)  # warm
        for _ in range(4 if chosen.before else 1):  # in turns, so that the machine's moods are everyone's
            for name, (_, port) in servers.items():
                part = load(port, addresses, rate=chosen.rate, seconds=chosen.seconds / (4 if chosen.before else 1))
                for kind, taken in part.items():
                    found[name][kind] += taken
        heaviest = {
            name: max(weight(port, address) for address in addresses["day"][-30:])
            for name, (_, port) in servers.items()
        }
    finally:
        for server, _ in servers.values():
            server.terminate()
            server.wait()
    for kind in sorted(found[""]):
        for name, kinds in found.items():
            report(f"{name}{kind}", np.array(kinds.get(kind, [np.nan])), bar=BARS.get(kind) if not name else None)
    for name, kb in heaviest.items():
        verdict(f"{name}kB of the heaviest of 30 day pages with all that it loads, as sent", kb / 1e3, 150, most=True)


def report(kind: str, taken: np.ndarray, *, bar: float | None) -> None:
    """A row of latencies, and its bar if it has one."""
    latency(f"{kind} ({len(taken)} requests)", taken)
    if bar is not None:
        low, high = interval(taken, lambda v, axis: np.quantile(v, 0.95, axis=axis))
        verdict(f"p95 of {kind} [{low:.1f}, {high:.1f}] in ms", float(np.quantile(taken, 0.95)), bar, most=True)


if __name__ == "__main__":
    main()
