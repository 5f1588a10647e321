import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord, Document, Status
from broadsheet.sources import openreview
from broadsheet.testing import check_source
from fakeclient import FakeClient
from fuzzing import json_values, only_records_or_errors

PLAIN = {
    "title": "Counting Sheep\n at Scale",
    "abstract": "We count sheep.",
    "authors": ["Ada Example", "Bo Sample"],
    "keywords": ["sheep", "scale"],
    "TLDR": "Sheep, counted.",
    "venue": "ICLR 2026 Poster",
    "venueid": "ICLR.cc/2026/Conference",
    "pdf": "/pdf/abc.pdf",
}
V2 = {
    "id": "aBc-1_2",
    "forum": "aBc-1_2",
    "number": 7,
    "cdate": 1758844800000,
    "mdate": 1767571200000,
    "pdate": 1767571200000,
    "content": {key: {"value": value} for key, value in PLAIN.items()},
}
V1 = {
    "id": "xYz",
    "forum": "xYz",
    "tcdate": 1758844800000,
    "content": {**PLAIN, "keywords": "sheep; scale", "code": "https://github.com/example/sheep"},
}
REVIEW = {"id": "r1", "forum": "aBc-1_2", "replyto": "aBc-1_2", "content": {"review": {"value": "Fine."}}}


def read(value) -> list:
    return list(openreview.from_bytes(json.dumps(value).encode()))


def test_version_2_wraps_every_field_and_replies_are_no_papers():
    (got,) = read({"notes": [V2, REVIEW], "count": 2})
    assert (got.id, got.title, got.readable_title) == (
        "openreview:aBc-1_2",
        "Counting Sheep\n at Scale",
        "Counting Sheep at Scale",
    )
    assert (got.submitted, got.updated, got.year) == (date(2025, 9, 26), date(2026, 1, 5), 2026)
    assert (got.authors, got.keywords, got.venue) == (
        ("Ada Example", "Bo Sample"),
        ("sheep", "scale"),
        "ICLR 2026 Poster",
    )
    assert got.links == {
        "abstract": "https://openreview.net/forum?id=aBc-1_2",
        "pdf": "https://openreview.net/pdf?id=aBc-1_2",
    }
    assert got.extra == {
        "tldr": "Sheep, counted.",
        "venueid": "ICLR.cc/2026/Conference",
        "number": 7,
        "published": "2026-01-05",
    }


@pytest.mark.parametrize(
    ("venue", "kind"),
    [
        ("Withdrawn_Submission", "withdrawn"),
        ("Desk_Rejected_Submission", "rejected"),
        ("Rejected_Submission", "rejected"),
    ],
)
def test_what_became_of_a_submission_is_its_status(venue, kind):
    (got,) = read({**V1, "content": {**PLAIN, "venueid": f"ICLR.cc/2026/Conference/{venue}"}})
    assert got.status == Status(kind, "openreview")
    assert read(V1)[0].status is None


def test_deleted_notes_are_left_out():
    assert read({"notes": [V1, {**V2, "ddate": 1767571200000}]})[0].id == "openreview:xYz"
    assert read({**V1, "ddate": 1767571200000}) == []


def test_version_1_is_plain():
    (got,) = read([V1])
    assert (got.id, got.submitted, got.keywords) == ("openreview:xYz", date(2025, 9, 26), ("sheep", "scale"))
    assert got.links["code"] == "https://github.com/example/sheep"


def test_notes_that_cannot_be_papers():
    got = read([{}, {"id": "a b", "content": PLAIN}, {"id": "a", "content": {}}, 7, V2])
    assert [type(r) for r in got] == [BadRecord] * 4 + [Document]


def test_a_refusal_is_told_in_its_words():
    with pytest.raises(SourceError, match="Too many requests"):
        read({"name": "RateLimitError", "message": "Too many requests"})


def test_a_venue_live_by_its_id_page_by_page(monkeypatch):
    monkeypatch.setattr(openreview, "_PAGE", 2)
    pages = [json.dumps({"notes": [V2, REVIEW]}).encode(), json.dumps({"notes": [V1]}).encode()]
    client = FakeClient({openreview.API: pages})
    got = list(openreview.named("ICLR.cc/2026/Conference", client=client).fetch())
    assert [d.id for d in got] == ["openreview:aBc-1_2", "openreview:xYz"]
    assert client.asked[1] == f"{openreview.API}?content.venueid=ICLR.cc/2026/Conference&offset=2&limit=2"


def test_it_says_it_is_experimental():
    assert openreview.named("ICLR.cc/2026/Conference").experimental


def test_it_keeps_what_every_source_promises(tmp_path):
    file = tmp_path / "sample.json"
    file.write_bytes(json.dumps({"notes": [V2, V1, REVIEW, {}]}).encode())
    check_source(openreview.named(str(file)), least=2)


@given(st.sampled_from([*V2, *PLAIN]), json_values)
def test_any_value_of_any_field_gives_records(key, value):
    content = V2["content"] | ({key: {"value": value}} if key in PLAIN else {})
    note = {**V2, "content": content} | ({key: value} if key in V2 else {})
    only_records_or_errors(openreview.from_bytes, json.dumps({"notes": [note]}).encode())


@given(json_values)
def test_any_json_gives_records_or_an_error(value):
    only_records_or_errors(openreview.from_bytes, json.dumps(value).encode())
    only_records_or_errors(openreview.from_bytes, json.dumps({"notes": [value]}).encode())


@given(st.binary(max_size=60))
def test_any_bytes_give_records_or_an_error(data):
    only_records_or_errors(openreview.from_bytes, data)
