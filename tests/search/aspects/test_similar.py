"""Papers that are like one in an aspect come first, with the sentences that match."""

from __future__ import annotations

import pytest

import broadsheet as bs
from aspect_kit import METHODS, TASKS
from broadsheet.core.errors import CollectionError, NotFoundError, UsageError
from broadsheet.search.aspects.build import drop
from broadsheet.search.aspects.similar import related, similar_in
from broadsheet.search.similar import similar
from fakes import NOW, paper


def found(results):
    return [each.document.id.removeprefix("made:0") for each in results.items]


def test_an_aspect_leads(collection):
    method, task = (found(similar(collection, "made:011", aspect=name, k=4)) for name in ("method", "task"))
    assert method[0] == task[0] == "12", "the paper that shares both"
    assert {"31", "32"} <= set(method), "other leaves, the same graphs"
    assert {"21", "22"} <= set(task), "other clocks, the same tides"
    assert not {"41", "42"} & {*method, *task}


def test_a_score_is_the_sum_of_its_parts_and_shows_its_sentences(collection):
    results = similar_in(collection, "made:011", "method", k=5)
    assert (results.mode, results.note) == ("semantic", "")
    assert [each.score for each in results.items] == sorted((each.score for each in results.items), reverse=True)
    for each in results.items:
        assert set(each.parts) == {"semantic", "aspect"}
        assert sum(part.contribution for part in each.parts.values()) == pytest.approx(each.score)
        assert each.parts["aspect"].contribution == pytest.approx(each.parts["aspect"].score / 2, abs=1e-6)
    (pair,) = results.items[0].alike
    assert pair.asked == pair.found == METHODS["graphs"] == results.items[0].passage
    assert pair.cosine == pytest.approx(1, abs=0.001)


def test_pages_join_and_conditions_hold(collection):
    whole = found(similar_in(collection, "made:011", "task", k=9))
    assert len(whole) == 9
    assert found(similar_in(collection, "made:011", "task", k=4, offset=4)) == whole[4:8]
    assert found(similar_in(collection, "made:011", "task", filters=bs.Filters(min_votes=10**6))) == []


def test_papers_without_what_is_asked(collection):
    bare = similar(collection, "made:091", aspect="method", k=3)
    assert "Compared as a whole: the method of this paper is not known. It has no abstract." in bare.note
    assert len(bare.items) == 3
    short = similar(collection, "made:092", aspect="result", k=3)
    assert "No sentence of this paper clearly says its result" in short.note
    assert not any(each.alike for each in short.items)
    assert found(similar(collection, "made:092", aspect="method", k=2))[0] in ("21", "22", "41", "42")


def test_a_paper_that_came_since(collection):
    collection.store.papers.put([paper(93, "New tides", TASKS["tides"])], now=NOW)
    bs.sync(collection)
    assert "Run `broadsheet aspects build`" in similar(collection, "made:093", aspect="task").note
    numbers = found(similar(collection, "made:011", aspect="task", k=20))
    assert "93" in numbers, "it is compared as a whole"
    collection.store.papers.delete(["made:012"], now=NOW)
    assert "12" not in found(similar(collection, "made:011", aspect="task"))


def test_bad_questions(collection):
    with pytest.raises(UsageError, match="unknown aspect 'colour'"):
        similar(collection, "made:011", aspect="colour")
    with pytest.raises(NotFoundError, match="made:999"):
        similar(collection, "made:999", aspect="task")
    with pytest.raises(UsageError, match="got 2 ids"):
        similar(collection, ["made:011", "made:012"], aspect="task")
    with pytest.raises(UsageError, match="count from 0"):
        similar_in(collection, "made:011", "task", k=-1)
    drop(collection)
    with pytest.raises(CollectionError, match="run `broadsheet aspects build`"):
        similar(collection, "made:011", aspect="task")


def test_related_papers_in_each_aspect(collection):
    near = related(collection, "made:011", k=2)
    assert list(near) == ["task", "method", "data", "result"]
    assert all(len(each.items) == 2 for each in near.values())
