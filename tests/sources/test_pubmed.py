"""PubMed's XML."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import SourceError
from broadsheet.core.types import Document, Status
from broadsheet.sources import pubmed
from fuzzing import mutated, only_records_or_errors

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
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>Pond Lett. 2020</RefSource>
<PMID>7000009</PMID></CommentsCorrections></CommentsCorrectionsList>
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
    assert made.status == Status("retracted", "pubmed")
    assert made.extra["corrections"] == [{"type": "RetractionIn", "source": "Pond Lett. 2020", "pmid": "7000009"}]


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
