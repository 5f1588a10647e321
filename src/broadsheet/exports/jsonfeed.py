"""JSON Feed 1.1: a list of papers for programs; facts that only papers have are under ``_paper``."""

from __future__ import annotations

import json
from html import escape
from typing import Any

from broadsheet.core.status import status_in_words, status_of
from broadsheet.exports.atom import moment
from broadsheet.exports.listing import Entry, Listing, arxiv_of, doi_of, is_link, line, link, titled

VERSION = "https://jsonfeed.org/version/1.1"


def jsonfeed(listing: Listing) -> bytes:
    """Return the feed as UTF-8 JSON."""
    feed = {
        "version": VERSION,
        "title": line(listing.title),
        "description": line(listing.subtitle),
        "home_page_url": listing.address,
        "feed_url": listing.own,
        "next_url": listing.next,
        "items": [_item(listing, entry) for entry in listing.entries],
    }
    return json.dumps(_told(feed), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _item(listing: Listing, entry: Entry) -> dict[str, Any]:
    paper, text = entry.document, line(entry.document.shown_text)
    made = {
        "id": listing.id_of(entry),
        "url": entry.address,
        "external_url": link(paper, "abstract", "pdf"),
        "title": titled(paper),
        "summary": text,
        "date_published": moment(entry.published) if entry.published else "",
        "date_modified": moment(entry.updated),
        "authors": [{"name": name} for name in map(line, paper.authors) if name],
        "tags": [term for term in map(line, paper.categories) if term],
        "_paper": _told(_facts(entry)),
    }
    return {**_told(made), "content_html": f"<p>{escape(text)}</p>" if text else ""}


def _facts(entry: Entry) -> dict[str, Any]:
    paper = entry.document
    return {
        "id": paper.id,
        "arxiv_id": arxiv_of(paper),
        "doi": doi_of(paper),
        "status": line(status_in_words(status)) if (status := status_of(paper)) else "",
        "venue": line(paper.venue),
        "votes": paper.votes,
        "estimated": paper.estimated.isoformat() if paper.estimated and paper.on_estimate else "",
        "links": {kind: address for kind, address in paper.links.items() if is_link(address)},
    }


def _told(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that are known; a list stays, even an empty one of items."""
    return {name: value for name, value in facts.items() if name == "items" or value not in ("", None, [], {})}
