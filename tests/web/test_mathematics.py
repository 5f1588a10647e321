"""Titles and abstracts on pages: TeX as mathematics, prices as text, everything else escaped."""

from __future__ import annotations

import gzip
import html
import json
import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.text import readable
from broadsheet.core.types import Document
from broadsheet.web import mathematics

DATA = Path(os.environ.get("BROADSHEET_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
ARXIV = DATA / "papers_arxiv_cs" / "papers.jsonl.gz"


def paper(title: str, text: str = "") -> Document:
    """Make a paper as the Store has it."""
    clean = [made if (made := readable(raw)) != raw else "" for raw in (title, text)]
    return Document(id="1", title=title, text=text, readable_title=clean[0], readable_text=clean[1])


def words(markup: str) -> str:
    """Return what is read of a text, without its mathematics."""
    return html.unescape(re.sub(r"<math.*?</math>", "∎", str(markup), flags=re.DOTALL))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("An $O(n^2)$ bound", "An ∎ bound"),
        (r"An \(O(n^2)\) bound, \[x=1\]", "An ∎ bound, ∎"),
        ("It costs $5 and $6", "It costs $5 and $6"),
        ("US$ 5, 5$ or $10-$20 for 3k$", "US$ 5, 5$ or $10-$20 for 3k$"),
        ("$5M of $x^2$ and <b>bold</b> & more", "$5M of ∎ and bold & more"),
        ("a<b and c>d", "a<b and c>d"),
        ("A $\\textbf{Model}$ of $\\foo_2$", "A Model of foo_2"),
        ("$ \\alpha + \\beta $ and $$ x_1 $$", "∎ and ∎"),
        ("Caf\\'e \\emph{au} $\\lambda$", "Café au ∎"),
        ("<script> or <img src=x onerror=y> $x$", "<script> or ∎"),
    ],
)
def test_a_title_is_drawn(raw: str, shown: str) -> None:
    assert words(mathematics.title(paper(raw))) == shown


def test_an_abstract_keeps_its_paragraphs() -> None:
    made = mathematics.paragraphs(paper("T", "First $x_1$.\n\nSecond, for $7."))
    assert [words(each) for each in made] == ["First ∎.", "Second, for $7."]


def test_an_endless_word_can_be_broken() -> None:
    word = "<" * 1_000
    (made,) = mathematics.paragraphs(paper("T", word))
    assert words(str(made).replace("<wbr>", "")) == word
    assert str(made).count("<wbr>") == 9
    assert "<wbr>" not in mathematics.title(paper("w" * 399))


def test_a_formula_with_entities_is_drawn() -> None:
    assert "<mo>&lt;</mo>" in mathematics.title(paper("For $a &lt; b$ only"))


PIECES = ["$", "$$", "\\(", "\\)", "x", "_", "^", "{", "}", "<b>", "</b>", "&lt;", "\ue000", " ", "5", '"']
TAGS = {"math", "mrow", "mi", "mn", "mo", "msub", "msup", "msubsup", "mspace"}


@given(st.lists(st.sampled_from(PIECES)))
def test_nothing_of_a_text_leaves_unescaped(pieces: list[str]) -> None:
    made = str(mathematics.title(paper("".join(pieces))))
    assert set(re.findall(r"</?([a-z]+)", made)) <= TAGS


def test_most_formulas_of_real_abstracts_are_drawn() -> None:
    if not ARXIV.exists():
        pytest.skip(f"{ARXIV} is not here: set BROADSHEET_DATA")
    with gzip.open(ARXIV, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line, _ in zip(lines, range(12_000), strict=False)]
    texts = [text for row in rows if "$" in (text := row.get("abstract") or "")][:400]
    made = [str(mathematics.title(paper(text))) for text in texts]
    assert len(texts) == 400
    assert sum("<math" in each for each in made) >= 370
    assert sum("$" in words(each) for each in made) <= 12


def test_a_keyword_is_drawn() -> None:
    drawn = mathematics.keyword("$\\tau$-bench <b>")
    assert "<mi>τ</mi>" in drawn
    assert drawn.endswith("-bench &lt;b&gt;")
    assert mathematics.keyword("under $0.1") == "under $0.1"
