"""Earlier texts of papers: what a source said before it said otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from broadsheet.core.types import Document
from broadsheet.store.store import Store
from broadsheet.store.versions import LONGEST, MOST, version_of
from fakes import NOW

TEA = Document(id="2401.00001", title="On Tea", text="Leaves are green.", version=1, updated=date(2026, 1, 1),
               source="arxiv:cs.TE")  # fmt: skip


def told(store: Store, *documents: Document) -> None:
    """Each in a run of its own, a day after the one before."""
    for days, document in enumerate(documents):
        store.papers.put([document], now=NOW + timedelta(days=days))


def texts(store: Store) -> dict[str, list[str]]:
    return {source: [each.text for each in several] for source, several in store.versions.of(1).items()}


def test_the_former_text_stays_with_its_version_and_until_when_it_was_said(store: Store) -> None:
    told(store, TEA, replace(TEA, text="Leaves are brown.", version=2))
    ((source, (before, now)),) = store.versions.of(1).items()
    assert source == TEA.source
    assert (before.text, before.version, before.updated) == (TEA.text, 1, TEA.updated)
    assert before.until == NOW + timedelta(days=1)
    assert now == version_of(replace(TEA, text="Leaves are brown.", version=2))


@pytest.mark.parametrize(
    "after",
    [
        replace(TEA, votes=3), replace(TEA, text=" Leaves  are green. "), replace(TEA, text=""),
        replace(TEA, text="Other leaves.", source="csv:a"),
    ],
)  # fmt: skip
def test_what_is_no_other_text(store: Store, after: Document) -> None:
    told(store, TEA, after)
    assert texts(store) == {}


def test_a_text_without_a_former_one_or_of_a_whole_paper_is_not_kept(store: Store) -> None:
    told(store, replace(TEA, text=""), TEA)
    assert texts(store) == {}
    told(store, replace(TEA, text="x " * LONGEST), replace(TEA, text="y"))
    assert texts(store)[TEA.source] == ["Leaves are green.", "y"]


def test_there_is_a_most_and_the_newest_stay(store: Store) -> None:
    told(store, *(replace(TEA, text=f"Leaf {n}.") for n in range(MOST + 5)))
    assert texts(store)[TEA.source] == [f"Leaf {n}." for n in range(4, MOST + 5)]


def test_they_go_with_the_record_of_their_source(store: Store) -> None:
    told(store, TEA, replace(TEA, source="csv:a"), replace(TEA, text="Brown.", source="csv:a"))
    assert set(texts(store)) == {"csv:a"}
    store.papers.delete_source("csv:a", now=NOW)
    assert texts(store) == {}
    told(store, replace(TEA, text="Brown."))
    assert set(texts(store)) == {TEA.source}
    store.papers.delete([TEA.id], now=NOW)
    assert texts(store) == {}
    with store.reading() as db:
        assert db.execute("SELECT count(*) FROM former_texts").fetchone() == (0,)


def test_what_changed_since_a_moment(store: Store) -> None:
    told(store, TEA, replace(TEA, text="Leaves are brown."), replace(TEA, text="Leaves are red."))
    assert store.versions.changed([1, 2], after=NOW) == [(1, NOW + timedelta(days=2))]
    assert store.versions.changed([1], after=NOW + timedelta(days=1, hours=1)) == [(1, NOW + timedelta(days=2))]
    assert store.versions.changed([1], after=NOW + timedelta(days=2)) == []
    assert store.versions.changed([2], after=NOW) == []
