"""Which papers are one card: what readers say of it, and that what is remembered never hides a change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.types import Document
from broadsheet.daily import copies
from broadsheet.daily.copies import apart_pairs, appearances, bring_together, keep_apart, works_of
from fakes import NOW

DAY = date(2026, 3, 2)


def made(name: str, title: str, source: str, **more: object) -> Document:
    more.setdefault("authors", (f"Ann {name}",))
    return Document(id=f"made:{name}", title=title, source=source, listed=DAY, **more)


PAPERS = (
    made("a", "Lanterns for Harbour Pilots", "hf:daily"),
    made("b", "A Lantern Study, Revised", "csv:conf"),
    made("c", "Lamps at Sea and Their Keepers", "csv:more", authors=("Ann a",)),
    made("d", "Something Else Altogether Here", "hf:daily"),
)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with open_collection(tmp_path, encoder="hash") as opened:
        opened.store.papers.put(PAPERS, now=NOW)
        yield opened


def joined_pairs(collection: Collection) -> list[tuple[str, str]]:
    return sorted((min(pair), max(pair)) for pair in collection.store.journal.fact("works.same") or ())


def works(collection: Collection) -> list[set[str]]:
    store = collection.store
    groups = works_of(collection, store.days.between(DAY, DAY))
    return [{name.removeprefix("made:") for name in store.papers.ids(group).values()} for group in groups]


def test_papers_that_the_rule_does_not_join_are_joined_by_hand_and_parted_again(collection: Collection) -> None:
    assert works(collection) == [{"a"}, {"b"}, {"c"}, {"d"}]
    assert bring_together(collection, "made:b", "made:a") == ("made:a", "made:b")
    bring_together(collection, "made:b", "made:c")
    assert works(collection) == [{"a", "b", "c"}, {"d"}]
    assert joined_pairs(collection) == [("made:a", "made:b"), ("made:b", "made:c")]
    document = collection.store.papers.get("made:c")
    assert document
    assert [other.id for other in appearances(collection, document)] == ["made:a", "made:b"]
    bring_together(collection, "made:b", "made:c", together=False)
    assert works(collection) == [{"a", "b"}, {"c"}, {"d"}]


def test_even_two_of_one_source_are_joined_when_a_reader_says_so(collection: Collection) -> None:
    bring_together(collection, "made:a", "made:d")
    assert works(collection)[0] == {"a", "d"}


def test_the_last_word_of_a_reader_counts(collection: Collection) -> None:
    bring_together(collection, "made:a", "made:b")
    keep_apart(collection, "made:a", "made:b")
    assert (joined_pairs(collection), apart_pairs(collection)) == ([], [("made:a", "made:b")])
    assert works(collection)[:2] == [{"a"}, {"b"}]
    bring_together(collection, "made:a", "made:b")
    assert (joined_pairs(collection), apart_pairs(collection)) == ([("made:a", "made:b")], [])
    assert works(collection)[0] == {"a", "b"}


def test_what_stands_apart_is_not_joined_by_way_of_others(collection: Collection) -> None:
    keep_apart(collection, "made:a", "made:c")
    bring_together(collection, "made:a", "made:b")
    bring_together(collection, "made:b", "made:c")
    assert works(collection)[:2] == [{"a", "b"}, {"c"}]


def test_what_cannot_be_joined_is_said(collection: Collection) -> None:
    with pytest.raises(NotFoundError, match="made:z"):
        bring_together(collection, "made:a", "made:z")
    with pytest.raises(UsageError, match="the same paper"):
        bring_together(collection, "made:a", "made:a")


def test_what_is_remembered_gives_way_to_what_changed(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []
    found = copies._find_works
    monkeypatch.setattr(copies, "_find_works", lambda *given: looked.append(given[1]) or found(*given))
    works(collection)
    works(collection)
    assert len(looked) == 1
    other = made("far", "Nothing to Do With Any of Them", "csv:far", authors=("Zoe Far",))
    collection.store.papers.put([Document(id=other.id, title=other.title, source=other.source)], now=NOW)
    works(collection)
    assert len(looked) == 1, "a change that has no part in these works"
    copy = Document(id="copy:1", title=PAPERS[0].title, authors=("Ann a",), source="csv:copies")
    collection.store.papers.put([copy], now=NOW)
    assert len(works(collection)[0]) == 2
    collection.store.papers.delete(["copy:1"], now=NOW)
    assert works(collection)[0] == {"a"}


def test_only_the_lists_asked_for_last_are_remembered(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_MOST_KNOWN", 2)
    for number in (1, 2, 3):
        works_of(collection, [number])
    memory = copies._memory(collection)
    assert [key for key in [(1,), (2,), (3,)] if memory.get(key)] == [(2,), (3,)]


def test_lists_of_many_papers_do_not_fill_the_memory(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_ROOM", 10 * copies._PAPER)
    keep_apart(collection, "made:a", "made:b")
    for numbers in ([1, 2, 3], [1, 2], [2, 3], [1, 3]):
        works_of(collection, numbers)
    memory = copies._memory(collection)
    assert 1 < len(memory) < 4
    assert memory._held <= memory.size
    decisions = [known.decisions for key in [(1, 3), (2, 3)] if (known := memory.get(key))]
    assert decisions[0] is decisions[1], "what readers say is held once"
