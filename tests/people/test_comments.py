"""Comments: whose they are, who may delete them, and that trends hear of them."""

from __future__ import annotations

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.people import comments
from broadsheet.store.people import Person
from copies_kit import OTHER, PAPER, scores
from site_kit import NOW


def test_a_comment_is_written_edited_and_deleted_by_its_writer(collection: Collection, ada: Person) -> None:
    store = collection.store
    written = comments.write(collection, ada, paper=PAPER, text=" Leaves! ", now=NOW)
    assert (written.text, written.person, written.edited) == ("Leaves!", ada.number, None)
    edited = comments.edit(store, ada, comment=written.id, text="Leaves.", now=NOW)
    assert (edited.text, edited.edited) == ("Leaves.", NOW)
    for empty in (lambda: comments.write(collection, ada, paper=PAPER, text=" ", now=NOW),
                  lambda: comments.edit(store, ada, comment=written.id, text=" ", now=NOW)):  # fmt: skip
        with pytest.raises(UsageError, match="is empty"):
            empty()
    comments.delete(collection, ada, comment=written.id, now=NOW)
    with pytest.raises(NotFoundError, match="There is no comment with this number"):
        comments.delete(collection, ada, comment=written.id, now=NOW)


def test_only_an_editor_deletes_anothers_comment_and_nobody_edits_it(collection: Collection, ada: Person) -> None:
    store = collection.store
    ben = store.people.add("ben@example.org", "reader", now=NOW)
    editor = store.people.add("ed@example.org", "editor", now=NOW)
    written = comments.write(collection, ada, paper=PAPER, text="Leaves", now=NOW).id
    for refused in (
        lambda: comments.delete(collection, ben, comment=written, now=NOW),
        lambda: comments.edit(store, ben, comment=written, text="Mine", now=NOW),
        lambda: comments.edit(store, editor, comment=written, text="Mine", now=NOW),
    ):
        with pytest.raises(NotFoundError, match="You have no comment"):
            refused()
    for number in (0, -1, 2**53, 999):
        with pytest.raises(NotFoundError, match="There is no comment with this number"):
            comments.delete(collection, editor, comment=number, now=NOW)
    comments.delete(collection, editor, comment=written, now=NOW)


def test_a_paper_that_has_gone_gets_no_comment(collection: Collection, ada: Person) -> None:
    collection.store.papers.delete([OTHER.id], now=NOW)
    with pytest.raises(NotFoundError, match="no longer here"):
        comments.write(collection, ada, paper=OTHER, text="Late", now=NOW)


def test_the_stored_score_follows_a_comment(collection: Collection, ada: Person) -> None:
    first = comments.write(collection, ada, paper=PAPER, text="One", now=NOW)
    [one] = scores(collection, PAPER)
    second = comments.write(collection, ada, paper=PAPER, text="Two", now=NOW)
    [two] = scores(collection, PAPER)
    assert one is not None
    assert two is not None
    assert two > one
    comments.delete(collection, ada, comment=second.id, now=NOW)
    assert scores(collection, PAPER) == [pytest.approx(one)]
    comments.edit(collection.store, ada, comment=first.id, text="Other words", now=NOW)
    assert scores(collection, PAPER) == [pytest.approx(one)]
