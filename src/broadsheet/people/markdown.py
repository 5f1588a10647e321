"""Comments: Markdown (CommonMark) as typed, made into HTML that can only be read.

clean: bounded, without characters that change the direction of others
html: no HTML from the writer, no images, headings as bold lines, external links only, also of bare addresses
TeX is drawn as mathematics; what cannot be drawn stays as it was typed
"""

from __future__ import annotations

import re
from collections.abc import Iterator, MutableMapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from broadsheet.core.errors import UsageError
from broadsheet.core.mathml import mathml

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

LONGEST = 5_000  # characters of a comment
_DEEPEST = 8  # quotes and lists within one another
_MOST_LINES = 40  # of a block of TeX
_REL = "nofollow noopener noreferrer ugc"
_STEERING = "".join(map(chr, [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
_CONTROLS = "".join(map(chr, [*range(9), 11, 12, *range(14, 32), *range(127, 160)]))
_DROPPED = str.maketrans("", "", _STEERING + _CONTROLS)
_CLOSING = {"$$": "$$", "\\[": "\\]", "\\(": "\\)", "$": "$"}


def clean(text: str) -> str:
    """Clean a comment for storing. UsageError when it is empty, too long, or its lists and quotes are nested too
    deep."""
    cleaned = clean_typed(text)
    if not cleaned:
        raise UsageError("this comment is empty: type some words")
    if len(cleaned) > LONGEST:
        raise UsageError(f"this comment has {len(cleaned):,} characters: it may have at most {LONGEST:,}")
    if _depth(cleaned) > _DEEPEST:
        raise UsageError(f"quotes and lists are nested more than {_DEEPEST} deep in this comment: use fewer levels")
    return cleaned


def clean_typed(text: str) -> str:
    """Clean a typed text: uniform line ends, no characters that change the direction of others or mean nothing."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return whole.replace("\r\n", "\n").replace("\r", "\n").translate(_DROPPED).strip()


@lru_cache(maxsize=1_024)
def html(text: str) -> str:
    """Render a stored comment as HTML: p, strong, em, code, pre, blockquote, lists, hr, br, external links, and
    MathML."""
    rendered: str = _markdown().render(text)
    return rendered


def _depth(text: str) -> int:
    """How deep quotes and lists are nested; a list and its item count as one."""
    depth = deepest = 0
    for token in _markdown().parse(text):
        if token.type in ("blockquote_open", "list_item_open", "blockquote_close", "list_item_close"):
            depth += token.nesting
            deepest = max(deepest, depth)
    return deepest


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # maxNesting silently drops what is deeper; `clean` refuses anything near that depth.
    made = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False, "maxNesting": 28})
    made.disable(["image", "html_inline", "html_block"])
    made.inline.ruler.before("escape", "tex", _tex)
    made.block.ruler.before("fence", "tex", _tex_block, {"alt": ["paragraph", "blockquote", "list"]})
    made.core.ruler.push("bare links", _link_bare)
    made.validateLink = leads_out  # type: ignore[assignment,method-assign]
    for name, rule in (
        ("link_open", _link_open), ("link_close", _link_close), ("heading_open", _heading), ("heading_close", _heading),
        ("fence", _fence), ("tex", _shown_tex), ("tex_block", _shown_block),
    ):  # fmt: skip
        made.add_render_rule(name, rule)
    return made


def leads_out(address: str) -> bool:
    """Tell whether a link in a comment may lead to an address: http, https and mailto, complete and bounded."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return False
    if len(address) > 2_000 or parts.scheme not in ("http", "https", "mailto"):
        return False
    return bool(parts.path) if parts.scheme == "mailto" else bool(parts.netloc)


def _tex(state: StateInline, silent: bool) -> bool:
    """TeX within a line: ``$..$``, ``$$..$$``, ``\\(..\\)``, ``\\[..\\]``.

    A dollar sign opens only before a character that is not a space, and closes only after one and not before a digit,
    so that prices are not taken for TeX.
    """
    start, source = state.pos, state.src
    opening = next((mark for mark in _CLOSING if source.startswith(mark, start)), "")
    if not opening:
        return False
    end = _closed(source, start + len(opening), opening)
    if end < 0:
        return False
    if not silent:
        state.push("tex", "", 0).content = source[start:end]
    state.pos = end
    return True


def _closed(source: str, start: int, opening: str) -> int:
    """Where TeX that was opened ends, or -1 when it does not end."""
    closing = _CLOSING[opening]
    if opening != "$":
        at = source.find(closing, start)
        return at + len(closing) if at > start else -1
    match = _DOLLARS.match(source, start)
    return match.end() if match else -1


_DOLLARS = re.compile(r"(?=\S)(?:\\.|[^$\\\n])*+(?<=\S)\$(?!\d)")


def _tex_block(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """TeX of several lines, which begins a line with ``$$`` or ``\\[`` and ends one with what closes it."""
    first = _line(state, line)
    opening = next((mark for mark in ("$$", "\\[") if first.startswith(mark)), "")
    if not opening or state.is_code_block(line):
        return False
    closing, last = _CLOSING[opening], line
    while not _line(state, last).rstrip().removeprefix(opening if last == line else "").endswith(closing):
        last += 1
        if last >= min(end, line + _MOST_LINES) or not _line(state, last).strip():
            return False
    if not silent:
        token = state.push("tex_block", "", 0)
        token.content = "\n".join(_line(state, each) for each in range(line, last + 1))
        state.line = last + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    if line >= state.lineMax or state.sCount[line] < state.blkIndent:  # outside of the quote or item
        return ""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _link_open(renderer: Any, tokens: Sequence[Token], at: int, options: Any, _env: MutableMapping[str, Any]) -> str:
    if not _leads(tokens[at]):
        return ""
    tokens[at].attrs = {"href": tokens[at].attrs["href"], "rel": _REL}
    rendered: str = renderer.renderToken(tokens, at, options, _env)
    return rendered


def _link_close(_self: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    """The end of a link, empty where its beginning was left out; links are never nested."""
    return "</a>" if _leads(next(each for each in reversed(tokens[:at]) if each.type == "link_open")) else ""


def _leads(token: Token) -> bool:
    """Whether a link has an address that may be shown: that of ``[words]()`` was never checked."""
    return leads_out(str(token.attrs["href"]))


def _heading(_self: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    return "<p><strong>" if tokens[at].nesting > 0 else "</strong></p>\n"


def _fence(_self: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    return f"<pre><code>{_escaped(tokens[at].content)}</code></pre>\n"


def _shown_tex(_self: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    """TeX within a line as mathematics, else as it was typed."""
    typed = tokens[at].content
    return _drawn(typed) or _escaped(typed)


def _shown_block(_self: Any, tokens: Sequence[Token], at: int, *_: Any) -> str:
    typed = tokens[at].content
    return f"<p>{_drawn(typed) or _escaped(typed).replace(chr(10), '<br>' + chr(10))}</p>\n"


def _drawn(typed: str) -> str | None:
    """MathML of TeX between its marks, a display of its own for the two that mean one; None if it cannot be drawn."""
    opening = next(mark for mark in _CLOSING if typed.startswith(mark))
    tex = typed[len(opening) : -len(_CLOSING[opening])].strip()
    return mathml(tex, block=opening in ("$$", "\\["))


def _link_bare(state: StateCore) -> None:
    """Make links of addresses that were typed without any mark, outside of links and code."""
    for token in state.tokens:
        if token.type == "inline" and "://" in token.content:
            token.children = list(_linked(token.children or []))


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "text" and not inside:
            yield from _cut(token)
        else:
            yield token


def _cut(token: Token) -> Iterator[Token]:
    """Cut a text at the addresses in it."""
    from markdown_it.token import Token

    text, at = token.content, 0
    for match in _BARE.finditer(text):
        address = _ended(match[0])
        if not leads_out(address):
            continue
        yield Token("text", "", 0, content=text[at : match.start()])
        yield Token("link_open", "a", 1, attrs={"href": address})
        yield Token("text", "", 0, content=address)
        yield Token("link_close", "a", -1)
        at = match.start() + len(address)
    yield Token("text", "", 0, content=text[at:])


_BARE = re.compile(r"""(?<![\w/@.-])https?://[^\s<>"'`{}|\\^\[\]]{1,2000}""")


def _ended(address: str) -> str:
    """An address without the punctuation of the sentence around it; a closing parenthesis stays if it was opened."""
    while address and (address[-1] in ".,;:!?*_~" or (address[-1] == ")" and address.count(")") > address.count("("))):
        address = address[:-1]
    return address


def _escaped(text: str) -> str:
    from html import escape

    return escape(text)
