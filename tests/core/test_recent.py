"""What is kept stays within its bounds, and what is asked for stays longest."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.recent import Memories, Recent


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    recent = Recent[str, int](2, size=100)
    recent.keep("a", 1, size=1)
    recent.keep("b", 2, size=1)
    assert recent.get("a") == 1
    recent.keep("c", 3, size=1)
    assert [recent.get(key) for key in "abc"] == [1, None, 3]


def test_the_newest_stays_whatever_its_size() -> None:
    recent = Recent[str, int](10, size=100)
    recent.keep("a", 1, size=60)
    recent.keep("b", 2, size=1_000)
    assert (recent.get("a"), recent.get("b"), len(recent)) == (None, 2, 1)
    recent.keep("b", 3, size=10)
    recent.keep("c", 4, size=60)
    assert (recent.get("b"), recent.get("c"), recent._held) == (3, 4, 70)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), min_size=1), st.integers(1, 5))
def test_neither_number_nor_bytes_pass_their_bounds(kept: list[tuple[int, int]], most: int) -> None:
    recent, sizes = Recent[int, int](most, size=100), dict[int, int]()
    for key, size in kept:
        recent.keep(key, size, size=size)
        sizes[key] = size
        there = [each for each in range(10) if recent.get(each) is not None]
        assert recent.get(key) == size
        assert recent._held == sum(sizes[each] for each in there)
        assert len(recent) == len(there) <= most
        assert recent._held <= 100


def test_threads_do_not_disturb_the_count() -> None:
    recent = Recent[int, int](8, size=1_000)

    def work(seed: int) -> None:
        for n in range(2_000):
            recent.keep((seed * n) % 20, n, size=n % 7)
            recent.get(n % 20)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(1, 5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(recent) == 8
    assert recent._held == sum(size for _, size in recent._kept.values())


def test_a_memory_is_made_once_and_forgotten_when_its_owner_ends() -> None:
    memories, made = Memories(), []

    def make() -> dict[str, int]:
        made.append(1)
        return {}

    first = memories.get("day", make)
    first["a"] = 1
    assert memories.get("day", make) is first
    assert memories.get("copies", make) == {}
    assert len(made) == 2
    memories.clear()
    assert memories.get("day", make) == {}


def test_threads_that_ask_at_once_get_the_same() -> None:
    memories, start, got = Memories(), threading.Barrier(8), []

    def work() -> None:
        start.wait()
        got.append(memories.get("day", lambda: [object()]))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({id(each) for each in got}) == 1
