"""Description retrieval: what a text describes is found."""

from __future__ import annotations

from pathlib import Path

from broadsheet.lab.tasks.descriptions import Descriptions
from judged_kit import HASH, real, value, written

ABOUT = 'kind = "descriptions"\ncolumns = { one = "extra.about", other = "word" }\n'


def test_a_description_is_read_from_within_and_words_of_one_are_all_right(tmp_path: Path) -> None:
    rows = [
        {"word": "ferry boat", "extra": {"about": "a boat that brings people over a river"}},
        {"word": "boat of a river", "extra": {"about": "a boat that brings people over a river"}},
        {"word": "oven", "extra": {"about": "where bread is baked; an oven"}},  # names what it describes
        {"word": "night bird", "extra": {"about": "a bird that hunts at night"}},
        {"word": "nothing", "extra": {}},
    ]
    task = written(tmp_path, ABOUT, {"words.jsonl": rows})
    assert isinstance(task, Descriptions)
    assert task.read() == ["1", "2"]
    assert value(task, HASH, "nDCG@10") > 0.9


def test_real_summaries_describe_real_abstracts(data_dir: Path) -> None:
    task = real(data_dir, "papers-tldr")
    assert len(task.read()) == 1_137  # type: ignore[attr-defined]
