"""Personal ranking as a task: the simulated readers' own values, a row for each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from broadsheet.lab import readers
from broadsheet.lab.papers import Features, documents_of
from broadsheet.lab.sets import own
from broadsheet.lab.tasks.foryou import ForYou
from judged_kit import HASH, rows_of, value, written

WORDS = ["bridge", "rope", "knot", "soup", "broth", "owl", "map", "tide", "clay", "loom"]


def test_the_mean_over_readers_is_that_of_the_readers(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    papers = [
        {"id": f"{topic}-{number}", "title": f"own{topic} also{topic} {' '.join(random.choice(WORDS, 2))}",
         "topics": [f"Topic of kind {topic * 7 + 100}x"]} for topic in range(24) for number in range(24)
    ]  # fmt: skip
    task = written(tmp_path, 'kind = "foryou"\nreaders = 8\n', {"papers.jsonl": papers})
    assert isinstance(task, ForYou)
    known = readers.papers_of(documents_of(own(tmp_path)), Features(HASH))
    people = readers.make_readers(known, 8)
    found = readers.measure(known, people, {readers.OURS: readers.ForYou(known)})
    expected = {(row.pool, row.measure): row.value for row in found.rows}
    assert value(task, HASH, "R@20") == pytest.approx(expected["all papers", "R@20"])
    assert value(task, HASH, "R@20 of a day") == pytest.approx(expected["a day", "R@20"])
    assert len(rows_of(task, HASH, "ILD@20")) == 8
    assert "simulated" in task.warnings[0]
