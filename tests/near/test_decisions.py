"""What readers decided on pairs of papers."""

from __future__ import annotations

from pathlib import Path

from broadsheet.near.decisions import among, decided, store
from near_kit import COPY, WORK, filled


def test_pairs_are_stored_and_read_whatever_their_order(tmp_path: Path) -> None:
    with filled(tmp_path, WORK, COPY, synced=False) as collection:
        assert decided(collection, "apart") == frozenset()
        store(collection, "apart", [(WORK.id, COPY.id)])
        assert among(decided(collection, "apart"))(COPY.id, WORK.id)
        assert not among(decided(collection, "same"))(COPY.id, WORK.id)
        collection.store.journal.set_fact("works.apart", [["one"], ["a", "b", "c"], ["b", "a"]])
        assert decided(collection, "apart") == {frozenset("ab")}, "a damaged pair counts for nothing"
