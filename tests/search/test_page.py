"""One page of Results: passages, marks, strengths, and what is beyond it."""

from __future__ import annotations

import broadsheet as bs


def test_passage_and_marks(collection):
    top = bs.search(collection, "camera lanes", k=1).items[0]
    assert top.passage == "Its camera finds lanes at night."
    assert [top.passage[a:b] for a, b in top.matched] == ["camera", "lanes"]
