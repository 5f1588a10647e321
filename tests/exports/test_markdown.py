"""Markdown: the paper, and no markup of its own."""

from __future__ import annotations

from broadsheet.exports.markdown import markdown, text
from papers import HOSTILE, LEAF, entry


def test_markdown_is_the_paper_and_no_markup_of_its_own() -> None:
    said = markdown(entry(LEAF))
    assert said.startswith(r"# The Shape of Leaves & \<b\>Stems\</b\>")
    assert "- Identifier: `2401.00001`" in said
    assert "- PDF: <https://example.org/1.pdf>" in said
    assert "javascript" not in said
    assert text("# no [head](x) `y` *z*") == r"\# no \[head\](x) \`y\` \*z\*"
    assert text("1. first") == r"1\. first"
    hostile = markdown(entry(HOSTILE))
    assert "\n# head" not in hostile
    assert "<script" not in hostile.replace(r"\<script", "")
