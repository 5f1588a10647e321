"""A day of fifty eels, a copy of one of them, and a hostile paper; and the state of a button."""

from __future__ import annotations

import re
from datetime import date

from broadsheet.core.types import Document
from site_kit import HOSTILE

DAY = date(2026, 10, 1)
EELS = tuple(
    Document(id=f"2610.{n:05}", title=f"Eels in Ditch {n}", text="Eels are counted. " * 60, authors=("Al Eel",) * 3,
             listed=DAY, votes=n, categories=("cs.SD",), venue="EELS", links={"code": "https://example.org/c"},
             source="hf:daily")
    for n in range(50)
)  # fmt: skip
TWIN = Document(id="conf:1", title="Eels in Ditch 49", authors=("Al Eel",) * 3, year=2026, votes=60, source="csv:c")
BAD = Document(id="bad:9", title=HOSTILE, listed=DAY, source="jsonl:bad", text=HOSTILE)


def button(text: str, act: str, id_: str) -> str:
    """The pressed state of a button beside a paper."""
    found = re.search(rf'name="(?:un)?{act}" value="{re.escape(id_)}" data-act="{act}" aria-pressed="(\w+)"', text)
    assert found, f"no {act} for {id_}"
    return found[1]


VOTES = '<span class="count">{}</span><span class="unseen"> votes'
"""The votes next to a paper."""
