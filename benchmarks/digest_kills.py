"""Digests to 2,000 subscribers over a mail server on this machine, from processes that are killed and started again.

    ./run.sh bench digest_kills [ROUNDS] [SUBSCRIBERS]      (6 and 2,000 by default)

Each round plans and sends a day's digests. Its processes are killed at a random step (a transaction of the Store, a
line to or from the mail server) or moment and started again, until one ends by itself; in every second round two send
at once. What arrived is counted: nobody may have two, and who has none must stand as doubtful.
"""

from __future__ import annotations

import random
import shutil
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from common import ROOT, head, versions

sys.path.insert(0, str(ROOT / "tests" / "kits"))

from broadsheet.store import Store
from kill_kit import Nursery, Order, order
from mail_sink import Sink
from people_of_a_day import MORNING, collection, likes, subscriber

ROUNDS, PEOPLE = 6, 2_000
WAIT = timedelta(minutes=21)  # between two attempts: leases have ended


def main() -> None:
    """Print the counts of each round, and of all."""
    rounds, people = [int(given) for given in sys.argv[1:3]] + [ROUNDS, PEOPLE][len(sys.argv) - 1 :]
    head("digests under kills", f"versions: {versions('broadsheet')}", f"{people:,} subscribers, {rounds} rounds")
    chance, total = random.Random(2_000), Counter[str]()
    with TemporaryDirectory() as name, Nursery() as nursery:
        whole = prepared(Path(name) / "whole", people)
        for number in range(rounds):
            folder = Path(shutil.copytree(whole, Path(name) / str(number)))
            begun = time.perf_counter()
            found = ended(nursery, folder, chance, senders=1 + number % 2, people=people)
            total += found
            print(f"round {number + 1}, {1 + number % 2} at once: {told(found)} ({time.perf_counter() - begun:.0f} s)")
            shutil.rmtree(folder)
    print(f"all: {told(total)}")


def prepared(folder: Path, people: int) -> Path:
    """A Collection with so many subscribers."""
    with collection(folder) as made:
        for number in range(people):
            person = subscriber(made, f"reader{number}", contents=("both", "mine", "general")[number % 3], least="weak")
            likes(made, person, number % 4)
        made.store.people.secret()
    return folder


def ended(nursery: Nursery, folder: Path, chance: random.Random, *, senders: int, people: int) -> Counter[str]:
    """Run until a run ends by itself; returns what arrived, and where deliveries stand."""
    counts, now = Counter[str](), MORNING
    with Sink() as sink:
        while True:
            port = sink.relay().port
            codes = nursery.run([killed(order(folder, port, now), chance, people) for _ in range(senders)])
            counts["kills"] += sum(code == -9 for code in codes)
            counts["errors"] += sum(code not in (0, -9) for code in codes)
            now += WAIT
            if 0 in codes:
                break
        counts["errors"] += nursery.run([order(folder, port, now)]) != [0]  # what the others held
        got = Counter(taken.to for taken in sink.taken)
    with Store.open(folder / "store.db") as store:
        stand = {each.address: each.state for each in store.deliveries.in_states(limit=10 * people)}
    doubtful = {address for address, state in stand.items() if state == "doubtful"}
    counts["arrived"] = len(got)
    counts["with two"] = sum(times > 1 for times in got.values())
    counts["doubtful"] = len(doubtful)
    counts["of those arrived"] = len(doubtful & set(got))
    counts["with none, untold"] = people - len(set(got) | doubtful)
    counts["sent without arriving"] = sum(state == "sent" and address not in got for address, state in stand.items())
    return counts


def killed(run: Order, chance: random.Random, people: int) -> Order:
    """The same, killed somewhere on its way."""
    if chance.random() < 0.3:
        return {**run, "after": chance.random() * people / 400}
    return {**run, "at": chance.randrange(1, max(50, 3 * people))}


def told(counts: Counter[str]) -> str:
    """The counts in a line."""
    names = ("kills", "arrived", "with two", "doubtful", "of those arrived", "with none, untold",
             "sent without arriving", "errors")  # fmt: skip
    return ", ".join(f"{counts[name]:,} {name}" for name in names)


if __name__ == "__main__":
    main()
