"""The records of scholarly services in JSON, one layout for each: where a field is, and what follows from several.

Semantic Scholar, Crossref, DataCite, Europe PMC, bioRxiv, dblp, ADS
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from broadsheet.core.identity import arxiv_id
from broadsheet.core.kinds import kind_named
from broadsheet.core.status import gravest
from broadsheet.core.types import Status, StatusKind
from broadsheet.sources.dates import when
from broadsheet.sources.fields import plain_key, whole_title
from broadsheet.sources.layout import Layout, signature, value_at
from broadsheet.sources.lists import string

_HOMONYM = re.compile(r" \d{4}$")
_DBLP_KINDS = {
    "Journal Articles": "article",
    "Conference and Workshop Papers": "inproceedings",
    "Books and Theses": "book",
    "Editorship": "book",
    "Parts in Books or Collections": "chapter",
    "Informal Publications": "preprint",
    "Informal and Other Publications": "preprint",
    "Data and Artifacts": "dataset",
}
_UPDATES: Mapping[str, StatusKind] = {  # what Crossref calls a notice about a work
    **dict.fromkeys(("correction", "corrigendum", "erratum", "partialretraction"), "erratum"),
    **dict.fromkeys(("newversion", "newedition"), "superseded"),
    "retraction": "retracted",
    "removal": "removed",
    "withdrawal": "withdrawn",
}
_MOST_NOTICES = 200
_PMID = r"^(?:https?://\S+/)?(\d{1,9})$"


def _date_of(value: Any) -> Any:
    """Return the first of ``date-parts`` as a date is written: ``[[2024, 2, 3]]`` as ``2024-2-3``."""
    parts = value[0] if isinstance(value, list) and value and isinstance(value[0], list) else None
    if parts is None:
        return value if isinstance(value, str | int) else None
    texts = [str(part) for part in parts[:3] if isinstance(part, int | str) and str(part).isdecimal()]
    return "-".join(texts) or None


def _names(value: Any) -> Any:
    """Return names as dblp has them, without the number that tells namesakes apart."""
    names = value if isinstance(value, list) else [value]
    return [_HOMONYM.sub("", name) for name in names if isinstance(name, str)] or None


def _full_names(value: Any) -> Any:
    """Return names as Europe PMC has them, with the first names where it has these next to the initials; a group has
    no name but its own."""
    if not isinstance(value, list):
        return value
    return [_full_name(each) for each in value if isinstance(each, Mapping)] or None


def _full_name(name: Mapping[str, Any]) -> Mapping[str, Any]:
    if group := string(name.get("collectiveName")):
        return {"literal": group}
    return {key: name[key] for key in ("firstName", "lastName") if key in name} or name


def _arxiv(value: Any) -> Any:
    """Return a text only if it is an arXiv id."""
    return value if isinstance(value, str) and arxiv_id(value) else None


def _ads_kind(value: Any) -> Any:
    return "preprint" if value == "eprint" else kind_named(value) if isinstance(value, str) else None


def _dblp_kind(value: Any) -> Any:
    return _DBLP_KINDS.get(value) if isinstance(value, str) else None


def _stated(value: Any) -> Any:
    """Return a text without the stop at its end, as dblp writes titles."""
    return value.removesuffix(".") if isinstance(value, str) else None


def _real_doi(value: Any) -> Any:
    return None if value in ("NA", "N/A", "na") else value


def updates(work: Mapping[str, Any], key: str) -> Iterator[tuple[str, Status]]:
    """Yield the DOIs that Crossref names under ``updated-by`` (notices about this work) or ``update-to`` (works that
    this notice is about), each with the status that this means for the work."""
    notices = value_at(work, key)
    for notice in notices[:_MOST_NOTICES] if isinstance(notices, list) else ():
        kind = _UPDATES.get(plain_key(string(value_at(notice, "type")) or "")) if isinstance(notice, Mapping) else None
        if kind:
            day = when(_date_of(value_at(notice, "updated.date-parts")) or value_at(notice, "updated.date-time"))
            name = (string(value_at(notice, "DOI")) or "").lower()
            yield name, Status(kind, "crossref", day if isinstance(day, date) else None)


def _of_crossref(work: Mapping[str, Any]) -> dict[str, Any]:
    """Return what became of a work, its title with the subtitle, and the day on which it was registered, unless that
    was long after it came out.

    A notice may name its own work: then the notice took its place.
    """
    own = (string(value_at(work, "DOI")) or "").lower()
    statuses = [each for _, each in updates(work, "updated-by")]
    statuses += [each for name, each in updates(work, "update-to") if name == own]
    day, issued = (
        when(_date_of(value_at(work, "created.date-parts"))),
        when(_date_of(value_at(work, "issued.date-parts"))),
    )
    year = issued.year if isinstance(issued, date) else issued
    at_once = isinstance(day, date) and (year is None or day.year <= year + 1)
    title = _with_subtitle(work)
    return {"status": gravest(statuses), "announced": day if at_once else None} | ({"title": title} if title else {})


def _with_subtitle(work: Mapping[str, Any]) -> str:
    """Return a title with its subtitle, which Crossref has apart; empty when there is none."""
    title, subtitle = (string(value_at(work, f"{key}[0]")) or "" for key in ("title", "subtitle"))
    return whole_title(title, subtitle) if title and subtitle else ""


def _of_biorxiv(preprint: Mapping[str, Any]) -> dict[str, Any]:
    """Return the dates of a preprint: its first version was announced on its day, a later one updates it."""
    day = when(value_at(preprint, "date") or value_at(preprint, "preprint_date"))
    first = string(value_at(preprint, "version")) in (None, "1")
    return {"announced": day} if first else {"updated": day, "submitted": None}


SEMANTIC_SCHOLAR = Layout(
    name="Semantic Scholar",
    signatures=(
        signature("externalIds", "title"),
        signature("paperId", "corpusId", "title"),
        signature("paperId", "title", "publicationDate"),
        signature("paperId", "title", "openAccessPdf"),
        signature("paperId", "title", "citationCount"),
        signature("paperId", "title", "authors"),
    ),
    fields={
        "kind": ("publicationTypes[0]",),
        "title": ("title",),
        "text": ("abstract",),
        "authors": ("authors",),
        "arxiv": ("externalIds.ArXiv",),
        "doi": ("externalIds.DOI", "doi"),
        "venue": ("venue", "publicationVenue.name", "journal.name"),
        "categories": ("fieldsOfStudy", "s2FieldsOfStudy[].category"),
        "submitted": ("publicationDate",),
        "year": ("year",),
        "url": ("url",),
        "pdf": ("openAccessPdf.url",),
    },
    ids=(
        ("acl", r"^[A-Z0-9][\w.-]+$", ("externalIds.ACL",)),
        ("pmid", _PMID, ("externalIds.PubMed",)),
        ("s2", r"^[0-9a-f]{40}$", ("paperId",)),
        ("corpusid", r"^\d{1,15}$", ("externalIds.CorpusId", "corpusId")),
        ("dblp", r"^\S+$", ("externalIds.DBLP",)),
    ),
    facts={
        "externalIds": ("externalIds",),
        "tldr": ("tldr.text",),
        "citation_count": ("citationCount",),
        "publication_types": ("publicationTypes",),
        "volume": ("journal.volume",),
        "pages": ("journal.pages",),
    },
    former=("paperId", "corpusId"),
)
CROSSREF = Layout(
    name="Crossref",
    signatures=(signature("DOI", "title", "prefix", "member"), signature("DOI", "title", "container-title", "source")),
    fields={
        "kind": ("type",),
        "title": ("title[0]", "title"),
        "text": ("abstract",),
        "authors": ("author",),
        "doi": ("DOI",),
        "venue": ("container-title[0]", "container-title", "event.name", "institution[0].name"),
        "categories": ("subject",),
        "submitted": ("posted.date-parts", "published-online.date-parts", "published.date-parts", "issued.date-parts"),
        "year": ("issued.date-parts", "published.date-parts", "created.date-parts"),
        "url": ("resource.primary.URL", "URL"),
    },
    facts={
        "type": ("type",),
        "volume": ("volume",),
        "number": ("issue", "journal-issue.issue"),
        "pages": ("page", "article-number"),
        "publisher": ("publisher",),
        "isbn": ("ISBN",),
        "issn": ("ISSN",),
        "editor": ("editor",),
        "subtitle": ("subtitle[0]",),
        "cited_by_count": ("is-referenced-by-count",),
        "language": ("language",),
        "update-to": ("update-to",),
        "updated-by": ("updated-by",),
    },
    clean={"submitted": _date_of, "year": _date_of},
    further=_of_crossref,
)
DATACITE = Layout(
    name="DataCite",
    signatures=(signature("doi", "titles", "creators"), signature("titles", "creators", "publicationYear")),
    fields={
        "kind": ("types.resourceTypeGeneral", "resourceType.resourceTypeGeneral"),
        "title": ("titles[0].title", "titles[].title"),
        "text": ("descriptions[descriptionType=Abstract].description", "descriptions[0].description"),
        "authors": ("creators",),
        "doi": ("doi", "identifiers[identifierType=DOI].identifier", "identifier.identifier"),
        "venue": ("container.title", "publisher.name", "publisher"),
        "keywords": ("subjects[].subject",),
        "submitted": ("dates[dateType=Issued].date", "dates[dateType=Submitted].date", "dates[dateType=Created].date"),
        "updated": ("dates[dateType=Updated].date",),
        "year": ("publicationYear",),
        "url": ("url",),
    },
    facts={
        "type": ("types.resourceTypeGeneral", "resourceType.resourceTypeGeneral"),
        "version": ("version",),
        "publisher": ("publisher.name", "publisher"),
        "volume": ("container.volume",),
        "number": ("container.issue",),
        "language": ("language",),
    },
)
EUROPE_PMC = Layout(
    name="Europe PMC",
    signatures=(
        signature("id", "source", "title", "authorString"),
        signature("pmid", "title", "authorString"),
        signature("id", "source", "title", "firstPublicationDate"),
    ),
    fields={
        "kind": ("pubTypeList.pubType[0]", "pubType"),
        "title": ("title",),
        "text": ("abstractText",),
        "authors": ("authorList.author[]", "authorString"),
        "doi": ("doi",),
        "venue": ("journalInfo.journal.title", "journalTitle", "bookOrReportDetails.publisher"),
        "keywords": ("keywordList.keyword",),
        "submitted": ("firstPublicationDate", "electronicPublicationDate"),
        "year": ("pubYear", "journalInfo.yearOfPublication"),
        "pdf": ("fullTextUrlList.fullTextUrl[documentStyle=pdf].url",),
    },
    ids=(
        ("pmid", r"^\d{1,9}$", ("pmid",)),
        ("pmcid", r"^PMC\d+$", ("pmcid",)),
        ("europepmc", r"^\S+$", ("id",)),
    ),
    facts={
        "type": ("pubTypeList.pubType[0]", "pubType"),
        "volume": ("journalInfo.volume", "journalVolume"),
        "number": ("journalInfo.issue", "issue"),
        "pages": ("pageInfo",),
        "issn": ("journalInfo.journal.issn", "journalIssn"),
        "cited_by_count": ("citedByCount",),
        "language": ("language",),
    },
    clean={"authors": _full_names},
    former=("id",),
)
BIORXIV = Layout(
    name="bioRxiv",
    signatures=(
        signature("doi", "title", "author_corresponding", "abstract"),
        signature("preprint_doi", "preprint_title"),
    ),
    fields={
        "kind": ("doi",),
        "title": ("title", "preprint_title"),
        "text": ("abstract", "preprint_abstract"),
        "authors": ("authors", "preprint_authors"),
        "doi": ("doi", "preprint_doi", "biorxiv_doi"),
        "venue": ("server", "preprint_platform"),
        "categories": ("category", "preprint_category"),
        "submitted": ("date", "preprint_date"),
        "version": ("version",),
    },
    ids=(("", r"^(?!NA$)(10\.\d{4,9}/\S+)$", ("published", "published_doi")),),
    facts={"type": ("type",), "license": ("license",), "published": ("published", "published_doi")},
    clean={"published": _real_doi, "kind": lambda _: "preprint"},
    further=_of_biorxiv,
)
DBLP = Layout(
    name="dblp",
    signatures=(signature("key", "title", "venue", "type"), signature("key", "title", "authors", "ee")),
    fields={
        "kind": ("type",),
        "title": ("title.text", "title"),
        "authors": ("authors.author[].text", "authors.author"),
        "doi": ("doi", "ee"),
        "arxiv": ("ee[0]", "ee"),
        "venue": ("venue[0]", "venue"),
        "year": ("year",),
        "url": ("ee[0]", "ee", "url"),
    },
    ids=(("dblp", r"^\w+/\S+$", ("key",)),),
    facts={
        "type": ("type",),
        "volume": ("volume",),
        "number": ("number",),
        "pages": ("pages",),
        "publisher": ("publisher",),
    },
    clean={"title": _stated, "authors": _names, "kind": _dblp_kind},
    former=("key",),
)
ADS = Layout(
    name="ADS",
    signatures=(signature("bibcode", "title"),),
    fields={
        "kind": ("doctype",),
        "title": ("title[0]", "title"),
        "text": ("abstract",),
        "authors": ("author",),
        "arxiv": ("eid", "identifier[0]"),
        "doi": ("doi[0]", "doi"),
        "venue": ("pub", "pub_raw"),
        "keywords": ("keyword",),
        "submitted": ("date", "pubdate"),
        "year": ("year", "pubdate"),
    },
    ids=(("bibcode", r"^\S{19}$", ("bibcode",)),),
    facts={
        "doctype": ("doctype",),
        "volume": ("volume",),
        "number": ("issue",),
        "pages": ("page_range", "page[0]"),
        "publisher": ("publisher",),
        "issn": ("issn",),
    },
    clean={"arxiv": _arxiv, "kind": _ads_kind},
)
ADS_RECORD = Layout(
    name="ADS's ingest",
    signatures=(signature("persistentIDs", "recordData"), signature("publication", "pubDate", "recordData")),
    fields={
        "kind": ("doctype",),
        "title": ("title.textEnglish", "title.textNative"),
        "text": ("abstract.textEnglish", "abstract.textNative"),
        "authors": ("authors[].name",),
        "doi": ("persistentIDs[0].DOI",),
        "venue": ("publication.pubName", "publication.confName", "publication.publisher"),
        "keywords": ("keywords[].keyString",),
        "submitted": ("pubDate.electrDate", "pubDate.printDate"),
        "year": ("publication.pubYear", "pubDate.electrDate"),
    },
    facts={
        "doctype": ("doctype",),
        "volume": ("publication.volumeNum",),
        "number": ("publication.issueNum",),
        "pages": ("pagination.pageRange", "pagination.firstPage--pagination.lastPage", "pagination.electronicID"),
        "publisher": ("publication.publisher",),
        "isbn": ("publication.ISBN[].isbnString",),
        "issn": ("publication.ISSN[].issnString",),
    },
)
LAYOUTS = (SEMANTIC_SCHOLAR, CROSSREF, DATACITE, EUROPE_PMC, BIORXIV, DBLP, ADS, ADS_RECORD)
"""Every kind of record that is known, the one that is recognised first at the beginning."""
