import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord, Document, Status
from broadsheet.sources import openalex
from broadsheet.testing import check_source
from fakeclient import FakeClient
from fuzzing import json_values, only_records_or_errors

WORK = {
    "id": "https://openalex.org/W4400000001",
    "doi": "https://doi.org/10.1234/Sheep.1",
    "title": "Counting Sheep",
    "display_name": "Counting Sheep",
    "publication_date": "2026-01-05",
    "publication_year": 2026,
    "type": "article",
    "language": "en",
    "is_retracted": False,
    "cited_by_count": 3,
    "authorships": [{"author": {"display_name": "Ada Example", "orcid": None}}, {"author": {"display_name": None}}],
    "primary_location": {"landing_page_url": "https://doi.org/10.1234/sheep.1", "source": {"display_name": "J. Sheep"}},
    "locations": [
        {"landing_page_url": "https://doi.org/10.1234/sheep.1", "pdf_url": None},
        {"landing_page_url": "http://arxiv.org/abs/2601.00001", "pdf_url": "https://arxiv.org/pdf/2601.00001"},
    ],
    "primary_topic": {
        "display_name": "Sheep Science",
        "field": {"display_name": "Computer Science"},
        "subfield": {"display_name": "Information Systems"},
    },
    "keywords": [{"display_name": "Sheep"}, {}],
    "abstract_inverted_index": {"We": [0], "count": [1, 4], "sheep": [2], "and": [3], "dogs.": [5]},
}


def read(value) -> list:
    return list(openalex.from_bytes(json.dumps(value).encode()))


def test_a_work():
    (got,) = read({"meta": {}, "results": [WORK]})
    assert (got.id, got.aliases) == ("2601.00001", ("10.1234/sheep.1", "openalex:W4400000001"))
    assert got.text == "We count sheep and count dogs."
    assert (got.authors, got.venue, got.keywords) == (("Ada Example",), "J. Sheep", ("Sheep",))
    assert got.categories == ("Computer Science", "Information Systems")
    assert (got.announced, got.year) == (date(2026, 1, 5), 2026)
    assert got.links == {"abstract": "https://doi.org/10.1234/sheep.1", "pdf": "https://arxiv.org/pdf/2601.00001"}
    assert got.extra == {"type": "article", "language": "en", "cited_by_count": 3, "topic": "Sheep Science"}


def test_a_retraction_is_a_status():
    (got,) = read({**WORK, "is_retracted": True})
    assert got.status == Status("retracted", "openalex")
    assert read({**WORK, "is_retracted": "yes"})[0].status is None
    assert read({**WORK, "title": "RETRACTED: Counting Sheep"})[0].status == Status("retracted", "title")


def test_ids_from_what_there_is():
    bare = {"id": WORK["id"], "title": "T"}
    dois = {"10.1234/sheep.1": WORK["doi"], "2601.00001": "10.48550/arXiv.2601.00001", "openalex:W4400000001": None}
    for own, doi in dois.items():
        assert read([{**bare, "doi": doi}])[0].id == own


def test_a_first_of_january_may_be_only_a_year():
    (got,) = read([{**WORK, "publication_date": "2019-01-01", "publication_year": 2019}])
    assert (got.announced, got.year) == (None, 2019)


def test_it_keeps_what_every_source_promises(tmp_path):
    file = tmp_path / "sample.json"
    file.write_bytes(json.dumps({"results": [WORK, {**WORK, "locations": []}, {}]}).encode())
    check_source(openalex.named(str(file)), least=2)


@given(st.lists(st.sampled_from(["We", "count", "sheep", "ü"]), max_size=30))
def test_any_text_comes_back_from_its_inverted_index(words):
    index: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        index.setdefault(word, []).append(place)
    assert openalex.abstract(index) == " ".join(words)


def test_an_index_that_would_grow_without_bound_is_a_bad_record():
    for places in ([10**9], [-1], ["1"], [True], [None]):
        (got,) = read([{**WORK, "abstract_inverted_index": {"a": places}}])
        assert isinstance(got, BadRecord)
        assert "in the abstract" in got.reason


def test_works_that_cannot_be_papers():
    got = read([{}, 7, {**WORK, "title": None, "display_name": None}, WORK])
    assert [type(r) for r in got] == [BadRecord] * 3 + [Document]


def test_a_refusal_is_told_in_its_words():
    with pytest.raises(SourceError, match="Invalid query"):
        read({"error": "Invalid query parameters error.", "message": "Invalid query"})


def test_live_by_cursor_from_the_day_asked():
    pages = [
        json.dumps({"meta": {"next_cursor": "abc="}, "results": [WORK]}).encode(),
        json.dumps({"meta": {"next_cursor": None}, "results": [{**WORK, "locations": []}]}).encode(),
    ]
    client = FakeClient({openalex.API: pages})
    source = openalex.named("filter=type:article,language:en", client=client)
    assert [d.id for d in source.fetch(date(2026, 1, 2))] == ["2601.00001", "10.1234/sheep.1"]
    asked = "filter=type:article,language:en,from_publication_date:2026-01-02&per-page=200&cursor="
    assert client.asked == [f"{openalex.API}?{asked}*", f"{openalex.API}?{asked}abc%3D"]


def test_it_says_it_is_experimental():
    assert openalex.named("search=sheep").experimental


@given(st.sampled_from(sorted(WORK)), json_values)
def test_any_value_of_any_field_gives_one_record(key, value):
    assert len(read([{**WORK, key: value}])) == 1


@given(json_values)
def test_any_json_gives_records_or_an_error(value):
    only_records_or_errors(openalex.from_bytes, json.dumps(value).encode())


@given(st.binary(max_size=60))
def test_any_bytes_give_records_or_an_error(data):
    only_records_or_errors(openalex.from_bytes, data)
