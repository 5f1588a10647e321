"""The groups of arXiv: each can be followed, and what real papers are in is among them."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

from broadsheet.sources import arxiv
from broadsheet.sources.arxiv_groups import ARCHIVES, GROUPS


def test_every_group_can_be_followed_and_is_in_one_archive() -> None:
    assert len(GROUPS) == sum(len(archive.groups) for archive in ARCHIVES) == 155
    for code, name in GROUPS.items():
        assert arxiv.named(code).live
        assert name.strip() == name != ""


def test_the_groups_of_real_papers_have_names(data_dir: Path) -> None:
    counts: Counter[str] = Counter()
    with gzip.open(data_dir / "papers_arxiv_cs" / "papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            counts.update(json.loads(line)["topics"])
    known = {code: count for code, count in counts.items() if code in GROUPS}
    assert len(known) > 100
    assert sum(known.values()) / sum(counts.values()) > 0.99
