"""Tasks of one's own papers: do they order encoders as judged queries do? Kendall's tau, for each signal.

    ./run.sh bench mine [--results FILE] [--known | --first N] [--accept]

The papers of judged sets become a Collection, which knows of them what their files say (titles; of CACM keywords, too)
and nothing of the judgements. Encoders are ordered by the tasks that the Collection makes, and by the judged queries of
the same papers. Keywords and venues, which most judged sets lack, come from conference papers; their order is compared
with the mean rank on the judged sets. What is known in the file of results is not measured again; with `--known`
nothing is measured at all, with `--first 12` the twelve cheapest encoders alone. Prints `ok` where the table of the
package, `lab/trust.toml`, says the same; `--accept` writes it.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import combinations, islice
from pathlib import Path

import numpy as np
from common import CACHE, ROOT, head, need_data, versions
from order import LEAST, asked, known, measured, shared, short

from broadsheet import names
from broadsheet.collection import open_collection
from broadsheet.core.metrics import ranks
from broadsheet.core.types import Document
from broadsheet.ingest import ingest
from broadsheet.lab.mine import Absent, Questions, questions_of
from broadsheet.lab.runs import Runs
from broadsheet.lab.suite import choices
from broadsheet.lab.task import Task
from broadsheet.lab.tasks.mine import Mine
from broadsheet.lab.trust import Agreement, Trust, agreement, table, written

FILE = ROOT / "src" / "broadsheet" / "lab" / "trust.toml"
JUDGED = {"cranfield": "cranfield", "csfcube": "csfcube-pool", "cacm": "cacm", "scifact": "scifact"}
"""The folder of each set of papers, and the judged set that is about them."""
CONFERENCES = "papers_conf"
SAME, OTHERS = "the same papers", "other papers"
_PAPERS = 2_000  # of conferences
_TOLERANCE = 0.02


def main() -> None:
    """Measure, print, compare with the table."""
    arguments = sys.argv[1:]
    path = Path(arguments[arguments.index("--results") + 1]) if "--results" in arguments else CACHE / "mine.sqlite"
    head("mine: tasks of one's own papers against judged queries", versions("broadsheet", "openvino", "numpy"))
    with Runs(path) as runs:
        found = agreements(runs, asked(arguments))
    if "--accept" in arguments:
        FILE.write_text(written(found, "./run.sh bench mine --accept"), "utf-8")
    elif found != list(table()):
        wrong = [each for each in found if not judge(each)]
        sys.exit(bool(wrong))


def judge(found: Trust) -> bool:
    """Print whether a row is as the package has it."""
    expected = [each for each in table() if (each.signal, each.papers) == (found.signal, found.papers)]
    ok = bool(expected) and abs(expected[0].tau - found.tau) <= _TOLERANCE
    print("ok    " if ok else "MISSED", found.signal, found.papers, f"{found.tau:.3f} actual,",
          f"{expected[0].tau:.3f} expected" if expected else "not in the table")  # fmt: skip
    return ok


@dataclass
class Corpus:
    """A set of papers: its own tasks by signal, and the judged task, if there is one."""

    name: str
    own: dict[str, Task] = field(default_factory=dict)
    judged: Task | None = None

    @property
    def tasks(self) -> list[Task]:
        return [*self.own.values(), *([self.judged] if self.judged else [])]


def corpora() -> list[Corpus]:
    """Make the tasks of all papers."""
    made = []
    for folder, name in JUDGED.items():
        [choice], _ = choices([name], data=need_data())
        made.append(Corpus(folder, own_tasks(papers(folder)), choice.task))
    return [*made, Corpus(CONFERENCES, own_tasks(conference_papers()))]


def own_tasks(documents: Iterator[Document]) -> dict[str, Task]:
    """The tasks that a Collection of these papers makes, by signal."""
    with tempfile.TemporaryDirectory() as folder, open_collection(folder, encoder="hash") as collection:
        ingest(collection, documents, now=datetime.now(UTC), name="papers")
        made = questions_of(collection)
    for each in made:
        if isinstance(each, Absent):
            print(f"  {each.name}: {each.reason}", file=sys.stderr)
    return {each.name.partition("/")[2]: Mine(each) for each in made if isinstance(each, Questions)}


def papers(folder: str) -> Iterator[Document]:
    """The papers of a judged set, without its queries and judgements."""
    with gzip.open(need_data() / folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if row["title"].strip():
                yield Document(
                    id=f"{folder}:{row['_id']}", title=row["title"], text=row["text"],
                    keywords=tuple(filter(None, map(str.strip, row.get("keywords", "").split(",")))),
                    submitted=_day(row),
                )  # fmt: skip


def _day(row: dict[str, str]) -> date | None:
    """The day of a paper: from its year, or from ``CACM December, 1958``."""
    if row.get("year"):
        return date(int(row["year"]), 1, 1)
    try:
        return datetime.strptime(row.get("bib", "").removeprefix("CACM "), "%B, %Y").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def conference_papers() -> Iterator[Document]:
    """Conference papers with keywords, spread over their file."""
    source = names.source(f"jsonl:{need_data() / CONFERENCES / 'papers.jsonl.gz'}")
    named = [each for each in source.fetch(None) if isinstance(each, Document) and each.keywords and each.text]
    return islice(named[:: max(1, len(named) // _PAPERS)], _PAPERS)


def agreements(runs: Runs, encoders: Sequence[str]) -> list[Trust]:
    """Print tau for each signal and set of papers, and return what the table holds."""
    made = corpora()
    tasks = [task for each in made for task in each.tasks]
    measured(tasks, encoders, runs)
    used = shared([known(task, runs) for task in tasks])
    print(f"{len(used)} encoders: {', '.join(map(short, used))}")
    if len(used) < LEAST:
        sys.exit(f"An order of {len(used)} encoders says little: at least {LEAST} are needed.")
    found = orders(made, {id(task): [known(task, runs)[name] for name in used] for task in tasks})
    print(f"\n{'signal':<10} {'papers':<12} {'tau':>6}  95 %              judged by")
    for each in found:
        _print(each.signal, each.papers, agreement([each.values]), each.judged)
    judged = {each.judged: each.values[:, 1] for each in found if each.same}
    print(f"\nThe judged sets agree with one another: {_among(list(judged.values())):.3f} (mean tau of all pairs).")
    return [_trust(group) for group in groups(found)]


@dataclass(frozen=True)
class Order:
    """The values of encoders on a task of some papers' own, and on judged queries, (encoders, 2)."""

    signal: str
    papers: str
    judged: str
    same: bool
    values: np.ndarray


def orders(made: Sequence[Corpus], values: Mapping[int, Sequence[float]]) -> list[Order]:
    """Pair each task with the judged queries of its papers, else with the mean rank on all judged sets."""
    judged = [(each, values[id(each.judged)]) for each in made if each.judged]
    everywhere = np.mean([ranks(np.array(own)) for _, own in judged], axis=0)
    found = []
    for each in made:
        name = each.judged.name if each.judged else f"mean rank on {len(judged)} sets"
        right = values[id(each.judged)] if each.judged else everywhere
        for signal, task in each.own.items():
            pair = np.column_stack([values[id(task)], right])
            found.append(Order(signal, each.name, name, each.judged is not None, pair))
    return found


def _among(judged: Sequence[np.ndarray]) -> float:
    """The mean tau of all pairs of sets: how much may be expected of any task."""
    return float(np.mean([agreement([np.column_stack(pair)]).tau for pair in combinations(judged, 2)]))


def groups(found: Sequence[Order]) -> list[list[Order]]:
    """The orders of a signal, on the same papers and on others apart; others only where there are no same ones."""
    kinds: dict[tuple[str, bool], list[Order]] = {}
    for each in found:
        kinds.setdefault((each.signal, each.same), []).append(each)
    return [own for (signal, same), own in kinds.items() if same or (signal, True) not in kinds]


def _trust(group: Sequence[Order]) -> Trust:
    made = agreement([each.values for each in group])
    first = group[0]
    _print(first.signal, "together", made, first.judged if len(group) == 1 else f"{len(group)} sets")
    sets = tuple(each.judged for each in group) if first.same else tuple(JUDGED.values())
    return Trust(
        signal=first.signal, papers=SAME if first.same else OTHERS, sets=sets, encoders=made.encoders,
        tau=round(made.tau, 3), low=round(made.low, 3), high=round(made.high, 3),
    )  # fmt: skip


def _print(signal: str, where: str, made: Agreement, judged: str) -> None:
    print(f"{signal:<10} {where:<12} {made.tau:6.3f}  [{made.low:6.3f}, {made.high:6.3f}]  {judged}", flush=True)


if __name__ == "__main__":
    main()
