"""An imported personal library: a reader's own BibTeX, RIS or Zotero CSV file becomes papers that they like.

bytes and a file name -> which reader? -> Documents and BadRecords, each bounded
each Document: is it in the Collection, by an identifier or by title and author?  then that paper is liked
else it goes in as a Document of the source ``library:NAME``, on no day, less what only its owner should see

A library's papers are found by search like all others, for they are papers; but they stand on no day, so they are in no
feed, no trending and no mail, and they get their vectors at the next sync. Notes, tags, file paths and scores that a
reference manager keeps beside a paper stay out: they are the reader's, and the Collection is everybody's.
"""

from __future__ import annotations

import gzip
import io
import re
import tempfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from broadsheet import names, works
from broadsheet.collection import Collection
from broadsheet.errors import BroadsheetError, SourceError, UsageError, on_disk
from broadsheet.identity import arxiv_id, doi, title_id
from broadsheet.ingest import ingest
from broadsheet.store.merge import LIBRARY
from broadsheet.text import plain
from broadsheet.types import BadRecord, Document

LARGEST = 8 * 2**20  # bytes, unpacked
MOST = 5_000  # records: ten seconds of BibTeX
_MOST_FIELDS = 30 * MOST  # of BibTeX
_HEAD = 2**18
_LONGEST_NAME = 60
_GZIP, _MARK = b"\x1f\x8b", b"\xef\xbb\xbf"  # how gzip begins, and text in UTF-8 may
_SUFFIXES = {
    **dict.fromkeys((".bib", ".bibtex", ".biblatex"), "bibtex"),
    **dict.fromkeys((".ris", ".ciw"), "ris"),
    **dict.fromkeys((".csv", ".tsv"), "csv"),
}
_ENTRY = re.compile(rb"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_LOOKS = {
    "bibtex": _ENTRY,
    "ris": re.compile(rb"^(?:TY {0,2}- ?|PT [A-Z]\s*$)", re.MULTILINE),
}
_TITLE, _PARTED = re.compile(rb"\btitle\b", re.IGNORECASE), re.compile(rb"[,;\t|]")
_EVERYWHERE = ("openreview:", "acl:", "openalex:", "title:")
_ARCHIVE = re.compile(r"[a-z][a-z-]*\.[A-Za-z][A-Za-z-]*")

Brought = Document | BadRecord


@dataclass(frozen=True, slots=True)
class Library:
    """What a library holds: row numbers of papers that the Collection has (``known``, each once, in the order of the
    file), Documents that it has not (``new``), and records that could not be read (``bad``)."""

    known: tuple[int, ...]
    new: tuple[Document, ...]
    bad: tuple[BadRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A library in the Collection: the row numbers of all its papers (``likes``), how many of them are ``new`` there,
    and what was refused, each with its reason."""

    likes: tuple[int, ...]
    new: int
    bad: tuple[BadRecord, ...]


def read_library(data: bytes, filename: str) -> list[Brought]:
    """The records of an uploaded file: BibTeX, RIS, or CSV as Zotero exports it, gzip or not.

    The content says which, where it is unclear the ending of ``filename``. UsageError when neither does, or for more
    than LARGEST bytes or MOST records; SourceError when the file cannot be read as what it is.
    """
    text = _unpacked(data, filename)
    kind = _kind(text, filename)
    if kind == "bibtex":
        _check_bibtex(text, filename)
    with on_disk(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        path = Path(folder) / _file_name(filename)
        path.write_bytes(text)
        found = _read(f"{kind}:{path}", folder)
    if len(found) > MOST:
        raise _too_many(filename)
    return found


def _check_bibtex(text: bytes, filename: str) -> None:
    """Refuse what would take minutes: its reader takes in all entries, field by field, before it brings the first."""
    if len(_ENTRY.findall(text)) > MOST:
        raise _too_many(filename)
    if text.count(b"=") + text.count(b"#") > _MOST_FIELDS:
        raise UsageError(f"{filename[:100]!r} holds more than {_MOST_FIELDS:,} fields: import it in parts")


def _read(source: str, folder: str) -> list[Brought]:
    """The records of a file in ``folder``, one more than MOST at most; whatever its reader raises is a SourceError."""
    try:
        return list(islice(names.source(source).fetch(), MOST + 1))
    except SourceError as error:
        raise SourceError(str(error).replace(f"{folder}/", "")) from error
    except BroadsheetError:
        raise
    except Exception as error:
        name, kind = Path(source).name, source.partition(":")[0]
        why = " ".join(f"{type(error).__name__}: {error}".replace(f"{folder}/", "").split())[:200]
        raise SourceError(f"{name!r} cannot be read as {kind} ({why}): export your library again") from error


def matched_library(collection: Collection, records: Iterable[Brought]) -> Library:
    """Which papers of a library the Collection has already, by identifier or by title and author, and which not."""
    known: dict[int, None] = {}
    new: dict[str, Document] = {}
    bad: list[BadRecord] = []
    for record in records:
        if isinstance(record, BadRecord):
            bad.append(record)
        elif (number := _number(collection, record)) is not None:
            known[number] = None
        else:
            public = _public(record)
            new.setdefault(public.id, public)
    return Library(tuple(known), tuple(new.values()), tuple(bad))


def take_library(collection: Collection, records: Iterable[Brought], name: str, *, now: datetime) -> Taken:
    """Find the papers of a library in the Collection and keep those that are missing, as ``library:NAME``.

    ``name`` is seen by whoever sees such a paper: let it say nothing of its owner. Taken again, nothing is new.
    Run sync afterwards, that the new papers can be found. UsageError for a name that is none.
    """
    if not re.fullmatch(rf"[A-Za-z0-9_.-]{{1,{_LONGEST_NAME}}}", name):
        raise UsageError(f"{name[:80]!r} cannot name a library: expected letters, digits, points and dashes")
    source = f"{LIBRARY}:{name}"
    library = matched_library(collection, records)
    fresh = [replace(document, source=source) for document in library.new]
    run = ingest(collection, [*fresh, *library.bad], now=now, name=source)
    numbers = collection.store.numbers([document.id for document in fresh])
    refused = [document for document in fresh if document.id not in numbers]
    likes = dict.fromkeys([*library.known, *(numbers[d.id] for d in fresh if d.id in numbers)])
    return Taken(tuple(likes), run.new, (*library.bad, *_reasons(collection, source, refused)))


def _number(collection: Collection, document: Document) -> int | None:
    """The row number of a paper that the Collection has."""
    for name in _identifiers(document):
        if (number := collection.store.number(name)) is not None:
            return number
    same = collection.store.by_numbers(collection.store.with_title(plain(document.title)))
    return next((number for number, other in sorted(same.items()) if works.tie(document, other)), None)


def _identifiers(document: Document) -> list[str]:
    """Its names that mean the same everywhere; a key or a running number means nothing outside its file."""
    return [name for name in (document.id, *document.aliases) if everywhere(name)]


def everywhere(name: str) -> bool:
    """Whether an identifier means the same in every file."""
    return bool(arxiv_id(name) or doi(name)) or name.startswith(_EVERYWHERE)


def _public(document: Document) -> Document:
    """A paper of a library as all may see it: what it is, nothing of how its owner files it, and on no day."""
    names_ = _identifiers(document) or [title_id(document.title, next(iter(document.authors), ""))]
    return replace(
        document,
        id=names_[0],
        aliases=tuple(names_[1:]),
        categories=tuple(name for name in document.categories if _ARCHIVE.fullmatch(name)),
        keywords=(),
        announced=None,
        listed=None,
        votes=None,
        comments=None,
        links={kind: address for kind, address in document.links.items() if kind == "abstract"},
        source="",
        extra={},
    )


def _reasons(collection: Collection, source: str, refused: Sequence[Document]) -> list[BadRecord]:
    """Why the Store has not kept them, as it has written down."""
    if not refused:
        return []
    said = {each.record.where: each.record.reason for each in collection.store.problems(1_000) if each.source == source}
    return [BadRecord(d.id, said.get(d.id, "not kept by the Store"), d.title[:200]) for d in refused]


def _unpacked(data: bytes, filename: str) -> bytes:
    """The bytes in UTF-8 with plain line ends, unpacked where they are gzip; UsageError when too many or none.

    Nothing is left that the reader would unpack or decode once more: what counts records here must see what it sees.
    """
    if data[:2] == _GZIP:
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                data = stream.read(LARGEST + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"{filename[:100]!r} cannot be unpacked ({error}): get the file again") from error
    if len(data) > LARGEST:
        raise UsageError(f"{filename[:100]!r} is larger than {LARGEST:,} bytes: import it in parts")
    data = data.removeprefix(_MARK)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", "replace").encode().removeprefix(_MARK)
    if not data.strip():
        raise UsageError(f"{filename[:100]!r} is empty: export your library again, as BibTeX, RIS or CSV")
    if data[:2] == _GZIP:
        raise UsageError(f"{filename[:100]!r} is packed twice: unpack it first")
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _kind(data: bytes, filename: str) -> str:
    """The reader for it: the one that its content looks like; of several, or none, the one its ending says."""
    head = data[:_HEAD]
    looks = [kind for kind, look in _LOOKS.items() if look.search(head)]
    first = head.partition(b"\n")[0]
    if _TITLE.search(first) and _PARTED.search(first):  # one look each: what stands between could take for ever
        looks.append("csv")
    plain_name = filename.lower().removesuffix(".gz")
    said = _SUFFIXES.get(Path(plain_name).suffix, "")
    if said and (said in looks or not looks):
        return said
    if not looks:
        raise UsageError(f"{filename[:100]!r} is no library that can be read: export it as BibTeX, RIS or CSV")
    return looks[0]


def _file_name(filename: str) -> str:
    """A harmless name for a file, by which its records are called in reasons."""
    last = re.split(r"[/\\]", filename)[-1]
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", last).strip(".-")[-_LONGEST_NAME:].strip(".-") or "library"


def _too_many(filename: str) -> UsageError:
    return UsageError(f"{filename[:100]!r} holds more than {MOST:,} records: import it in parts")
