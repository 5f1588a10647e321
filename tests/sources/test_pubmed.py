"""PubMed's XML."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.types import Document, Status
from broadsheet.sources import pubmed
from fakeclient import FakeClient
from fuzzing import json_values, mutated, only_records_or_errors

HEAD = '<?xml version="1.0"?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2024//EN" '
HEAD += '"https://dtd.example.org/pubmed_240101.dtd">\n'
ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">7000001</PMID>
<Article PubModel="Print"><Journal><ISSN IssnType="Electronic">1234-567X</ISSN><JournalIssue><Volume>12</Volume>
<Issue>3</Issue><PubDate><Year>2019</Year><Month>May</Month><Day>4</Day></PubDate></JournalIssue>
<Title>Pond letters</Title><ISOAbbreviation>Pond Lett</ISOAbbreviation></Journal>
<ArticleTitle>Reeds in <i>H<sub>2</sub>O</i> at night.</ArticleTitle>
<Pagination><MedlinePgn>11-9</MedlinePgn></Pagination>
<ELocationID EIdType="doi">10.1234/reeds.7</ELocationID>
<Abstract><AbstractText Label="AIM">We <b>count</b>.</AbstractText><AbstractText>Reeds sleep.</AbstractText></Abstract>
<AuthorList><Author><LastName>van den Berg</LastName><ForeName>Karl</ForeName></Author>
<Author><LastName>Lee</LastName><Initials>B</Initials><Suffix>Jr</Suffix></Author>
<Author><CollectiveName>Reed Study Group</CollectiveName></Author></AuthorList><Language>eng</Language>
<PublicationTypeList><PublicationType>Journal Article</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn">
<RefSource>Pond Lett. 2020 Feb 6;13(1):5</RefSource><PMID>7000009</PMID></CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName>Ponds</DescriptorName><QualifierName>x</QualifierName></MeshHeading>
</MeshHeadingList><KeywordList><Keyword>reeds</Keyword></KeywordList></MedlineCitation>
<PubmedData><History><PubMedPubDate PubStatus="entrez"><Year>2019</Year><Month>5</Month><Day>6</Day></PubMedPubDate>
</History><ArticleIdList><ArticleId IdType="pubmed">7000001</ArticleId><ArticleId IdType="pmc">PMC700001</ArticleId>
</ArticleIdList><ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1234/other</ArticleId>
</ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>"""
CHAPTER = """<PubmedBookArticle><BookDocument><PMID>8</PMID><Book><Publisher><PublisherName>Reed Press</PublisherName>
<PublisherLocation>Pond</PublisherLocation></Publisher><BookTitle>Handbook of Ponds</BookTitle>
<PubDate><Year>2020</Year>
</PubDate><Isbn>9780306406157</Isbn></Book><ArticleTitle>Reeds</ArticleTitle></BookDocument></PubmedBookArticle>"""


def read(*records: str) -> list[Document]:
    made = list(pubmed.from_bytes(f"{HEAD}<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>".encode()))
    assert all(isinstance(each, Document) for each in made), made
    return [each for each in made if isinstance(each, Document)]


def test_an_article_with_everything() -> None:
    [made] = read(ARTICLE)
    assert (made.id, made.aliases) == ("10.1234/reeds.7", ("pmid:7000001", "pmcid:PMC700001"))
    assert (made.title, made.text) == ("Reeds in H2O at night.", "AIM: We count. Reeds sleep.")
    assert made.authors == ("Karl van den Berg", "B Lee Jr", "Reed Study Group")
    assert (made.submitted, made.announced, made.year) == (date(2019, 5, 4), date(2019, 5, 6), 2019)
    assert (made.venue, made.kind, made.keywords) == ("Pond letters", "article", ("reeds", "Ponds"))
    expected = {"volume": "12", "number": "3", "pages": "11-9", "issn": ["1234-567X"], "PT": ["Journal Article"]}
    assert {key: made.extra[key] for key in expected} == expected
    assert made.status == Status("retracted", "pubmed", date(2020, 2, 6))
    notice = {"type": "RetractionIn", "source": "Pond Lett. 2020 Feb 6;13(1):5", "pmid": "7000009"}
    assert made.extra["corrections"] == [notice]


def test_a_chapter_and_a_book() -> None:
    chapter, book = read(CHAPTER, CHAPTER.replace("<ArticleTitle>Reeds</ArticleTitle>", ""))
    assert (chapter.id, chapter.kind, chapter.venue) == ("pmid:8", "chapter", "Handbook of Ponds")
    assert (book.title, book.kind, book.venue) == ("Handbook of Ponds", "book", "Reed Press")
    assert (book.year, book.extra["isbn"], book.extra["address"]) == (2020, ["9780306406157"], "Pond")


@pytest.mark.parametrize(
    ("pub_date", "year"),
    [("<MedlineDate>2019 May-Jun</MedlineDate>", 2019), ("<Year>2019</Year><Season>Spring</Season>", 2019),
     ("<Year>2019</Year><Month>May</Month>", 2019), ("<MedlineDate>Spring</MedlineDate>", None)],
)  # fmt: skip
def test_days_that_are_not_known(pub_date: str, year: int | None) -> None:
    begin, end = ARTICLE.index("<PubDate>") + 9, ARTICLE.index("</PubDate>")
    [made] = read(ARTICLE[:begin] + pub_date + ARTICLE[end:])
    assert (made.submitted, made.year) == (None, year)


def test_hostile_xml_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><PubmedArticleSet>&b;</PubmedArticleSet>'
    with pytest.raises(SourceError, match="declares entities of its own"):
        list(pubmed.from_bytes(bomb.encode()))


@given(st.data())
def test_articles_with_pieces_changed(data: st.DataObject) -> None:
    seed = f"<PubmedArticleSet>{ARTICLE}{CHAPTER}</PubmedArticleSet>".encode()
    only_records_or_errors(pubmed.from_bytes, data.draw(mutated(seed)))


@pytest.mark.parametrize(
    ("types", "notices", "expected"),
    [
        (["Journal Article"], [], None),
        (["Retracted Publication"], [], Status("retracted", "pubmed")),
        (["Retracted Publication"], [("RIN", "Pond Lett. 2020 Feb 6;1:2")],
         Status("retracted", "pubmed", date(2020, 2, 6))),
        ([], [("ErratumIn", "Pond Lett. 2021 Sep;2:1")], Status("erratum", "pubmed")),
        ([], [("EIN", "Pond Lett. 2021 Sep 30;2:1. doi: 10.1/x"), ("CIN", "x")],
         Status("erratum", "pubmed", date(2021, 9, 30))),
        ([], [("ErratumIn", "2021 Sep 3"), ("RetractionIn", "2022 Feb 31")], Status("retracted", "pubmed")),
        (["Retraction of Publication"], [("RetractionOf", "Pond Lett. 2020 Feb 6")], None),  # the notice itself
        ([], [("ExpressionOfConcernIn", "x"), ("", "")], None),
    ],
)  # fmt: skip
def test_what_became_of_a_record(types: list[str], notices: list[tuple[str, str]], expected: Status | None) -> None:
    assert pubmed.status(types, notices) == expected


def numbers(*known: str, count: int | None = None, **more: Any) -> bytes:
    total = str(len(known) if count is None else count)
    return json.dumps({"header": {}, "esearchresult": {"count": total, "idlist": known, **more}}).encode()


def article_set(*records: str) -> bytes:
    return f"{HEAD}<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>".encode()


def test_live_searches_and_fetches_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubmed, "_AT_ONCE", 2)
    answers = {
        f"{pubmed.API}/esearch.fcgi": numbers("7000001", "x", "8", "9"),
        f"{pubmed.API}/efetch.fcgi": [article_set(ARTICLE), article_set(CHAPTER, "<PubmedArticle/>")],
    }
    client = FakeClient(answers, contact="mailto:desk@example.org")
    source = pubmed.named("owls[ti] AND sleep", client=client)
    got = list(source.fetch(date(2026, 11, 1)))
    assert [each.id for each in got if isinstance(each, Document)] == ["10.1234/reeds.7", "pmid:8"]
    assert len(got) == 3
    who = "tool=broadsheet&email=desk%40example.org"
    assert client.asked == [
        f"{pubmed.API}/esearch.fcgi?db=pubmed&term=owls%5Bti%5D+AND+sleep&retmode=json&retmax=9999&datetype=edat"
        f"&mindate=2026/11/01&maxdate=3000&{who}",
        f"{pubmed.API}/efetch.fcgi?db=pubmed&id=7000001,8&retmode=xml&{who}",
        f"{pubmed.API}/efetch.fcgi?db=pubmed&id=9&retmode=xml&{who}",
    ]
    assert (source.rolling, source.experimental, source.live) == (True, True, True)


def test_one_record_by_its_number_and_nothing_new() -> None:
    client = FakeClient({pubmed.API: article_set(ARTICLE)})
    assert [each.id for each in pubmed.named("7000001", client=client).fetch()] == ["10.1234/reeds.7"]  # type: ignore[union-attr]
    assert client.asked == [f"{pubmed.API}/efetch.fcgi?db=pubmed&id=7000001&retmode=xml&tool=broadsheet"]
    client = FakeClient({pubmed.API: numbers()})
    assert list(pubmed.named("owls", client=client).fetch()) == []
    assert len(client.asked) == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (numbers("1", count=10_000), r"10,000 records.*--since"),
        (numbers(errorlist={"phrasesnotfound": ["owlz"]}), "'owlz'; correct it"),
        (json.dumps({"esearchresult": {"ERROR": "Empty term and query_key"}}).encode(), "Empty term"),
        (json.dumps({"error": "API rate limit exceeded"}).encode(), "rate limit"),
        (b"[]", "something else"),
        (b"<html>", "not JSON"),
    ],
)
def test_refusals_are_told_in_their_words(answer: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        list(pubmed.named("owls", client=FakeClient({pubmed.API: answer})).fetch())


def test_names_that_mean_nothing() -> None:
    for wrong in ("0", "-", "1" * 12, "saved.xml", "/etc/passwd", "x" * 2_000, "()"):
        with pytest.raises(UsageError, match=r"pubmed:owls\[ti\] AND sleep.*nbib:FILE"):
            pubmed.named(wrong)


@settings(deadline=None)
@given(json_values, st.sampled_from(["", "idlist", "count", "errorlist"]))
def test_any_answer_gives_records_or_an_error(value: Any, key: str) -> None:
    found = {"count": "1", "idlist": ["7000001"], **({key: value} if key else {})}
    answer = json.dumps({"esearchresult": found} if key else value).encode()
    client = FakeClient({f"{pubmed.API}/esearch": answer, f"{pubmed.API}/efetch": article_set(ARTICLE)})
    only_records_or_errors(lambda _: pubmed.named("owls", client=client).fetch(), b"")
