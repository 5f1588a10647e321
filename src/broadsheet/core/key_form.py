"""The form of a text in keys that are stored for ever: frozen, since another form would be another key.

Ids of last resort, the marks of works in editions and the vectors of the hash encoder are made from it. What is
compared and searched today is ``core.text.plain``, which may change.
"""

from __future__ import annotations

import re
import unicodedata

_GREEK_NAMES = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega varepsilon vartheta varphi"
)
_GREEK = dict(zip(_GREEK_NAMES.split(" "), "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩεϑφ", strict=True))
_SYMBOLS = _GREEK | {
    "times": "×", "cdot": "·", "pm": "±", "mp": "∓", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "ne": "≠",
    "approx": "≈", "sim": "∼", "simeq": "≃", "equiv": "≡", "infty": "∞", "to": "→", "rightarrow": "→", "leftarrow": "←",
    "leftrightarrow": "↔", "Rightarrow": "⇒", "mapsto": "↦", "in": "∈", "subset": "⊂", "cup": "∪", "cap": "∩",
    "sum": "∑", "prod": "∏", "int": "∫", "sqrt": "√", "partial": "∂", "nabla": "∇", "forall": "∀", "exists": "∃",
    "ell": "ℓ", "ldots": "…", "dots": "…", "cdots": "…", "textendash": "–", "textemdash": "—", "textasciitilde": "~",
    "textasciicircum": "^", "textunderscore": "_",
    "langle": "⟨", "rangle": "⟩", "star": "⋆", "ast": "*", "circ": "°", "degree": "°", "dagger": "†", "S": "§",
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "textbackslash": "\\", "quad": " ", "qquad": " ", "left": "", "right": "", "big": "", "Big": "",
    "log": "log", "exp": "exp", "max": "max", "min": "min", "gg": "≫", "ll": "≪", "propto": "∝", "oplus": "⊕",
    "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’",
    "textquotesingle": "'", "textdollar": "$", "textbar": "|", "textless": "<", "textgreater": ">",
    "otimes": "⊗", "wedge": "∧", "vee": "∨", "neg": "¬", "emptyset": "∅", "setminus": "∖", "bullet": "•",
}  # fmt: skip
_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327", "k": "\u0328",
}  # fmt: skip

_MATH = re.compile(r"\$\$(?=\S)([^$]{1,400}?)(?<=\S)\$\$|(?<!\\)\$(?=\S)([^$]{1,400}?)(?<=[^\s\\])\$(?!\d)")
_MATH_PAREN = re.compile(r"\\[(\[](.{0,400}?)\\[)\]]", re.DOTALL)
_ACCENT = re.compile(
    r"\{?\\([`'^~=.\"])\s*(?:\{\s*(\\?[A-Za-z])\s*\}|(\\?[A-Za-z]))\}?|\{?\\([uvHckr])(?:\{\s*(\\?[A-Za-z])\s*\}|\s+([A-Za-z])(?![A-Za-z]))\}?"
)
_LINK = re.compile(r"\\href\s*\{[^{}]*\}\s*\{([^{}]*)\}")
_DROPPED = re.compile(
    r"\\(?:cite[a-z]*|ref|label|footnotemark|vspace|hspace)\*?(?:\[[^\]]{0,200}\])?\{[^{}]{0,500}\}|\\fa[A-Z][A-Za-z]*\*?~?"
)
_COLOUR = re.compile(
    r"\\(?:text)?color\{[^{}]*\}|(?<![A-Za-z])(?:blue|red|green|magenta|cyan|purple|orange)\{(\s*https?://[^{}\s]+)\s*\}"
)
_SWITCH = re.compile(r"\{\s*\\(?:em|it|bf|sc|tt|rm|sl|sf|itshape|bfseries|scshape|ttfamily)(?![A-Za-z])\s*+([^{}]*)\}")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_SCRIPT = re.compile(r"([\^_])\{([^{}\\\s]{2}[^{}\\]*)\}")
_WRAPPED = re.compile(r"\\[A-Za-z]+\*?\s*\{([^{}]*)\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?(?:\{\})?[ ]?")
_ESCAPED = re.compile(r"\\([%&_#$ ,;:!./{}()|\[\]-])|\\(?=\d)")
_BRACED = re.compile(r"\{([^{}0-9,;|]*|[^{}\s,;|]+)\}")
_TIE = re.compile(r"(?<=[^\W\d]|[.,;:)\]}])~(?=\S)|(?<=\d)~(?=[A-Za-z(\[])|(?<=\S)~(?=\s)")  # 30~50 and (~65 stay
_QUOTED = re.compile(r"``(.{1,300}?)''", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")
_NOT_PLAIN = re.compile(r"[^0-9a-z]+")


def key_form(text: str) -> str:
    """Return a text without LaTeX, accents, case, punctuation or double spaces, as the first version did."""
    text = _SPACE.sub(" ", _CONTROL.sub("", _without_latex(text))).strip()
    if text.isascii():
        return _NOT_PLAIN.sub(" ", text.casefold()).strip()
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return _SPACE.sub(" ", kept).strip()


def _without_latex(text: str) -> str:
    if not any(mark in text for mark in ("\\", "{", "$", "~", "`")):
        return text
    text = _QUOTED.sub(r"“\1”", text)
    text = _COLOUR.sub(lambda m: m[1] or "", _DROPPED.sub("", _LINK.sub(r"\1", text)))
    text = _MATH.sub(lambda m: _without_commands(m[1] or m[2]), text)
    text = _MATH_PAREN.sub(lambda m: _without_commands(m[1]), text)
    text = _without_commands(text)
    return _TIE.sub(" ", text)


def _without_commands(text: str) -> str:
    text = _ACCENT.sub(_accented, _SWITCH.sub(r"\1", text))
    for _ in range(4):  # commands nest only a few levels deep
        text = _FRACTION.sub(r"\1/\2", _SCRIPT.sub(r"\1(\2)", text))
        text, changes = _WRAPPED.subn(_unwrapped, text)
        if not changes:
            break
    text = _COMMAND.sub(_command, text)
    text = _ESCAPED.sub(lambda m: m[1] or "", text)
    for _ in range(3):
        text, changes = _BRACED.subn(r"\1", text)
        if not changes:
            break
    return text


def _accented(match: re.Match[str]) -> str:
    accent = match[1] or match[4]
    letter = (match[2] or match[3] or match[5] or match[6]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _ACCENTS[accent])


def _unwrapped(match: re.Match[str]) -> str:
    name = match[0][1:].split("{")[0].strip().rstrip("*")
    return _SYMBOLS[name] + match[1] if name in _SYMBOLS else match[1] or name


def _command(match: re.Match[str]) -> str:
    name, spaced = match[1], match[0].endswith(" ")
    if name in _SYMBOLS:
        return _SYMBOLS[name] + (" " if spaced else "")
    return name + (" " if spaced else "")
