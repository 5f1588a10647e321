"""LaTeX in titles and abstracts, made readable: commands, accents, groups, spaces and mathematics as plain text.

one pass over the commands and braces, with a stack of the groups that are open
a command takes its arguments from the groups behind it, and renders them when the last one closes
what is not recognised stays, without its backslash
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split(" "))


_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega varepsilon vartheta varphi varrho varsigma varpi Upsilon"
)
_GREEK = dict(zip(_GREEK_NAMES.split(" "), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩεϑφϱςϖΥ", strict=True))
_SYMBOLS = _GREEK | {
    "times": "×", "cdot": "·", "pm": "±", "mp": "∓", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "div": "÷",
    "leqslant": "≤", "geqslant": "≥", "lesssim": "≲", "gtrsim": "≳", "lt": "<", "gt": ">", "prec": "≺", "succ": "≻",
    "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼", "simeq": "≃", "cong": "≅", "equiv": "≡", "propto": "∝",
    "infty": "∞", "to": "→", "rightarrow": "→", "longrightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔",
    "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "iff": "⇔", "implies": "⇒", "mapsto": "↦",
    "uparrow": "↑", "downarrow": "↓", "in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "supset": "⊃",
    "supseteq": "⊇", "cup": "∪", "cap": "∩", "bigcup": "⋃", "bigcap": "⋂", "setminus": "∖", "emptyset": "∅",
    "varnothing": "∅", "sum": "∑", "prod": "∏", "int": "∫", "oint": "∮", "partial": "∂", "nabla": "∇",
    "forall": "∀", "exists": "∃", "neg": "¬", "lnot": "¬", "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨",
    "ell": "ℓ", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ", "aleph": "ℵ", "imath": "ı", "jmath": "ȷ",
    "ldots": "…", "dots": "…", "cdots": "…", "textellipsis": "…", "vdots": "⋮", "prime": "′", "angle": "∠",
    "langle": "⟨", "rangle": "⟩", "lceil": "⌈", "rceil": "⌉", "lfloor": "⌊", "rfloor": "⌋", "mid": "|", "vert": "|",
    "lvert": "|", "rvert": "|", "Vert": "‖", "lVert": "‖", "rVert": "‖", "parallel": "∥", "perp": "⊥", "bot": "⊥",
    "top": "⊤", "vdash": "⊢", "models": "⊨", "star": "⋆", "ast": "*", "circ": "°", "degree": "°", "dagger": "†",
    "dag": "†", "ddag": "‡", "bullet": "•", "odot": "⊙", "oplus": "⊕", "otimes": "⊗", "gg": "≫", "ll": "≪",
    "triangle": "△", "square": "□", "Box": "□", "diamond": "⋄", "checkmark": "✓", "sharp": "♯", "flat": "♭",
    "S": "§", "P": "¶", "copyright": "©", "pounds": "£", "euro": "€", "texteuro": "€", "texttrademark": "™",
    "textregistered": "®", "textdegree": "°", "textmu": "µ", "textpm": "±", "texttimes": "×", "textbullet": "•",
    "textendash": "–", "textemdash": "—", "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_",
    "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’",
    "textquotesingle": "'", "textdollar": "$", "textbar": "|", "textless": "<", "textgreater": ">",
    "textbackslash": "\\", "backslash": "\\", "log": "log", "exp": "exp", "max": "max", "min": "min",
    "TeX": "TeX", "LaTeX": "LaTeX", "colon": ":", "lbrace": "{", "rbrace": "}",
}  # fmt: skip
_LETTERS = {  # commands that are letters of a word: the space behind one only ends its name
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327", "k": "\u0328", "d": "\u0323",
    "b": "\u0331", "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304",
    "overline": "\u0304", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7", "check": "\u030c", "breve": "\u0306",
    "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a",
}  # fmt: skip
_SWITCHES = _words(
    "em it bf sc tt rm sl sf cal itshape bfseries scshape ttfamily rmfamily sffamily mdseries upshape slshape "
    "normalfont boldmath small footnotesize scriptsize tiny large Large LARGE huge Huge normalsize displaystyle "
    "textstyle scriptstyle centering noindent protect"
)
_FONTS = _words(  # commands for one argument, which may be the next letter
    "mathbb mathcal mathrm mathbf mathit mathsf mathfrak mathscr mathtt bm boldsymbol operatorname mathop"
)
_NOTHING = _words(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle limits nolimits xspace relax "
    "mathstrut strut null leavevmode nonumber notag"
)
_SPACES = _words(
    "quad qquad enspace enskip thinspace medspace thickspace space newline linebreak par item hfill hfil smallskip "
    "medskip bigskip hline maketitle"
)
_MARKS = {
    **dict.fromkeys(" ,;:>\n\t\r[]", " "), **dict.fromkeys("!-@()", ""), **{mark: mark for mark in "%&_#$"},
    "|": "‖", "{": "{", "}": "}", "*": "",
}  # fmt: skip
_FORCED = _words("begin end mathcal mathrm mathbf mathbb textit textbf texttt emph frac sqrt text")

_DEEPEST = 40  # open groups; the braces of deeper ones are dropped
_PART = re.compile(r"\\(?:[A-Za-z]+\*?|.|\Z)|[{}]|[_^](?=\s?\{)|[_^]\s?(?=\\[A-Za-z])", re.DOTALL)
_LONE = re.compile(r"\s*+\{\s*(?:\\([ij])|([A-Za-z]))\s*\}|\s*+\\([ij])(?![A-Za-z])[ ]?|\s*+([A-Za-z])")
_NEXT_LETTER = re.compile(r"\s++([A-Za-z])(?![A-Za-z])")
_APOSTROPHE = re.compile(r"[st]\b(?!\w)")
_OPTION = re.compile(r"\s?\[[^\[\]{}]{0,200}\](?=\s?\{)")
_LENGTH = re.compile(r"\[[\d.]{1,6} ?[a-z]{2}\]")
_OPENING = re.compile(r"\s*+\{")
_SPACE_BEHIND = re.compile(r"(?:\{\})?[ \n]?")
_GROUP = re.compile(r"[^0-9,;|]*|[^\s,;|]+")
_LONE_SIGNS = frozenset(("", *"°′″⊙⊕†‡™®"))  # raised or lowered by themselves
_SIMPLE = re.compile(r"[\w.′]*")
_MATH = re.compile(  # between dollar signs; what begins with a digit and ends before one is an amount of money
    r"\$\$(?=\S)([^$]{1,400}?)(?<=\S)\$\$|(?<!\\)\$(?:(?=[^\s\d])([^$]{1,400}?)(?<=[^\s\\])\$|(?=\d)([^$]{1,400}?)(?<=[^\s\\])\$(?!\d))"
)
_FORMULA = re.compile(  # ... also with spaces inside, if what is enclosed can be nothing else, and between commands
    _MATH.pattern + r"|(?<!\\)\\\((.{1,400}?)\\\)|(?<!\\)\\\[(.{1,400}?)\\\]|\$\$([^$]{1,400})\$\$"
    r"|(?<!\\)\$(?=[^$]{0,400}?(?:\\[A-Za-z]|[_^]))(?!\d)([^$]{1,400}?)(?<!\\)\$(?!\d)",
    re.DOTALL,
)
_PROSE = re.compile(r"[^\\^_=<>+{}]*[A-Za-z]{2}\s+[A-Za-z]{2}[^\\^_=<>+{}]*")  # between the dollars of two amounts
_MONEY = re.compile(r"\d[\d.,]*[kKmMbB]?\s+\(?[A-Za-z]{2}[^\\^_=<>]*")
_ENDS_IN_NAME = re.compile(r"\\[A-Za-z]+\Z")
_LONGEST_NAME = 40
_INDEX = re.compile(r"_\{?(\d{1,3})\}?")
_COLOUR = re.compile(r"(?<![A-Za-z])(?:blue|red|green|magenta|cyan|purple|orange)\{(\s*https?://[^{}\s]+)\s*\}")
_ICON = re.compile(r"\\fa[A-Z][A-Za-z]*\*?~?")
_QUOTED = re.compile(r"``([^`]{1,300}?)''")
_TIE = re.compile(r"(?<=[^\W\d]|[.,;:)\]}])~(?=\S)|(?<=\d)~(?=[A-Za-z(\[])|(?<=\S)~(?=\s)")  # 30~50 and (~65 stay


def without_latex(text: str) -> str:
    r"""Return a text with its LaTeX as plain text: ``\textsc{Ofa}`` is Ofa, ``13\,TeV`` is 13 TeV.

    Dollar signs mark mathematics only where they touch what they enclose (``$5 and $6`` stays).
    """
    if "``" in text:
        text = _QUOTED.sub(r"“\1”", text)
    if "{" in text or "\\" in text:
        text = _ICON.sub("", _COLOUR.sub(r"\1", text))
    if "$" in text:
        text = _MATH.sub(_math, text)
    if "{" in text or "\\" in text or "}" in text:
        text = _Reader(text).read()
    return _TIE.sub(" ", text) if "~" in text else text


class Formula(NamedTuple):
    """Mathematics in a text: where it begins and ends with its marks, its TeX, and whether it has a line of its own."""

    start: int
    end: int
    tex: str
    block: bool


def formulas(text: str) -> Iterator[Formula]:
    r"""Yield the mathematics of a text: ``$..$``, ``$$..$$``, ``\(..\)`` and ``\[..\]``, at most 400 characters each.

    Amounts of money are left out, as in ``without_latex``. Dollar signs may stand off from what they enclose if it has
    a command, an index or an exponent.
    """
    for match in _FORMULA.finditer(text):
        tex = next(filter(None, match.groups()))
        if not _MONEY.fullmatch(tex) and not _PROSE.fullmatch(tex):
            yield Formula(match.start(), match.end(), tex.strip(), bool(match[1] or match[5] or match[6]))


def _math(match: re.Match[str]) -> str:
    r"""Return what dollar signs enclose; an amount of money stays, and the index of a formula joins its letter."""
    inner = match[1] or match[2] or match[3]
    if _MONEY.fullmatch(inner):
        return match[0]
    index = _INDEX.fullmatch(inner)
    if index and match.string[match.start() - 1 : match.start()].isalpha():
        return index[1]
    return f"{inner}{{}}" if _ENDS_IN_NAME.search(inner[-_LONGEST_NAME:]) else inner  # ``$\mu$m`` is not ``\mum``


def script(mark: str, inner: str) -> str:
    """Return an exponent (``^``) or index (``_``) as text: ``^2``, ``^(-1)``; a sign such as ``°`` stands alone."""
    inner = inner.strip()
    if inner in _LONE_SIGNS:
        return inner
    return f"{mark}{inner}" if len(inner) == 1 or (inner[0] == "(" and inner[-1] == ")") else f"{mark}({inner})"


@dataclass(slots=True)
class _Call:
    """A command that waits for its arguments: how many more, and how it shows them."""

    waits: int
    show: Callable[[Sequence[str]], str]
    arguments: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    """What an open group holds so far; ``plain`` when a switch such as ``\\it`` makes its braces LaTeX for sure."""

    pieces: list[str] = field(default_factory=list)
    call: _Call | None = None
    plain: bool = False

    def add(self, piece: str) -> None:
        """Add a piece; a sign takes the place of the mark that raises or lowers it."""
        if piece in _LONE_SIGNS and self.pieces and self.pieces[-1] in ("_", "^"):
            self.pieces.pop()
        self.pieces.append(piece)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._open = [_Group()]
        self._ignored = 0  # groups too deep to be looked at

    def read(self) -> str:
        while match := _PART.search(self._text, self._at):
            if match.start() > self._at:
                self._open[-1].add(self._text[self._at : match.start()])
            self._at = match.end()
            self._take(match[0])
        self._open[-1].add(self._text[self._at :])
        while len(self._open) > 1:
            self._close("{")
        return "".join(self._open[0].pieces)

    def _take(self, part: str) -> None:
        if part == "{":
            self._begin()
        elif part == "}":
            self._end()
        elif part[0] in "_^":
            self._script(part[0])
        elif part[1:2].isalpha():
            self._command(part[1:])
        else:
            self._mark(part)

    def _begin(self) -> None:
        if len(self._open) > _DEEPEST:
            self._ignored += 1
        else:
            self._open.append(_Group())

    def _end(self) -> None:
        if self._ignored:
            self._ignored -= 1
        elif len(self._open) > 1:
            self._close("")
        else:
            self._open[0].add("}")

    def _close(self, unclosed: str) -> None:
        """Close the innermost group; what it holds goes to the command that waits for it, or to the group around."""
        group = self._open.pop()
        around, inner = self._open[-1], "".join(group.pieces)
        call = around.call
        if call is None:
            bare = group.plain or _GROUP.fullmatch(inner)
            around.add(unclosed + inner if unclosed and not group.plain else inner if bare else f"{{{inner}}}")
            return
        call.arguments.append(inner)
        call.waits -= 1
        if not call.waits or not _OPENING.match(self._text, self._at):
            around.call = None
            around.add(call.show(call.arguments))
        else:
            self._at = self._text.index("{", self._at)

    def _script(self, mark: str) -> None:
        if self._text.find("{", self._at, self._at + 2) < 0:
            self._open[-1].pieces.append(mark)
            return
        self._wait(1, lambda inner: script(mark, inner[0]))

    def _wait(self, count: int, show: Callable[[Sequence[str]], str]) -> None:
        """Let a command wait for the groups behind it; its options in brackets are passed over."""
        if option := _OPTION.match(self._text, self._at):
            self._at = option.end()
        if opening := _OPENING.match(self._text, self._at):
            if len(self._open) <= _DEEPEST:
                self._at = opening.end() - 1
                self._open[-1].call = _Call(count, show)
        else:
            self._open[-1].add(show(()))

    def _command(self, name: str) -> None:
        name, group = name.rstrip("*"), self._open[-1]
        if name in _ACCENTS and self._accent(name):
            return
        if name in _LETTERS:
            self._skip()
            group.add(_LETTERS[name])
        elif name in _SYMBOLS:
            self._at += 2 * self._text.startswith("{}", self._at)
            group.add(_SYMBOLS[name])
        elif name in _SWITCHES:
            self._skip()
            group.plain = True
        elif name in _NOTHING or (name in _FONTS and not _OPENING.match(self._text, self._at)):
            self._skip()
        elif name in _SPACES:
            group.add(" ")
        else:
            self._wait(*_SHOWN.get(name, (1, lambda inner: "".join(inner) or name)))

    def _skip(self) -> None:
        """Pass over the empty group or the space that only ends the name of a command."""
        behind = _SPACE_BEHIND.match(self._text, self._at)
        self._at = behind.end() if behind else self._at

    def _mark(self, part: str) -> None:
        """Take a backslash and the sign behind it: an accent, a space, an escaped sign, or just the two."""
        sign, group = part[1:], self._open[-1]
        if sign == "\\":
            self._line()
        elif sign in _ACCENTS:
            if not self._accent(sign):
                self._skip()
                group.add(sign)
        elif sign == "/":
            before = self._text[max(0, self._at - 3) : self._at - 2]
            group.add("/" if before in (":", "/") else "")
        elif sign in _MARKS:
            group.add(_MARKS[sign])
        else:
            group.add(sign if sign.isdigit() else part)

    def _line(self) -> None:
        """Take ``\\\\``: a line break, or the doubled backslash of a command that was escaped twice."""
        command = _COMMAND.match(self._text, self._at)
        if command and (command[0] in _FORCED or (command[0] in _GREEK and len(command[0]) > 3)):
            self._at -= 1
            return
        length = _LENGTH.match(self._text, self._at)
        self._at = length.end() if length else self._at
        self._open[-1].add(" ")

    def _accent(self, name: str) -> bool:
        """Put an accent on the letter behind, if there is one; ``can\\'t`` is an apostrophe."""
        if name == "'" and _APOSTROPHE.match(self._text, self._at) and self._text[max(0, self._at - 3)].isalpha():
            self._open[-1].add("'")
            return True
        lone = _LONE.match(self._text, self._at)
        if name.isalpha() and lone and lone[4]:  # the name must be parted from its letter, and the letter stand alone
            lone = _NEXT_LETTER.match(self._text, self._at)
        if not lone:
            return False
        self._at = lone.end()
        letter = next(filter(None, lone.groups()))
        self._open[-1].pieces.append(unicodedata.normalize("NFC", letter + _ACCENTS[name]))
        return True


_COMMAND = re.compile(r"[A-Za-z]+")


def _fraction(inner: Sequence[str]) -> str:
    return "/".join(part.strip() if _SIMPLE.fullmatch(part.strip()) else f"({part.strip()})" for part in inner)


def _root(inner: Sequence[str]) -> str:
    part = "".join(inner).strip()
    return f"√{part}" if _SIMPLE.fullmatch(part) else f"√({part})"


def _space(_: Sequence[str]) -> str:
    return " "


def _nothing(_: Sequence[str]) -> str:
    return ""


def _last(inner: Sequence[str]) -> str:
    return inner[-1] if inner else ""


_SHOWN: dict[str, tuple[int, Callable[[Sequence[str]], str]]] = {
    **dict.fromkeys(("begin", "end"), (1, _space)),
    **dict.fromkeys(
        _words(
            "cite citep citet citealp citeauthor citeyear parencite textcite autocite ref eqref autoref cref Cref "
            "pageref label vspace hspace footnotemark color thanks bibliography bibliographystyle phantom hphantom "
            "vphantom includegraphics"
        ),
        (1, _nothing),
    ),
    **dict.fromkeys(
        ("href", "textcolor", "colorbox", "overset", "underset", "stackrel", "raisebox", "scalebox"), (2, _last)
    ),
    **dict.fromkeys(("frac", "dfrac", "tfrac", "nicefrac", "sfrac", "cfrac"), (2, _fraction)),
    **dict.fromkeys(("SI", "qty", "SIrange"), (2, lambda inner: " ".join(inner))),
    "sqrt": (1, _root),
    "footnote": (1, lambda inner: f" ({inner[0]})" if inner else ""),
    "textsuperscript": (1, lambda inner: script("^", inner[0]) if inner else ""),
    "textsubscript": (1, lambda inner: inner[0] if inner else ""),
}
"""Commands with arguments: how many, and how they are shown. Any other shows the one that it has."""
