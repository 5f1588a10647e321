"""Names go out of every format that knows their parts, and come in again as they were."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.authors import body_like, of_parts
from broadsheet.core.types import Document, Name
from broadsheet.exports.bibtex import bibtex
from broadsheet.exports.jsonl import to_json
from broadsheet.exports.ris import ris
from broadsheet.exports.zotero import zotero
from broadsheet.sources.bibtex import plain_tex
from broadsheet.sources.bibtex_names import people_of
from broadsheet.sources.tables import record
from broadsheet.sources.zotero import from_bytes
from papers import listing
from record_kit import read_back

FOAF = "{http://xmlns.com/foaf/0.1/}"

capital = st.from_regex(r"[A-ZÀ-ÖØ-ÞŁŠŽ][a-zà-öø-þłšž]{1,7}", fullmatch=True)
joined = st.lists(capital, min_size=1, max_size=2).map("-".join)
apostrophe = capital.map(lambda word: f"O'{word}")
family = st.lists(joined | apostrophe, min_size=1, max_size=2).map(" ".join)
given_names = st.lists(joined | st.from_regex(r"[A-Z]\.", fullmatch=True), min_size=1, max_size=3).map(" ".join)
persons = st.builds(
    Name,
    given=given_names,
    family=family,
    particle=st.sampled_from(["", "", "van den", "von", "de la", "al"]),
    suffix=st.sampled_from(["", "", "Jr.", "Sr.", "III", "Jr"]),
).filter(lambda name: not body_like(name.shown) and not body_like(f"{name.surname}, {name.given}"))
plain_body = st.lists(capital | st.sampled_from(["and", "of", "&", "the"]), min_size=2, max_size=5).map(" ".join)
bodies = st.builds(
    Name,
    literal=st.lists(plain_body, min_size=1, max_size=3).map(", ".join)
    | st.sampled_from(["Test and Examine Center", "The Wool Collaboration", "University of Wool, Department of Sheep"]),
)
names = st.lists(persons | bodies, min_size=1, max_size=4).map(tuple)


def paper(known: tuple[Name, ...]) -> Document:
    return Document(id="10.1234/a", title="Wool", authors=tuple(name.shown for name in known), names=known, source="a")


@given(names)
def test_through_bibtex(known: tuple[Name, ...]) -> None:
    (line,) = [each for each in bibtex(paper(known)).splitlines() if each.startswith("  author")]
    assert people_of(line.split("= {", 1)[1].removesuffix(",")[:-1], plain_tex) == known


def test_through_a_file_of_bibtex_and_one_of_ris() -> None:
    known = (
        Name(given="Ada", family="Roe", particle="van den"), Name(given="Bo", family="Tau Lee", suffix="Jr."),
        Name(literal="Wool and Yarn, Ltd"), Name(given="Zoë", family="de Tau"),
    )  # fmt: skip
    (read,) = read_back("bibtex", bibtex(paper(known)).encode())
    assert (read.names, read.authors) == (known, paper(known).authors)
    (read,) = read_back("ris", ris(paper(known)).encode())
    assert read.authors == paper(known).authors
    assert read.names[:3] == known[:3]
    assert read.names[3] == Name(given="Zoë", family="Tau", particle="de"), "RIS has no place for a particle"


@given(names)
def test_through_ris(known: tuple[Name, ...]) -> None:
    (read,) = read_back("ris", ris(paper(known)).encode())
    assert read.names == known
    assert read.authors == tuple(name.shown for name in known)


@given(names)
def test_through_zotero_rdf(known: tuple[Name, ...]) -> None:
    written = zotero(listing(paper(known)))
    people = fromstring(written).iter(f"{FOAF}Person")
    read = [(who.findtext(f"{FOAF}surname") or "", who.findtext(f"{FOAF}givenName") or "") for who in people]
    assert tuple(as_zotero_shows(*each) for each in read) == known
    (back,) = from_bytes(written)
    assert isinstance(back, Document)
    assert (back.names, back.authors) == (known, paper(known).authors)


def as_zotero_shows(surname: str, given_name: str) -> Name:
    """One field is a body; what follows a comma in the given name is a suffix."""
    first, _, suffix = given_name.partition(", ")
    return of_parts(surname, first, suffix) if first else Name(literal=surname)


@given(names)
def test_through_an_export(known: tuple[Name, ...]) -> None:
    line = to_json(paper(known))
    assert line["broadsheet"] == 2
    assert record(line, prefix="x") == paper(known)


@given(names)
def test_through_objects_with_the_keys_of_csl(known: tuple[Name, ...]) -> None:
    keys = {"particle": "non-dropping-particle"}
    people = [{keys.get(key, key): part for key, part in each.items()} for each in to_json(paper(known))["names"]]
    assert record({"title": "Wool", "DOI": "10.1234/a", "author": people}, prefix="x").names == known
