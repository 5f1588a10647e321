"""Servers of this machine in the place of arXiv, Hugging Face and a journal, with papers of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from badserver import BadServer, answer
from broadsheet.sources import arxiv, hf

SUBJECTS = {
    "bridge": "bridge cable span girder deck tower wind load steel traffic river crossing",
    "soup": "soup broth onion stock simmer ladle herb kitchen taste salt recipe bowl",
    "owl": "owl feather night hunt mouse nest wing silent forest call moon prey",
}
LAST = date(2026, 10, 1)
_ATOM = (
    "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom' "
    "xmlns:arxiv='http://arxiv.org/schemas/atom' xmlns:opensearch='http://a9.com/-/spec/opensearch/1.1/'>"
)


@contextmanager
def sources(monkeypatch: pytest.MonkeyPatch, *, each: int = 15) -> Iterator[BadServer]:
    """The three servers as one: arXiv with ``each`` papers of every subject, Hugging Face with four, a feed of one."""
    with BadServer() as server:
        monkeypatch.setattr(arxiv, "API", server.url("/api/query"))
        monkeypatch.setattr(arxiv, "FEEDS", server.url("/atom/"))
        monkeypatch.setattr(hf, "BASE", server.url(""))
        server.on("/api/query", answer(body=_api(each)))
        server.on("/atom/cs.IR", answer(body=(_ATOM + "</feed>").encode()))
        server.on("/api/daily_papers", answer(body=_daily()))
        server.on("/journal.xml", answer(body=_journal()))
        server.on("/page.html", answer(body=b"<html><body>No feed here.</body></html>"))
        yield server


def title(subject: str, number: int) -> str:
    return f"On the {subject.title()}, Part {number}"


def _api(each: int) -> bytes:
    entries = [
        _entry(place * 100 + number, subject, number)
        for place, subject in enumerate(SUBJECTS)
        for number in range(each)
    ]
    total = f"<opensearch:totalResults>{len(entries)}</opensearch:totalResults>"
    return (_ATOM + total + "".join(entries) + "</feed>").encode()


def _entry(id_: int, subject: str, number: int) -> str:
    moment = f"{LAST - timedelta(days=2 + number % 3)}T17:00:00Z"
    return (
        f"<entry><id>http://arxiv.org/abs/2609.{id_:05}v1</id><title>{title(subject, number)}</title>"
        f"<published>{moment}</published><updated>{moment}</updated><summary>We study {SUBJECTS[subject]}. "
        f"Case {number}.</summary><author><name>Ada Example</name></author><category term='cs.IR'/>"
        "<arxiv:primary_category term='cs.IR'/></entry>"
    )


def _daily() -> bytes:
    rows = [
        {
            "title": title("otter", number),
            "paper": {
                "id": f"2609.{90000 + number}", "title": title("otter", number), "upvotes": 9 - number,
                "summary": "Otters swim in rivers and eat fish.", "authors": [{"name": "Bo Sample"}],
                "publishedAt": f"{LAST}T01:00:00.000Z", "submittedOnDailyAt": f"{LAST}T01:00:00.000Z",
            },
        }
        for number in range(4)
    ]  # fmt: skip
    return json.dumps(rows).encode()


def _journal() -> bytes:
    return (
        b"<?xml version='1.0'?><rss version='2.0'><channel><title>Journal of Kelp</title><item>"
        b"<title>Kelp at Low Tide</title><link>https://example.org/kelp</link><description>We weigh kelp.</description>"
        b"<pubDate>Wed, 30 Sep 2026 00:00:00 +0000</pubDate></item></channel></rss>"
    )
