"""All formats: every paper goes into each, and our own readers give papers back."""

from __future__ import annotations

from hypothesis import given, settings

from broadsheet.core.identity import places
from broadsheet.core.types import Document
from broadsheet.exports.formats import FORMATS
from papers import HOSTILE, any_paper, listing, plain_paper
from record_kit import read_back


@settings(max_examples=25)
@given(plain_paper)
def test_our_readers_give_papers_back(document: Document) -> None:
    for kind in ("ris", "csv"):
        (read,) = read_back(kind, FORMATS[kind].write(listing(document)))
        assert read.id == document.id
        assert read.title == document.title
        assert read.text == document.text
        assert read.authors == document.authors
        assert read.links == places((document.id, *document.aliases)) | document.links
    assert read.categories == document.categories
    assert read.announced or read.listed or document.day is None


@given(any_paper)
def test_every_paper_goes_into_every_format(document: Document) -> None:
    for form in FORMATS.values():
        assert form.write(listing(document, HOSTILE))
