"""The forms of a citation: every paper has all of them, in one line where it is text."""

from __future__ import annotations

import json

from hypothesis import given, settings

from broadsheet.core.types import Document
from broadsheet.exports.citations import CITATIONS
from papers import any_paper


@settings(max_examples=50)
@given(any_paper)
def test_every_paper_is_cited_in_every_form(document: Document) -> None:
    for form in CITATIONS.values():
        written = form.write([document, document])
        assert written.encode("utf-8")
        if form.text:
            assert written.count("\n") == 2
            assert all(line.strip() for line in written.splitlines())
    assert len(json.loads(CITATIONS["csl"].write([document, document]))) == 2
