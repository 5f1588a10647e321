"""Answers of services in JSON: each record means what its service says, wherever it is in the answer."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import answers, tables
from broadsheet.sources.answers import record, records_in, service
from broadsheet.testing import check_source
from fuzzing import json_values, only_records_or_errors
from service_answers import ANSWERS

FUZZ = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
IDS = {
    "Semantic Scholar": "2401.00777",
    "Crossref": "10.1000/owls.1",
    "DataCite": "10.1000/owls.1",
    "Europe PMC": "10.1000/owls.1",
    "bioRxiv": "10.1101/2024.02.03.000001",
    "dblp": "10.1000/owls.1",
    "ADS": "10.1000/owls.1",
    "ADS's ingest": "10.1000/owls.1",
    "OpenAlex": "10.1000/owls.1",
    "Hugging Face": "2401.00777",
    "OpenReview": "openreview:owlNoon01",
}


def read(folder: Path, value: Any, indent: int | None = None) -> list[Document | BadRecord]:
    path = folder / "any-name.json"
    path.write_text(json.dumps(value, indent=indent))
    return check_source(tables.jsonl(str(path)))


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_gives_its_paper(name: str, indent: int | None, tmp_path: Path) -> None:
    [made] = read(tmp_path, ANSWERS[name], indent)
    assert isinstance(made, Document), made
    assert (made.id, made.title) == (IDS[name], "Owls at noon")
    assert made.authors in (("Ada Roe", "Bo Lee"), ("A. Roe", "B. Lee"))
    assert made.submitted == date(2024, 2, 3) or made.announced == date(2024, 2, 3) or name == "dblp"
    assert "They sleep." in made.text or name == "dblp"


@pytest.mark.parametrize("name", ANSWERS)
def test_one_record_is_known_alone_and_on_a_line(name: str, tmp_path: Path) -> None:
    [row] = records_in(ANSWERS[name])
    assert service(row) == name
    path = tmp_path / "lines.jsonl"
    path.write_text(f"{json.dumps(row)}\n{json.dumps(row)}\n")
    one, two = check_source(tables.jsonl(str(path)))
    assert isinstance(one, Document)
    assert isinstance(two, Document)
    assert one.id == two.id == IDS[name]


def test_a_single_answer_of_crossref_and_datacite(tmp_path: Path) -> None:
    [work] = records_in(ANSWERS["Crossref"])
    [made] = read(tmp_path, {"status": "ok", "message": {**work, "editor": [{"given": "Cy", "family": "Fay"}]}})
    assert isinstance(made, Document)
    assert made.extra == {
        "type": "journal-article", "volume": "5", "number": "2", "pages": "11-19", "publisher": "Wood",
        "issn": ["1234-5678"],
        "editor": ["Cy Fay"],
    }  # fmt: skip
    [made] = read(tmp_path, {"data": ANSWERS["DataCite"]["data"][0]})
    assert isinstance(made, Document)
    assert (made.text, made.submitted, made.keywords) == ("They sleep.", date(2024, 2, 3), ("owls",))


def test_a_key_called_paper_id_alone_is_not_semantic_scholar() -> None:
    made = record({"paper_id": "7", "title": "Owls", "authors": "Ada Roe", "upvotes": 3}, prefix="mine")
    assert (made.id, made.votes) == ("mine:7", 3)


def test_the_same_paper_from_the_table_and_the_answer_of_openalex(tmp_path: Path) -> None:
    [work] = records_in(ANSWERS["OpenAlex"])
    for doi in (work["doi"], ""):
        [answered] = read(tmp_path, {**work, "doi": doi})
        path = tmp_path / "works.csv"
        path.write_text(
            "id,title,doi,publication_date,authorships.author.display_name\n"
            f"{work['id']},Owls at noon,{doi},2024-02-03,Ada Roe|Bo Lee\n"
        )
        [tabled] = check_source(tables.csv(str(path)))
        assert isinstance(answered, Document)
        assert isinstance(tabled, Document)
        assert (answered.id, answered.authors, answered.announced) == (tabled.id, tabled.authors, tabled.announced)


@FUZZ
@given(name=st.sampled_from(sorted(ANSWERS)), data=st.data())
def test_any_value_anywhere_is_a_record_or_a_reason(name: str, data: st.DataObject, tmp_path: Path) -> None:
    def changed(value: Any) -> Any:
        if data.draw(st.integers(0, 9)) == 0:
            return data.draw(st.none() | json_values)
        if isinstance(value, dict):
            return {key: changed(each) for key, each in value.items() if data.draw(st.integers(0, 9))}
        return [changed(each) for each in value[:3]] if isinstance(value, list) else value

    text = json.dumps(changed(ANSWERS[name]), indent=data.draw(st.sampled_from([None, 1])))
    path = tmp_path / "any-name.json"

    def fetched(raw: bytes) -> Any:
        path.write_bytes(raw)
        return tables.jsonl(str(path)).fetch()

    only_records_or_errors(fetched, text.encode())


@given(st.dictionaries(st.text(max_size=10), json_values) | st.just({"data": {}, "message": []}))
def test_any_object_is_itself_or_wraps_its_records(value: dict[str, Any]) -> None:
    assert isinstance(records_in(value), list)
    assert isinstance(answers.service(value), str)
