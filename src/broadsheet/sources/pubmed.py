"""PubMed's XML (PubmedArticleSet), what its two formats have in common (kinds, keywords, status), and PubMed, live.

live: search the numbers of the records that PubMed took in since a day, then fetch some hundred at a time
each article and each chapter of a book is a record; the parts of an abstract keep their labels
what became of the record (a retraction, an erratum) is its status; it stays under ``PT`` and ``corrections``, too

The live source is experimental: it was written from a description.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.imprint import isbns, issns
from broadsheet.core.kinds import PUBMED
from broadsheet.core.status import gravest
from broadsheet.core.types import Document, Name, Status, StatusKind
from broadsheet.http import Client, default_client
from broadsheet.sources.dates import when
from broadsheet.sources.fields import document
from broadsheet.sources.files import Record, made
from broadsheet.sources.lists import Who, person, shown, string
from broadsheet.sources.payload import PayloadSource, inner, looks_like_path, parsed
from broadsheet.sources.xmlsafe import children, elements, flat, tag

SITE = "https://pubmed.ncbi.nlm.nih.gov"
_RECORDS = {"PubmedArticle", "PubmedBookArticle"}
_ROOTS = {"PubmedArticleSet", "PubmedBookArticleSet", *_RECORDS}
_MOST_WORDS = 1_000
API = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
_AT_ONCE, _MOST = 200, 9_999  # the most that PubMed gives for one query
_LONGEST_QUERY = 1_500
_NUMBER = re.compile(r"[1-9]\d{0,8}")
_STATUSES: Mapping[str, StatusKind] = {
    "RetractionIn": "retracted", "RIN": "retracted", "ErratumIn": "erratum", "EIN": "erratum",
}  # fmt: skip
_DAY = re.compile(r"\b\d{4} [A-Z][a-z]{2} \d{1,2}\b")


def named(rest: str, *, client: Client | None = None) -> PayloadSource:
    """Make ``pubmed:QUERY``, in PubMed's own language (``pubmed:owls[ti] AND sleep``), or ``pubmed:31000001``, one
    record by its number."""
    name, words = f"pubmed:{rest}", rest.strip()
    if _NUMBER.fullmatch(words):
        return PayloadSource(name, lambda _: _records([words], client), experimental=True)
    if re.search(r"[^\W\d_]", words) and len(words) <= _LONGEST_QUERY and not looks_like_path(words):
        return PayloadSource(name, partial(_live, words, client), experimental=True, rolling=True, by_change=True)
    raise UsageError(
        f"Source {name[:200]!r} is unknown: expected a query (pubmed:owls[ti] AND sleep) or a number "
        "(pubmed:31000001); a file of PubMed is read by nbib:FILE"
    )


def _live(query: str, client: Client | None, since: date | None) -> Iterator[Record]:
    """Yield the records for a query that PubMed took in since a day."""
    days = {"datetype": "edat", "mindate": f"{since:%Y/%m/%d}", "maxdate": "3000"} if since else {}
    answer = parsed(_ask("esearch", {"term": query, "retmode": "json", "retmax": str(_MOST)} | days, client), "pubmed")
    result = inner(answer, "esearchresult") if isinstance(answer, Mapping) else None
    numbers = inner(result, "idlist") if isinstance(result, Mapping) else None
    if not isinstance(result, Mapping) or not isinstance(numbers, list):
        words = [string(inner(each, key)) for each in (answer, result) for key in ("error", "ERROR")
                 if isinstance(each, Mapping)]  # fmt: skip
        raise SourceError(f"pubmed: expected numbers, got {next(filter(None, words), 'something else')[:300]}")
    _check(result)
    known = [number for each in numbers if _NUMBER.fullmatch(number := string(each) or "")]
    yield from _records(known, client)


def _check(result: Mapping[str, Any]) -> None:
    """Raise SourceError where PubMed has more records than it gives, or does not know a word of the query at all."""
    total = string(result.get("count")) or ""
    unknown = inner(result, "errorlist", "phrasesnotfound")
    if total.isdecimal() and len(total) < 15 and int(total) > _MOST:
        raise SourceError(
            f"pubmed: the query has {int(total):,} records, and at most {_MOST:,} are given: narrow it, or use a later "
            "--since"
        )
    if total == "0" and isinstance(unknown, list) and unknown:
        raise SourceError(
            f"pubmed: the query has words that PubMed does not know: {str(unknown[0])[:200]!r}; correct it"
        )


def _records(numbers: list[str], client: Client | None) -> Iterator[Record]:
    for start in range(0, len(numbers), _AT_ONCE):
        some = ",".join(numbers[start : start + _AT_ONCE])
        yield from from_bytes(_ask("efetch", {"id": some, "retmode": "xml"}, client), "pubmed")


def _ask(tool: str, parameters: Mapping[str, str], client: Client | None) -> bytes:
    """Return the answer of one of PubMed's tools; it is told who asks, as it requires."""
    client = client or default_client()
    address = client.contact.removeprefix("mailto:")
    who = {"tool": "broadsheet"} | ({"email": address} if "@" in address else {})
    query = urlencode({"db": "pubmed", **parameters, **who}, safe="/,")
    return client.get(f"{API}/{tool}.fcgi?{query}", accept="application/json, application/xml, text/xml").body


def from_bytes(data: bytes, where: str = "pubmed") -> Iterator[Record]:
    """Yield the records of one answer or file; SourceError where the XML is broken or hostile."""
    for number, (element, _) in enumerate(elements(data, _RECORDS, roots=_ROOTS, where=where), 1):
        yield made(_document, element, f"{where}:{number}")


def kind(types: Iterable[str], *, journal: bool, book: str = "") -> str:
    """Return the kind of a record by its publication types: one that says more than *article* first."""
    kinds = [known for each in types if (known := PUBMED.kind(each))]
    more = next((known for known in kinds if known != "article"), "")
    return more or ("chapter" if book and not journal else "article" if kinds or journal else "")


def status(types: Iterable[str], notices: Iterable[tuple[str, str]]) -> Status | None:
    """Return what became of a record by its publication types and the notices about it: the kind of each (``RIN``,
    ``ErratumIn``) and where it was printed, with the day."""
    statuses = [Status(kind, "pubmed", _printed(text)) for name, text in notices if (kind := _STATUSES.get(name))]
    return gravest([*statuses, Status("retracted", "pubmed") if "Retracted Publication" in types else None])


def _printed(text: str) -> date | None:
    """Return the day of a reference: ``Pond Lett. 2020 Feb 6;12(3):445``."""
    match = _DAY.search(text[:1_000])
    day = when(match[0]) if match else None
    return day if isinstance(day, date) else None


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
        "status": status(types, ((each.get("RefType"), each.text("RefSource")) for each in notices)),
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
