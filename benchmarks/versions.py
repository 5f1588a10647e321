"""Two versions of the code, by turns in one run on one machine: is the newer one slower?

    ./run.sh bench versions --against REVISION [--rounds 20] [--papers 20000] [--readers 200] [--vectors hash]

The revision is checked out beside the working tree while this runs. Each round asks both versions for the same things,
in an order drawn anew: searches (hybrid) and day pages in a process that stays, a digest to every reader and the start
of two commands in processes of their own. Papers, queries and days are real (papers_arxiv_cs, hf_daily); by default
their vectors are a stand-in's, as in pages.py, and queries go through MiniLM. A measure is called slower when the whole
95 % interval of its ratio, over rounds, is above 1.05. The first round of all warms up and does not count.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from common import CACHE, ROOT, head, need_data, versions
from pages import StandIn
from search import rows

import broadsheet as bs

QUERIES, PAGES, STARTS, NEW, SLOWER = 30, 15, 3, 200, 1.05
COMMANDS = {"start of --help": ["--help"], "start of search": ["search", "attention for long documents"]}
_RUN = "from broadsheet.cli import main; main()"


class Version:
    """A tree of the code with a Collection of its own."""

    def __init__(self, tree: Path, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            **os.environ, "PYTHONPATH": str(tree / "src"), "BROADSHEET_COLLECTION": str(folder),
            "BROADSHEET_ZONE": "UTC",
        }  # fmt: skip
        self._worker = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("versions_worker.py")), str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self._environment,
        )  # fmt: skip

    def measured(self, order: dict[str, list[str]], readers: int) -> tuple[dict[str, float], list[list[str]]]:
        """One round: milliseconds by measure (medians, where there are several), and what the searches found."""
        assert self._worker.stdin
        assert self._worker.stdout
        print(json.dumps(order), file=self._worker.stdin, flush=True)
        told = self._worker.stdout.readline()
        if not told:
            sys.exit(f"the worker of {self._environment['PYTHONPATH']} ended: see its words above")
        answer = json.loads(told)
        found = answer.pop("found")
        taken = {name: float(np.median(each)) for name, each in answer.items()}
        taken[f"digest to {readers} readers"] = self._digest(readers)
        for name, words in COMMANDS.items():
            taken[name] = float(np.median([self._run(words) for _ in range(STARTS)]))
        return taken, found

    def _digest(self, readers: int) -> float:
        forget(self._folder)
        taken = self._run(["digest", "send"])
        sent = len(list((self._folder / "outbox").glob("*.eml")))
        assert sent == readers, f"{sent} of {readers} digests were written"
        return taken

    def _run(self, words: list[str]) -> float:
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _RUN, *words], env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return (time.perf_counter() - begun) * 1e3

    def end(self) -> None:
        """Let the worker go."""
        self._worker.communicate()


@contextmanager
def checked_out(revision: str, folder: Path) -> Iterator[Path]:
    """The files of a revision, in a folder that is taken away afterwards."""
    git("worktree", "add", "--detach", str(folder), revision)
    try:
        yield folder
    finally:
        git("worktree", "remove", "--force", str(folder))


def git(*words: str) -> str:
    """What git says; the end, with its words, when it fails."""
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def built(data: Path, papers: int, vectors: str) -> Path:
    """The Collection of all papers but today's, with their vectors; made once."""
    folder = CACHE / f"versions-{papers}-{vectors.replace(':', '-')}"
    if not (folder / "done").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        listed = rows(data / "hf_daily/daily.jsonl.gz")[:papers]
        others = rows(data / "papers_arxiv_cs/papers.jsonl.gz")[: papers - len(listed)]
        filled(folder, [*listed, *others], vectors)
        (folder / "done").touch()
    return folder


def filled(folder: Path, records: list[dict[str, Any]], vectors: str) -> None:
    """Bring records into a Collection, and sync it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "papers.jsonl"
    file.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    with bs.open(folder, encoder="minilm" if vectors == "stand-in" else vectors) as collection:
        bs.ingest(collection, f"jsonl:{file}")
        if vectors == "stand-in":
            collection._encoder = StandIn(collection.encoder)
        bs.sync(collection)
    file.unlink()


def peopled(folder: Path, readers: int) -> None:
    """Readers with three lists of ten papers each, all subscribed; written as SQL, which no version changes."""
    chance, since = random.Random(3), (datetime.now(UTC) - timedelta(days=30)).isoformat()
    with closing(sqlite3.connect(folder / "store.db")) as db, db:
        topics = [
            [number for (number,) in db.execute("SELECT number FROM categories WHERE category = ?", (category,))]
            for (category,) in db.execute(
                "SELECT category FROM categories GROUP BY 1 HAVING count(*) >= 100 ORDER BY 1"
            )
        ]
        for person in range(2, readers + 2):  # 1 is the single reader
            db.execute(
                "INSERT INTO people VALUES (?, ?, '', 'reader', ?, 0)", (person, f"r{person}@example.org", since)
            )
            db.execute(
                "INSERT INTO subscriptions VALUES (?, 'daily', 'UTC', 0, 15, 'fair', 'note', 'both', ?, NULL)",
                (person, since),
            )
            for name in ("one", "two", "three"):
                made = db.execute("INSERT INTO lists (person, name, made) VALUES (?, ?, ?)", (person, name, since))
                saved = [(made.lastrowid, paper, since) for paper in chance.sample(chance.choice(topics), 10)]
                db.executemany("INSERT INTO saves VALUES (?, ?, ?)", saved)


def forget(folder: Path) -> None:
    """As if no digest had been made, and the hour of every reader had just come."""
    with closing(sqlite3.connect(folder / "store.db", timeout=60)) as db, db:
        for table in ("editions", "deliveries", "jobs"):
            db.execute(f"DELETE FROM {table}")
        db.execute("UPDATE subscriptions SET hour = ?", (datetime.now(UTC).hour,))
    shutil.rmtree(folder / "outbox", ignore_errors=True)


def orders(data: Path) -> Iterator[dict[str, list[str]]]:
    """What each round asks: titles of papers that are not there, days that are."""
    chance = random.Random(11)
    titles = [row["title"] for row in rows(data / "papers_conf/titles_only.jsonl.gz")]
    days = sorted({row["day"] for row in rows(data / "hf_daily/daily.jsonl.gz")})
    for _ in itertools.count():
        paths = ["/", *(f"/day/{day}" for day in chance.sample(days, PAGES - 1))]
        yield {"queries": chance.sample(titles, QUERIES), "pages": paths}


def ratio(old: np.ndarray, new: np.ndarray) -> tuple[float, float, float]:
    """Median new by median old, with its 95 % bootstrap interval over rounds."""
    drawn = np.random.default_rng(0).integers(0, len(old), (2_000, len(old)))
    low, high = np.quantile(np.median(new[drawn], axis=1) / np.median(old[drawn], axis=1), [0.025, 0.975])
    return float(np.median(new) / np.median(old)), float(low), float(high)


def report(taken: dict[str, list[dict[str, float]]]) -> None:
    """A row for each measure."""
    print(f"{'milliseconds, medians of rounds':<34} {'old':>9} {'new':>9}  new / old")
    for name in taken["old"][0]:
        old, new = (np.array([each[name] for each in taken[which]]) for which in ("old", "new"))
        value, low, high = ratio(old, new)
        said = "SLOWER" if low > SLOWER else "not slower"
        print(f"{name:<34} {np.median(old):9.1f} {np.median(new):9.1f}  {value:.3f} [{low:.3f}, {high:.3f}]  {said}")


def main() -> None:
    """Prepare, ask both by turns, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", required=True, metavar="REVISION", help="the older version")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--vectors", default="stand-in", help="stand-in, or an encoder such as hash:384")
    asked = parser.parse_args()
    data = need_data()
    old, new = git("describe", "--always", asked.against), git("describe", "--always", "--dirty")
    head(
         f"Versions: {old} (old) and {new} (new)", versions("numpy", "openvino", "tantivy", "fastapi", "typer"),
         f"{asked.papers:,} papers of hf_daily and papers_arxiv_cs, {NEW} of today; vectors: {asked.vectors}",
         f"{asked.rounds} rounds of {QUERIES} searches, {PAGES} day pages, a digest, {STARTS} starts of each command",
    )  # fmt: skip
    base, chance = built(data, asked.papers, asked.vectors), random.Random(1)
    taken, found, same = defaultdict[str, list[dict[str, float]]](list), {}, list[bool]()
    with TemporaryDirectory() as name, checked_out(asked.against, Path(name) / "tree") as tree:
        folders = {which: Path(shutil.copytree(base, Path(name) / which)) for which in ("old", "new")}
        today = rows(data / "papers_arxiv_cs/papers.jsonl.gz")[-NEW:]
        for folder in folders.values():
            filled(folder, [{**row, "day": datetime.now(UTC).date().isoformat()} for row in today], asked.vectors)
            peopled(folder, asked.readers)
        sides = {"old": Version(tree, folders["old"]), "new": Version(ROOT, folders["new"])}
        for number, order in zip(range(asked.rounds + 1), orders(data), strict=False):
            for which in chance.sample(list(sides), 2):
                measured, found[which] = sides[which].measured(order, asked.readers)
                taken[which] += [measured] if number else []
            same += [one == other for one, other in zip(found["old"], found["new"], strict=True)]
        for side in sides.values():
            side.end()
    report(taken)
    print(f"the same papers in the same order: {np.mean(same):.1%} of {len(same):,} searches")


if __name__ == "__main__":
    main()
