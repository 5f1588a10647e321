"""BibTeX and BibLaTeX: every entry is parsed alone, so that a broken one does not affect the others.

cut the file where a line begins an entry; read the strings first
parse each entry alone; inherit from its crossref
fields through the table into a Document; the citation key is a fact, not an identifier
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from itertools import zip_longest
from pathlib import Path
from typing import Any

from broadsheet.core.text import readable
from broadsheet.core.types import BadRecord, Document
from broadsheet.sources.bibtex_names import people_of
from broadsheet.sources.fields import Table, document, sorted_out
from broadsheet.sources.files import FileSource, Record, decoded, made, whole

TABLE: Table = {
    "title": ("title",),
    "text": ("abstract",),
    "arxiv": ("arxiv", "arxivid"),
    "doi": ("doi",),
    "venue": ("journaltitle", "journal", "booktitle", "eventtitle", "series", "school", "institution", "publisher"),
    "categories": ("primaryclass", "eprintclass"),
    "keywords": ("keywords", "keyword"),
    "submitted": ("date",),
    "year": ("year",),
    "url": ("url", "howpublished", "ee"),
    "pdf": ("pdf",),
    "code": ("code", "github"),
}
_START = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)[ \t]*[{(]", re.MULTILINE)
_KEY = re.compile(r"([{(])\s*+([^,={}()\"#\n]*+)\s*+,")
_MATH = re.compile(r"(?<!\\)\$\$?([^$]{1,500}+)(?<!\\)\$\$?")
_COMMAND = re.compile(r"\\(text(?:quote|en|em|ascii)[a-z]*)\s+")
_OPEN, _MARK = re.compile(r"[{(]"), re.compile(r'([{}"])')
_WHITE = re.compile(r"\s{100,}")  # on which the underlying parser would never finish
_NO_ENTRY = "not a BibTeX entry: check its braces, quotes and commas"
_COMMENTS = {"comment", "preamble"}
_LONGEST_ENTRY, _DEEPEST, _MOST_MARKS, _MOST_GROWTH = 200_000, 40, 200, 50_000
_LONGEST_STRING, _LONGEST_INHERITED = 2_000, 1_000
_INSIDE = str.maketrans('{}"', "\x01\x02\x03")
_OUTSIDE = str.maketrans("\x01\x02\x03", '{}"')
_UNUSED = str.maketrans("", "", "\x01\x02\x03")
_INHERITED = ("year", "date", "month", "publisher", "journal", "journaltitle", "series", "volume", "editor", "url")


def named(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """Make the source ``bibtex:FILE``: a ``.bib`` file, gzip or not."""
    return FileSource(f"bibtex:{rest}", Path(rest), read)


def read(path: Path) -> Iterator[Record]:
    """Yield Documents and BadRecords in the order of the file."""
    parse = _Parser()
    with whole(path) as text:
        found = [parse.entry(piece, path.name) for piece in _pieces(text)]
        by_key = {entry["ID"].lower(): entry for entry in found if isinstance(entry, dict)}
        for entry in found:
            if isinstance(entry, BadRecord):
                yield entry
            elif entry:
                yield _record(entry, by_key)


@dataclass(frozen=True, slots=True)
class _Piece:
    line: int
    kind: str
    text: str

    @property
    def depth(self) -> int:
        """Count the braces left open; escaped ones do not count."""
        return len(re.findall(r"(?<!\\)\{", self.text)) - len(re.findall(r"(?<!\\)\}", self.text))


def _pieces(text: str) -> Iterator[_Piece]:
    """Split the text at entries; what only looks like one inside a field goes back to the entry around it."""
    starts = [*_START.finditer(text)]
    line, at = 1, 0
    held: list[_Piece] = []
    depth = 0
    for match, following in zip_longest(starts, starts[1:]):
        line, at = line + text.count("\n", at, match.start()), match.start()
        piece = _Piece(line, match[1].lower(), text[at : following.start() if following else len(text)])
        if depth > 0 and (piece.depth == -depth or not _KEY.match(text, match.end() - 1)):
            held.append(piece)
            depth += piece.depth
            continue
        if held:
            yield _joined(held)
        held, depth = [piece], piece.depth
    if held:
        yield _joined(held)


def _joined(pieces: list[_Piece]) -> _Piece:
    return _Piece(pieces[0].line, pieces[0].kind, "".join(piece.text for piece in pieces))


class _Parser:
    """bibtexparser, one entry at a time, with the strings defined so far."""

    def __init__(self) -> None:
        from bibtexparser.bparser import BibTexParser as Parser

        logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its grammar makes newer pyparsing warn
            make: Callable[..., Any] = Parser
            self._parser = make(ignore_nonstandard_types=False)
        self._parser.expect_multiple_parse = True
        self._strings: dict[str, str] = {**self._parser.bib_database.strings}  # the months
        self._longest = 0

    def entry(self, piece: _Piece, name: str) -> dict[str, str] | BadRecord | None:
        """Return the fields, with ``ENTRYTYPE``, ``ID`` and ``LINE``; None for a piece without an entry."""
        where = f"{name}:{piece.line}"
        if piece.kind in _COMMENTS:
            return None
        found = made(self._fields, piece, where, raw=piece.text)
        return {**found, "LINE": where} if isinstance(found, dict) else found

    def _fields(self, piece: _Piece) -> dict[str, str] | None:
        _check(piece)
        self._check_joined(piece.text)
        text = _WHITE.sub(" ", decoded(piece.text).translate(_UNUSED))
        key, text = _without_key(text) if piece.kind != "string" else ("", text)
        defined: dict[str, Any] = {}
        self._parser.bib_database.strings = _Strings(defined, self._strings)
        entries = self._entries(_without_inner_marks(text), piece.kind)
        if piece.kind == "string":
            self._define(defined)
            return None
        if len(entries) != 1:
            raise ValueError(_NO_ENTRY)
        if sum(map(len, entries[0].values())) > len(text) + _MOST_GROWTH:
            raise ValueError(f"its strings add more than {_MOST_GROWTH:,} characters to it")
        fields = {name: value.translate(_OUTSIDE) for name, value in entries[0].items()}
        return {name: value if value != "{}" else "" for name, value in fields.items()} | {"ID": key}

    def _check_joined(self, text: str) -> None:
        """Refuse strings joined by ``#`` that grow too long: if each joins two others, thirty make a gigabyte."""
        if text.count("#") * self._longest > _LONGEST_ENTRY:
            raise ValueError(f"its strings could make it longer than {_LONGEST_ENTRY:,} characters")

    def _define(self, defined: Mapping[str, Any]) -> None:
        """Keep what a ``@string`` defines, as plain text; an undefined string keeps its own name."""
        for name, value in defined.items():
            parts = getattr(value, "expr", [value])
            text = "".join(part if isinstance(part, str) else self._strings.get(part.name, part.name) for part in parts)
            text = text.translate(_OUTSIDE)
            if len(text) > _LONGEST_STRING:
                raise ValueError(f"a string has {len(text):,} characters; at most {_LONGEST_STRING:,} are allowed")
            self._strings[name] = text
            self._longest = max(self._longest, len(text))

    def _entries(self, text: str, kind: str) -> list[dict[str, str]]:
        """Parse one entry with bibtexparser; a string gives nothing, and what follows the entry is ignored."""
        from pyparsing import ParseException

        self._parser.bib_database.entries = []
        grammar = self._parser._expr  # its whole grammar would look for an entry at every letter of a broken one
        try:
            (grammar.string_def if kind == "string" else grammar.entry).parse_string(text)
        except ParseException as error:
            raise ValueError(_NO_ENTRY) from error
        found: list[dict[str, str]] = self._parser.bib_database.entries
        return found


class _Strings(ChainMap[str, Any]):
    """Strings by name; an undefined one has its own name as its value."""

    def __missing__(self, name: str) -> str:
        return name


def _check(piece: _Piece) -> None:
    if len(piece.text) > _LONGEST_ENTRY:
        raise ValueError(f"the entry has {len(piece.text):,} characters; at most {_LONGEST_ENTRY:,} are read")
    deepest = depth = 0
    for brace in re.findall(r"[{}]", piece.text):
        depth += 1 if brace == "{" else -1
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise ValueError(f"braces are nested more than {_DEEPEST} deep")


def _without_inner_marks(text: str) -> str:
    """Flatten the values of an entry: write the braces and quotes inside them as other letters.

    The underlying parser takes a hundred times longer for a brace than for a letter. ValueError for an entry with too
    many fields, or with a second entry inside it.
    """
    end = start = len(text) - len(_OPEN.split(text, maxsplit=1)[-1])
    kept, marks = [text[:start]], 0
    for piece, level in _levels(text[start:]):
        kept.append(piece.translate(_INSIDE) if level else piece)
        marks += 0 if level else sum(map(piece.count, "=,#"))
        end += len(piece)
    if marks > _MOST_MARKS:
        raise ValueError(f"the entry has {marks:,} fields and joined strings; at most {_MOST_MARKS} are read")
    if _START.search(text, end):
        raise ValueError(f"{_NO_ENTRY}; another entry begins inside it")
    return "".join(kept)


def _levels(text: str) -> Iterator[tuple[str, int]]:
    """Yield the pieces of an entry and the braces and quotes between them, each with its depth in a value."""
    depth, quoted = 0, False
    for piece in _MARK.split(text):
        if piece == '"' and not depth:
            quoted = not quoted
            yield piece, 0
        elif piece == "{":
            yield piece, depth + quoted
            depth += 1
        elif piece == "}" and depth:
            depth -= 1
            yield piece, depth + quoted
        elif piece == "}":
            yield piece, 0
            if not quoted:
                return
        else:
            yield piece, depth + quoted


def _without_key(text: str) -> tuple[str, str]:
    """Return the citation key, and the entry with a plain key: real keys have spaces or accents, or are missing."""
    match = _KEY.search(text)
    return (match[2].rstrip(), f"{text[: match.start()]}{match[1]}entry,{text[match.end() :]}") if match else ("", text)


def _record(entry: Mapping[str, str], by_key: Mapping[str, Mapping[str, str]]) -> Record:
    parent = by_key.get(entry.get("crossref", "").lower(), {})
    return made(_document, {**_inherited(parent), **entry}, entry["LINE"])


def _inherited(parent: Mapping[str, str]) -> dict[str, str]:
    """Return what an entry inherits from its ``crossref``, without long values, which would be repeated in each."""
    fields = {key: parent.get(key, "") for key in _INHERITED}
    fields["booktitle"] = parent.get("booktitle") or parent.get("title", "")
    return {key: value for key, value in fields.items() if 0 < len(value) <= _LONGEST_INHERITED}


def _document(entry: Mapping[str, str]) -> Document:
    fields = {key: value for key, value in entry.items() if key not in ("ENTRYTYPE", "ID", "LINE") and value.strip()}
    for key in ("doi", "url", "eprint", "date", "year", "howpublished"):
        if key in fields:
            fields[key] = _address(fields[key])
    values, extra = sorted_out(fields, TABLE)
    if authors := people_of(fields.get("author", ""), plain_tex):
        values["authors"] = authors
        extra.pop("author", None)
    if (eprint := fields.get("eprint")) and _archive(fields) in ("arxiv", ""):
        values["arxiv"] = eprint
    return document(values, {**extra, "entry_type": entry["ENTRYTYPE"], "citation_key": entry["ID"]}, clean=plain_tex)


def plain_tex(text: str) -> str:
    r"""Make a BibTeX field readable: its braces only group, each ``$`` is mathematics, ``&amp;`` is HTML residue."""
    text = _MATH.sub(lambda m: rf"\({m[1].strip()}\)", unescape(text.replace(r"\&", "&")))
    text = _COMMAND.sub(r"\\\1{}", text).replace(r"\{", "\ue000").replace(r"\}", "\ue001")
    return readable(readable(text).replace("{", "").replace("}", "")).replace("\ue000", "{").replace("\ue001", "}")


def _archive(fields: Mapping[str, str]) -> str:
    return (fields.get("archiveprefix") or fields.get("eprinttype") or "").strip().lower()


def _address(value: str) -> str:
    r"""Return an address without its ``\url{...}`` and the backslashes before ``_`` and ``%``."""
    return re.sub(r"\\(?=[_%#&~])", "", re.sub(r"\\url\s*\{([^{}]*)\}", r"\1", value)).strip("{} \n")
