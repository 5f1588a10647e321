from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import broadsheet as bs
from broadsheet.search.depth import layered, whole
from fakes import NOW, WordEncoder, paper


@given(scores=st.lists(st.integers(0, 5), max_size=900), shown=st.integers(0, 60))
def test_whole_ends_where_a_run_ends(scores, shown):
    ranked = np.sort(np.array(scores, dtype=np.float32))[::-1]
    numbers, found = whole(lambda n: (np.arange(len(ranked))[:n], ranked[:n]), shown)
    assert len(numbers) == len(found) >= min(shown, len(ranked))
    assert not len(ranked[len(found) :]) or ranked[len(found)] < found[-1]


def test_layers_never_move_what_was_above():
    random = np.random.default_rng(1)

    def find(n):  # an approximate search: deeper, it finds others, some of them better
        rows = np.sort(random.permutation(9_000)[: min(n, 9_000)])
        return rows, -rows.astype(np.float32)

    state = random.bit_generator.state
    lists = []
    for shown in (10, 1_000, 1_001, 4_000, 20_000):
        random.bit_generator.state = state
        lists.append(layered(find, shown)[0].tolist())
    longest = lists[-1]
    assert len(longest) == len(set(longest)) == 9_000
    for each, shown in zip(lists, (10, 1_000, 1_001, 4_000, 9_000), strict=True):
        assert len(each) >= shown
        assert each == longest[: len(each)]


@pytest.mark.parametrize("mode", ["lexical", "semantic", "hybrid"])
def test_pages_of_many_alike_neither_repeat_nor_miss(tmp_path, mode):
    places = np.random.default_rng(2).permutation(600).tolist()
    with bs.open(tmp_path / "c", encoder=WordEncoder()) as made:
        made.store.papers.put(
            [paper(n, f"Alike {'word' if n % 3 else 'words here'}", "all alike") for n in places], now=NOW
        )
        bs.sync(made)
        pages = [bs.search(made, "alike all", k=70, offset=start, mode=mode) for start in range(0, 700, 70)]
        found = [result.document.id for page in pages for result in page]
        assert len(found) == len(set(found)) == 600
        assert [result.document.id for result in bs.search(made, "alike all", k=600, mode=mode)] == found
        for score in {result.score for page in pages for result in page} if mode == "lexical" else ():
            run = [result.document.id for page in pages for result in page if result.score == score]
            assert run == sorted(run)
