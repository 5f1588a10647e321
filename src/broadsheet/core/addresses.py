"""Papers as people paste them: identifiers and addresses of the web, anywhere in a text.

    "arxiv 2401.00016", "[2401.00016] A title", "https://openreview.net/pdf?id=abc" -> the identifiers of ``identity``

Each form is one pattern in one table. An address is never opened here; what it names follows from its form alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

from broadsheet.core.identity import arxiv_id, doi

LONGEST = 2_000  # characters of a text that are searched for identifiers
_MOST = 20  # identifiers of one text
_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD = r"[a-z][a-z-]{1,20}(?:\.[A-Z]{2})?/\d{7}"
_ARXIV = rf"((?:{_NEW}|{_OLD})(?:v\d{{1,3}})?)(?:\.pdf)?(?![\w.]*\d)"
_ACL = r"((?:\d{4}\.[a-z0-9_]{1,40}-[a-z0-9_]{1,40}\.\d{1,4}|[A-Z]\d{2}-\d{4,5}))"
_DOI_TAIL = re.compile(
    r"(?:/(?:full|pdf|abstract|meta|epdf|html|fulltext|full-text)|\.(?:pdf|full|abstract|html))+$", re.I
)
_RXIV_VERSION = re.compile(r"^(10\.1101/[\d.]+)v\d{1,2}$")  # bioRxiv's addresses say the version, its DOIs do not
_PREFIXED = re.compile(r"(?=\d*[A-Za-z])[A-Za-z0-9][A-Za-z0-9_.-]{0,63}:\S+")


def _arxiv(given: str) -> str:
    known = arxiv_id(given)
    return known[0] if known else ""


def _doi(given: str) -> str:
    """The DOI without the rest of a publisher's address and without a closing bracket that it does not open."""
    name = given.rstrip(".,;:'\"")
    while name[-1:] in (")", "]", "}") and name.count(name[-1]) > name.count({")": "(", "]": "[", "}": "{"}[name[-1]]):
        name = name[:-1].rstrip(".,;:'\"")
    name = _RXIV_VERSION.sub(r"\1", _DOI_TAIL.sub("", name))
    return _arxiv(name) or doi(name) or ""


def _called(scheme: str, change: Callable[[str], str] = str) -> Callable[[str], str]:
    return lambda given: f"{scheme}:{change(given)}"


_FORMS: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = tuple(
    (re.compile(pattern, flags), make)
    for pattern, flags, make in (
        (rf"https?://\S{{1,300}}?/(?:abs|pdf|html|format|papers?|arxiv)/{_ARXIV}", re.I, _arxiv),
        (rf"(?<![\w/.])(?:abs|pdf)/{_ARXIV}", re.I, _arxiv),
        (rf"(?<![\w/.])(?:oai:)?arxiv(?:\.org)?[:\s]\s?{_ARXIV}", re.I, _arxiv),
        (r"(?:openreview\.net/(?:forum|pdf|attachment)\?(?:\S{0,300}?&)?id=|(?<!\S)openreview:)([\w-]{5,40})", 0,
         _called("openreview")),
        (rf"(?:aclanthology\.org/|aclweb\.org/anthology/(?:[A-Z]/[A-Z]\d\d/)?|10\.18653/v1/|(?<!\S)acl:){_ACL}(?![\w-])",
         0, _called("acl")),
        (r"(?:openalex\.org/(?:works/)?|(?<!\S)openalex:)(W\d{4,12})(?!\w)", re.I, _called("openalex", str.upper)),
        (r"(?:semanticscholar\.org/paper/(?:[^/\s?#]{1,300}/)?)([0-9a-f]{40})(?!\w)", re.I, _called("s2", str.lower)),
        (r"(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/|(?<!\w)pmid:?\s?)(\d{4,9})(?!\w)", re.I,
         _called("pmid")),
        (r"(?:/articles/|(?<!\w)pmcid:?\s?|(?<!\S))(PMC\d{4,9})(?!\w)", re.I, _called("pmcid", str.upper)),
        (r"(?<![\w.])(10\.\d{4,9}/[^\s?#&\"<>]{1,400})(?![^\s?#&\"<>])", 0, _doi),
        (rf"(?<![\w./:-]){_ARXIV}(?![\w/-])", 0, _arxiv),
        (rf"(?<!\S){_ACL}(?!\S)", 0, _called("acl")),
        (r"(?<!\S)(W\d{6,12})(?!\S)", 0, _called("openalex")),
    )
)  # fmt: skip


def identifiers(text: str) -> tuple[str, ...]:
    """Return the identifiers that a text names, in any form that people paste, surest first, each once; at most 20.

    They have the form of ``identity``: bare arXiv ids without a version, bare DOIs, other ids with their prefix.
    """
    return parted(text)[0]


def parted(text: str) -> tuple[tuple[str, ...], str]:
    """Return the identifiers that a text names, and the words around them: empty where nothing else was typed."""
    typed = text.strip()
    if len(typed) > LONGEST:  # a cut identifier would be another one
        typed = typed[:LONGEST].rpartition(" ")[0]
    words = unquote(typed) if "%" in typed else typed
    whole = _whole(words)
    rest, names = words, [whole] if whole else []
    for pattern, make in _FORMS:
        for match in pattern.finditer(words):
            if name := make(match[1]):
                names.append(name)
                rest = rest.replace(_around(words, match), " ")
    if whole:
        rest = ""
    return tuple(dict.fromkeys(names))[:_MOST], " ".join(each for each in rest.split() if any(map(str.isalnum, each)))


def _whole(text: str) -> str:
    """The arXiv id or DOI that a text is, and nothing else."""
    if any(map(str.isspace, text)):
        return ""
    return _arxiv(text) or _doi(doi(text) or "")


def _around(text: str, match: re.Match[str]) -> str:
    """The words of a text that a match reaches into."""
    start = max(text.rfind(" ", 0, match.start()) + 1, 0)
    end = text.find(" ", match.end())
    return text[start : len(text) if end < 0 else end]


def lookup(text: str) -> str | None:
    """Return the identifier that a text names, normalised as by ``identity.identify``, or None. A whole text with a
    prefix (``nips2020:abc``) is one too."""
    stripped = text.strip()
    return next(iter(identifiers(stripped)), None) or (stripped if is_prefixed(stripped) else None)


def is_prefixed(text: str) -> bool:
    """Return whether a whole text has the form of an identifier with a prefix, of whatever source."""
    return bool(_PREFIXED.fullmatch(text.strip()))
