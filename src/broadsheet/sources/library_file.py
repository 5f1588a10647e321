"""A library file: an uploaded file of references of any kind that is recognised, read whatever its name, within bounds.

bytes and a file name -> unpacked, as UTF-8 -> which reader? -> Documents and BadRecords
"""

from __future__ import annotations

import gzip
import io
import re
import tempfile
import zlib
from itertools import islice
from pathlib import Path

from broadsheet import names
from broadsheet.core.errors import BroadsheetError, SourceError, UsageError, on_disk
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources.recognise import kind_of

LARGEST = 8 * 2**20  # bytes, unpacked
MOST = 5_000  # records: ten seconds of BibTeX
_MOST_FIELDS = 30 * MOST  # of BibTeX
_HEAD = 2**18
_LONGEST_NAME = 60
_GZIP, _MARK = b"\x1f\x8b", b"\xef\xbb\xbf"  # how gzip begins, and text in UTF-8 may
_ENTRY = re.compile(rb"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_LIVE = frozenset({"arxiv", "feed", "hf", "page"})  # kinds of files that are lists of news and no one's library

Record = Document | BadRecord


def read_library(data: bytes, filename: str) -> list[Record]:
    """Read the records of an uploaded file: BibTeX, RIS, a table, JSON or what else ``recognise`` knows, gzip or not.

    The content decides which, or the ending of ``filename`` where that is unclear. UsageError when neither does, or for
    more than LARGEST bytes or MOST records; SourceError when the file is damaged.
    """
    text = _unpacked(data, filename)
    kind = _kind(text, filename)
    if kind == "bibtex":
        _check_bibtex(text, filename)
    with on_disk(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="broadsheet-") as folder:
        path = Path(folder) / _file_name(filename)
        path.write_bytes(text)
        records = _read(f"{kind}:{path}", folder)
    if len(records) > MOST:
        raise _too_many(filename)
    return records


def _check_bibtex(text: bytes, filename: str) -> None:
    """Refuse a file that would take minutes: the reader parses all entries, field by field, before it yields the
    first."""
    if len(_ENTRY.findall(text)) > MOST:
        raise _too_many(filename)
    if text.count(b"=") + text.count(b"#") > _MOST_FIELDS:
        raise UsageError(f"{filename[:100]!r} holds more than {_MOST_FIELDS:,} fields: import it in parts")


def _read(source: str, folder: str) -> list[Record]:
    """At most MOST + 1 records of a file in ``folder``; whatever its reader raises becomes a SourceError."""
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


def _unpacked(data: bytes, filename: str) -> bytes:
    """The bytes in UTF-8 with plain line ends, unpacked where they are gzip; UsageError for too many or none.

    Nothing is left for the reader to unpack or decode again, so that the records counted here are the ones it sees.
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
    """The kind of source that reads the file: what its content looks like, else what its ending says."""
    kind = kind_of(data[:_HEAD], filename)
    if kind is None:
        raise UsageError(f"{filename[:100]!r} is not a library that can be read: export it as BibTeX, RIS or CSV")
    if kind.scheme in _LIVE or kind.scheme not in names.known(names.SOURCES):
        raise UsageError(f"{filename[:100]!r} looks like {kind.name}: export your library as BibTeX, RIS or CSV")
    return kind.scheme


def _file_name(filename: str) -> str:
    """A harmless name for a file, which messages about its records use."""
    last = re.split(r"[/\\]", filename)[-1]
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", last).strip(".-")[-_LONGEST_NAME:].strip(".-") or "library"


def _too_many(filename: str) -> UsageError:
    return UsageError(f"{filename[:100]!r} holds more than {MOST:,} records: import it in parts")
