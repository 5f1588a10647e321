"""What a file is, by its content; and which source someone means who types a file, an address or a category.

the beginning of the file, unpacked and decoded
XML and JSON say what they are by their root and their keys, tagged formats by their lines, tables by their header
where several fit, or none, the ending of the name decides
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from broadsheet import names
from broadsheet.core.errors import SourceError, UsageError
from broadsheet.core.identity import arxiv_id, doi
from broadsheet.sources import answers, arxiv, page
from broadsheet.sources.aliases import has_title
from broadsheet.sources.encodings import wide_encoding
from broadsheet.sources.files import chunks, found, regular
from broadsheet.sources.tables import header_in

_HEAD = 2**18
_MOST_OBJECTS = 30
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_ARXIV_LIST = re.compile(r"(?:rss|export)?\.?arxiv\.org/(?:list|rss|atom)/([\w.-]+)", re.IGNORECASE)
_HF_PAPERS = re.compile(r"https?://(?:www\.)?huggingface\.co/(?:api/daily_)?papers/?", re.IGNORECASE)
_REPOSITORY = re.compile(r"/oai(?:2(?:\.php)?|[-_]?pmh2?|/request)?/?$", re.IGNORECASE)
_ROOT = re.compile(r"\s*(?:<\?[^>]*>\s*|<!--(?:(?!-->).)*-->\s*|<![^>]*>\s*)*<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: the kind of source that reads it, empty where none does, and its name in a sentence."""

    scheme: str
    name: str


_BIBTEX, _RIS, _TABLE, _JSON = (
    Kind("bibtex", "BibTeX"),
    Kind("ris", "RIS"),
    Kind("csv", "a table"),
    Kind("jsonl", "JSON"),
)
_PUBMED, _WOS = Kind("nbib", "PubMed's MEDLINE format"), Kind("ris", "Web of Science's tagged format")
_EMPTY = Kind("", "an empty file")
_ZOTERO = Kind("zotero", "Zotero's RDF")
_PAGE, _ARXIV, _FEED = Kind("page", "a saved page"), Kind("arxiv", "an answer of arXiv"), Kind("feed", "RSS or Atom")
_LINES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE), _BIBTEX),
    (re.compile(r"^TY {0,2}- ?", re.MULTILINE), _RIS),
    (re.compile(r"^PT [A-Z][ \t]*$", re.MULTILINE), _WOS),
    (re.compile(r"^PMID- ?\d", re.MULTILINE), _PUBMED),
    (re.compile(r"^%0 [A-Z]", re.MULTILINE), Kind("", "EndNote's tagged format; export it as RIS")),
)
_ROOTS = {
    **dict.fromkeys(("feed", "rss", "rdf"), _FEED),
    **dict.fromkeys(("collection", "volume"), Kind("acl", "a volume of the ACL Anthology")),
    "oai-pmh": Kind("oai", "an answer of OAI-PMH"),
    "pubmedarticleset": Kind("nbib", "PubMed's XML"),
    "html": Kind("", "a web page; name the address of its feed, or export the papers as BibTeX or RIS"),
    "xml": Kind("", "EndNote's XML; export it as RIS"),
}
_ENDINGS = {
    **dict.fromkeys((".bib", ".bibtex", ".biblatex"), _BIBTEX),
    **dict.fromkeys((".ris", ".ciw"), _RIS),
    **dict.fromkeys((".csv", ".tsv"), _TABLE),
    **dict.fromkeys((".jsonl", ".ndjson", ".json"), _JSON),
    **dict.fromkeys((".atom", ".rss", ".rdf"), _FEED),
    ".nbib": _PUBMED,
}
_SERVICES = {
    "OpenAlex": Kind("openalex", "an answer of OpenAlex"),
    "Hugging Face": Kind("hf", "a list of Hugging Face"),
    "OpenReview": Kind("openreview", "an answer of OpenReview"),
}
_BINARY = {
    b"%PDF": Kind("", "a PDF"),
    b"PK\x03\x04": Kind("", "a zip archive or an Office file; unpack it, or save the table as CSV"),
    b"\xd0\xcf\x11\xe0": Kind("", "an old Office file; save the table as CSV"),
    b"SQLite format 3": Kind("", "a database"),
}


def kind_of(head: bytes, filename: str = "") -> Kind | None:
    """Return the kind of a file by its first bytes, by the ending of its name where these fit several kinds or none.

    None when neither tells.
    """
    if binary := next((kind for magic, kind in _BINARY.items() if head.startswith(magic)), None):
        return binary
    text = head[:_HEAD].decode(wide_encoding(head) or "utf-8", "replace").lstrip("\ufeff \t\r\n")
    ending = _ENDINGS.get(Path(filename.lower().removesuffix(".gz")).suffix) if filename else None
    if not text:
        return ending or _EMPTY
    looks = list(_looks(text.replace("\r\n", "\n").replace("\r", "\n")))
    return ending if ending and (ending in looks or not looks) else next(iter(looks), None)


def kind_of_file(path: Path) -> Kind | None:
    """Return the kind of a file, packed or not; None when it is a folder, or cannot be read or told."""
    if not path.is_file():
        return None
    try:
        return kind_of(next(chunks(path), b""), path.name)
    except SourceError:
        with path.open("rb") as stream:
            return next((kind for magic, kind in _BINARY.items() if stream.read(16).startswith(magic)), None)


def _looks(text: str) -> Iterator[Kind]:
    """Yield the kinds that a text may be, what begins first in it first."""
    if text.startswith("<"):
        yield from filter(None, [_of_xml(text)])
        return
    if re.match(r"(?:\[\s*[\[{\]]|\{\s*[\"}])", text):
        yield _of_json(text)
        return
    places = {kind: match.start() for form, kind in _LINES if (match := form.search(text))}
    lines = text.splitlines(keepends=True)[:50]
    header = header_in(lines)
    if header and (len(header.names) > 1 or header.before == 0):
        kind = Kind("csv", f"a table of {header.layout.name}") if header.layout else _TABLE
        places[kind] = sum(map(len, lines[: header.before]))
    if page.begins(text):
        places[_PAGE] = 0
    yield from sorted(places, key=lambda kind: places[kind])


def _of_xml(text: str) -> Kind | None:
    root = _ROOT.match(text)
    kind = _ROOTS.get(root[1].lower()) if root else None
    if kind is _FEED and re.search(r"arxiv\.org/(?:schemas|api)|rss\.arxiv\.org|export\.arxiv\.org", text[:4_000]):
        return _ARXIV
    if kind is _FEED and "www.zotero.org/namespaces/export" in text[:4_000]:
        return _ZOTERO
    if kind and kind.scheme == "acl" and "<paper" not in text:
        return None
    return kind


def _of_json(text: str) -> Kind:
    record = next(_records(text), None)
    if record is None:
        return _JSON
    service = answers.service(record)
    first, _, rest = text.partition("\n")
    in_lines = first.startswith("{") and bool(rest.strip()) and _is_whole(first)
    if service in _SERVICES and not in_lines:
        return _SERVICES[service]
    return Kind("jsonl", service if "JSON" in service else f"JSON of {service}") if service else _JSON


def _records(text: str) -> Iterator[Mapping[str, Any]]:
    """Yield what may be a record near the beginning of a text that may break off."""
    decoder = json.JSONDecoder(parse_int=str, parse_constant=str)
    for match in islice(re.finditer(r"\{", text), _MOST_OBJECTS):
        try:
            value, _ = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            continue
        for record in answers.records_in(value)[:1]:
            if isinstance(record, Mapping) and (has_title(map(str, record)) or answers.service(record)):
                yield record


def _is_whole(line: str) -> bool:
    try:
        json.loads(line, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return False
    return True


def hint(name: str) -> str:
    """Return which source would take the file of a source that brought nothing; empty when this is the right one."""
    scheme, _, rest = name.partition(":")
    path = Path(rest).expanduser()
    if path.is_file() and not path.stat().st_size:
        return "The file is empty."
    kind = kind_of_file(path) if rest else None
    if kind is None or kind.scheme == scheme:
        return ""
    if kind.scheme in names.known(names.SOURCES):
        return f"It looks like {kind.name}: use {kind.scheme}:{rest}."
    return f"It looks like {kind.name}."


def full_name(typed: str, *, files: bool = True) -> str:
    """Return the name of the source that someone means: ``bibtex:refs.bib`` for ``refs.bib``, ``arxiv:cs.IR`` for
    ``cs.IR``, ``crossref:10.1145/3366423`` for a DOI, ``oai:https://...`` or ``feed:https://...`` for an address.

    ``files``: whether files of this machine may be looked at. UsageError for what no source reads, NotFoundError for a
    file that is not there.
    """
    schemes = names.known(names.SOURCES)
    if typed.partition(":")[0] in schemes:
        return typed
    if _ADDRESS.match(typed):
        return _of_address(typed)
    if known := doi(typed):
        return f"arxiv:{typed}" if arxiv_id(typed) else f"crossref:{known}"
    path = Path(typed)
    if files and typed and _is_there(path):
        return f"{scheme_of(path, typed)}:{typed}"
    if files and ":" not in typed and ("/" in typed or path.suffix.lower() in _ENDINGS):
        found(path)  # raises with the nearest names
    return f"arxiv:{typed}" if _is_arxiv(typed) else typed


def _of_address(address: str) -> str:
    if known := arxiv_id(address):
        return f"arxiv:{known[0]}"
    if (match := _ARXIV_LIST.search(address)) and _is_arxiv(match[1]):
        return f"arxiv:{match[1]}"
    if known_doi := doi(address):
        return f"crossref:{known_doi}"
    if _HF_PAPERS.fullmatch(address):
        return "hf:daily"
    return _of_repository(address) or f"feed:{address}"


def _of_repository(address: str) -> str:
    """Return the source of a repository by the form of its address, with the set of a request; empty for another."""
    try:
        parts = urlsplit(address)
        request = parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return ""
    if "verb" not in request and not (_REPOSITORY.search(parts.path) and not parts.query):
        return ""
    chosen = parts.fragment or next(iter(request.get("set", [])), "")
    return f"oai:{parts.scheme}://{parts.netloc}{parts.path}{f'#{chosen}' if chosen else ''}"


def _is_there(path: Path) -> bool:
    try:
        return path.expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False


def _is_arxiv(typed: str) -> bool:
    try:
        return typed != "" and arxiv.named(typed).live
    except UsageError:
        return False


def scheme_of(path: Path, typed: str) -> str:
    """Return the kind of source that reads a file, which the reader called ``typed``; UsageError when no source reads
    it."""
    schemes = names.known(names.SOURCES)
    if path.expanduser().is_dir():
        raise UsageError(f"{typed!r} is a folder: expected a file, or KIND:FOLDER, for example page:{typed}")
    with regular(path.expanduser()) as file:
        kind = kind_of_file(file)
    if kind and kind.scheme in schemes:
        return kind.scheme
    looks = f"it looks like {kind.name}" if kind else "its content is of no known kind"
    raise UsageError(f"{typed!r} cannot be read: {looks}. Expected KIND:FILE; kinds: {', '.join(schemes)}")
