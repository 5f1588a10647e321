"""What changed in a paper from one version of a source to the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from broadsheet.near.history import history
from fakes import NOW
from near_kit import COPY, TEXT, WORK, filled

SECOND = replace(WORK, text=TEXT.replace("nine summers", "ten summers"), version=2)
THIRD = replace(SECOND, title="Weighing Salt by Bells", version=3)


def test_changes_are_shown_newest_first_each_with_its_source(tmp_path: Path) -> None:
    with filled(tmp_path, replace(WORK, version=1), synced=False) as collection:
        assert history(collection, WORK) == []
        for days, version in enumerate((SECOND, SECOND, THIRD, replace(THIRD, votes=9)), 1):
            collection.store.papers.put([version], now=NOW + timedelta(days=days))
        newest, oldest = history(collection, WORK)
        assert oldest.in_words == "Changed on 2026-03-03 (version 1 to 2): 1% of the words."
        assert [piece for piece in oldest.text if piece.kind != "same"] == [("removed", "nine"), ("added", "ten")]
        assert [piece.kind for piece in newest.text] == ["same"]
        assert {piece.text for piece in newest.title if piece.kind == "removed"} == {"Ear:", "on Coastal Pans"}
        assert (newest.source, newest.after.version) == ("arxiv:cs.SD", 3)


def test_another_source_with_other_words_is_no_change(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, synced=False) as collection:
        collection.store.papers.put([replace(COPY, id=WORK.id)], now=NOW)
        assert history(collection, WORK) == []
        assert history(collection, replace(WORK, id="unknown")) == []
