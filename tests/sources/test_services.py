"""What the layouts of services read from their records."""

from __future__ import annotations

from datetime import date

import pytest

from broadsheet.core.types import Status
from broadsheet.sources.answers import record, records_in
from broadsheet.sources.services import LAYOUTS
from service_answers import ANSWERS, HEX


def read(value, prefix="any-name"):
    return record(value, prefix=prefix)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Crossref", "article"), ("DataCite", "dataset"), ("bioRxiv", "preprint"), ("dblp", "inproceedings")],
)
def test_the_kind_of_a_record(name, kind):
    [row] = records_in(ANSWERS[name])
    assert read(row).kind == kind


def test_identifiers_of_semantic_scholar_are_valid_everywhere():
    [row] = records_in(ANSWERS["Semantic Scholar"])
    made = read(row)
    assert made.aliases[:4] == ("10.1000/owls.1", "acl:2024.owls-1.7", f"s2:{HEX}", "corpusid:555")
    assert made.links["pdf"] == "https://arxiv.org/pdf/2401.00777"
    assert made.extra["tldr"] == "Owls sleep."
    made = read({**row, "externalIds": {"CorpusId": 556}})
    assert made.id == f"s2:{HEX}"
    assert made.aliases == ("corpusid:556", f"any-name:{HEX}")  # as an earlier version called it
    assert read({"corpusid": 7, "externalids": {"ACL": "P04-1001"}, "title": "Owls"}).id == "acl:P04-1001"


def test_a_preprint_knows_the_article_that_came_of_it():
    [row] = records_in(ANSWERS["bioRxiv"])
    assert read({**row, "published": "10.1000/OWLS.1"}).aliases == ("10.1000/owls.1",)


def test_a_notice_about_a_work_of_crossref_is_its_status():
    [row] = records_in(ANSWERS["Crossref"])
    notice = {"DOI": "10.1000/note.1", "type": "retraction", "updated": {"date-parts": [[2025, 3, 4]]}}
    assert read({**row, "updated-by": [notice]}).status == Status("retracted", "crossref", date(2025, 3, 4))
    assert read({**row, "update-to": [notice]}).status is None, "the notice itself is not retracted"


def test_a_title_of_crossref_has_its_subtitle():
    [row] = records_in(ANSWERS["Crossref"])
    assert read({**row, "subtitle": ["A second look"]}).title == "Owls at noon: A second look"
    assert read({**row, "subtitle": ["At noon"]}).title == "Owls at noon"


def test_a_group_among_the_authors_of_europe_pmc_is_one():
    [row] = records_in(ANSWERS["Europe PMC"])
    people = [*row["authorList"]["author"], {"collectiveName": "The Owl and Mouse Group"}]
    made = read({**row, "authorList": {"author": people}})
    assert made.authors == ("Ada Roe", "Bo Lee", "The Owl and Mouse Group")
    assert made.names[2].literal == "The Owl and Mouse Group"


def test_each_layout_has_a_name_of_its_own():
    assert len({layout.name for layout in LAYOUTS}) == len(LAYOUTS)
