"""The entries of a BibTeX file: cut apart, parsed alone, and completed by what they refer to.

cut the file where a line begins an entry; what only looks like one inside a field goes back to the entry around it
parse each entry alone, in one pass over its text; strings are replaced by what was defined so far
complete it by its ``xdata`` and its ``crossref``, as BibLaTeX does; cycles and missing entries do no harm
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from broadsheet.core.identity import arxiv_id, doi
from broadsheet.core.types import BadRecord
from broadsheet.sources.charsets import as_text
from broadsheet.sources.files import made

Entry = Mapping[str, str]
"""The fields of an entry in lower case, with ENTRYTYPE, ID, LINE, and ENCODING where it was supposed."""

_START = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)[ \t]*[{(]", re.MULTILINE)
_KEY = re.compile(r"([{(])\s*+([^,={}()\"#\n]*+)\s*+,")
_MARK, _QUOTE = re.compile(r"[{}]"), re.compile(r'[{}"]')
_GAP, _BLANK = re.compile(r"(?:[\s,]++|%[^\n]*+)*+"), re.compile(r"\s*+")
_NAME = re.compile(r'([^\s,={}()"#%@\\]++)\s*+=\s*+')
_BARE = re.compile(r'[^\s,={}()"#]++')
_NO_ENTRY = "not a BibTeX entry: check its braces, quotes and commas"
_COMMENTS = {"comment", "preamble"}
_MONTHS = "January February March April May June July August September October November December"
_LONGEST_ENTRY, _DEEPEST, _MOST_MARKS, _MOST_GROWTH = 200_000, 40, 200, 50_000
_LONGEST_STRING, _LONGEST_INHERITED = 2_000, 1_000
_MOST_REFERENCES = 20  # entries that complete one entry
_UNUSED = str.maketrans("", "", "\x01\x02\x03")
_INHERITED = (
    "year", "date", "month", "publisher", "journal", "journaltitle", "series", "volume", "volumes", "number", "editor",
    "url", "location", "address", "isbn", "issn", "edition", "organization", "institution", "eventtitle", "eventdate",
)  # fmt: skip
_TITLES = ("title", "subtitle", "titleaddon")
_OWN = {"ENTRYTYPE", "ID", "LINE", "ENCODING", "crossref", "xdata", "ids", "xref"}


def entries(text: str, name: str, *, encoding: str = "") -> Iterator[Entry | BadRecord]:
    """Yield the entries of a file in its order, each with what it inherits; ``encoding`` is what the file declares."""
    parser = _Parser(name, encoding)
    known = [entry for piece in _pieces(text) if (entry := parser.entry(piece))]
    by_key = {entry["ID"].lower(): entry for entry in reversed(known) if isinstance(entry, dict) and entry["ID"]}
    for entry in known:
        if isinstance(entry, BadRecord):
            yield entry
        elif entry["ENTRYTYPE"] != "xdata":
            yield _completed(entry, by_key)


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
    """Parses one entry at a time, with the strings defined so far."""

    def __init__(self, name: str, encoding: str) -> None:
        self._name, self._encoding = name, encoding
        self._strings = {month[:3].lower(): month for month in _MONTHS.split()}

    def entry(self, piece: _Piece) -> dict[str, str] | BadRecord | None:
        """Return the entry, a BadRecord if it is broken, or None for a comment or the definition of a string."""
        if piece.kind in _COMMENTS:
            return None
        where = f"{self._name}:{piece.line}"
        fields = made(self._fields, piece, where, raw=piece.text)
        return {**fields, "LINE": where} if isinstance(fields, dict) else fields

    def _fields(self, piece: _Piece) -> dict[str, str] | None:
        if len(piece.text) > _LONGEST_ENTRY:
            raise ValueError(f"the entry has {len(piece.text):,} characters; at most {_LONGEST_ENTRY:,} are read")
        text, remark = as_text(piece.text, self._encoding)
        body = _Body(text.translate(_UNUSED), self._strings)
        if piece.kind == "string":
            self._define(body.fields(key=False))
            return None
        fields = body.fields(key=True)
        return fields | {"ENTRYTYPE": piece.kind, "ID": body.key} | ({"ENCODING": remark} if remark else {})

    def _define(self, fields: Mapping[str, str]) -> None:
        """Keep what a ``@string`` defines."""
        for name, text in fields.items():
            if len(text) > _LONGEST_STRING:
                raise ValueError(f"a string has {len(text):,} characters; at most {_LONGEST_STRING:,} are allowed")
            self._strings[name] = text


class _Body:
    """The text of one entry, read from its beginning to its end once."""

    def __init__(self, text: str, strings: Mapping[str, str]) -> None:
        self._text, self._strings = text, strings
        self._at = self._marks = self._length = 0
        self.key = ""

    def fields(self, *, key: bool) -> dict[str, str]:
        """Return the fields by their names in lower case; of two with one name, the first. ValueError if broken."""
        start = _START.match(self._text)
        if not start:
            raise ValueError(_NO_ENTRY)
        opening = start.end() - 1
        close = "}" if self._text[opening] == "{" else ")"
        match = _KEY.match(self._text, opening) if key else None
        self.key = match[2].rstrip() if match else ""
        self._at, self._marks = (match.end(), 1) if match else (opening + 1, 0)
        fields: list[tuple[str, str]] = []
        while not self._ended(close):
            name = _NAME.match(self._text, self._at)
            if not name:
                raise ValueError(_NO_ENTRY)
            self._at = name.end()
            self._marks += 1
            value = self._value()
            fields.append((name[1].lower(), value))
            if self._text[self._at : self._at + 1] not in (",", close):
                raise ValueError(_NO_ENTRY)
        self._check(self._text)
        return dict(reversed(fields))  # the order in which older versions stored them

    def _ended(self, close: str) -> bool:
        """Skip blanks, commas and lines that ``%`` leaves out; return whether the entry ends here."""
        gap = _GAP.match(self._text, self._at)
        self._at = gap.end() if gap else self._at
        self._marks += gap[0].count(",") if gap else 0
        return self._text.startswith(close, self._at)

    def _check(self, text: str) -> None:
        if self._marks > _MOST_MARKS:
            raise ValueError(f"the entry has {self._marks:,} fields and joined strings; at most {_MOST_MARKS} are read")
        if _START.search(text, self._at):
            raise ValueError(f"{_NO_ENTRY}; another entry begins inside it")

    def _value(self) -> str:
        """Return the value that begins here, its parts joined; what follows it is not blank."""
        parts = [self._part()]
        while self._blank() == "#":
            self._at += 1
            self._marks += 1
            self._blank()
            parts.append(self._part())
        return _lines("".join(parts))

    def _blank(self) -> str:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._text[self._at : self._at + 1]

    def _part(self) -> str:
        first, start = self._text[self._at : self._at + 1], self._at + 1
        if first in ("{", '"'):
            end = self._end_of_braces(start) if first == "{" else self._end_of_quotes(start)
            self._at = end + 1
            return self._text[start:end]
        bare = _BARE.match(self._text, self._at)
        if not bare:
            raise ValueError(_NO_ENTRY)
        self._at = bare.end()
        text = self._strings.get(bare[0].lower(), bare[0])
        self._length += len(text) - len(bare[0])
        if self._length > _MOST_GROWTH:
            raise ValueError(f"its strings add more than {_MOST_GROWTH:,} characters to it")
        return text

    def _end_of_braces(self, start: int) -> int:
        depth = 1
        for match in _MARK.finditer(self._text, start):
            depth += 1 if match[0] == "{" else -1
            if depth == 0:
                return match.start()
            _refuse_depth(depth)
        raise ValueError(_NO_ENTRY)

    def _end_of_quotes(self, start: int) -> int:
        depth = 0
        for match in _QUOTE.finditer(self._text, start):
            if match[0] == '"' and depth == 0:
                return match.start()
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            _refuse_depth(depth)
            if depth < 0:
                break
        raise ValueError(_NO_ENTRY)


def _refuse_depth(depth: int) -> None:
    if depth > _DEEPEST:
        raise ValueError(f"braces are nested more than {_DEEPEST} deep")


def _lines(text: str) -> str:
    """Return a value without the indentation of its lines; an empty group is an empty value."""
    first, *others = text.rstrip("\n").split("\n")
    value = "\n".join([first, *map(str.lstrip, others)])
    return value if value != "{}" else ""


def _completed(entry: Entry, by_key: Mapping[str, Entry]) -> Entry:
    """Return an entry with what it inherits from its ``xdata``, and then from its ``crossref``."""
    return _inheriting(entry, by_key, {id(entry)}) if "crossref" in entry or "xdata" in entry else entry


def _inheriting(entry: Entry, by_key: Mapping[str, Entry], seen: set[int]) -> dict[str, str]:
    fields = dict(entry)
    for name, take in (("xdata", _shared), ("crossref", _parental)):
        for key in entry.get(name, "").split(",")[:_MOST_REFERENCES]:
            other = by_key.get(key.strip().lower())
            if other and id(other) not in seen and len(seen) <= _MOST_REFERENCES:
                seen.add(id(other))
                fields = {**take(_inheriting(other, by_key, seen), entry["ENTRYTYPE"]), **_filled(fields)}
    return fields


def _filled(fields: Entry) -> dict[str, str]:
    return {key: value for key, value in fields.items() if value or key in _OWN}


def _short(fields: Entry) -> dict[str, str]:
    """Return the fields without long values, which would be repeated in each entry."""
    return {key: value for key, value in fields.items() if 0 < len(value) <= _LONGEST_INHERITED}


def _shared(container: Entry, _: str) -> dict[str, str]:
    """Return what an entry takes from an ``xdata`` container: all of it."""
    return _short({key: value for key, value in container.items() if key not in _OWN})


def _parental(parent: Entry, kind: str) -> dict[str, str]:
    """Return what an entry of a kind takes from its ``crossref``: never what identifies the parent alone."""
    fields = {key: parent.get(key, "") for key in _INHERITED}
    url = fields["url"]
    if doi(url) or arxiv_id(url):
        fields["url"] = ""
    if kind in ("article", "review") and parent["ENTRYTYPE"] == "periodical":
        return _short(fields | {"journaltitle": parent.get("title", "")})
    prefix = (
        "main" if parent["ENTRYTYPE"].startswith("mv") and kind == parent["ENTRYTYPE"].removeprefix("mv") else "book"
    )
    titles = {prefix + title: parent.get(prefix + title) or parent.get(title, "") for title in _TITLES}
    if parent.get("booktitle"):
        titles = {key: parent.get(key, "") for key in titles}
    return _short(fields | titles)
