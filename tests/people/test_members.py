"""Who is here and as what."""

from __future__ import annotations

import pytest

from broadsheet.collection import Collection
from broadsheet.core.errors import UsageError
from broadsheet.people import members
from broadsheet.store.people import Person
from site_kit import NOW


def test_a_person_is_added_once_and_given_another_role(collection: Collection) -> None:
    store = collection.store
    ben = members.add(store, " Ben@Example.org ", role="reader", now=NOW)
    assert (ben.address, ben.role) == ("ben@example.org", "reader")
    assert members.add(store, "ben@example.org", role="admin", now=NOW).role == "admin"
    assert members.give_role(store, ben, role="editor").role == "editor"
    assert [(each.address, each.role) for each in store.people.all()] == [("ben@example.org", "editor")]
    members.remove(store, ben)
    assert store.people.all() == []
    with pytest.raises(UsageError):
        members.add(store, "no address", role="reader", now=NOW)


def test_an_invitation_is_for_those_who_are_not_here(collection: Collection, ada: Person) -> None:
    store = collection.store
    with pytest.raises(UsageError, match=r"ada@example\.org is a member already, as reader"):
        members.invite(store, "Ada@Example.org", role="editor", now=NOW)
    members.invite(store, "Ben@Example.org", role="editor", now=NOW)
    assert store.people.invited("ben@example.org") == "editor"
    assert members.uninvite(store, "BEN@example.org")
    assert not members.uninvite(store, "ben@example.org")


def test_the_sole_reader_is_made_once(collection: Collection) -> None:
    assert members.sole_reader(collection.store, now=NOW) == members.sole_reader(collection.store, now=NOW)
    assert [each.role for each in collection.store.people.all()] == ["admin"]
