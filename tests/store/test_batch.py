"""One write transaction: what goes in, what is refused, and how long it may take."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from broadsheet.core.types import BadRecord, Document, Name
from broadsheet.store import batch
from broadsheet.store.batch import Batch, Counts, refused
from broadsheet.store.derived import Say, say_of
from broadsheet.store.store import Store

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEA = Document(id="2401.00001", title="On Tea", text="Leaves.", source="bibtex:a.bib")


def says(count: int) -> list[Say]:
    return [say_of(replace(TEA, id=f"a:{n}")) for n in range(count)]


def test_counts_add_up() -> None:
    one, other = BadRecord("a", "no"), BadRecord("b", "no")
    total = Counts(new=1, bad=(one,)) + Counts(new=2, changed=3, same=4, bad=(other,))
    assert total == Counts(new=3, changed=3, same=4, bad=(one, other))


def test_a_batch_stops_when_its_time_is_over_but_never_before_the_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "_LONGEST", -1.0)
    with store.writing() as db:
        work = Batch(db, NOW, set())
        assert work.put(says(5)) == 1
        assert work.counts == Counts(new=1)
    assert store.papers.put([say.document for say in says(5)], now=NOW) == Counts(new=4, same=1)


def test_a_batch_that_fails_leaves_nothing(store: Store) -> None:
    def fail_halfway() -> None:
        with store.writing() as db:
            assert Batch(db, NOW, set()).put(says(3)) == 3
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway()
    assert store.papers.count() == 0
    assert store.papers.last_change() == 0


def test_what_a_source_said_before_is_known_by_its_digest(store: Store) -> None:
    first, second = say_of(TEA), say_of(replace(TEA, votes=3))
    assert first.digest != second.digest
    assert say_of(replace(TEA)).digest == first.digest
    seen: set[int] = set()
    with store.writing() as db:
        Batch(db, NOW, seen).put([first, second])
    with store.writing() as db:  # both are remembered, since one run said both
        again = Batch(db, NOW, set())
        again.put([first, second])
        assert again.counts == Counts(same=2)


def test_a_clash_is_told_and_costs_no_other(store: Store) -> None:
    foreign = replace(TEA, id="csv:7", title="Rain", source="csv:b.csv", authors=("A",))
    other = replace(foreign, title="Snow", source="csv:c.csv", authors=("B",))
    with store.writing() as db:
        work = Batch(db, NOW, set())
        assert work.put([say_of(foreign), say_of(other), say_of(TEA)]) == 3
    assert (work.counts.new, [clash.name for clash in work.counts.clashes]) == (3, ["csv:7"])


def test_one_refused_document_costs_no_other(store: Store) -> None:
    many = [say_of(replace(TEA, source=f"csv:{n}")) for n in range(101)]
    store.papers.put([say.document for say in many[:100]], now=NOW)
    with store.writing() as db:
        work = Batch(db, NOW, set())
        assert work.put([many[100], say_of(replace(TEA, id="csv:8"))]) == 2
    assert (work.counts.new, [bad.where for bad in work.counts.bad]) == (1, [TEA.id])


def test_a_refused_document_is_shown_in_short() -> None:
    bad = refused(replace(TEA, id="x" * 900, text="y" * 9_000), "too long")
    assert (len(bad.where), bad.reason, len(bad.raw)) == (200, "too long", 2_000)
    with pytest.raises(ValueError, match="title"):
        say_of(replace(TEA, title=""))


def test_a_say_that_only_adds_names_is_the_same_say(store: Store) -> None:
    paper = replace(TEA, authors=("Ada Roe",))
    named = replace(paper, names=(Name(given="Ada", family="Roe"),))
    store.papers.put([paper], now=NOW)
    assert store.papers.put([named], now=NOW) == Counts(same=1)
    assert store.papers.put([replace(named, title="On Teas")], now=NOW) == Counts(changed=1)
    assert store.papers.put([replace(named, title="On Teas", names=())], now=NOW) == Counts(changed=1)
