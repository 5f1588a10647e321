"""A query that names an aspect adds a part to the score, or says why not."""

from __future__ import annotations

import pytest

import broadsheet as bs
from aspect_kit import PAPERS
from broadsheet.search.aspects.build import build
from broadsheet.search.stages.aspect import in_aspect
from fakes import NOW, WordEncoder


@pytest.fixture
def collection(tmp_path):
    with bs.open(tmp_path / "c", encoder=WordEncoder(dim=64)) as made:
        made.store.papers.put(PAPERS, now=NOW)
        bs.sync(made)
        build(made)
        yield made


def test_the_aspect_is_a_part_of_the_score(collection):
    plain = bs.search(collection, "pendulum clocks gears", k=20)
    found = bs.search(collection, "pendulum clocks gears aspect:method", k=20)
    assert found.note == ""
    assert "aspect" not in plain.items[0].parts
    seen = [each for each in found.items if "aspect" in each.parts]
    assert len(seen) == 10
    for each in seen:
        assert each.score == pytest.approx(sum(part.contribution for part in each.parts.values()))
    adds = {each.document.id: each.parts["aspect"].contribution for each in seen}
    assert adds["made:021"] > 0 > adds["made:011"]
    assert adds["made:091"] == 0, "it has no sentences"
    other = bs.search(collection, "pendulum clocks gears aspect:data", k=20)
    assert {each.document.id: each.parts["aspect"].score for each in other.items if "aspect" in each.parts} != {
        each.document.id: each.parts["aspect"].score for each in seen
    }


def test_why_it_was_not_heeded(collection):
    assert "found by words and by meaning" in bs.search(collection, "clocks aspect:method", mode="lexical").note
    assert in_aspect(collection, None, None, "task")[0] is None
    collection.sentences.drop()
    fresh = bs.search(collection, "clocks aspect:method")
    assert "aspect:method was not heeded" in fresh.note
    assert "run `broadsheet aspects build`" in fresh.note
    assert len(fresh.items)
