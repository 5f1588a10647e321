"""What the tools tell: texts in parts, and foreign text where it cannot be taken for an instruction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from asking_kit import told
from broadsheet.core.types import Document
from broadsheet.mcp import results
from broadsheet.mcp.context import AgentSite
from site_kit import LONG_WORD


def _strings(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text in an answer and the names that lead to it."""
    if isinstance(value, str):
        yield path, value
    for name, each in value.items() if isinstance(value, dict) else ():
        yield from _strings(each, (*path, name))
    for each in value if isinstance(value, list) else ():
        yield from _strings(each, path)


def test_a_text_comes_in_parts_that_join(site: AgentSite) -> None:
    whole = told(site, "get_paper", id="2401.00001")
    text = whole["untrusted"]["text"]
    assert (whole["next_start"], whole["total_chars"]) == (None, len(text))
    assert text.startswith("We sort scanned")
    assert whole["other_ids"] == ["10.5555/herb"]
    assert whole["untrusted"]["links"]["code"] == "https://example.org/code?a=1&b=2"
    words: list[str] = []
    start: int | None = 0
    while start is not None:
        part = told(site, "get_paper", id="arXiv:2401.00001v2", start=start, max_chars=40)
        assert len(part["untrusted"]["text"]) <= 40
        words += part["untrusted"]["text"].split()
        start = part["next_start"]
    assert words == text.split()


def test_a_text_without_a_space_comes_in_parts_too(site: AgentSite) -> None:
    part = told(site, "get_paper", id="bad:2", start=19, max_chars=20_000)
    assert part["untrusted"]["text"] == "x" * 20_000
    assert (part["next_start"], part["total_chars"]) == (20_019, len(LONG_WORD))
    assert len(part["untrusted"]["title"]) == 300
    past = told(site, "get_paper", id="bad:2", start=10**9)
    assert (past["untrusted"]["text"], past["next_start"]) == ("", None)
    assert "ends before" in past["note"]


def test_foreign_text_stands_under_untrusted_alone_and_shows_all_it_says(site: AgentSite) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        ("search_papers", {"query": "hostile markup script alert"}),
        ("get_paper", {"id": "bad:1"}),
        ("find_similar", {"ids": ["2401.00001"], "limit": 50}),
        ("get_today", {}),
    ]
    seen = False
    for name, arguments in calls:
        for path, text in _strings(told(site, name, **arguments)):
            assert not any("\u202a" <= character <= "\u202e" for character in text), path
            seen |= "<script>" in text
            if "untrusted" not in path:
                assert "<" not in text, path
                assert "Herbarium" not in text, path
    assert seen  # it is data, told as it is
    links = told(site, "get_paper", id="bad:1")["untrusted"]["links"]
    assert links == {}


@given(st.text(st.characters(categories=["L", "Zs"], max_codepoint=0x24F), max_size=400), st.integers(1, 60))
def test_parts_of_any_text_join_into_the_whole(text: str, most: int) -> None:
    document = Document(id="a:1", title="T", text=text)
    start, words = 0, []
    for _ in range(len(text) + 2):
        part = results.whole_paper(document, start, most)
        words += part.untrusted.text.split()
        if part.next_start is None:
            break
        assert part.next_start > start
        start = part.next_start
    assert part.next_start is None
    assert "".join(words) == "".join(text.split())


def test_a_page_says_where_the_next_begins() -> None:
    assert results.page(10, 5, more=True) == {"offset": 10, "more": True, "next_offset": 15, "note": ""}
    assert results.page(10, 5, more=False, note="x")["next_offset"] is None


def test_beyond_the_end_and_without_a_text_a_note_says_so() -> None:
    beyond = results.whole_paper(Document(id="a:1", title="T", text="short"), 99, 10)
    assert (beyond.next_start, bool(beyond.note), beyond.untrusted.text) == (None, True, "")
    bare = results.whole_paper(Document(id="a:1", title="T"), 0, 10)
    assert bare.total_chars == 0
    assert bare.note != beyond.note
    assert bare.note
