"""PubMed's tagged format."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.types import BadRecord, Document, Status
from broadsheet.sources import nbib
from broadsheet.testing import check_source
from fuzzing import only_records_or_errors

RECORD = """
PMID- 7000001
OWN - NLM
IS  - 1234-567X (Electronic)
VI  - 12
IP  - 3
DP  - 2019 May 4
TI  - Reeds at night: a survey of
      forty ponds.
PG  - 11-9
LID - 10.1234/reeds.7 [doi]
LID - S1234 [pii]
AB  - AIM: We count. RESULTS: Reeds - all of them -
      sleep.
FAU - Roe, Ada
AU  - Roe A
FAU - van den Berg, Karl
AU  - van den Berg K
CN  - Reed Study Group
LA  - eng
PT  - Journal Article
PT  - Retracted Publication
RIN - Pond Lett. 2020 Feb 6;1:2. PMID: 7000009
JT  - Pond letters
TA  - Pond Lett
MH  - Humans
MH  - *Ponds/physiology
OT  - reeds
PMC - PMC700001
EDAT- 2019/05/06 06:00
"""


def source(folder: Path, text: str | bytes, name: str = "pubmed.nbib") -> nbib.FileSource:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return nbib.named(str(folder / name))


def test_a_record_with_everything(tmp_path: Path) -> None:
    [made] = check_source(source(tmp_path, RECORD))
    assert isinstance(made, Document)
    assert (made.id, made.aliases) == ("10.1234/reeds.7", ("pmid:7000001", "pmcid:PMC700001"))
    assert made.title == "Reeds at night: a survey of forty ponds."
    assert made.text == "AIM: We count. RESULTS: Reeds - all of them - sleep."
    assert made.authors == ("Ada Roe", "Karl van den Berg", "Reed Study Group")
    assert (made.submitted, made.announced, made.year) == (date(2019, 5, 4), date(2019, 5, 6), 2019)
    assert (made.venue, made.kind, made.keywords) == ("Pond letters", "article", ("reeds", "Humans", "Ponds"))
    expected = {"volume": "12", "number": "3", "pages": "11-9", "issn": ["1234-567X"]}
    assert {key: made.extra[key] for key in expected} == expected
    assert made.extra["PT"] == ["Journal Article", "Retracted Publication"]
    assert made.status == Status("retracted", "pubmed", date(2020, 2, 6))
    assert made.extra["RIN"] == ["Pond Lett. 2020 Feb 6;1:2. PMID: 7000009"]


@pytest.mark.parametrize(
    ("lines", "kind", "venue"),
    [
        ("PT  - Preprint\nPT  - Journal Article\nJT  - bioRxiv\n", "preprint", "bioRxiv"), ("", "", ""),
        ("BTI - Handbook of Ponds\nPB  - Reed Press\n", "chapter", "Handbook of Ponds"),
        ("PT  - Dataset\n", "dataset", ""),
    ],
)  # fmt: skip
def test_kinds(tmp_path: Path, lines: str, kind: str, venue: str) -> None:
    [made] = check_source(source(tmp_path, f"PMID- 9\nTI  - Reeds\n{lines}"))
    assert isinstance(made, Document)
    assert (made.id, made.kind, made.venue) == ("pmid:9", kind, venue)
    assert made.links == {"abstract": "https://pubmed.ncbi.nlm.nih.gov/9/"}


def test_broken_records_cost_themselves(tmp_path: Path) -> None:
    text = RECORD + "\nPMID- 8\nAB  - no title\n" + RECORD.replace("7000001", "7")
    fetched = check_source(source(tmp_path, text))
    assert [type(record) for record in fetched] == [Document, BadRecord, Document]
    assert fetched[1].where == f"pubmed.nbib:{RECORD.count(chr(10)) + 2}"  # type: ignore[union-attr]


def test_xml_is_told_by_its_content(tmp_path: Path) -> None:
    text = "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>5</PMID><Article><ArticleTitle>Reeds</ArticleTitle>"
    text += "</Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    [made] = check_source(source(tmp_path, "\n" + text))
    assert isinstance(made, Document)
    assert (made.id, made.title) == ("pmid:5", "Reeds")


def test_what_is_tagged() -> None:
    assert nbib.is_tagged("\ufeff\n\nPMID- 31\nTI  - x")
    assert not nbib.is_tagged("TY  - JOUR\nTI  - PMID- x")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["TI  - x", "DP  - ", "      y", "PMID- 3", "FAU - ,", "LID - [doi]", "\0", "IS  - 1", "é"])
    )
)
def test_any_lines(tmp_path: Path, lines: list[str]) -> None:
    only_records_or_errors(
        lambda data: source(tmp_path, data).fetch(), ("PMID- 1\n" + "\n".join(lines)).encode("cp1252")
    )
