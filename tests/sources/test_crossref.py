"""Crossref: one work and many, what became of a work, and how it is asked."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.types import BadRecord, Document, Status
from broadsheet.http import AnswerError
from broadsheet.sources import crossref
from fakeclient import FakeClient
from fuzzing import json_values, only_records_or_errors

DAY = {"date-parts": [[2026, 11, 20]], "date-time": "2026-11-20T08:00:00Z"}
WORK: dict[str, Any] = {
    "DOI": "10.1000/OWLS.1",
    "title": ["Owls at noon"],
    "type": "journal-article",
    "container-title": ["Journal of Owls"],
    "member": "1",
    "prefix": "10.1000",
    "created": DAY,
    "issued": {"date-parts": [[2026, 11]]},
    "author": [{"given": "Ada", "family": "Roe", "sequence": "first", "affiliation": []}],
    "abstract": "<jats:p>They sleep.</jats:p>",
}


def one(work: Any) -> bytes:
    return json.dumps({"status": "ok", "message-type": "work", "message": work}).encode()


def several(*works: Any, cursor: str | None = "same", total: int = 9) -> bytes:
    message = {"items": works, "next-cursor": cursor, "total-results": total}
    return json.dumps({"status": "ok", "message-type": "work-list", "message": message}).encode()


def notice(kind: str, name: str = "10.1000/notice", day: Any = DAY) -> dict[str, Any]:
    return {"DOI": name, "type": kind, "label": kind.capitalize(), "source": "publisher", "updated": day}


def read(work: Any) -> Any:
    [got] = crossref.named("10.1000/owls.1", client=FakeClient({crossref.API: one(work)})).fetch()
    return got


def test_one_work_by_its_doi() -> None:
    client = FakeClient({f"{crossref.API}/10.1000/owls.1": one(WORK)})
    for name in ("10.1000/Owls.1", "https://doi.org/10.1000/owls.1", "doi:10.1000/owls.1"):
        source = crossref.named(name, client=client)
        [got] = source.fetch()
        assert (got.id, got.title, got.authors) == ("10.1000/owls.1", "Owls at noon", ("Ada Roe",))
        assert "They sleep." in got.text
        assert (got.venue, got.kind, got.announced, got.year) == (
            "Journal of Owls",
            "article",
            date(2026, 11, 20),
            2026,
        )
        assert (source.single, source.live, source.rolling, got.source) == (True, True, False, f"crossref:{name}")
        assert "crossref:10.1000/owls.1" in got.aliases


def test_odd_characters_of_a_doi_stay_in_its_address() -> None:
    odd = "10.1002/(sici)1097-4547(1996)43:4<439::aid-jnr5>3.0.co;2-g?x#y"
    client = FakeClient({crossref.API: one({**WORK, "DOI": odd})})
    [got] = crossref.named(odd, client=client).fetch()
    assert got.id == odd
    assert client.asked == [
        f"{crossref.API}/10.1002/%28sici%291097-4547%281996%2943%3A4%3C439%3A%3Aaid-jnr5%3E3.0.co%3B2-g%3Fx%23y"
    ]


def test_a_work_of_long_ago_was_not_announced_when_it_was_registered() -> None:
    assert read({**WORK, "issued": {"date-parts": [[1975]]}}).announced is None
    assert read({**WORK, "issued": {"date-parts": [[2027, 1]]}}).announced == date(2026, 11, 20)
    assert read({**WORK, "issued": {"date-parts": [[None]]}}).announced == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("retraction", "retracted"),
        ("Retraction", "retracted"),
        ("removal", "removed"),
        ("withdrawal", "withdrawn"),
        ("correction", "erratum"),
        ("corrigendum", "erratum"),
        ("erratum", "erratum"),
        ("partial_retraction", "erratum"),
        ("new_version", "superseded"),
        ("new_edition", "superseded"),
    ],
)
def test_what_became_of_a_work(kind: str, status: Any) -> None:
    assert read({**WORK, "updated-by": [notice(kind)]}).status == Status(status, "crossref", date(2026, 11, 20))


def test_the_gravest_notice_counts_and_others_are_none() -> None:
    several_ = [notice("erratum"), notice("retraction", day={"date-parts": [[2026]]}), notice("addendum")]
    assert read({**WORK, "updated-by": several_}).status == Status("retracted", "crossref", None)
    for other in ("addendum", "clarification", "expression_of_concern", "", None, 7):
        assert read({**WORK, "updated-by": [{**notice("x"), "type": other}]}).status is None
    assert read({**WORK, "updated-by": ["retraction", None]}).status is None


def test_a_notice_is_not_what_it_is_about_unless_it_took_its_place() -> None:
    assert read({**WORK, "update-to": [notice("retraction", "10.1000/other")]}).status is None
    took = read({**WORK, "update-to": [notice("retraction", "10.1000/owls.1")]})
    assert took.status == Status("retracted", "crossref", date(2026, 11, 20))


def test_many_by_cursor_from_the_day_on() -> None:
    second = {**WORK, "DOI": "10.1000/owls.2"}
    issue = {**WORK, "type": "journal-issue", "title": []}
    client = FakeClient({crossref.API: [several(WORK, issue), several(second), several()]})
    source = crossref.named("issn=1234-567X&query=dense retrieval", client=client)
    assert [each.id for each in source.fetch(date(2026, 11, 1))] == ["10.1000/owls.1", "10.1000/owls.2"]
    asked = "query=dense+retrieval&filter=issn:1234-567X,from-created-date:2026-11-01&rows=200&cursor="
    assert client.asked == [f"{crossref.API}?{asked}{cursor}" for cursor in ("*", "same", "same")]
    assert (source.rolling, source.live, source.single) == (True, True, False)


def test_the_last_page_is_known_by_the_total() -> None:
    client = FakeClient({crossref.API: several(WORK, total=1)})
    assert len(list(crossref.named("filter=member:1,type:journal-article", client=client).fetch())) == 1
    assert client.asked == [f"{crossref.API}?filter=member:1,type:journal-article&rows=200&cursor=*"]


def test_a_retraction_brings_the_work_that_it_is_about() -> None:
    about = {
        **WORK,
        "DOI": "10.1000/old",
        "created": {"date-parts": [[2019, 2, 3]]},
        "issued": {"date-parts": [[2019]]},
    }
    letter = {**WORK, "DOI": "10.1000/notice", "title": ["Retraction of: Owls"]}
    letter["update-to"] = [
        notice("retraction", "10.1000/old"),
        notice("erratum", "10.1000/slip"),
        notice("removal", "10.9999/x"),
    ]
    client = FakeClient({
        f"{crossref.API}?": several(letter, total=1),
        f"{crossref.API}/10.1000/old": one({**about, "updated-by": [notice("retraction")]}),
        f"{crossref.API}/10.9999/x": 404,
    })  # fmt: skip
    got = list(crossref.named("issn=1234-5678", client=client).fetch(date(2026, 11, 1)))
    assert [(each.id, each.status) for each in got] == [
        ("10.1000/notice", None),
        ("10.1000/old", Status("retracted", "crossref", date(2026, 11, 20))),
    ]


def test_what_cannot_be_read() -> None:
    client = FakeClient({crossref.API: several(7, {**WORK, "title": []}, WORK, total=3)})
    got = list(crossref.named("query=owls", client=client).fetch())
    assert [type(each) for each in got] == [BadRecord, BadRecord, Document]
    for body in (b"[]", b"{}", b"Resource not found.", json.dumps({"message": {"items": {}}}).encode()):
        with pytest.raises(SourceError, match="crossref"):
            list(crossref.named("query=owls", client=FakeClient({crossref.API: body})).fetch())


def test_a_refusal_is_told_in_its_words() -> None:
    reasons = [{"type": "filter-not-available", "value": "isn", "message": "Filter isn is not available"}]
    body = json.dumps({"status": "failed", "message": reasons}).encode()
    client = FakeClient({crossref.API: AnswerError("answers 400", status=400, body=body)})
    with pytest.raises(SourceError, match=r"Filter isn is not available; correct the query"):
        list(crossref.named("filter=isn:1", client=client).fetch())
    client = FakeClient({crossref.API: AnswerError("answers 404 (Resource not found.)", status=404, body=b"Resource")})
    with pytest.raises(AnswerError, match="Resource not found"):
        list(crossref.named("10.1000/nothing", client=client).fetch())


def test_names_that_mean_nothing() -> None:
    for wrong in ("owls", "query=", "filer=a:b", "issn=12345678", "saved.json", "10.1/x", "query"):
        with pytest.raises(UsageError, match=r"crossref:10\.1145/3366423.*crossref:issn=.*crossref:query="):
            crossref.named(wrong)


def test_more_than_can_be_read_ends_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crossref, "_MOST", 3)
    client = FakeClient({crossref.API: several(WORK, WORK)})
    with pytest.raises(SourceError, match=r"more than 3 works.*--since"):
        list(crossref.named("query=owls", client=client).fetch())
    assert len(client.asked) == 2


@settings(deadline=None)
@given(st.sampled_from([*WORK, "updated-by", "update-to"]), json_values)
def test_any_value_of_any_field_gives_one_record(key: str, value: Any) -> None:
    client = FakeClient({f"{crossref.API}?": several({**WORK, key: value}, total=1), crossref.API: 404})
    got = list(crossref.named("query=owls", client=client).fetch())
    assert len(got) == 1


@settings(deadline=None)
@given(json_values)
def test_any_answer_gives_records_or_an_error(value: Any) -> None:
    client = FakeClient({crossref.API: json.dumps(value).encode()})
    only_records_or_errors(lambda _: crossref.named("query=owls", client=client).fetch(), b"")
    only_records_or_errors(lambda _: crossref.named("10.1000/owls.1", client=client).fetch(), b"")
