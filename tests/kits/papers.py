"""Papers written for the exports, and any paper at all."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from broadsheet.core.types import Document
from broadsheet.exports.listing import Entry, Listing

LEAF = Document(
    id="2401.00001",
    title="The Shape of Leaves & <b>Stems</b>",
    text="We measure leaves. Is 1 < 2 &amp; 3 > 2? Yes.",
    authors=("Ada Blum", "Jan van der Berg", "Émile Noël", "Sol"),
    venue="Journal of Leaves",
    categories=("cs.CV", "q-bio.QM"),
    keywords=("leaves",),
    announced=date(2026, 9, 30),
    submitted=date(2026, 9, 28),
    updated=date(2026, 9, 29),
    votes=12,
    links={"abstract": "https://example.org/abs/1?a=1&b=2", "pdf": "https://example.org/1.pdf", "code": "javascript:x"},
    aliases=("10.5555/herb_1",),
    source="arxiv:cs.CV",
)
KNOT = Document(id="hep-th/9901001", title="Knots", text="Counted.", authors=("Cy Doe",), year=1999, source="bibtex:a")
HOSTILE = Document(
    id="bad:1/..\\\"'<>%\x00",
    title='=cmd() <script>alert(1)</script>\x00\x1b[0m \ud800 \ufffe \u202eesrever ]]> & "q"',
    text="TY  - JOUR\r\nER  - \r\nTI  - other\n\n# head\n<![CDATA[ x ]]> \x0b",
    authors=("@eve, \n+1", "", "\x07"),
    venue="-2+3",
    categories=("a\nb",),
    links={"abstract": "https://example.org/\n<x>", "pdf": "//no", "project": "https://[bad"},
)


def entry(document: Document) -> Entry:
    return Entry(document=document, address="http://localhost/paper/x", day=document.day)


def listing(*documents: Document, next_: str = "") -> Listing:
    return Listing(
        title="Papers of 30 September & <more>",
        address="http://localhost/day/2026-09-30",
        own="http://localhost/feeds/day/2026-09-30.atom?a=1&b=2",
        authority="example.org",
        name="feeds/day/2026-09-30",
        entries=tuple(map(entry, documents)),
        next=next_,
        subtitle="What was listed.",
    )


any_text = st.text(st.characters(codec=None), max_size=40)
any_texts = st.lists(any_text, max_size=3).map(tuple)
any_paper = st.builds(
    Document,
    id=any_text,
    title=any_text,
    text=any_text,
    authors=any_texts,
    venue=any_text,
    categories=any_texts,
    keywords=any_texts,
    aliases=any_texts,
    submitted=st.none() | st.dates(),
    listed=st.none() | st.dates(),
    year=st.none() | st.integers(-5, 12_000),
    votes=st.none() | st.integers(0, 9),
    links=st.dictionaries(st.sampled_from(["abstract", "pdf", "code", "project", "é"]), any_text, max_size=3),
)
# What our readers give back unchanged: words in one line, names as "First Last".
word = st.text(st.characters(categories=["L", "N"], max_codepoint=0x2FF), min_size=1, max_size=8)
marks = st.sampled_from(["<b>", "&amp;", "&", "a<b", "]]>", '"', "--", "%"])
words = st.lists(word | marks, min_size=1, max_size=6).map(" ".join)
part = st.from_regex(r"[A-Z][a-zà-ö]{2,6}", fullmatch=True)  # Jr would be a suffix
name = st.lists(part, min_size=2, max_size=3).map(" ".join)
plain_paper = st.builds(
    Document,
    id=st.sampled_from(["2401.00001", "hep-th/9901001", "10.1234/abc.d"]),
    title=words.map(lambda text: f"On {text}"),
    text=words.map(lambda text: f"We ask {text}."),
    authors=st.lists(name, max_size=3, unique=True).map(tuple),
    categories=st.lists(st.sampled_from(["cs.IR", "math.GT", "stat.ML"]), unique=True).map(tuple),
    announced=st.none() | st.dates(date(1950, 1, 1), date(2050, 1, 1)),
    links=st.just({"abstract": "https://example.org/x"}),
)
