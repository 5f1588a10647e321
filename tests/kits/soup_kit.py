"""Ten days, each with one paper on soup by one author and three on other things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from broadsheet.collection import Collection, open_collection
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from fakes import WordEncoder, paper
from site_kit import NOW


@contextmanager
def soups(folder: Path) -> Iterator[Collection]:
    papers = []
    for place in range(40):
        title = f"soup broth kettle number{place}" if place % 4 == 0 else f"owl feather wing number{place}"
        authors = ("Ida Broth",) if place % 4 == 0 else ()
        papers.append(replace(paper(place, title, authors=authors), announced=NOW.date() - timedelta(days=place // 4)))
    with open_collection(folder, encoder=WordEncoder(64)) as opened:
        ingest(opened, papers, now=NOW, name="jsonl:made.jsonl")
        sync(opened)
        yield opened
