"""Documents in which several papers were merged: which they are, and that splitting them loses nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from broadsheet.core.types import Document
from broadsheet.store import Store
from broadsheet.store.derived import encoded
from broadsheet.store.mixtures import Mixture, United

NOW = datetime(2026, 1, 2, tzinfo=UTC)
BELLS = Document(id="10.5555/book", title="Bells and their ropes", text="Bronze.", authors=("Ada Blum",), source="a:1")
TOLD = replace(BELLS, source="b:2", text="")
LAKES = replace(BELLS, title="Lakes that freeze early", authors=("Cy Dunn",), text="", source="c:3")
FROST = replace(LAKES, source="d:4")


def mixed(store: Store, *documents: Document) -> None:
    """Leave the records of these documents under one id, as an older version did."""
    store.papers.put([replace(BELLS, source=each.source) for each in documents], now=NOW)
    with store.writing() as db:
        for each in documents:
            db.execute("UPDATE records SET body = ? WHERE source = ?", (encoded(each), each.source))
    store.check.refill([1])


def test_sources_that_agree_are_no_mixture(store: Store) -> None:
    store.papers.put([BELLS, TOLD], now=NOW)
    assert store.mixtures.all() == []
    assert store.mixtures.united() == []


def test_what_gives_the_title_stays_with_what_agrees(store: Store) -> None:
    mixed(store, LAKES, BELLS, FROST, TOLD)
    assert store.mixtures.all() == [Mixture(1, BELLS, (LAKES, FROST))]
    clashes = store.mixtures.split([1], now=NOW)
    assert {clash.name for clash in clashes} == {BELLS.id}
    lakes = store.papers.get(clashes[0].id)
    assert lakes
    assert (lakes.title, lakes.aliases) == (LAKES.title, (BELLS.id,))
    assert [each.source for each in store.papers.records()] == ["a:1", "b:2", "c:3", "d:4"]
    assert store.papers.get(BELLS.id) == BELLS
    assert store.check.unlike(store.check.some_numbers(None)) == []
    assert store.mixtures.all() == []


def test_a_record_of_several_statements_is_said_again(store: Store) -> None:
    arxiv = replace(BELLS, id="2401.00007")
    store.papers.put([BELLS, replace(BELLS, text="Iron.")], now=NOW)
    store.papers.put([arxiv, replace(arxiv, text="Iron.")], now=NOW)
    assert store.mixtures.united() == [United(2, BELLS.id, "a:1", 2)], "an archive's number is of one paper"
    store.mixtures.forget(store.mixtures.united())
    assert store.mixtures.united() == []
    counts = store.papers.put([replace(BELLS, text="Iron.")], now=NOW)
    assert (counts.new, counts.bad) == (0, ())
