from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.core.types import BadRecord, Document, Status
from broadsheet.sources import acl
from broadsheet.testing import check_source
from fakeclient import FakeClient
from fuzzing import only_records_or_errors

NEW = b"""<?xml version='1.0' encoding='UTF-8'?>
<collection id="2026.sheep"><volume id="main" ingest-date="2026-01-07">
<meta><booktitle>Proceedings of the <fixed-case>S</fixed-case>heep Workshop</booktitle>
<editor><first>Ed</first><last>Itor</last></editor><month>January</month><year>2026</year></meta>
<frontmatter><url hash="a">2026.sheep-main.0</url></frontmatter>
<paper id="1"><title><fixed-case>C</fixed-case>ounting <tex-math>n^2</tex-math><br/>sheep</title>
<author id="ada"><first>Ada</first><last>Example</last><affiliation>Flock University</affiliation>
<variant script="hani"><first>X</first><last>Y</last></variant></author><author><last>Mononym</last></author>
<pages>1-10</pages><abstract>We <i>count</i> <url>https://sheep.test</url> &lt;EOS&gt;.</abstract>
<url hash="b">2026.sheep-main.1</url><doi>10.1234/2026.sheep-main.1</doi><bibkey>example-2026-counting</bibkey>
<pwccode url="https://github.com/example/sheep" additional="false">example/sheep</pwccode></paper>
<paper id="2"><title>Another One</title></paper><paper><url>x</url></paper></volume>
<volume id="short"><meta><booktitle>Short Sheep</booktitle></meta><paper id="1"><title>Brief</title></paper></volume>
</collection>"""
OLD = b"""<volume id="P04"><paper id="1000"><title>Proceedings</title><editor><last>F</last></editor></paper>
<paper id="1001"><title>An Old Paper</title><author><first>Ada</first><last>Example</last></author><year>2004</year>
<booktitle>Old Sheep</booktitle><url>http://www.aclweb.org/anthology/P04-1001</url></paper></volume>"""


def test_todays_schema():
    got = list(acl.from_bytes(NEW, "v.xml"))
    assert [r.id for r in got if isinstance(r, Document)] == [
        "10.1234/2026.sheep-main.1",
        "acl:2026.sheep-main.2",
        "acl:2026.sheep-short.1",
    ]
    first = got[0]
    assert first.title == "Counting n^2 sheep"
    assert first.text == "We count https://sheep.test <EOS>."
    assert first.authors == ("Ada Example", "Mononym")
    assert first.venue == "Proceedings of the Sheep Workshop"
    assert (first.announced, first.year) == (date(2026, 1, 7), 2026)
    assert first.aliases == ("acl:2026.sheep-main.1",)
    assert first.links == {
        "abstract": "https://aclanthology.org/2026.sheep-main.1",
        "pdf": "https://aclanthology.org/2026.sheep-main.1.pdf",
        "code": "https://github.com/example/sheep",
    }
    assert first.extra == {"bibkey": "example-2026-counting", "pages": "1-10", "month": "January"}
    assert [type(r) for r in got] == [Document, Document, BadRecord, Document]
    assert (got[3].venue, got[3].announced, got[3].year) == ("Short Sheep", None, None)


def test_the_old_schema_whose_front_matter_is_no_paper():
    (got,) = acl.from_bytes(OLD)
    assert (got.id, got.title, got.year, got.venue) == ("acl:P04-1001", "An Old Paper", 2004, "Old Sheep")
    assert got.links["pdf"] == "https://aclanthology.org/P04-1001.pdf"


@pytest.mark.parametrize(
    ("collection", "volume", "paper", "own"),
    [
        ("P04", "1", "1", "P04-1001"),
        ("W05", "12", "3", "W05-1203"),
        ("D19", "50", "7", "D19-5007"),
        ("D19", "1", "7", "D19-1007"),
    ],
)
def test_ids_of_old_collections_in_the_new_schema(collection, volume, paper, own):
    inside = f"<volume id='{volume}'><paper id='{paper}'><title>T</title></paper></volume>"
    data = f"<collection id='{collection}'>{inside}</collection>"
    (got,) = acl.from_bytes(data.encode())
    assert got.id == f"acl:{own}"


def test_a_collection_by_name():
    client = FakeClient({acl.LIVE: NEW})
    got = list(acl.named("2026.sheep", client=client).fetch(date(2026, 1, 1)))
    assert client.asked == [f"{acl.LIVE}/2026.sheep.xml"]
    assert sum(isinstance(r, Document) for r in got) == 3


def test_what_is_no_anthology():
    for data in (b"<feed/>", b"<collection><volume>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><collection>&b;</collection>"):
        with pytest.raises(SourceError):
            list(acl.from_bytes(data))


tags = st.sampled_from(
    ["volume", "paper", "meta", "title", "author", "first", "last", "editor", "url", "doi", "year", "br"]
)
texts = st.sampled_from(["", "P04-1001", "words", "http://[x", "2026.a-b.1", "10.1/x", "&#xFFFD;"])
trees = st.recursive(
    texts, lambda inner: st.builds(lambda t, c: f"<{t} id='{t}'>{''.join(c)}</{t}>", tags, st.lists(inner, max_size=5))
)


@pytest.mark.parametrize(
    ("mark", "status"),
    [
        ('<retracted date="2026-11-22">by request</retracted>', Status("retracted", "acl", date(2026, 11, 22))),
        ("<removed>copied</removed>", Status("removed", "acl")),
        ('<erratum id="1" date="2026-11-22">2026.a-b.1e1</erratum>', Status("erratum", "acl", date(2026, 11, 22))),
        ('<erratum date="x">1</erratum><retracted/>', Status("retracted", "acl")),
        ("<revision id='1'>2026.a-b.1v1</revision>", None),
    ],
)
def test_what_the_archive_marks_is_a_status(mark, status):
    paper = f"<paper id='1'><title>Eels</title><author><last>Li</last></author><url>2026.a-b.1</url>{mark}</paper>"
    (got,) = acl.from_bytes(f"<collection id='2026.a'><volume id='b'>{paper}</volume></collection>".encode())
    assert got.status == status


def test_it_keeps_what_every_source_promises(tmp_path):
    file = tmp_path / "sample.xml"
    file.write_bytes(NEW)
    check_source(acl.named(str(file)), least=3)


@given(st.lists(trees, max_size=5))
def test_any_xml_gives_records_or_an_error(inside):
    only_records_or_errors(acl.from_bytes, f"<collection>{''.join(inside)}</collection>".encode())


@given(st.binary(max_size=60), st.integers(0, 1500), st.integers(0, 1500))
def test_any_bytes_give_records_or_an_error(noise, start, end):
    only_records_or_errors(acl.from_bytes, noise)
    only_records_or_errors(acl.from_bytes, NEW[:start] + noise + NEW[end:])


@pytest.mark.data
def test_the_real_volume(data_dir):
    got = check_source(acl.named(str(data_dir / "feeds" / "acl_2020.blackboxnlp.xml")))
    assert len(got) == 32
    assert len({d.id for d in got}) == 32
    assert all(d.id.startswith("10.18653/v1/2020.blackboxnlp-1.") and d.aliases and d.authors and d.text for d in got)
    assert {(d.year, d.announced) for d in got} == {(2020, date(2020, 11, 6))}
    assert sum("code" in d.links for d in got) == 14
