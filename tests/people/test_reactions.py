"""What a reader does with a work: whichever of its papers is named, it is undone whole, and trends hear of it."""

from __future__ import annotations

import pytest

from broadsheet.collection import Collection
from broadsheet.people.reactions import Act, react
from broadsheet.store.people import Person
from broadsheet.store.reactions import Mark
from copies_kit import COPY, OTHER, PAPER, numbers, scores
from site_kit import NOW


@pytest.mark.parametrize(("act", "mark"), [("vote", "votes"), ("read", "read_papers"), ("decline", "declined")])
def test_a_mark_is_set_once_and_undone_on_the_other_copy(
    collection: Collection, ada: Person, act: Act, mark: Mark
) -> None:
    def pressed(*papers: object, undo: bool = False) -> int:
        return react(collection, ada.number, act=act, papers=papers, undo=undo, now=NOW)  # type: ignore[arg-type]

    assert pressed(PAPER, OTHER) == 2
    assert pressed(PAPER) == 0, "one that is set stays"
    assert set(collection.store.reactions.marked(mark, ada.number)) == set(numbers(collection, PAPER, OTHER))
    assert pressed(COPY, undo=True) == 1
    assert collection.store.reactions.marked(mark, ada.number) == numbers(collection, OTHER)
    assert pressed(COPY, undo=True) == 0


def test_a_save_is_undone_on_the_other_copy_in_all_lists(collection: Collection, ada: Person) -> None:
    store = collection.store
    assert react(collection, ada.number, act="save", papers=[PAPER], now=NOW) == 1
    store.lists.save(ada.number, store.lists.named(ada.number, "Herbs", now=NOW), numbers(collection, PAPER), now=NOW)
    assert react(collection, ada.number, act="save", papers=[COPY], undo=True, now=NOW) == 2
    assert store.lists.saved(ada.number) == []


def test_what_one_reader_undoes_is_nobody_elses(collection: Collection, ada: Person) -> None:
    ben = collection.store.people.add("ben@example.org", "reader", now=NOW)
    for person in (ada, ben):
        react(collection, person.number, act="vote", papers=[PAPER], now=NOW)
    react(collection, ada.number, act="vote", papers=[COPY], undo=True, now=NOW)
    assert collection.store.reactions.marked("votes", ben.number) == numbers(collection, PAPER)


@pytest.mark.parametrize("act", ["vote", "save"])
def test_the_stored_score_follows_at_once_whichever_copy_undoes(collection: Collection, ada: Person, act: Act) -> None:
    react(collection, ada.number, act="read", papers=[PAPER], now=NOW)
    [before] = scores(collection, PAPER)
    react(collection, ada.number, act=act, papers=[PAPER], now=NOW)
    [risen] = scores(collection, PAPER)
    assert before is not None
    assert risen is not None
    assert risen > before
    react(collection, ada.number, act=act, papers=[COPY], undo=True, now=NOW)
    assert scores(collection, PAPER) == [pytest.approx(before)]
