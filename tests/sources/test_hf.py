import json
from datetime import date
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import hf
from broadsheet.testing import check_source
from fakeclient import FakeClient
from fuzzing import json_values, only_records_or_errors

# The three generations of the payload, filled with made-up papers.
OLD = {
    "paper": {
        "id": "2405.00001",
        "authors": [{"name": "Ada Example", "hidden": False}, {"name": "Who Hides", "hidden": True}],
        "publishedAt": "2024-05-24T17:34:15.000Z",
        "title": "LLMtimesPaper: Counting\n  Sheep",
        "summary": "We count sheep\nby day.",
        "upvotes": 32,
    },
    "publishedAt": "2024-05-27T03:50:58.348Z",
    "title": "LLM$\\times$Paper: Counting\n  Sheep",
    "numComments": 3,
    "mediaUrl": "https://media.test/a.png",
}
EARLY_2025 = {
    "paper": {
        **OLD["paper"],
        "id": "2503.00002",
        "publishedAt": "2025-03-28T17:59:03.000Z",
        "submittedOnDailyAt": "2025-03-31T00:29:30.669Z",
        "githubRepo": "https://github.com/example/sheep",
        "projectPage": "https://sheep.test",
        "ai_keywords": ["sheep", "counting"],
    },
    "publishedAt": "2025-03-28T13:59:03.000Z",
    "title": "Counting Sheep Again",
    "numComments": 1,
    "submittedBy": {"fullname": "Ada Example", "name": "ada"},
}
LATE_2026 = {
    "paper": {
        **EARLY_2025["paper"],
        "id": "2608.00003",
        "publishedAt": "2026-08-31T00:00:00.000Z",
        "submittedOnDailyAt": "2026-09-01T00:00:00.000Z",
        "ai_summary": "Sheep are counted.",
        "githubStars": 7,
        "organization": {"name": "flock", "fullname": "The Flock"},
    },
    "publishedAt": "2026-08-30T20:00:00.000Z",
    "title": "Sheep, Counted",
    "summary": "Another text.",
    "numComments": 0,
}


def one(row, **options) -> Document:
    (record,) = hf.from_bytes(json.dumps([row]).encode(), **options)
    assert isinstance(record, Document), record
    return record


def test_the_payload_of_2024():
    got = one(OLD)
    assert (got.id, got.votes, got.comments) == ("2405.00001", 32, 3)
    assert got.title == "LLM$\\times$Paper: Counting\n  Sheep"
    assert got.readable_title == "LLM×Paper: Counting Sheep"
    assert got.text == "We count sheep\nby day."
    assert got.authors == ("Ada Example",)
    assert (got.submitted, got.listed, got.day) == (date(2024, 5, 24), date(2024, 5, 27), date(2024, 5, 27))
    assert got.links == {"abstract": "https://arxiv.org/abs/2405.00001", "pdf": "https://arxiv.org/pdf/2405.00001"}
    assert got.extra == {"media": ["https://media.test/a.png"], "rank": 1}


def test_the_payload_of_2025():
    got = one(EARLY_2025)
    assert (got.submitted, got.listed) == (date(2025, 3, 28), date(2025, 3, 31))
    assert got.links["code"] == "https://github.com/example/sheep"
    assert got.links["project"] == "https://sheep.test"
    assert got.extra["ai_keywords"] == ["sheep", "counting"]
    assert got.extra["submitter"] == "Ada Example"


@pytest.mark.parametrize(
    ("person", "names"),
    [
        ({"fullname": "Cee Example", "user": "cee", "name": "cee"}, ("Cee Example", "cee")),
        ({"fullname": "Cee Example", "name": "cee"}, ("Cee Example", "cee")),
        ({"name": "Cee Example"}, ("Cee Example", None)),
        ("Cee Example", ("Cee Example", None)),
        ({"fullname": "Cee Example", "user": ["cee"]}, ("Cee Example", None)),
    ],
)
def test_a_submitter_is_known_by_user_name_too(person: object, names: tuple[str, str | None]):
    got = one({**EARLY_2025, "submittedBy": person})
    assert (got.extra["submitter"], got.extra.get("submitter_user")) == names


def test_the_payload_of_2026_where_the_outer_date_is_the_papers_less_four_hours():
    got = one(LATE_2026, day=date(2020, 1, 1))
    assert (got.submitted, got.listed) == (date(2026, 8, 31), date(2026, 9, 1))
    assert got.extra["ai_summary"] == "Sheep are counted."
    assert (got.extra["github_stars"], got.extra["organization"]) == (7, "The Flock")
    assert got.text == "We count sheep\nby day."


def test_the_day_is_the_lists_else_the_one_asked_for_else_the_rows_own_where_it_means_that():
    late = {**LATE_2026, "paper": {k: v for k, v in LATE_2026["paper"].items() if k != "submittedOnDailyAt"}}
    assert one(late).listed is None
    assert one(late, day=date(2026, 9, 1)).listed == date(2026, 9, 1)
    assert one(late, where="2026-09-01.json.gz").listed == date(2026, 9, 1)
    assert one(OLD, day=date(2024, 5, 28)).listed == date(2024, 5, 28)


def test_lists_wrapped_in_an_object_and_papers_without_their_row():
    wrapped = {"status": "success", "date": "2025-01-10", "count": 1, "data": [OLD["paper"]]}
    (got,) = hf.from_bytes(json.dumps(wrapped).encode())
    assert (got.id, got.listed, got.votes) == ("2405.00001", date(2025, 1, 10), 32)


def test_rows_that_are_python_text_are_bad_records_and_stop_nothing():
    rows = [str(OLD), OLD, 7, None, {"paper": {"id": "2405.00009"}}, {"paper": []}]
    got = list(hf.from_bytes(json.dumps(rows).encode(), "day.json"))
    assert [type(record) for record in got] == [BadRecord, Document] + [BadRecord] * 4
    assert got[0].where == "day.json:1"
    assert "Python object" in got[0].reason
    assert got[0].raw.startswith("{'paper'")


def test_an_error_in_place_of_a_list_is_told_in_its_words():
    with pytest.raises(SourceError, match="the error 'Invalid date'"):
        list(hf.from_bytes(b'{"error": "Invalid date"}'))


def test_a_folder_of_days(tmp_path):
    for day in ("2024-05-27", "2024-05-28"):
        (tmp_path / f"{day}.json").write_text(json.dumps([OLD]))
    source = hf.named(str(tmp_path))
    assert [d.listed.day for d in source.fetch()] == [27, 28]
    assert [d.listed.day for d in source.fetch(date(2024, 5, 28))] == [28]
    assert next(iter(source.fetch())).source == f"hf:{tmp_path}"


def page(day: str, count: int, start: int = 0) -> bytes:
    rows = []
    for number in range(start, start + count):
        paper = {**LATE_2026["paper"], "id": f"2608.{number:05}", "submittedOnDailyAt": f"{day}T00:00:00.000Z"}
        rows.append({**LATE_2026, "paper": paper})
    return json.dumps(rows).encode()


BASE = "https://huggingface.co/api/daily_papers?"


def test_one_day_live_page_by_page():
    client = FakeClient({BASE: [page("2026-09-01", 50), page("2026-09-01", 9, 50)]})
    got = list(hf.named("2026-09-01", client=client).fetch())
    assert [d.extra["rank"] for d in got] == list(range(1, 60))
    assert client.asked == [f"{BASE}date=2026-09-01&p={p}&limit=50" for p in (0, 1)]


def test_a_server_that_knows_no_pages_ends_all_the_same():
    client = FakeClient({BASE: page("2026-09-01", 50)})
    assert len(list(hf.named("week=2026-W36", client=client).fetch())) == 50
    assert len(client.asked) == 2


def test_daily_walks_from_since_to_the_newest_list():
    client = FakeClient({BASE: [page("2026-09-03", 1), page("2026-09-01", 2, 7), b"[]", page("2026-09-03", 2)]})
    got = list(hf.named("daily", client=client).fetch(date(2026, 9, 1)))
    assert [d.id for d in got] == ["2608.00007", "2608.00008", "2608.00000", "2608.00001"]
    assert [url.split("&p=")[0].removeprefix(BASE) for url in client.asked[1:]] == [
        "date=2026-09-01",
        "date=2026-09-02",
        "date=2026-09-03",
    ]


def test_daily_says_when_it_cannot():
    far = hf.named("daily", client=FakeClient({BASE: page("2026-09-03", 1)}))
    with pytest.raises(SourceError, match="goes back 366 days"):
        list(far.fetch(date(2024, 1, 1)))
    with pytest.raises(SourceError, match="newest list is empty"):
        list(hf.named("daily", client=FakeClient({BASE: b"[]"})).fetch(date(2026, 9, 1)))


def test_a_day_that_is_not_open_yet():
    with pytest.raises(SourceError, match=r"2030-01-01 is not available yet"):
        list(hf.named("2030-01-01", client=FakeClient({BASE: 400})).fetch())


def test_another_server_of_the_same_kind():
    client = FakeClient({"https://mirror.test/api/daily_papers?": b"[]"})
    assert list(hf.named("daily@https://mirror.test/", client=client).fetch()) == []


keys = st.sampled_from([*LATE_2026, *LATE_2026["paper"], "name", "hidden"])
rows = st.dictionaries(keys, json_values | st.dictionaries(keys, json_values, max_size=6))


def test_it_keeps_what_every_source_promises(tmp_path):
    file = tmp_path / "sample.json"
    file.write_bytes(json.dumps([OLD, EARLY_2025, LATE_2026, "text"]).encode())
    check_source(hf.named(str(file)), least=3)


@given(st.lists(rows | json_values, max_size=4))
def test_any_json_gives_records_or_an_error(payload):
    only_records_or_errors(hf.from_bytes, json.dumps(payload).encode())


@given(st.sampled_from(sorted(LATE_2026["paper"])), json_values)
def test_any_value_of_any_field_gives_one_record(key, value):
    row = {**LATE_2026, "paper": {**LATE_2026["paper"], key: value}}
    assert len(list(hf.from_bytes(json.dumps([row]).encode()))) == 1


@given(st.binary(max_size=60))
def test_any_bytes_give_records_or_an_error(data):
    only_records_or_errors(partial(hf.from_bytes, where="x"), data)


@pytest.mark.data
def test_the_real_days(data_dir):
    got = check_source(hf.named(str(data_dir / "feeds" / "hf_daily_api")))
    documents = [record for record in got if isinstance(record, Document)]
    days = {day: sum(d.listed == day for d in documents) for day in {d.listed for d in documents}}
    assert days == {date(2024, 5, 27): 13, date(2025, 3, 31): 15, date(2025, 9, 30): 50}
    assert [r.where.split(".")[0] for r in got if isinstance(r, BadRecord)] == ["2024-12-11"] * 26 + ["2025-01-10"] * 9
    assert all(
        d.authors and d.text and d.submitted and d.votes is not None and d.comments is not None for d in documents
    )
    assert not any("\n" in d.shown_title + d.shown_text for d in documents)
