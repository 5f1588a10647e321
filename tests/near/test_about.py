"""What is near a paper, all of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from broadsheet.near.about import about
from near_kit import COPY, OTHERS, WORK, filled


def test_copies_novelty_and_changes_together(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, COPY, *OTHERS) as collection:
        found = about(collection, WORK, days=10)
        assert [copy.document.id for copy in found.copies] == [COPY.id]
        assert (found.novelty.days, found.novelty.count, found.revisions) == (10, 0, ())
        assert about(collection, replace(WORK, id="unknown")).novelty.in_words == "It is not in this Collection."
