"""Comments in Markdown: what they may do, and that they can do nothing else."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import UsageError
from broadsheet.people.markdown import LONGEST, clean, html, leads_out

ALLOWED = {
    "p": set(), "br": set(), "hr": set(), "em": set(), "strong": set(), "code": set(), "pre": set(),
    "blockquote": set(), "ul": set(), "ol": {"start"}, "li": set(), "a": {"href", "rel"},
}  # fmt: skip
SHAPES = ("accent", "accentunder", "display", "displaystyle", "fence", "form", "height", "largeop", "linethickness",
          "lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "rspace", "scriptlevel", "stretchy", "width",
          "depth", "voffset")  # fmt: skip
MATHEMATICS = ("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msub", "msup", "msubsup", "mfrac", "msqrt",
               "mroot", "mover", "munder", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded",
               "mphantom")  # fmt: skip
ALLOWED |= {tag: set(SHAPES) for tag in MATHEMATICS}
PIECES = [
    "<script>", "</script>", "<img src=x onerror=alert(1)>", "[a](", "javascript:alert(1)", ")", "](", "![", "<", ">",
    "`", "```", "~~~", "$", "$$", "\\(", "\\]", "\n", "\n\n", "    ", "- ", "> ", "1. ", "# ", "===\n", "---\n", "*",
    "**", "_", "&lt;", "&#106;", "&#x6A;avascript:", "http://e.org", "HTTPS://E.org/?a=1&b=\"", "mailto:a@b.c",
    "data:text/html,x", "vbscript:x", "//e.org", "[r]: ", "'t'", '"on"', "\u202e", "\x00", "é", "java\tscript:", "\\",
    "x_1", "^{2}", "\\frac", "https://e.org/(a)_b",
]  # fmt: skip


class Inspector(HTMLParser):
    """Notes every tag and attribute that is not allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[object] = []
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED or {name for name, _ in attrs} - ALLOWED[tag]:
            self.wrong.append((tag, attrs))
        if tag == "a":
            told = dict(attrs)
            if not leads_out(told["href"] or "") or told["rel"] != "nofollow noopener noreferrer ugc":
                self.wrong.append(attrs)
        if tag not in ("br", "hr", "mspace"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(data)

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(decl)

    def handle_data(self, data: str) -> None:
        self.text += data


def inspected(source: str) -> Inspector:
    found = Inspector()
    found.feed(html(source))
    found.close()
    return found


@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.text(max_size=300)))
def test_whatever_is_typed_only_harmless_tags_come_out(source: str) -> None:
    try:
        kept = clean(source)
    except UsageError:
        return
    found = inspected(kept)
    assert found.wrong == []
    assert found.open == []
    assert not set(html(kept)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\x00")


def test_what_can_be_said() -> None:
    told = html("# Head\n\n**b** *i* `c` [out](https://e.org/a?b=1&c=2)\n\n> q\n\n1. one\n2. two\n\n```js\nx<y\n```")
    assert "<p><strong>Head</strong></p>" in told
    assert '<a href="https://e.org/a?b=1&amp;c=2" rel="nofollow noopener noreferrer ugc">out</a>' in told
    assert "<pre><code>x&lt;y\n</code></pre>" in told
    assert "<blockquote>" in told
    assert "<ol>\n<li>one</li>" in told


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "/act/vote", "//e.org", "ftp://e.org", "file:///etc", "#x", ""],
)
def test_links_lead_nowhere_else(address: str) -> None:
    told = html(f"[x]({address}) <{address}>")
    assert "<a " not in told
    assert "</a>" not in told
    assert "<img" not in html(f"![x]({address}) ![x](https://e.org/x.png)")


@pytest.mark.parametrize(
    ("tex", "block"),
    [
        ("$x_1 * y_2 * z_3$", False),
        ("$$\\sum_{i} \\{a_i\\} * b * c$$", True),
        ("\\(a\\_b * c * d\\)", False),
        ("\\[ \\alpha_1^* \\]", True),
        ("$$\na_1\n+ b_1\n= c_1\n$$", True),
    ],
)
def test_tex_is_drawn_as_mathematics(tex: str, block: bool) -> None:
    made = html(f"As in {tex} here." if "\n" not in tex else tex)
    assert made.count("<math") == 1
    assert ('display="block"' in made) == block
    assert not [mark for mark in ("$", "<em>", "<li>", "\\") if mark in made]


@pytest.mark.parametrize("tex", ["$\\ours_1 * y_2 * z_3$", "\\(\\foo * a * b\\)", "$$\n\\foo_1\n+ b_1\n$$"])
def test_tex_that_cannot_be_drawn_stands_as_it_was_typed(tex: str) -> None:
    found = inspected(f"As in {tex} here." if "\n" not in tex else tex)
    assert tex.replace("\n", "") in found.text.replace("\n", "")
    assert "<em>" not in html(tex)
    assert "<math" not in html(tex)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("See https://e.org/a_b_c?d=1&e=2.", "https://e.org/a_b_c?d=1&amp;e=2"),
        ("(at http://e.org/x_(y))", "http://e.org/x_(y)"),
        ("*https://e.org/*", "https://e.org/"),
        ("https://e.org/a, and", "https://e.org/a"),
    ],
)
def test_a_bare_address_is_a_link(typed: str, address: str) -> None:
    made = html(typed)
    assert f'<a href="{address}" rel="nofollow noopener noreferrer ugc">{address}</a>' in made
    assert made.count("<a ") == 1


@pytest.mark.parametrize(
    "typed", ["`https://e.org`", "    https://e.org", "javascript://e.org", "xhttps://e.org", "https://"]
)
def test_code_and_other_schemes_are_no_links(typed: str) -> None:
    assert "<a " not in html(typed)


def test_a_link_holds_no_other_link() -> None:
    made = html("[https://a.org](https://b.org) <https://c.org>")
    assert made.count("<a ") == made.count("</a>") == 2


def test_prices_are_no_tex() -> None:
    assert "<em>both</em>" in html("It costs $5 *both* and $6.")


def test_bounds() -> None:
    assert len(clean("x" * LONGEST)) == LONGEST
    for wrong in ("", "  \n ", "\u202e\x00", "x" * (LONGEST + 1), "> " * 30 + "x", "- " * 30 + "x"):
        with pytest.raises(UsageError):
            clean(wrong)
    assert html(clean("> " * 8 + "deep")).count("<blockquote>") == 8
    assert clean("a\u202eb\r\nc\x07\ud800") == "ab\nc?"
