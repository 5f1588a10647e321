"""PubMed's XML (PubmedArticleSet), and what its two formats have in common: kinds, keywords.

each article and each chapter of a book is a record; the parts of an abstract keep their labels
what the record is, and what became of it (a retraction, an erratum), stays under ``PT`` and ``corrections``
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

from broadsheet.core.imprint import isbns, issns
from broadsheet.core.kinds import PUBMED
from broadsheet.core.types import Document, Name, Status
from broadsheet.sources.dates import when
from broadsheet.sources.fields import document
from broadsheet.sources.files import Record, made
from broadsheet.sources.lists import Who, person, shown
from broadsheet.sources.xmlsafe import children, elements, flat, tag

SITE = "https://pubmed.ncbi.nlm.nih.gov"
_RECORDS = {"PubmedArticle", "PubmedBookArticle"}
_ROOTS = {"PubmedArticleSet", "PubmedBookArticleSet", *_RECORDS}
_MOST_WORDS = 1_000


def from_bytes(data: bytes, where: str = "pubmed") -> Iterator[Record]:
    """Yield the records of one answer or file; SourceError where the XML is broken or hostile."""
    for number, (element, _) in enumerate(elements(data, _RECORDS, roots=_ROOTS, where=where), 1):
        yield made(_document, element, f"{where}:{number}")


def kind(types: Iterable[str], *, journal: bool, book: str = "") -> str:
    """Return the kind of a record by its publication types: one that says more than *article* first."""
    kinds = [known for each in types if (known := PUBMED.kind(each))]
    more = next((known for known in kinds if known != "article"), "")
    return more or ("chapter" if book and not journal else "article" if kinds or journal else "")


def status(types: Iterable[str], notices: Iterable[str]) -> Status | None:
    """Return what became of a record by its publication types and the notices about it (``RIN``, ``ErratumIn``)."""
    signs = {*types, *notices}
    if signs & {"Retracted Publication", "RIN", "RetractionIn"}:
        return Status("retracted", "pubmed")
    return Status("erratum", "pubmed") if signs & {"EIN", "ErratumIn"} else None


def keywords(own: Iterable[str], headings: Iterable[str]) -> tuple[str, ...]:
    """Return the keywords of the authors, then the MeSH headings without their marks and qualifiers, each once."""
    words = [*own, *(heading.partition("/")[0] for heading in headings)]
    return tuple(dict.fromkeys(word for each in words if (word := each.strip(" *"))))[:_MOST_WORDS]


def page(values: Mapping[str, Any]) -> str | None:
    """Return the address of a record's page at PubMed where its DOI leads to no better one."""
    return None if values["doi"] or not values["own"] else f"{SITE}/{values['own'].removeprefix('pmid:')}/"


class _Node:
    """An element whose descendants are found by the path of their names."""

    def __init__(self, element: Element) -> None:
        self.element = element

    def all(self, path: str) -> list[_Node]:
        nodes = [self.element]
        for name in path.split("/"):
            nodes = [child for node in nodes for child in children(node).get(name, ())]
        return [_Node(node) for node in nodes]

    def text(self, *paths: str) -> str:
        """Return the text of the first element at one of the paths that is not empty, in one line."""
        texts = (" ".join(flat(node.element).split()) for path in paths for node in self.all(path))
        return next(filter(None, texts), "")

    def texts(self, path: str) -> list[str]:
        return [text for node in self.all(path) if (text := " ".join(flat(node.element).split()))]

    def get(self, name: str) -> str:
        return (self.element.get(name) or "").strip()


def _document(element: Element) -> Document:
    record = _Node(element)
    of_book = tag(element) == "PubmedBookArticle"
    [about] = record.all("BookDocument" if of_book else "MedlineCitation") or [record]
    article = about if of_book else next(iter(about.all("Article")), about)
    values, facts = _of_book(record, article) if of_book else _of_journal(record, about, article)
    return document(values | {"abstract": page(values)}, facts, prefix="pmid")


def _of_journal(record: _Node, about: _Node, article: _Node) -> tuple[dict[str, Any], dict[str, Any]]:
    printed = _date(article, "Journal/JournalIssue/PubDate")
    types = article.texts("PublicationTypeList/PublicationType")
    notices = about.all("CommentsCorrectionsList/CommentsCorrections")
    values = _common(record, about, article) | {
        "title": article.text("ArticleTitle", "VernacularTitle"),
        "venue": article.text("Journal/Title", "Journal/ISOAbbreviation"),
        "submitted": printed if isinstance(printed, date) else _date(article, "ArticleDate"),
        "year": printed.year if isinstance(printed, date) else printed,
        "kind": kind(types, journal=True),
        "status": status(types, (each.get("RefType") for each in notices)),
        "volume": article.text("Journal/JournalIssue/Volume"),
        "number": article.text("Journal/JournalIssue/Issue"),
        "pages": article.text("Pagination/MedlinePgn", "Pagination/StartPage"),
        "issn": [*issns(" ; ".join(article.texts("Journal/ISSN")))],
    }
    facts = {
        "PT": types,
        "LA": article.texts("Language"),
        "TA": article.text("Journal/ISOAbbreviation"),
        "corrections": [
            {"type": each.get("RefType"), "source": each.text("RefSource"), "pmid": each.text("PMID")}
            for each in notices
        ],
    }
    return values, facts


def _of_book(record: _Node, article: _Node) -> tuple[dict[str, Any], dict[str, Any]]:
    title = article.text("ArticleTitle")
    values = _common(record, article, article) | {
        "title": title or article.text("Book/BookTitle"),
        "venue": article.text("Book/BookTitle" if title else "Book/Publisher/PublisherName"),
        "year": when(article.text("Book/PubDate/Year")),
        "kind": "chapter" if title else "book",
        "publisher": article.text("Book/Publisher/PublisherName"),
        "address": article.text("Book/Publisher/PublisherLocation"),
        "edition": article.text("Book/Edition"),
        "isbn": [*isbns(" ; ".join(article.texts("Book/Isbn")))],
    }
    return values, {"PT": article.texts("PublicationType"), "LA": article.texts("Language")}


def _common(record: _Node, about: _Node, article: _Node) -> dict[str, Any]:
    pmid = about.text("PMID")
    ids = [*record.all("PubmedData/ArticleIdList/ArticleId"), *record.all("PubmedBookData/ArticleIdList/ArticleId"),
           *article.all("ArticleIdList/ArticleId")]  # fmt: skip
    places = [(each.get("EIdType"), each) for each in article.all("ELocationID")] + [(i.get("IdType"), i) for i in ids]
    by_type = {name: text for name, each in reversed(places) if (text := "".join(flat(each.element).split()))}
    return {
        "text": _abstract(article),
        "own": f"pmid:{pmid}" if pmid.isdecimal() else "",
        "doi": by_type.get("doi", ""),
        "pmc": by_type.get("pmc", ""),
        "authors": tuple(name for who in article.all("AuthorList/Author") if shown(name := _name(who))),
        "keywords": keywords(
            about.texts("KeywordList/Keyword"), about.texts("MeshHeadingList/MeshHeading/DescriptorName")
        ),
        "announced": _entered(record),
    }


def _entered(record: _Node) -> date | int | None:
    """Return the day on which PubMed took the record in."""
    days = [each for each in record.all("PubmedData/History/PubMedPubDate") if each.get("PubStatus") == "entrez"]
    return _date_of(days[0]) if days else None


def _abstract(article: _Node) -> str:
    """Return the parts of the abstract, each after its label."""
    parts = [(node.get("Label"), " ".join(flat(node.element).split())) for node in article.all("Abstract/AbstractText")]
    return " ".join(f"{label}: {text}" if label and label != "UNLABELLED" else text for label, text in parts if text)


def _name(who: _Node) -> Who:
    if together := who.text("CollectiveName"):
        return Name(literal=together)
    return person([who.text("LastName"), who.text("ForeName", "Initials"), who.text("Suffix")])


def _date(node: _Node, path: str) -> date | int | None:
    return next((day for each in node.all(path) if (day := _date_of(each))), None)


def _date_of(node: _Node) -> date | int | None:
    parts = [node.text("Year"), node.text("Month"), node.text("Day")]
    if parts[1].isdecimal():
        return when("-".join(filter(None, parts)))
    return when(" ".join(filter(None, parts))) or when(re.sub(r"^(\d{4}).*", r"\1", node.text("MedlineDate")))
