"""Sets of our own for the lab, and a task that can be killed at any item.

As a program: ``python suite_kit.py FILE LOG SUBJECT`` measures the task of many questions into a file of results, and
writes each item's name to a log before its row is handed over.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Container, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.runs import Runs
from broadsheet.lab.subject import Dense
from broadsheet.lab.task import Ability, Figure, Row, Subject

NOW = datetime(2026, 1, 5, tzinfo=UTC)
PAIRS = [
    ("a rope bridge over the gorge", "the gorge has a bridge of rope", 5.0),
    ("soup that boils for hours", "a soup boiled for hours", 4.6),
    ("an owl hears the mouse", "owls hear mice beneath snow", 3.8),
    ("maps distort the poles", "a map of the tides", 1.5),
    ("a rope bridge over the gorge", "a soup boiled for hours", 0.2),
    ("an owl hears the mouse", "maps distort the poles", 0.0),
    ("knots weaken a rope", "a knot makes the rope weaker", 4.2),
    ("cold soup on hot days", "night birds and their prey", 0.1),
]


def stand_alone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Work in a folder of its own, wide enough for tables, where no Collection and no judged sets are named."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("BROADSHEET_DATA", raising=False)
    monkeypatch.delenv("BROADSHEET_COLLECTION", raising=False)


def pairs_set(folder: Path, *, name: str = "own-pairs", extra: str = "") -> Path:
    """A folder with a set of pairs that describes itself."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{"id": f"p{place}", "one": one, "other": other, "gold": gold}
            for place, (one, other, gold) in enumerate(PAIRS)]  # fmt: skip
    (folder / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "task.toml").write_text(
        f'name = "{name}"\nkind = "sts"\nfiles = ["pairs.jsonl"]\n'
        f'columns = {{ item = "id", one = "one", other = "other", gold = "gold" }}\n{extra}'
    )
    return folder


def search_set(folder: Path) -> Path:
    """A folder in the layout of BEIR: 40 documents, 12 queries with graded judgements, documents of equal text."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ["rope", "soup", "owl", "map", "tide", "knot", "broth", "snow"]
    texts = [f"{words[n % 8]} {words[(n * 3 + 1) % 8]} {words[(n // 8) % 8]}" for n in range(40)]
    rows = [{"_id": f"d{n}", "title": text, "text": ""} for n, text in enumerate(texts)]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    queries = [{"_id": f"q{n}", "text": f"{words[n % 8]} {words[(n + 3) % 8]}"} for n in range(12)]
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in queries))
    judged = [(f"q{n}", f"d{(n * 7 + k * 5) % 40}", k) for n in range(12) for k in range(4)]
    (folder / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + "".join(f"{q}\t{d}\t{grade}\n" for q, d, grade in judged)
    )
    return folder


class Questions:
    """A task of 60 items, each slow enough that a kill falls between two of them."""

    name, kind, data = "questions", "sts", "0123"
    figures = (Figure("Spearman", "spearman"), Figure("Pearson", "pearson"))
    needs: Ability = "pairs"
    count = 60

    def __init__(self, log: Path | None = None, pause: float = 0.0) -> None:
        self._log, self._pause = log, pause
        self.measured: list[str] = []

    def rows(self, subject: Subject, *, known: Container[str] = (), seed: int = 0) -> Iterator[Row]:
        for place in range(self.count):
            item = f"{place:03d}"
            if item in known:
                continue
            one, other, gold = PAIRS[place % len(PAIRS)]
            score = float(subject.pairs([f"{one} {place}"], [other])[0])
            self.measured.append(item)
            if self._log:
                with self._log.open("a") as file:
                    file.write(f"{item}\n")
            time.sleep(self._pause)
            for figure in self.figures:
                yield Row(figure.name, item, (score, gold))


def into(path: Path, task: Questions, name: str) -> None:
    """Measure the task for one subject into a file."""
    subject = Dense(HashEncoder(), name)
    subject.key = name
    with Runs(path) as runs:
        run = runs.begin(task, subject, seed=0, now=NOW)
        for _ in runs.take(run, task.rows(subject, known=runs.known(run))):
            pass
        runs.end(run, now=NOW)


if __name__ == "__main__":
    into(Path(sys.argv[1]), Questions(Path(sys.argv[2]), pause=0.02), sys.argv[3])
