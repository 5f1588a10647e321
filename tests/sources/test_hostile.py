"""Foreign bytes made to do harm. One bad record costs itself, whatever fails on it; a text made to cost time comes
back, where reading it again from every place would take hours; a count without end is refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.core.addresses import lookup
from broadsheet.core.errors import SourceError
from broadsheet.core.markup import from_html
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import (
    acl,
    aliases,
    arxiv,
    bibtex,
    csl,
    entries,
    feed,
    hf,
    nbib,
    oai,
    openalex,
    openreview,
    page,
    pubmed,
    ris,
    tables,
    zotero,
)
from broadsheet.sources.dates import when
from broadsheet.sources.fields import plain_key, sorted_out
from broadsheet.sources.lists import people
from fuzzing import mutated, only_records_or_errors

MANY = 100_000
Read = Callable[[Path], Iterable[Any]]


def of_bytes(reader: ModuleType) -> Read:
    return lambda path: reader.from_bytes(path.read_bytes(), path.name)


def three(before: str, each: str, after: str = "", between: str = "") -> bytes:
    """A file of three records, in each of which ``%`` is one word of three."""
    return (before + between.join(each.replace("%", word) for word in ("One", "Two", "Three")) + after).encode()


FILES: dict[str, tuple[ModuleType, Read, bytes]] = {
    "refs.bib": (
        bibtex,
        bibtex.read,
        three("", '@article{%, title={% {Owls}}, author={Ada Roe and Bo Lee}, journal=x # "y", crossref={z}}\n'),
    ),
    "refs.ris": (
        ris,
        ris.read,
        three("", "TY  - JOUR\nTI  - % owls\nAU  - Roe, Ada\nUR  - http://a.test\nDA  - 2020/1/2/\nER  - \n"),
    ),
    "wos.ris": (ris, ris.read, three("FN x\nVR 1.0\n", "PT J\nTI % owls\nAU Roe, A\n   Lee, B\nPY 2020\nER\n", "EF")),
    "refs.nbib": (
        nbib,
        nbib.read,
        three("", "PMID- 1\nTI  - % owls\nFAU - Roe, Ada\nLID - 10.1/x [doi]\nDP  - 2020\n"),
    ),
    "oai.xml": (
        oai,
        of_bytes(oai),
        three(
            "<OAI-PMH><ListRecords>",
            "<record><header><identifier>oai:x:%</identifier><datestamp>2020-01-02</datestamp></header><metadata><dc>"
            "<title>% owls</title><creator>Roe, Ada</creator><date>2020</date></dc></metadata></record>",
            "</ListRecords></OAI-PMH>",
        ),
    ),
    "pubmed.xml": (
        pubmed,
        nbib.read,
        three(
            "<PubmedArticleSet>",
            "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>% owls</ArticleTitle>"
            "<Journal><JournalIssue><PubDate><Year>2020</Year></PubDate></JournalIssue></Journal></Article></MedlineCitation></PubmedArticle>",
            "</PubmedArticleSet>",
        ),
    ),
    "library.rdf": (
        zotero,
        zotero.read,
        three(
            '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
            "<Article><itemType>journalArticle</itemType><authors><Person><surname>Roe</surname></Person></authors>"
            '<isPartOf r:resource="urn:issn:1234-567X"/><title>% owls</title><date>2020</date></Article>',
            '<Journal r:about="urn:issn:1234-567X"><title>Owls</title></Journal></r:RDF>',
        ),
    ),
    "csl.json": (
        csl,
        csl.read,
        three(
            "[",
            '{"title": "% owls", "type": "book", "author": [{"family": "Roe"}], "issued": {"date-parts": [[2020]]}}',
            "]",
            ",",
        ),
    ),
    "papers.csv": (
        aliases,
        lambda path: tables.csv(str(path)).fetch(),
        three("title,authors,date,doi,n\n", '"% owls","Roe, Ada; Lee, Bo",2020-01-02,10.1234/%,1\n'),
    ),
    "papers.jsonl": (
        aliases,
        lambda path: tables.jsonl(str(path)).fetch(),
        three(
            "",
            '{"title": "% owls", "authors": [{"name": "Ada"}], "year": 2020, "x": {"y": [1]}, "url": "http://a.test"}\n',
        ),
    ),
    "list.json": (
        aliases,
        lambda path: tables.jsonl(str(path)).fetch(),
        three("[", '{"title": "% owls", "authors": ["Ada"], "date": 1600000000}', "]", ",\n"),
    ),
    "page.txt": (page, page.read, three("", "% owls\n\nText of % in- jected owls.\n\n")),
    "hf 2026-01-02.json": (
        hf,
        of_bytes(hf),
        three(
            "[",
            '{"title": "% owls", "numComments": 1, "paper": {"id": "%", "authors": [{"name": "A"}]}}',
            "]",
            ",",
        ),
    ),
    "openreview.json": (
        openreview,
        of_bytes(openreview),
        three(
            '{"notes": [', '{"id": "%", "cdate": 1700000000000, "content": {"title": {"value": "% owls"}}}', "]}", ","
        ),
    ),
    "openalex.json": (
        openalex,
        of_bytes(openalex),
        three(
            '{"results": [',
            '{"id": "W1", "title": "% owls", "publication_date": "2020-02", "abstract_inverted_index": {"a": [0]}}',
            "]}",
            ",",
        ),
    ),
    "arxiv.xml": (
        arxiv,
        of_bytes(arxiv),
        three(
            '<feed xmlns="http://www.w3.org/2005/Atom">',
            "<entry><id>http://arxiv.org/abs/2401.00001</id><title>% owls</title><published>2024-01-02</published>"
            "<author><name>Ada Roe</name></author><category term='cs.IR'/></entry>",
            "</feed>",
        ),
    ),
    "acl.xml": (
        acl,
        of_bytes(acl),
        three(
            '<collection id="2020.owls"><volume id="1" ingest-date="2020-01-02"><meta><year>2020</year></meta>',
            '<paper id="1"><title>% <b>owls</b></title><author><first>Ada</first><last>Roe</last></author></paper>',
            "</volume></collection>",
        ),
    ),
    "feed.xml": (
        feed,
        of_bytes(feed),
        three(
            '<rss version="2.0"><channel><title>Owls</title>',
            "<item><title>% owls</title><link>http://a.test/%</link><author>a@b.c (Ada)</author><category>x</category>"
            "<pubDate>Tue, 06 Jan 2026 10:00:00 GMT</pubDate><description>&lt;p&gt;Text&lt;/p&gt;</description></item>",
            "</channel></rss>",
        ),
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_reader_that_fails_on_one_record_goes_on(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, read, data = FILES[name]
    whole = reader.document

    def document(values: Any, *given: Any, **named: Any) -> Document:
        return {}["owls"] if values["title"].startswith("Two") else whole(values, *given, **named)

    monkeypatch.setattr(reader, "document", document)
    (tmp_path / name).write_bytes(data)
    first, broken, third = read(tmp_path / name)
    assert (first.title.split()[0], third.title.split()[0]) == ("One", "Three")
    assert isinstance(broken, BadRecord)
    assert "the reader failed on this record (KeyError: 'owls')" in broken.reason
    assert "Two" in broken.raw


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_files_with_pieces_changed(name: str, tmp_path: Path, data: st.DataObject) -> None:
    _, read, seed = FILES[name]

    def written(changed: bytes) -> Iterable[Any]:
        (tmp_path / name).write_bytes(changed)
        return read(tmp_path / name)

    only_records_or_errors(written, data.draw(mutated(seed)))


def test_identifiers_without_end():
    assert lookup("doi:10.1234/" * MANY + " x") is None
    assert lookup("https://doi.org/10.1234/Abc.") == "10.1234/abc"


def test_bibtex_keys_and_mathematics(tmp_path):
    assert bibtex.plain_tex("$" + " " * MANY) == "$"
    assert bibtex.plain_tex("$ x_1 $ of $5") == bibtex.plain_tex("$x_1$ of $5")
    path = tmp_path / "slow.bib"
    path.write_text("@article{" + " " * MANY + "\n}\n@article{ owls and mice ,\n title = {Owls}}\n", "utf-8")
    broken, kept = bibtex.read(path)
    assert isinstance(broken, BadRecord)
    assert kept.extra["citation_key"] == "owls and mice"


def test_bibtex_entries_inside_an_open_one(tmp_path):
    path = tmp_path / "open.bib"
    path.write_text("@article{x,\n" + "@a{\n}\n" * MANY, "utf-8")
    assert [type(record) for record in bibtex.read(path)] == [BadRecord]


def test_names_in_quotes_that_never_close():
    assert people("['" + "\\'" * MANY + "]") is not None
    assert people("['Ada Made', \"Bo O'Other\", 'Cem \\'C\\' Third']") == ("Ada Made", "Bo O'Other", "Cem 'C' Third")


def test_names_of_a_feed():
    assert len(arxiv._OUTSIDE_BRACKETS.split("a," * MANY)) == MANY + 1
    assert arxiv._OUTSIDE_BRACKETS.split("Ada (Here, There), Bo") == ["Ada (Here, There)", " Bo"]
    assert arxiv._PREFIX.sub("", "x" + " " * MANY + "y") == "x" + " " * MANY + "y"


def test_comments_of_a_feed_that_never_close():
    assert from_html("Owls<!-- and " * MANY) == "Owls"
    assert from_html("Owls <!-- no --> and <b>mice</b>").split() == ["Owls", "and", "mice"]


def test_texts_that_open_without_end_stay_as_they_are() -> None:
    for opened in ("``", "\\(", "\\["):
        [made] = hf.from_bytes(
            json.dumps(
                [
                    {"title": "Owls", "summary": opened * 501},
                ]
            ).encode()
        )
        assert (made.text, made.readable_text) == (opened * 501, "")
    [made] = hf.from_bytes(json.dumps([{"title": "Owls", "summary": "``Hoot'' " * 500}]).encode())
    assert made.readable_text.startswith("“Hoot” “Hoot”")


def test_columns_without_end(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("title," * 501 + "\n")
    with pytest.raises(SourceError, match=r"wide.csv' has 502 columns; at most 500 are read: keep only those for"):
        list(tables.csv(str(path)).fetch())
    path.write_text(",".join(["title", "n", "n", "x" * 300, *["n"] * 496]) + "\n" + ",".join(["Owls", *["1"] * 499]))
    [made] = tables.csv(str(path)).fetch()
    assert made.extra.keys() >= {"n", "n 3", "n 500"}
    assert len(made.extra) == 499
    assert max(map(len, made.extra)) == 200


def test_names_of_columns_are_remembered_only_as_long_as_names_are() -> None:
    assert plain_key("Paper Title") == "papertitle"
    assert len(plain_key("x" * MANY)) == 200
    assert sorted_out({"title" + "x" * MANY: "Owls"}, aliases.TABLE)[0] == {}


def test_numbers_without_end(tmp_path: Path) -> None:
    digits = "9" * 5_000
    one, two = hf.from_bytes(f'[{{"title": "Owls", "upvotes": {digits}}}, {{"title": "Mice"}}]'.encode())
    assert (one.votes, one.title, two.title) == (None, "Owls", "Mice")
    assert (when(10**400), when(-(10**400)), when(float("inf")), when(float("nan"))) == (None,) * 4
    volume = f'<collection id="P04"><volume id="{digits}"><paper id="1"><title>Owls</title></paper>'
    volume += '</volume><volume id="2"><paper id="1"><title>Mice</title></paper></volume></collection>'
    broken, kept = acl.from_bytes(volume.encode())
    assert isinstance(broken, BadRecord)
    assert kept.title == "Mice"


def test_a_long_word_at_every_place_of_an_abstract() -> None:
    index = {"w" * 1_000: list(range(2_000))}
    [refused] = openalex.from_bytes(
        json.dumps({"id": "W1", "title": "Owls", "abstract_inverted_index": index}).encode()
    )
    assert "more than 1,000,000 characters" in refused.reason


def entry(tmp_path: Path, text: str) -> list[Any]:
    (tmp_path / "hostile.bib").write_text(text)
    return list(bibtex.read(tmp_path / "hostile.bib"))


def test_bibtex_values_with_braces_and_quotes_inside(tmp_path: Path) -> None:
    text = '@article{entry, title = {A {"B"} {C}}, note = "d {e "f" {g}} h", year = 2000}'
    [made] = entry(tmp_path, text + " and words")
    assert (made.title, made.extra["note"], made.year) == ('A {"B"} {C}', 'd {e "f" {g}} h', 2000)
    [made] = entry(tmp_path, "@article(k, title = {A {B}\x01\x02\x03}, journal = {{}}, note = {\\{a} b)}, year = 2000)")
    assert (made.title, made.venue, made.extra["note"]) == ("A {B}", "", "\\{a} b)")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ("f={x}," * 500, "1,003 fields and joined strings; at most 200 are read"),
        ("f=1" + "#1" * 500, "fields and joined strings"),
        ("," * 500, "fields and joined strings"),
        ("author={" + "x" * 2_001 + "}", "author name has 2,001 characters; at most 2,000 are read"),
        ("note={one \\},}\n@article{l, title={M}}", "another entry begins inside it"),
        ('note="a } b"', "check its braces"),
        ('note="{a", n="b"}', "check its braces"),
    ],
)
def test_bibtex_entries_that_would_take_long(tmp_path: Path, fields: str, says: str) -> None:
    found = entry(tmp_path, "@article{k, title={T}, " + fields + "}\n@article{o, title={Owls}}")
    assert isinstance(found[0], BadRecord)
    assert says in found[0].reason
    assert found[-1].title == "Owls"


def test_bibtex_names_of_strings_that_nobody_defined_cost_one_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings: list[str] = []
    fields = entries._Body.fields
    monkeypatch.setattr(
        entries._Body, "fields", lambda self, *, key: readings.append(self._text) or fields(self, key=key)
    )
    [made] = entry(tmp_path, "@article{k, title={T}," + ",".join(f"f{i}=u{i}" for i in range(60)) + "}")
    assert made.extra["f59"] == "u59"
    assert len(readings) == 1


def test_bibtex_parents_give_what_is_short(tmp_path: Path) -> None:
    parent = "@proceedings{p, title={" + "x" * 9_000 + "}, publisher={" + "y" * 9_000 + "}, year=2000}"
    child = entry(tmp_path, "@inproceedings{k, title={Owls}, crossref={p}}\n" + parent)[0]
    assert (child.year, child.venue) == (2000, "")
    assert "publisher" not in child.extra


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ("<author>" + "a" * 23_000 + "</author>", "words of up to 23,000 letters"),
        ("<author>" + "a<!-- -->a" * 11_500 + "</author>", "words of up to 23,000 letters"),
        ("<author>" + "<![CDATA[a]]>&#97;" * 11_500 + "</author>", "words of up to 23,000 letters"),
        ("<category>a</category>" * 5_001, "5,001 categories and keywords; at most 5,000"),
        ("<keywords>a<![CDATA[<]]>" + "," * 5_001 + "</keywords>", "categories and keywords; at most 5,000"),
    ],
)
def test_feeds_over_which_their_reader_would_take_long(inside: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        list(feed.from_bytes(f"<rss version='2.0'><channel><item>{inside}</item></channel></rss>".encode()))


def test_markup_of_a_feed_is_not_cleaned_twice() -> None:
    inside = "<title>Owls</title><description>" + "&lt;!-- " * 50_000 + "</description>"
    [made] = feed.from_bytes(f"<rss version='2.0'><channel><item>{inside}</item></channel></rss>".encode())
    assert made.text == ""
    assert from_html("Owls<script>alert(1)</script > and <STYLE>x").split() == ["Owls", "and"]


def test_a_feed_on_which_its_reader_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedparser.parse", lambda *_, **__: {}["owls"])
    with pytest.raises(SourceError, match=r"too broken to be read \(KeyError: 'owls'\); get it again"):
        list(feed.from_bytes(b"<rss/>"))
