"""10,000 personal digests composed: lists made, frozen and planned, and every message built to its bytes.

    ./run.sh bench digest [PEOPLE] [--encoder hash:384] [--profile]      (10,000 people by default)

100,000 papers, 200 of them new; nothing is written to an outbox or sent. Readers are made up from the topics of the
papers, three interests each: half have three lists of ten papers, three in ten have thirty papers in one list, and two
in ten have a list, a standing query in the words of a paper's title and two authors whom they follow. One in three has
declined some papers. ``--encoder minilm`` uses the collection of the benchmark ``search``, which takes long to make.
The collection is copied and kept in the cache; delivered is anew each time.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import random
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from common import CACHE, head, need_data, resident, verdict, versions

import broadsheet as bs
from broadsheet.collection import Collection, open_collection
from broadsheet.core.types import Document
from broadsheet.digest.message import Composer, Letterhead, period_of
from broadsheet.digest.plan import plan
from broadsheet.mail.message import wire
from broadsheet.store import Store
from broadsheet.store.people import moment

PEOPLE, NEW, PAPERS, BAR = 10_000, 200, 100_000, 60.0
DAY = date(2026, 3, 2)
MORNING = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)
BEFORE = MORNING - timedelta(days=30)
HEAD = Letterhead("https://papers.example.org", "daily@example.org", "bounces@example.org", "leave@example.org")


def main() -> None:
    """Print what composing costs, and memory along the way."""
    parser = argparse.ArgumentParser()
    parser.add_argument("people", nargs="?", type=int, default=PEOPLE)
    parser.add_argument("--encoder", default="hash:384")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--share", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.share is not None:
        beside(asked)
        return
    head("personal digests", f"versions: {versions('broadsheet', 'numpy', 'jinja2')}", f"encoder: {asked.encoder}")
    with collection(asked.encoder) as made:
        topics = by_topic(made.store)
        populate(made, topics, asked.people)
        papers, new = made.store.papers.count(), len(made.store.days.between(DAY, DAY))
        print(f"{papers:,} papers, {new:,} new, {asked.people:,} readers")
        made.encoder.encode(["warm"], role="query")
        profile = cProfile.Profile()
        if asked.profile:
            profile.enable()
        first = together(made, asked)
        if asked.profile:
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(45)
            pstats.Stats(profile).sort_stats("cumtime").print_stats(60)
        clear(made.store, people=False)
        again = together(made, asked)
    verdict("seconds, vectors of standing queries new", first, BAR, most=True)
    verdict("seconds, the next day", again, BAR, most=True)


def together(made: Collection, asked: argparse.Namespace) -> float:
    """Seconds until all processes have composed their shares, as the job shares them out; their start counts too."""
    begun = time.perf_counter()
    command = [
        sys.executable,
        __file__,
        str(asked.people),
        "--encoder",
        asked.encoder,
        "--processes",
        str(asked.processes),
    ]
    alone = {"OPENBLAS_NUM_THREADS": "1", **os.environ}  # as the job starts them
    others = [subprocess.Popen([*command, "--share", str(place)], env=alone) for place in range(1, asked.processes)]
    composed(made, 0, asked.processes)
    for other in others:
        assert other.wait() == 0
    print(f"{time.perf_counter() - begun:6.1f} s in all", flush=True)
    return time.perf_counter() - begun


def beside(asked: argparse.Namespace) -> None:
    """Another process with its share."""
    with open_collection(CACHE / f"digest-{asked.encoder.replace(':', '-')}", encoder=asked.encoder) as made:
        composed(made, asked.share, asked.processes)


def composed(made: Collection, share: int, shares: int) -> None:
    """Plan for a share of all and build their messages; prints the parts."""
    begun, used, memory = time.perf_counter(), time.process_time(), resident()["RssAnon"]
    planned = plan(made, now=MORNING, zone=UTC, share=(share, shares))
    between, after_plan = time.perf_counter(), resident()["RssAnon"]
    sizes, along = [], []
    composer, secret = Composer(made, HEAD, period_of(DAY.isoformat())), made.store.people.secret()
    mine = [each for each in made.store.deliveries.in_states("planned", limit=10**6) if each.person % shares == share]
    for place, delivery in enumerate(mine):
        sizes.append(len(wire(composer.message(delivery, secret))))
        if place % max(1, len(mine) // 6) == 0:
            along.append(f"{resident()['RssAnon']:.0f}")
    ended = time.perf_counter()
    print(
        f"{ended - begun:6.1f} s ({time.process_time() - used:.1f} s of a core): "
        f"planned {planned:,} in {between - begun:.1f} s, built {len(sizes):,} messages of "
        f"{np.median(sizes) / 1000:.0f} kB in {ended - between:.1f} s; own memory {memory:.0f} MB before, "
        f"{after_plan:.0f} after planning, then {' '.join(along)}",
        flush=True,
    )


def collection(encoder: str) -> Collection:
    """100,000 real papers, 200 of them of DAY, synced; kept in the cache."""
    folder = CACHE / f"digest-{encoder.replace(':', '-')}"
    whole = CACHE / "collection"
    if not (folder / "store.db").is_file() and (whole / "store.db").is_file():
        print("copying papers", flush=True)
        with Store.open(whole / "store.db") as store:
            store.copy_to(folder / "store.db")
        for name in ("lexicon", *(["spaces"] if encoder == "minilm" else [])):
            shutil.copytree(whole / name, folder / name)
    made = open_collection(folder, encoder=encoder)
    if made.store.papers.count() < PAPERS:
        for name in ("papers_arxiv_cs", "papers_conf"):
            bs.ingest(made, f"jsonl:{need_data() / name / 'papers.jsonl.gz'}")
    if not made.store.days.between(DAY, DAY):
        numbers = np.linspace(1, made.store.papers.last_number(), 4 * NEW, dtype=int).tolist()
        some = [each for each in made.store.papers.by_numbers(numbers).values() if len(each.text) > 300][:NEW]
        made.store.papers.put([replace(each, listed=DAY) for each in some], now=BEFORE)
    bs.sync(made)
    return made


def by_topic(store: Store) -> list[list[tuple[int, Document]]]:
    """Papers with their row numbers, of each category that has a hundred or more."""
    found: dict[str, list[tuple[int, Document]]] = defaultdict(list)
    for start in range(1, store.papers.last_number(), 5_000):
        for number, document in store.papers.by_numbers(list(range(start, start + 5_000))).items():
            if document.categories and document.day is None:
                found[document.categories[0]].append((number, replace(document, text="")))
    return [papers for _, papers in sorted(found.items()) if len(papers) >= 100]


def clear(store: Store, *, people: bool = True) -> None:
    """Forget what was planned, and the people."""
    tables = ["editions", "deliveries", *(["people"] if people else [])]
    with store.writing() as db:
        for table in tables:
            db.execute(f"DELETE FROM {table}")


def populate(made: Collection, topics: Sequence[list[tuple[int, Document]]], people: int) -> None:
    """Readers, in the place of those there are."""
    clear(made.store)
    chance, at = random.Random(5), moment(BEFORE)
    with made.store.writing() as db:
        for person in range(1, people + 1):
            db.execute("INSERT INTO people VALUES (?, ?, '', 'reader', ?, 0)", (person, f"r{person}@example.org", at))
            db.execute(
                "INSERT INTO subscriptions VALUES (?, 'weekdays', 'UTC', 7, 15, 'fair', 'skip', 'both', ?, NULL)",
                (person, at),
            )
            for number, (name, papers) in enumerate(lists_of(person, topics, chance)):
                made_list = db.execute(
                    "INSERT INTO lists (person, name, made) VALUES (?, ?, ?)", (person, name, at)
                ).lastrowid
                rows = [(made_list, paper, at) for paper in {paper for paper, _ in papers}]
                db.executemany("INSERT INTO saves VALUES (?, ?, ?)", rows)
                if number == 0 and person % 10 >= 8:
                    ask(db, person, papers, topics, chance, at)
            if person % 3 == 0:
                refused = {chance.choice(chance.choice(topics))[0] for _ in range(3)}
                db.executemany("INSERT INTO declined VALUES (?, ?, ?)", [(person, each, at) for each in refused])


def lists_of(
    person: int, topics: Sequence[list[tuple[int, Document]]], chance: random.Random
) -> Iterator[tuple[str, list[tuple[int, Document]]]]:
    """The lists of a reader by name."""
    chosen = [chance.sample(chance.choice(topics), 10) for _ in range(3)]
    if person % 10 < 5:
        yield from ((f"Interest {place}", papers) for place, papers in enumerate(chosen))
    elif person % 10 < 8:
        yield "Saved", [paper for papers in chosen for paper in papers]
    else:
        yield "Interest", chosen[0]


def ask(db, person, papers, topics, chance, at) -> None:  # type: ignore[no-untyped-def]
    """A standing query of a reader, in the words of a title, and the authors followed."""
    title = chance.choice(chance.choice(topics))[1].title[:150] or "graph neural networks"
    db.execute(
        "INSERT INTO queries (person, name, text, without, least, made) VALUES (?, 'asked', ?, '[]', 'fair', ?)",
        (person, " ".join(word for word in title.split() if ":" not in word) or "graphs", at),
    )
    authors = {name for _, paper in papers for name in paper.authors[:1]}
    db.executemany(
        "INSERT INTO followed_authors VALUES (?, ?, ?)", [(person, each, at) for each in sorted(authors)[:2]]
    )


if __name__ == "__main__":
    main()
