"""A suite is cut down where a part of a task is the same task."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.lab.reduction import REDUCED, reduced
from broadsheet.lab.sets import own
from broadsheet.lab.tasks import task_of
from broadsheet.lab.tasks.judged import Judged
from suite_kit import pairs_set

ROWS = "\n".join(
    f'{{"query": "q{number // 4}", "other": "text {number}", "gold": {number % 2}}}' for number in range(400)
)


def test_pairs_keep_about_their_share_and_the_same_ones_each_time(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(ROWS)
    (tmp_path / "task.toml").write_text(
        'kind = "reranking"\nfiles = ["rows.jsonl"]\ncolumns = { query = "query", other = "other", gold = "gold" }\n'
    )
    task = task_of(own(tmp_path))
    part, again = reduced(task, 0.3), reduced(task, 0.3)
    assert isinstance(task, Judged)
    assert isinstance(part, Judged)
    assert isinstance(again, Judged)
    assert part.name == task.name + REDUCED
    assert part.data != task.data
    assert 15 <= len(part.read()) <= 45
    assert all(len(query.grades) == 4 for query in part.read())  # type: ignore[attr-defined]
    assert part.read() == again.read()


@pytest.mark.parametrize("share", [0, 1, -0.5, 2])
def test_a_share_that_is_none_or_all_is_refused(tmp_path: Path, share: float) -> None:
    task = task_of(own(pairs_set(tmp_path / "own")))
    with pytest.raises(UsageError, match="between 0 and 1"):
        reduced(task, share)


def test_a_task_whose_part_is_another_task_stays_whole(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(ROWS)
    (tmp_path / "task.toml").write_text(
        'kind = "analogy"\nfiles = ["rows.jsonl"]\ncolumns = { a = "query", b = "other", c = "query", d = "other" }\n'
    )
    assert reduced(task_of(own(tmp_path))) is None
