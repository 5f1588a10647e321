"""The authors whom a reader follows."""

from __future__ import annotations

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.people import follows
from broadsheet.store.people import Person
from site_kit import NOW


def test_an_author_is_followed_by_the_name_however_it_is_typed(collection: Collection, ada: Person) -> None:
    store, me = collection.store, ada.number
    for typed in (" Ada   Blum ", "Ada Blum", "Cy Doe"):
        follows.follow(store, me, author=typed, now=NOW)
    assert store.follows.of(me) == ["Ada Blum", "Cy Doe"]
    follows.unfollow(store, me, author="Nobody")
    follows.unfollow(store, me, author="Ada  Blum ")
    assert store.follows.of(me) == ["Cy Doe"]


def test_a_name_is_needed_and_so_many_are_followed(
    collection: Collection, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="no author is named"):
        follows.follow(collection.store, ada.number, author=" \n", now=NOW)
    monkeypatch.setattr(follows, "MOST", 1)
    follows.follow(collection.store, ada.number, author="Ada Blum", now=NOW)
    with pytest.raises(UsageError, match="you may follow at most 1 authors"):
        follows.follow(collection.store, ada.number, author="Cy Doe", now=NOW)
