"""The kind of a work: eight words, and how each foreign format calls them.

one vocabulary for each format; the first word of a kind is the one that is written
a word that no vocabulary knows gives no kind: a kind is said by a source or it is not known
a work whose source says none: what its venue, its identifiers and its place in print suggest
"""

from __future__ import annotations

import re
from collections.abc import Mapping

KINDS = ("article", "inproceedings", "book", "chapter", "thesis", "report", "preprint", "dataset")
Words = Mapping[str, tuple[str, ...]]


def _plain(word: str) -> str:
    return re.sub(r"[^a-z0-9]", "", word[:100].lower())


class Vocabulary:
    """The words of one format for the kinds, read without case and punctuation."""

    def __init__(self, words: Words) -> None:
        self._written = {kind: several[0] for kind, several in words.items()}
        self._kinds = {_plain(word): kind for kind, several in words.items() for word in several}

    def kind(self, word: str) -> str:
        """Return the kind that a word of this format means; empty for an unknown word."""
        return self._kinds.get(_plain(word), "")

    def word(self, kind: str) -> str:
        """Return the word that this format writes for a kind; empty when it has none."""
        return self._written.get(kind, "")


BIBTEX = Vocabulary({
    "article": ("article", "suppperiodical", "review"),
    "inproceedings": ("inproceedings", "conference"),
    "book": ("book", "mvbook", "collection", "mvcollection", "proceedings", "mvproceedings", "booklet", "reference",
             "mvreference"),
    "chapter": ("incollection", "inbook", "suppbook", "suppcollection", "bookinbook", "inreference"),
    "thesis": ("phdthesis", "mastersthesis", "mathesis", "thesis", "bachelorsthesis", "bathesis"),
    "report": ("techreport", "report"),
    "preprint": ("unpublished", "preprint"),
    "dataset": ("dataset", "data"),
})  # fmt: skip
RIS = Vocabulary(
    {
        "article": ("JOUR", "EJOUR", "JFULL", "MGZN", "NEWS", "INPR", "ABST"),
        "inproceedings": ("CPAPER", "CONF"),
        "book": ("BOOK", "EBOOK", "EDBOOK", "WHOLE"),
        "chapter": ("CHAP", "ECHAP", "ENCYC", "DICT"),
        "thesis": ("THES",),
        "report": ("RPRT", "GOVDOC"),
        "preprint": ("UNPB", "MANSCPT"),
        "dataset": ("DATA", "AGGR"),
    }
)
WEB_OF_SCIENCE = Vocabulary(
    {
        "article": ("Article", "Review", "Letter", "Editorial Material", "Note", "J"),
        "inproceedings": ("Proceedings Paper", "Meeting Abstract"),
        "book": ("Book", "B"),
        "chapter": ("Book Chapter",),
        "report": ("Report",),
        "dataset": ("Data Set", "Database"),
    }
)
CSL = Vocabulary(
    {
        "article": ("article-journal", "article-magazine", "article-newspaper", "review"),
        "inproceedings": ("paper-conference",),
        "book": ("book", "collection", "classic"),
        "chapter": ("chapter", "entry", "entry-encyclopedia", "entry-dictionary"),
        "thesis": ("thesis",),
        "report": ("report",),
        "preprint": ("article", "manuscript"),
        "dataset": ("dataset",),
    }
)
ZOTERO = Vocabulary(
    {
        "article": ("journalArticle", "magazineArticle", "newspaperArticle"),
        "inproceedings": ("conferencePaper",),
        "book": ("book",),
        "chapter": ("bookSection", "encyclopediaArticle", "dictionaryEntry"),
        "thesis": ("thesis",),
        "report": ("report",),
        "preprint": ("preprint",),
        "dataset": ("dataset",),
    }
)
CROSSREF = Vocabulary(
    {
        "article": ("journal-article",),
        "inproceedings": ("proceedings-article",),
        "book": ("book", "monograph", "edited-book", "reference-book", "book-set", "proceedings"),
        "chapter": ("book-chapter", "book-section", "book-part", "book-track", "reference-entry"),
        "thesis": ("dissertation",),
        "report": ("report", "report-component"),
        "preprint": ("posted-content",),
        "dataset": ("dataset", "database"),
    }
)
OPENALEX = Vocabulary(
    {
        "article": ("article", "review", "letter", "editorial"),
        "inproceedings": ("conference-paper", "conference-abstract"),
        "book": ("book",),
        "chapter": ("book-chapter", "reference-entry"),
        "thesis": ("dissertation",),
        "report": ("report",),
        "preprint": ("preprint",),
        "dataset": ("dataset",),
    }
)
PUBMED = Vocabulary({
    "article": ("Journal Article", "Review", "Systematic Review", "Clinical Trial", "Randomized Controlled Trial",
                "Case Reports", "Meta-Analysis", "Letter", "Editorial", "Comment", "Observational Study"),
    "inproceedings": ("Congress",),
    "book": ("Book",),
    "thesis": ("Academic Dissertation",),
    "report": ("Technical Report",),
    "preprint": ("Preprint",),
    "dataset": ("Dataset",),
})  # fmt: skip
DATABASES = Vocabulary({  # Scopus, Dimensions, DataCite and tables like theirs
    "article": ("Article", "Journal Article", "Review", "Letter", "Editorial", "Note", "Short Survey", "Data Paper",
                "Article in Press"),
    "inproceedings": ("Conference Paper", "Proceedings Paper", "Proceeding", "Proceedings", "Conference Proceeding"),
    "book": ("Book", "Monograph", "Edited Book"),
    "chapter": ("Book Chapter", "Chapter"),
    "thesis": ("Thesis", "Dissertation"),
    "report": ("Report",),
    "preprint": ("Preprint",),
    "dataset": ("Dataset", "Data Set"),
})  # fmt: skip
REPOSITORIES = Vocabulary({  # info:eu-repo/semantics, and the types of DSpace and EPrints
    "article": ("article", "review", "contributionToPeriodical", "Peer-reviewed Article", "Journal contribution"),
    "inproceedings": ("conferenceObject", "conferencePaper", "conferenceContribution", "conferencePoster",
                      "conferenceItem", "Conference or Workshop Item", "Conference contribution"),
    "book": ("book", "conferenceProceedings"),
    "chapter": ("bookPart", "bookChapter", "Book Section", "Book chapter"),
    "thesis": ("doctoralThesis", "masterThesis", "bachelorThesis", "thesis", "Thesis or Dissertation"),
    "report": ("report", "workingPaper", "technicalReport", "Technical Report", "reportPart"),
    "preprint": ("preprint", "submittedVersion"),
    "dataset": ("dataset", "researchData"),
})  # fmt: skip
_ALL = (DATABASES, OPENALEX, CROSSREF, ZOTERO, PUBMED, CSL, BIBTEX, RIS)


def kind_named(word: str) -> str:
    """Return the kind that a word means in a record whose format is not known, or an empty text.

    Where formats contradict each other, the larger databases win: ``article`` is an article and not, as in CSL JSON,
    a preprint.
    """
    return next(filter(None, (each.kind(word) for each in _ALL)), "")


_PREPRINTS = re.compile(r"\b(?:arxiv|corr|biorxiv|medrxiv|chemrxiv|psyarxiv|ssrn|research square|preprints?)\b", re.I)
_MEETING = re.compile(
    r"\b(?:proceedings|proc\.|conference|conf\.|workshop|symposium|meeting|congress|colloquium|convention|summit"
    r"|findings of)",
    re.IGNORECASE,
)
_JOURNAL_OF_PROCEEDINGS = re.compile(
    r"\bproceedings of the (?:national academy|ieee$|royal society|(?:american|london|edinburgh) mathematical"
    r"|vldb endowment|acm on)",
    re.IGNORECASE,
)
_JOURNAL = re.compile(
    r"journal|zeitschrift|revista|transactions|\btrans\.|letters|reviews?\b|magazine|annals|archives? of|bulletin"
    r"|quarterly|\bacta\b|gazette|chronicle|frontiers in|advances in|(?:international|european) j\b|^j\. "
    r"|\b(?:tacl|jmlr|tmlr|pnas|pvldb)\b",
    re.IGNORECASE,
)
_JOURNALS = re.compile(
    r"(?:nature|science|cell|the lancet|lancet|jama|(?:the )?bmj|plos|plos one|peerj|elife|npj)\b(?!.*\d{4})[\w :&-]*"
    r"|neuroimage|neuron|iscience|bioinformatics|biometrika|econometrica|cognition|brain|neurocomputing|sensors"
    r"|scientific (?:reports|data)|artificial intelligence|machine learning|pattern recognition|neural computation"
    r"|neural networks|ieee access|information sciences|communications of the acm|(?:acm )?computing surveys",
    re.IGNORECASE,
)


def suggested_kind(venue: str) -> str:
    """Return the kind that the name of a venue suggests where no source says one: article, inproceedings, preprint, or
    empty for no venue."""
    if not venue.strip():
        return ""
    if _JOURNAL_OF_PROCEEDINGS.search(venue):
        return "article"
    if _MEETING.search(venue):
        return "inproceedings"
    if _PREPRINTS.search(venue):
        return "preprint"
    return "article" if _JOURNAL.search(venue) or _JOURNALS.fullmatch(venue.strip()) else "inproceedings"
