"""BibTeX: one entry that parsers and TeX read as it was meant, whatever the paper is called."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import bibtexparser
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.types import Document
from broadsheet.exports.bibtex import bibtex, entries, key
from papers import KNOT, LEAF
from record_kit import read_back


def read(document: Document) -> dict[str, str]:
    parsed = bibtexparser.loads(bibtex(document), bibtexparser.bparser.BibTexParser(interpolate_strings=False))
    assert len(parsed.entries) == 1
    return dict(parsed.entries[0])


def test_an_arxiv_paper_has_its_eprint() -> None:
    entry = read(
        Document(
            id="2401.00001",
            title="The Shape of Leaves",
            authors=("Ada Blum", "Émile Noël"),
            submitted=date(2024, 1, 2),
            categories=("cs.CV",),
            aliases=("10.5555/herb_1",),
            links={"abstract": "https://example.org/a_b?x=1&y=2#z"},
        )
    )
    assert entry["ENTRYTYPE"] == "misc"
    assert entry["ID"] == "blum2024shape"
    assert entry["eprint"] == "2401.00001"
    assert entry["archiveprefix"] == "arXiv"
    assert entry["primaryclass"] == "cs.CV"
    assert entry["doi"] == "10.5555/herb_1"
    assert entry["author"] == "Ada Blum and Émile Noël"
    assert entry["url"] == "https://example.org/a_b?x=1&y=2#z"
    assert entry["title"] == "{The Shape of Leaves}"


def test_venues_become_journals_and_proceedings() -> None:
    assert read(Document(id="a:1", title="T", venue="Journal of Leaves", year=2020))["journal"] == "Journal of Leaves"
    assert read(Document(id="a:1", title="T", venue="LEAF 2020", year=2020))["booktitle"] == "LEAF 2020"


def test_tex_specials_do_nothing() -> None:
    text = bibtex(Document(id="a:1", title=r"50% of $x_1$ & \input{x} #1 ~ ^", authors=("Salt and Pepper",)))
    assert r"50\% of \$x\_1\$ \& \textbackslash{}input\textbraceleft{}x\textbraceright{} \#1" in text
    assert r"\textasciitilde{} \textasciicircum{}" in text
    assert "{Salt and Pepper}" in text


def test_keys_are_stable_and_plain() -> None:
    paper = Document(id="x:1", title="On the Ångström: a Study", authors=("Müller, Zoë",), year=2021)
    assert key(paper) == key(paper) == "muller2021angstrom"
    assert key(Document(id="title:00ff", title="漢字")) == "title-00ff"


PAPERS = st.builds(
    Document,
    id=st.text(min_size=1),
    title=st.text(),
    venue=st.text(),
    authors=st.lists(st.text()).map(tuple),
    links=st.fixed_dictionaries({"abstract": st.text()}),
)


@given(PAPERS)
def test_every_entry_is_one_balanced_entry(document: Document) -> None:
    text = bibtex(document)
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        assert depth > 0 or at < text.index("{") or at >= len(text) - 2
    assert depth == 0
    assert text.startswith("@")
    assert text.endswith("\n}\n")


def test_bibtex_is_read_back_with_every_paper() -> None:
    twin = replace(LEAF, id="2401.00002", aliases=())
    data = entries([LEAF, twin, KNOT])
    keys = [each["ID"] for each in bibtexparser.loads(data).entries]
    assert keys == ["blum2026shape", "blum2026shape-2401-00002", "doe1999knots"]
    assert [read.id for read in read_back("bibtex", data.encode())] == ["2401.00001", "2401.00002", "hep-th/9901001"]


def test_bibtex_titles_come_back_with_the_marks_that_tex_acts_on() -> None:
    title = "100% of C^2 & D_1 ~ #3 cost $5 (or $6)"
    (read,) = read_back("bibtex", entries([replace(LEAF, title=title)]).encode())
    assert read.shown_title == title
