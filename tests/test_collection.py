"""What is remembered of a Collection belongs to it."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

from broadsheet.collection import open_collection
from fakes import WordEncoder


def test_each_collection_has_memories_of_its_own(tmp_path: Path) -> None:
    with (
        open_collection(tmp_path / "a", encoder=WordEncoder()) as one,
        open_collection(tmp_path / "b", encoder=WordEncoder()) as other,
    ):
        one.memory("numbers", list[int]).append(1)
        assert one.memory("numbers", list[int]) == [1]
        assert other.memory("numbers", list[int]) == []


def test_a_closed_collection_remembers_nothing(tmp_path: Path) -> None:
    class Large:
        pass

    made = open_collection(tmp_path / "a", encoder=WordEncoder())
    gone = weakref.ref(made.memory("large", Large))
    gc.collect()
    assert gone() is not None
    made.close()
    gc.collect()
    assert gone() is None
