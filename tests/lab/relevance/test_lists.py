"""Judged lists are what a reader's search sees."""

from __future__ import annotations

import numpy as np

from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.relevance.lists import filled, flat, lists_of, searched
from broadsheet.lab.tasks.mine import Mine
from broadsheet.search.hybrid import search
from relevance_kit import BASE, NOW, questions


def test_a_list_has_the_order_and_the_probabilities_of_the_search() -> None:
    task = Mine(questions(40))
    with filled(task, HashEncoder(64), now=NOW) as collection:
        lists = lists_of(task, collection)
        assert [each.query for each in lists] == list(task.queries)
        for each in lists[:6]:
            results = search(collection, task.queries[each.query], k=40, pins=False)
            numbers = collection.store.papers.numbers([item.document.id for item in results])
            assert each.seen.numbers.tolist() == [numbers[item.document.id] for item in results]
            wanted = task.judged[each.query]
            assert each.relevant.tolist() == [item.document.id in wanted for item in results]
            assert (each.missing, each.relevant.sum()) == (0, len(wanted))
            cosines = [item.parts["semantic"].score for item in results]
            assert np.allclose(each.seen.cosines, np.array(cosines, dtype=float), atol=1e-6)


def test_a_query_of_which_nothing_can_be_searched_is_left_out_and_a_paper_that_is_not_there_is_missing() -> None:
    task = Mine(questions(40))
    with filled(task, HashEncoder(64), now=NOW) as collection:
        first = next(iter(collection.store.papers.numbers(["own:000"]).values()))
        (only,) = searched(collection, {"empty": "", "rivers": "slow rivers"}, {"rivers": [first, 9_999]})
    assert (only.query, only.relevant.sum(), only.missing) == ("rivers", 1, 1)
    chances, truth = flat([only, only], BASE, 5)
    assert (len(chances), truth.sum()) == (10, 2 * only.relevant[:5].sum())
    assert (np.diff(chances[:5]) <= 0).all()
