"""What every door knows: days, who holds a token, and messages that do not tell where files are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from broadsheet.collection import Collection
from broadsheet.config import Settings
from broadsheet.people import links
from broadsheet.site.instance import Instance
from site_kit import NOW, made


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with made(tmp_path / "c") as collection:
        yield collection


@pytest.mark.parametrize(
    ("folder", "message", "told"),
    [
        ("open", "openalex or openreview, else open it", "openalex or openreview, else open it"),
        ("open", "no file open/spaces/x", "no file spaces/x"),
        ("/srv/c", "in /srv/c: sync /srv/c/a, not /srv/c2", "in the Collection: sync a, not /srv/c2"),
        ("/srv/c", "see /srv/c.", "see the Collection."),
        ("my-papers", "no Space in my-papers yet", "no Space in the Collection yet"),
    ],
)  # fmt: skip
def test_the_folder_is_told_from_words_that_begin_alike(
    collection: Collection, monkeypatch: pytest.MonkeyPatch, folder: str, message: str, told: str
) -> None:
    here = Instance(collection, Settings(), now=lambda: NOW)
    monkeypatch.setattr(collection, "path", Path(folder))
    assert here.redact(message) == told


def test_the_day_begins_where_the_instance_is(collection: Collection) -> None:
    late = datetime(2026, 10, 2, 23, 30, tzinfo=UTC)
    assert Instance(collection, Settings(zone="Asia/Tokyo"), lambda: late).today == date(2026, 10, 3)
    assert Instance(collection, Settings(zone="America/New_York"), lambda: late).today == date(2026, 10, 2)


@pytest.mark.parametrize(("people", "single"), [("single", True), ("open", False), ("closed", False)])
def test_a_single_reader_is_known_by_the_settings(collection: Collection, people: str, single: bool) -> None:
    assert Instance(collection, Settings(people=people), lambda: NOW).single is single  # type: ignore[arg-type]


def test_a_token_names_its_holder_and_whether_it_writes(collection: Collection) -> None:
    here, store = Instance(collection, Settings(), lambda: NOW), collection.store
    ada = store.people.add("ada@example.org", "reader", now=NOW)
    for token, writes in (("reads", False), ("writes", True)):
        store.people.add_token(links.digest(token), ada.number, "x", writes=writes, now=NOW)
        assert here.holder(token) == (ada, writes)
    assert here.holder("unknown") is None
    assert here.holder("x" * 100_000) is None


def test_the_secret_is_the_collections_own_and_stays(collection: Collection) -> None:
    assert Instance(collection, Settings(), lambda: NOW).secret == Instance(collection, Settings(), lambda: NOW).secret
