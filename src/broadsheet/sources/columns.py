"""The tables that databases and reference managers export, one layout for each: a header tells which one it is.

a column's name means what the format says it does: ``ID`` is Keywords Plus in the Web of Science, and no identifier
columns that no field takes are kept as facts under their own names
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from broadsheet.core.identity import arxiv_id
from broadsheet.sources.dates import when
from broadsheet.sources.layout import Layout, Paths, signature

_NUMBER_OF_A_PERSON = re.compile(r"\s*\(\d{5,}\)")
_PMID: tuple[str, str] = ("pmid", r"^(?:PMID:? ?|MEDLINE:)?(\d{1,9})$")
_OPENALEX = r"\bW\d{1,15}$"
_IMPRINT: dict[str, Paths] = {
    "volume": ("Volume",),
    "number": ("Issue", "Number"),
    "pages": ("Pages", "Pagination"),
    "publisher": ("Publisher",),
    "isbn": ("ISBN", "ISBNs"),
    "issn": ("ISSN",),
}


def _people_alone(value: Any) -> Any:
    """Return the names without the numbers after them, and None for a note that no one is known."""
    return _NUMBER_OF_A_PERSON.sub("", value) if isinstance(value := _real(value), str) else value


def _real(value: Any) -> Any:
    """Return the value unless it is a note in brackets: ``[No abstract available]``."""
    return None if isinstance(value, str) and value.startswith("[No ") else value


def _day(value: Any) -> Any:
    """Return the day unless it is the first of January, which may also mean an unknown day."""
    day = when(value)
    return None if isinstance(day, date) and (day.month, day.day) == (1, 1) else value


def _true(value: Any) -> Any:
    return True if str(value).lower() in ("true", "1") else None


def _arxiv(value: Any) -> Any:
    """Return the arXiv id in a text of several lines, as reference managers keep it among their notes."""
    lines = value[:20_000].splitlines() if isinstance(value, str) else []
    return next((line for line in lines if arxiv_id(line)), None)


WEB_OF_SCIENCE = Layout(
    name="Web of Science",
    signatures=(
        signature("PT", "AU", "TI"),
        signature("PT", "TI", "UT"),
        signature("Publication Type", "Article Title", "Source Title", "UT (Unique WOS ID)"),
    ),
    fields={
        "kind": ("DT", "Document Type"),
        "title": ("TI", "Article Title"),
        "text": ("AB", "Abstract"),
        "authors": ("AF", "AU", "Author Full Names", "Authors"),
        "doi": ("DI", "DOI", "D2", "Book DOI"),
        "own": ("UT", "UT (Unique WOS ID)"),
        "venue": ("SO", "Source Title"),
        "keywords": ("DE", "Author Keywords"),
        "year": ("PY", "Publication Year"),
    },
    ids=(("WOS", r"^WOS:(\S+)$", ("UT", "UT (Unique WOS ID)")), (*_PMID, ("PM", "Pubmed Id", "UT"))),
    facts={
        "volume": ("VL", "Volume"),
        "number": ("IS", "Issue"),
        "pages": ("BP--EP", "Start Page--End Page", "AR", "Article Number"),
        "publisher": ("PU", "Publisher"),
        "isbn": ("BN", "ISBN"),
        "issn": ("SN", "EI", "ISSN", "eISSN"),
        "series": ("SE", "Book Series Title"),
        "editor": ("BE", "Book Editors"),
        "Document Type": ("DT", "Document Type"),
        "keywords_plus": ("ID", "Keywords Plus"),
    },
    rest=True,
)
SCOPUS = Layout(
    name="Scopus",
    signatures=(signature("Authors", "Title", "EID"), signature("Authors", "Source title", "Cited by", "Link", "DOI")),
    fields={
        "kind": ("Document Type",),
        "title": ("Title",),
        "text": ("Abstract",),
        "authors": ("Author full names", "Authors"),
        "doi": ("DOI",),
        "venue": ("Source title",),
        "keywords": ("Author Keywords",),
        "year": ("Year",),
        "url": ("Link",),
    },
    ids=(("scopus", r"^2-s2\.0-\d+$", ("EID",)), (*_PMID, ("PubMed ID",))),
    facts=_IMPRINT | {"pages": ("Page start--Page end", "Art. No."), "editor": ("Editors",)},
    clean={"authors": _people_alone, "text": _real, "title": _real},
    former=("Link",),
    rest=True,
)
DIMENSIONS = Layout(
    name="Dimensions",
    signatures=(signature("Publication ID", "DOI", "Title", "PubYear"),),
    fields={
        "kind": ("Publication Type",),
        "title": ("Title",),
        "text": ("Abstract",),
        "authors": ("Authors",),
        "doi": ("DOI",),
        "venue": ("Source title", "Anthology title"),
        "submitted": ("Publication date", "Publication date (online)"),
        "year": ("PubYear",),
        "url": ("Source Linkout", "Dimensions URL"),
    },
    ids=(("dimensions", r"^pub\.\d+$", ("Publication ID",)), (*_PMID, ("PMID",))),
    facts=_IMPRINT,
    rest=True,
)
OPENALEX = Layout(
    name="OpenAlex",
    signatures=(
        signature("id", "title", "authorships.author.display_name"),
        signature("id", "display_name", "authorships.author.display_name"),
        signature("id", "title", "primary_location.source.display_name"),
        signature("id", "display_name", "primary_location.source.display_name"),
    ),
    fields={
        "kind": ("type",),
        "title": ("title", "display_name"),
        "text": ("abstract",),
        "authors": ("authorships.author.display_name", "authorships.raw_author_name"),
        "arxiv": ("primary_location.landing_page_url", "locations.landing_page_url", "best_oa_location.pdf_url"),
        "doi": ("doi", "ids.doi"),
        "venue": ("primary_location.source.display_name", "primary_location.raw_source_name"),
        "categories": ("primary_topic.field.display_name", "topics.field.display_name", "topics.display_name"),
        "keywords": ("keywords.display_name",),
        "announced": ("publication_date",),
        "year": ("publication_year", "publication_date"),
        "abstract": ("primary_location.landing_page_url", "doi"),
        "pdf": ("primary_location.pdf_url", "best_oa_location.pdf_url", "open_access.oa_url"),
    },
    ids=(("openalex", _OPENALEX, ("id", "ids.openalex")), ("pmid", r"(\d{1,9})/?$", ("ids.pmid",))),
    facts={
        "type": ("type",),
        "language": ("language",),
        "cited_by_count": ("cited_by_count",),
        "retracted": ("is_retracted",),
        "topic": ("primary_topic.display_name",),
        "volume": ("biblio.volume",),
        "number": ("biblio.issue",),
        "pages": ("biblio.first_page--biblio.last_page",),
    },
    clean={"announced": _day, "arxiv": _arxiv, "retracted": _true},
    former=("id",),
)
ZOTERO = Layout(
    name="Zotero",
    signatures=(signature("Key", "Item Type", "Title", "Author"),),
    fields={
        "kind": ("Item Type",),
        "title": ("Title",),
        "text": ("Abstract Note",),
        "authors": ("Author",),
        "arxiv": ("Archive ID", "Extra"),
        "doi": ("DOI",),
        "own": ("Key",),
        "venue": ("Publication Title", "Proceedings Title", "Conference Name"),
        "keywords": ("Manual Tags",),
        "submitted": ("Date",),
        "year": ("Publication Year", "Date"),
        "url": ("Url",),
    },
    clean={"arxiv": _arxiv},
    rest=True,
)
PUBMED = Layout(
    name="PubMed",
    signatures=(signature("PMID", "Title", "Authors", "Journal/Book"),),
    fields={
        "title": ("Title",),
        "text": ("Abstract",),
        "authors": ("Authors",),
        "doi": ("DOI",),
        "venue": ("Journal/Book",),
        "year": ("Publication Year",),
    },
    ids=((*_PMID, ("PMID",)), ("pmcid", r"^PMC\d+$", ("PMCID",))),
    rest=True,
)
IEEE = Layout(
    name="IEEE Xplore",
    signatures=(signature("Document Title", "Authors", "Publication Title"),),
    fields={
        "title": ("Document Title",),
        "text": ("Abstract",),
        "authors": ("Authors",),
        "doi": ("DOI",),
        "venue": ("Publication Title",),
        "keywords": ("Author Keywords",),
        "year": ("Publication Year",),
        "url": ("PDF Link",),
    },
    ids=(("ieee", r"arnumber=(\d+)", ("PDF Link",)),),
    facts=_IMPRINT | {"pages": ("Start Page--End Page",)},
    former=("PDF Link",),
    rest=True,
)
ACM = Layout(
    name="ACM",
    signatures=(signature("id", "author", "title", "article_no", "num_pages"),),
    fields={
        "kind": ("type",),
        "title": ("title",),
        "text": ("abstract",),
        "authors": ("author",),
        "doi": ("doi",),
        "venue": ("journal", "booktitle"),
        "keywords": ("keywords",),
        "submitted": ("issue_date",),
        "year": ("year", "issue_date"),
        "url": ("url",),
    },
    ids=(("acm", r"^[\d.]+$", ("id",)),),
    facts={
        "volume": ("volume",),
        "number": ("issue_no",),
        "pages": ("pages",),
        "publisher": ("publisher",),
        "isbn": ("isbn",),
        "issn": ("issn",),
        "editor": ("editor",),
    },
    former=("id",),
    rest=True,
)
EBSCO = Layout(
    name="EBSCO",
    signatures=(
        signature("Article Title", "Author", "Journal Title", "Accession Number"),
        signature("Title", "Accession Number", "PLink"),
    ),
    fields={
        "kind": ("Doctype", "Publication Type"),
        "title": ("Article Title", "Title"),
        "text": ("Abstract",),
        "authors": ("Author", "Authors", "Contributors"),
        "doi": ("DOI",),
        "venue": ("Journal Title", "Source"),
        "keywords": ("Keywords", "Subjects"),
        "submitted": ("Publication Date",),
        "year": ("Publication Date", "Publication Year", "Year"),
        "url": ("PLink",),
    },
    ids=(("ebsco", r"^[\w.-]+$", ("Accession Number",)),),
    facts=_IMPRINT | {"pages": ("Pages", "Pagination", "First Page")},
    former=("PLink",),
    rest=True,
)
LENS = Layout(
    name="The Lens",
    signatures=(signature("Lens ID", "Title"),),
    fields={
        "kind": ("Publication Type",),
        "title": ("Title",),
        "text": ("Abstract",),
        "authors": ("Author/s", "Authors"),
        "doi": ("DOI",),
        "venue": ("Source Title",),
        "keywords": ("Keywords",),
        "submitted": ("Date Published",),
        "year": ("Publication Year",),
        "url": ("Source URLs", "External URL"),
    },
    ids=(("lens", r"^[\dX-]+$", ("Lens ID",)), (*_PMID, ("PMID",))),
    facts=_IMPRINT | {"number": ("Issue Number",), "issn": ("ISSNs",)},
    rest=True,
)
SCHOLAR = Layout(
    name="Google Scholar",
    signatures=(
        signature("Authors", "Title", "Publication", "Volume", "Number", "Pages", "Year"),
        signature("Cites", "Authors", "Title", "GSRank"),
    ),
    fields={
        "kind": ("Type",),
        "title": ("Title",),
        "text": ("Abstract",),
        "authors": ("Authors",),
        "doi": ("DOI",),
        "venue": ("Publication", "Source"),
        "year": ("Year",),
        "url": ("ArticleURL",),
    },
    facts=_IMPRINT,
    rest=True,
)
LAYOUTS = (
    WEB_OF_SCIENCE, SCOPUS, DIMENSIONS, OPENALEX, ZOTERO, PUBMED, IEEE, ACM, EBSCO, LENS, SCHOLAR,
)  # fmt: skip
"""Every table that is known, the one that is recognised first at the beginning."""
