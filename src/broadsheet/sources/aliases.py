"""Records of no known layout: one table of the many names under which foreign records have their fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from broadsheet.core.records import checked, from_dict, is_export
from broadsheet.core.types import Document
from broadsheet.sources.fields import Table, document, plain_key, sorted_out

# The best alias first; names are compared in lower case without spaces and punctuation.
TABLE: Table = {
    "title": ("title", "papertitle", "displayname", "primarytitle", "documenttitle", "articletitle", "name", "ti"),
    "text": ("abstract", "summary", "abstractnote", "abstracttext", "notesabstract", "ab", "description", "text"),
    "authors": (
        "authorsparsed", "authors", "author", "authornames", "authorfullnames", "firstauthors", "creators", "creator",
        "authorships", "au",
    ),
    "arxiv": ("arxivid", "arxiv", "arxivnumber"),
    "doi": ("doi", "articledoi"),
    "own": ("id", "paperid", "key", "recordid", "uid", "corpusid", "itemkey"),
    "venue": (
        "venue", "journal", "conference", "booktitle", "publicationtitle", "journaltitle", "journalname", "sourcetitle",
        "containertitle", "secondarytitle", "proceedings", "proceeding", "journalref",
    ),
    "categories": ("categories", "category", "topics", "topic", "tags", "subjects", "fieldsofstudy", "tasks"),
    "keywords": ("keywords", "keyword", "authorkeywords", "manualtags", "aikeywords"),
    "submitted": (
        "publishedat", "published", "publicationdate", "datepublished", "date", "created", "createdat", "submitted",
        "submittedat", "submissiondate",
    ),
    "updated": ("updated", "updatedat", "updatedate", "lastupdated", "modified", "lastmodified"),
    "announced": ("announced", "announcedat", "announcementdate"),
    "listed": ("day", "listed", "listedon", "listedat", "submittedondailyat"),
    "year": ("year", "publicationyear", "pubyear", "publishedyear", "py"),
    "version": ("version",),
    "votes": ("upvotes", "votes", "likes", "score"),
    "comments": ("numcomments", "commentcount", "comments"),
    "url": ("url", "link", "urlabs", "paperurl", "absurl", "landingpageurl", "openurllink", "urls"),
    "pdf": ("pdf", "pdfurl", "urlpdf", "pdflink"),
    "code": ("github", "githubrepo", "githuburl", "code", "codeurl", "repourl", "repository"),
    "project": ("project", "projectpage", "projecturl", "homepage", "website"),
}  # fmt: skip
_WITHOUT_IDS: Table = {name: aliases for name, aliases in TABLE.items() if name != "own"}
_LONGEST_ADDRESS_AS_ID = 200


def has_title(keys: Iterable[str]) -> bool:
    """Return whether one of these keys is a name for the title."""
    return not {plain_key(key) for key in keys}.isdisjoint(TABLE["title"])


def record(values: Mapping[str, Any], *, prefix: str, own: bool = True) -> Document:
    """Make a Document from a foreign record or a line of an export; ValueError says what is wrong.

    ``own``: whether the key that is called like an identifier is one.
    """
    if is_export(values):
        return checked(from_dict(values))
    known, extra = sorted_out(_flat(values), TABLE if own else _WITHOUT_IDS)
    address = known.get("url", "")
    if not any(key in known for key in ("arxiv", "doi", "own")) and len(address) <= _LONGEST_ADDRESS_AS_ID:
        known["own"] = address
    return document(known, extra, prefix=prefix)


def _flat(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Move the facts of a record's own ``extra``, and the day of its first version, next to its other fields."""
    inner, versions = values.get("extra"), values.get("versions")
    if isinstance(inner, Mapping):
        values = {**inner, **{key: value for key, value in values.items() if key != "extra"}}
    if isinstance(versions, list) and versions and isinstance(versions[0], Mapping) and "created" not in values:
        values = {**values, "created": versions[0].get("created")}
    return values
