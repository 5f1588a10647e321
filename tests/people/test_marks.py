"""What readers think of the papers of a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.people.marks import Mark, marks
from site_kit import NOW, PAPERS, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", synced=False) as collection:
        yield collection


def test_marks_of_a_work_are_those_of_all_its_papers(collection: Collection) -> None:
    store = collection.store
    ada, ben = (store.people.add(f"{who}@example.org", "reader", now=NOW).number for who in "ab")
    herb, knots = PAPERS[0], PAPERS[1]
    one, other = store.papers.number(herb.id), store.papers.number(knots.id)
    store.reactions.mark("votes", ada, [one, other], now=NOW)
    store.reactions.mark("votes", ben, [other], now=NOW)
    store.reactions.mark("read_papers", ada, [other], now=NOW)
    store.reactions.mark("declined", ben, [one], now=NOW)
    plants = store.lists.named(ada, "Plants", now=NOW)
    store.lists.save(ada, plants, [one, other], now=NOW)
    store.reactions.write_note(ada, other, "see", now=NOW)
    store.comments.add(other, ben, "so", now=NOW)
    works = [(herb, knots), (PAPERS[2],)]
    found = marks(store, ada, works)[herb.id]
    assert found == Mark(2, 1, voted=True, read=True, lists=(plants,), note="see", arrival=min(one, other))
    assert marks(store, ben, works)[herb.id].declined
    stranger = marks(store, 0, works)
    assert stranger[herb.id] == Mark(2, 1, arrival=min(one, other))
    assert stranger[PAPERS[2].id] == Mark(arrival=store.papers.number(PAPERS[2].id))


def test_a_page_takes_few_statements(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    rows = type(collection.store).rows
    monkeypatch.setattr(
        type(collection.store), "rows", lambda self, sql, values=(): asked.append(sql) or rows(self, sql, values)
    )
    marks(collection.store, 1, [(paper,) for paper in PAPERS])
    assert len(asked) <= 7
    assert marks(collection.store, 1, []) == {}
