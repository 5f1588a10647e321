"""bioRxiv and medRxiv, live: pages, categories, versions."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.types import BadRecord
from broadsheet.sources import biorxiv
from fakeclient import FakeClient
from fuzzing import json_values, only_records_or_errors

PREPRINT: dict[str, Any] = {
    "doi": "10.1101/2026.11.20.000001",
    "title": "Owls at noon",
    "authors": "Roe, A.; Lee, B.",
    "author_corresponding": "Ada Roe",
    "date": "2026-11-2",
    "version": "1",
    "type": "new results",
    "category": "animal behavior and cognition",
    "abstract": "They sleep.",
    "published": "NA",
    "server": "bioRxiv",
}


def page(*rows: Any, total: Any = None, status: str = "ok") -> bytes:
    message = {"status": status, "cursor": 0, "count": len(rows), "total": len(rows) if total is None else total}
    return json.dumps({"messages": [message], "collection": rows}).encode()


def fetched(client: FakeClient, rest: str = "all", since: date | None = None) -> list[Any]:
    return list(biorxiv.biorxiv(rest, client=client).fetch(since))


def test_a_preprint_is_announced_on_its_day() -> None:
    [got] = fetched(FakeClient({biorxiv.API: page(PREPRINT)}))
    assert (got.id, got.title, got.kind) == ("10.1101/2026.11.20.000001", "Owls at noon", "preprint")
    assert (got.announced, got.version, got.authors) == (date(2026, 11, 2), 1, ("A. Roe", "B. Lee"))
    assert (got.source, got.categories) == ("biorxiv:all", ("animal behavior and cognition",))


def test_a_later_version_updates_it() -> None:
    [got] = fetched(FakeClient({biorxiv.API: page({**PREPRINT, "version": "3"})}))
    assert (got.announced, got.submitted, got.updated, got.version) == (None, None, date(2026, 11, 2), 3)


def test_every_page_from_the_day_on() -> None:
    other = {**PREPRINT, "doi": "10.1101/2"}
    client = FakeClient({biorxiv.API: [page(PREPRINT, PREPRINT, total="3"), page(other, total="3")]})
    assert len(fetched(client, since=date(2026, 11, 1))) == 3
    asked = f"{biorxiv.API}/biorxiv/2026-11-01/2999-12-31"
    assert client.asked == [f"{asked}/0/json", f"{asked}/2/json"]


def test_a_category_by_whichever_name() -> None:
    other = {**PREPRINT, "category": "zoology", "doi": "10.1101/2"}
    for name in ("animal behavior and cognition", "animal-behavior-and-cognition", "Animal_Behavior_and_Cognition"):
        client = FakeClient({biorxiv.API: page(PREPRINT, other)})
        assert [each.title for each in fetched(client, name)] == ["Owls at noon"]
        assert client.asked == [f"{biorxiv.API}/biorxiv/2d/0/json?category=animal_behavior_and_cognition"]


def test_the_sister_server() -> None:
    client = FakeClient({biorxiv.API: page(PREPRINT)})
    source = biorxiv.medrxiv("epidemiology", client=client)
    assert list(source.fetch()) == []
    assert client.asked == [f"{biorxiv.API}/medrxiv/2d/0/json?category=epidemiology"]
    assert (source.name, source.rolling, source.experimental) == ("medrxiv:epidemiology", True, True)


def test_a_day_without_preprints_is_no_error() -> None:
    empty = json.dumps({"messages": [{"status": "no posts found"}]}).encode()
    for answer in (page(), empty, page(status="no posts found")):
        assert fetched(FakeClient({biorxiv.API: answer})) == []


def test_what_is_not_a_list_of_preprints() -> None:
    for body in (b"[]", b"{}", b"<html>", json.dumps({"messages": [{"status": "error: interval"}]}).encode()):
        with pytest.raises(SourceError, match="biorxiv"):
            fetched(FakeClient({biorxiv.API: body}))
    [bad] = fetched(FakeClient({biorxiv.API: page(7)}))
    assert isinstance(bad, BadRecord)


def test_more_than_can_be_read_ends_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(biorxiv, "_MOST", 3)
    client = FakeClient({biorxiv.API: page(PREPRINT, PREPRINT, total=9_999)})
    with pytest.raises(SourceError, match=r"more than 3 preprints.*--since"):
        fetched(client)
    assert len(client.asked) == 2


def test_names_that_mean_nothing() -> None:
    for wrong in ("saved.json", "10.1101/1", "a&b=c", "", "cell  biology", "x" * 200):
        with pytest.raises(UsageError, match=r"medrxiv:all.*medrxiv:epidemiology"):
            biorxiv.medrxiv(wrong)


@settings(deadline=None)
@given(st.sampled_from([*PREPRINT]), json_values)
def test_any_value_of_any_field_gives_one_record(key: str, value: Any) -> None:
    assert len(fetched(FakeClient({biorxiv.API: page({**PREPRINT, key: value})}))) == 1


@settings(deadline=None)
@given(json_values)
def test_any_answer_gives_records_or_an_error(value: Any) -> None:
    client = FakeClient({biorxiv.API: json.dumps(value).encode()})
    only_records_or_errors(lambda _: fetched(client), b"")
