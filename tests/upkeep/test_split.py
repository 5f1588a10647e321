"""What an older version merged into one paper is split, and readers' votes stay where they were."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet.core.types import Document
from broadsheet.store import Store
from broadsheet.store.derived import encoded, say_of
from broadsheet.upkeep import split

NOW = datetime(2026, 1, 2, tzinfo=UTC)
BELLS = Document(
    id="10.5555/book", title="Bells and their ropes", authors=("Ada Blum",), text="Long text.", source="bibtex:a.bib"
)
LAKES = replace(BELLS, title="Lakes that freeze early", authors=("Cy Dunn",), text="Ice.", source="ris:b.ris")
MOTHS = replace(BELLS, title="Moths at the lamp", authors=("Eve Fox",), text="")


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Store]:
    """A Store in which two sources speak of two papers under one id, as an older version left it."""
    with Store.open(tmp_path / "store.db") as store:
        store.papers.put([BELLS, replace(BELLS, source=LAKES.source)], now=NOW)
        merged_wrongly(store, LAKES)
        yield store


def merged_wrongly(store: Store, document: Document) -> None:
    say = say_of(document)
    with store.writing() as db:
        sql = "UPDATE records SET body = ?, digests = ? WHERE source = ?"
        db.execute(sql, (encoded(document), say.digest, document.source))
    store.check.refill([1])


def test_a_look_changes_nothing(old: Store) -> None:
    before = old.papers.last_change()
    mixed = split.look(old)
    (mixture,) = mixed.papers
    assert (mixture.number, mixture.stays, mixture.goes) == (1, BELLS, (LAKES,))
    assert (mixed.records, mixed.sources) == ((), [])
    assert old.papers.last_change() == before


def test_records_of_two_papers_are_split(old: Store) -> None:
    person = old.people.add("ada@lab.example", "reader", now=NOW)
    old.reactions.mark("votes", person.number, [1], now=NOW)
    (clash,) = split.split(old, split.look(old), now=NOW)
    assert old.papers.get(BELLS.id) == BELLS
    assert old.papers.get(clash.id) == replace(LAKES, id=clash.id, aliases=(BELLS.id,))
    assert old.check.unlike([1, 2]) == []
    assert split.look(old) == split.Mixed((), ())
    assert split.split(old, split.look(old), now=NOW) == []
    assert old.papers.put([LAKES, BELLS], now=NOW).same == 2
    with old.reading() as db:
        assert db.execute("SELECT number FROM votes").fetchall() == [(1,)]


def test_a_source_says_again_what_was_made_one_record(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        store.papers.put([MOTHS], now=NOW)
        with store.writing() as db:
            digests = " ".join(say_of(each).digest for each in (BELLS, MOTHS))
            db.execute("UPDATE records SET digests = ?", (digests,))
        assert store.papers.put([BELLS, MOTHS], now=NOW).same == 2
        mixed = split.look(store)
        assert [(each.id, each.statements) for each in mixed.records] == [(BELLS.id, 2)]
        assert mixed.sources == [BELLS.source]
        assert split.split(store, mixed, now=NOW) == []
        counts = store.papers.put([BELLS, MOTHS], now=NOW)
        assert (counts.new, counts.changed, counts.same) == (1, 0, 1)
        assert {each.document.title for each in store.papers.changes(0) if each.document} == {BELLS.title, MOTHS.title}
