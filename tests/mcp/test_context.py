"""Who asks on behalf of whom, and what that may change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from asking_kit import site_of
from broadsheet.collection import Collection
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.mcp.context import Caller
from broadsheet.people import links
from people_kit import member
from site_kit import NOW, PAPERS, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c", PAPERS) as collection:
        yield collection


def test_the_sole_reader_is_made_only_where_something_may_be_written(collection: Collection) -> None:
    assert site_of(collection).sole_caller() == Caller()
    assert collection.store.people.all() == []
    made_ = site_of(collection, writes=True).sole_caller()
    assert collection.store.people.all() == [made_.person]
    assert site_of(collection).sole_caller() == Caller(made_.person)
    assert site_of(collection, writes=True).caller("") == made_


def test_a_site_of_many_has_no_sole_reader(collection: Collection) -> None:
    member(collection)
    assert site_of(collection, writes=True, people="open").sole_caller() == Caller()


def test_an_address_names_a_caller(collection: Collection) -> None:
    ada = member(collection, address="ada@example.org")
    site = site_of(collection, writes=True, people="open")
    assert site.caller(" Ada@Example.org ") == Caller(ada, writes=True)
    assert site_of(collection, people="open").caller("ada@example.org") == Caller(ada)
    with pytest.raises(NotFoundError, match="no one here has the address"):
        site.caller("eve@example.org")


@pytest.mark.parametrize("offered", [True, False])
@pytest.mark.parametrize("token", [True, False])
def test_a_token_writes_only_where_both_it_and_the_server_may(
    collection: Collection, offered: bool, token: bool
) -> None:
    ada = member(collection)
    collection.store.people.add_token(links.digest("t-ada"), ada.number, "agent", writes=token, now=NOW)
    site = site_of(collection, writes=offered, people="open")
    assert site.token_caller("t-ada") == Caller(ada, writes=offered and token)
    assert site.token_caller("other") is None


def test_a_caller_must_be_known_and_may_have_to_write(collection: Collection) -> None:
    ada, site = member(collection), site_of(collection, people="open")
    assert site.person(Caller(ada)) == site.person(Caller(ada, writes=True), writing=True) == ada
    with pytest.raises(UsageError, match="may only read"):
        site.person(Caller(ada), writing=True)
    with pytest.raises(UsageError, match="the call does not say which"):
        site.person(Caller(), writing=True)
    with pytest.raises(UsageError, match="nothing is known about the reader yet"):
        site_of(collection).person(Caller())


def test_messages_tell_no_folder_and_hide_nothing(collection: Collection) -> None:
    site = site_of(collection)
    assert site.redact(f"see {collection.path}/outbox\u202e or {collection.path}.") == "see outbox or the Collection."
    assert len(site.redact("x" * 5_000)) == 600
