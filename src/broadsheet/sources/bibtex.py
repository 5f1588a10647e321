"""BibTeX and BibLaTeX: every entry parsed alone, so that a broken one costs only itself.

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
from broadsheet.sources.fields import Table, document, sorted_out
from broadsheet.sources.files import FileSource, Record, bad, decoded, whole

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
_WHITE = re.compile(r"\s{100,}")  # over which the parser beneath would take for ever
_COMMENTS = {"comment", "preamble"}
_LONGEST_ENTRY, _DEEPEST, _MOST_UNDEFINED = 200_000, 40, 50
_LONGEST_STRING = 2_000
_INHERITED = ("year", "date", "month", "publisher", "journal", "journaltitle", "series", "volume", "editor", "url")


def named(rest: str, *, client: object = None) -> FileSource:  # noqa: ARG001
    """The source ``bibtex:FILE``: a ``.bib`` file, gzip or not."""
    return FileSource(f"bibtex:{rest}", Path(rest), read)


def read(path: Path) -> Iterator[Record]:
    """Documents and BadRecords in the order of the file."""
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
        """Braces left open; escaped ones do not count."""
        return len(re.findall(r"(?<!\\)\{", self.text)) - len(re.findall(r"(?<!\\)\}", self.text))


def _pieces(text: str) -> Iterator[_Piece]:
    """The text cut at entries; what only looks like one inside a field goes back to the entry around it."""
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
        """The fields, with ``ENTRYTYPE``, ``ID`` and ``LINE``; None for what holds no entry."""
        where = f"{name}:{piece.line}"
        if piece.kind in _COMMENTS:
            return None
        try:
            _check(piece)
            self._check_joined(piece.text)
            found = self._parsed(_WHITE.sub(" ", decoded(piece.text)), piece.kind)
        except (ValueError, RecursionError) as error:
            return bad(where, error, piece.text)
        return {**found, "LINE": where} if found else None

    def _parsed(self, text: str, kind: str) -> dict[str, str] | None:
        key, text = _without_key(text) if kind != "string" else ("", text)
        defined: dict[str, Any] = {}
        self._parser.bib_database.strings = ChainMap(defined, self._strings)
        database = self._database(text)
        entries: list[dict[str, str]] = database.entries
        database.entries, database.comments = [], []
        if kind == "string":
            self._define(defined)
            return None
        if len(entries) != 1:
            raise ValueError("no BibTeX entry: check its braces, quotes and commas")
        if sum(map(len, entries[0].values())) > 2 * _LONGEST_ENTRY:
            raise ValueError(f"its strings make it longer than {2 * _LONGEST_ENTRY:,} characters")
        return {**entries[0], "ID": key}

    def _check_joined(self, text: str) -> None:
        """Refuse what strings joined by ``#`` would make too long: each of two others, and thirty make a gigabyte."""
        if text.count("#") * self._longest > _LONGEST_ENTRY:
            raise ValueError(f"its strings could make it longer than {_LONGEST_ENTRY:,} characters")

    def _define(self, defined: Mapping[str, Any]) -> None:
        """Keep what a ``@string`` defines, as plain text; what nobody defined is kept as its own name."""
        for name, value in defined.items():
            parts = getattr(value, "expr", [value])
            text = "".join(part if isinstance(part, str) else self._strings.get(part.name, part.name) for part in parts)
            if len(text) > _LONGEST_STRING:
                raise ValueError(f"string of {len(text):,} characters, at most {_LONGEST_STRING:,} are kept")
            self._strings[name] = text
            self._longest = max(self._longest, len(text))

    def _database(self, text: str) -> Any:
        """What bibtexparser makes of one entry; strings that nobody defined stand for their own names."""
        from bibtexparser.bibdatabase import UndefinedString
        from pyparsing import ParseException

        for _ in range(_MOST_UNDEFINED):
            try:
                return self._parser.parse(text)
            except UndefinedString as error:
                undefined = str(error.args[0])
                self._parser.bib_database.strings[undefined.lower()] = undefined
            except ParseException as error:
                raise ValueError(f"no BibTeX entry: {error}") from error
        raise ValueError("more undefined strings than an entry can hold")


def _check(piece: _Piece) -> None:
    if len(piece.text) > _LONGEST_ENTRY:
        raise ValueError(f"entry of {len(piece.text):,} characters, at most {_LONGEST_ENTRY:,} are read")
    deepest = depth = 0
    for brace in re.findall(r"[{}]", piece.text):
        depth += 1 if brace == "{" else -1
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise ValueError(f"braces nested deeper than {_DEEPEST}")


def _without_key(text: str) -> tuple[str, str]:
    """The citation key, and the entry with a plain one: real keys hold spaces and accents, or are missing."""
    match = _KEY.search(text)
    return (match[2].rstrip(), f"{text[: match.start()]}{match[1]}entry,{text[match.end() :]}") if match else ("", text)


def _record(entry: Mapping[str, str], by_key: Mapping[str, Mapping[str, str]]) -> Record:
    try:
        return _document({**_inherited(by_key.get(entry.get("crossref", "").lower(), {})), **entry})
    except ValueError as error:
        return bad(entry["LINE"], error, str(dict(entry)))


def _inherited(parent: Mapping[str, str]) -> dict[str, str]:
    """What an entry takes from the one that its ``crossref`` names."""
    fields = {key: parent[key] for key in _INHERITED if parent.get(key)}
    booktitle = parent.get("booktitle") or parent.get("title")
    return {**fields, "booktitle": booktitle} if booktitle else fields


def _document(entry: Mapping[str, str]) -> Document:
    fields = {key: value for key, value in entry.items() if key not in ("ENTRYTYPE", "ID", "LINE") and value.strip()}
    for key in ("doi", "url", "eprint", "date", "year", "howpublished"):
        if key in fields:
            fields[key] = _address(fields[key])
    values, extra = sorted_out(fields, TABLE)
    if authors := authors_of(fields.get("author", "")):
        values["authors"] = authors
        extra.pop("author", None)
    if (eprint := fields.get("eprint")) and _archive(fields) in ("arxiv", ""):
        values["arxiv"] = eprint
    return document(values, {**extra, "entry_type": entry["ENTRYTYPE"], "citation_key": entry["ID"]}, clean=plain_tex)


def plain_tex(text: str) -> str:
    r"""A field of BibTeX made readable: its braces only group, each ``$`` is mathematics, ``&amp;`` is HTML residue."""
    text = _MATH.sub(lambda m: rf"\({m[1].strip()}\)", unescape(text.replace(r"\&", "&")))
    text = _COMMAND.sub(r"\\\1{}", text).replace(r"\{", "\ue000").replace(r"\}", "\ue001")
    return readable(readable(text).replace("{", "").replace("}", "")).replace("\ue000", "{").replace("\ue001", "}")


def _archive(fields: Mapping[str, str]) -> str:
    return (fields.get("archiveprefix") or fields.get("eprinttype") or "").strip().lower()


def _address(value: str) -> str:
    r"""An address without its ``\url{...}`` and the backslashes before ``_`` and ``%``."""
    return re.sub(r"\\(?=[_%#&~])", "", re.sub(r"\\url\s*\{([^{}]*)\}", r"\1", value)).strip("{} \n")


def authors_of(value: str) -> tuple[str, ...]:
    """Names as ``First Last``; braces keep a name whole, ``others`` is nobody."""
    names = [_name(part) for part in _split(value)]
    return tuple(name for name in names if name and name != "others")


def _split(value: str) -> list[str]:
    """The value cut at each ``and`` outside braces."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"(?<!\\)[{}]|(?<=\s)and(?=\s)", value, re.IGNORECASE):
        if match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
        elif depth == 0:
            parts.append(value[start : match.start()])
            start = match.end()
    return [*parts, value[start:]]


def _name(part: str) -> str:
    """One name; a comma inside braces does not part last from first."""
    shown = re.sub(r"\{[^{}]*\}", lambda match: match[0].replace(",", "\ue002"), part)
    pieces = [plain_tex(piece).replace("\ue002", ",").strip() for piece in shown.split(",")]
    last, *rest = pieces
    return " ".join(piece for piece in [*rest[-1:], last, *rest[:-1]] if piece)
