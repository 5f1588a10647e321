"""RIS: as its parser reads it, one record a paper."""

from __future__ import annotations

import re

import rispy
from hypothesis import given

from broadsheet.core.types import Document
from broadsheet.exports.ris import ris
from papers import KNOT, LEAF, any_paper


def test_ris_as_its_parser_reads_it() -> None:
    (record,) = rispy.loads(ris(LEAF))
    assert record["type_of_reference"] == "JOUR"
    assert record["authors"] == ["Blum, Ada", "van der Berg, Jan", "Noël, Émile", "Sol"]
    assert record["secondary_title"] == "Journal of Leaves"
    assert record["doi"] == "10.5555/herb_1"
    assert record["accession_number"] == "arXiv:2401.00001"
    assert record["keywords"] == ["cs.CV", "q-bio.QM", "leaves"]
    assert ris(KNOT).startswith("TY  - UNPB\r\n")


@given(any_paper)
def test_a_paper_is_one_ris_record(document: Document) -> None:
    lines = ris(document).split("\r\n")
    assert lines[-3:] == ["ER  - ", "", ""]
    assert all(re.match(r"[A-Z][A-Z0-9]  - \S", line) for line in lines[:-3])
    assert [line[:2] for line in lines].count("TY") == [line[:2] for line in lines].count("ER") == 1
