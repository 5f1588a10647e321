"""Texts made to cost time: each comes back, where reading it again from every place would take hours."""

from __future__ import annotations

from broadsheet.core.identity import lookup
from broadsheet.core.types import BadRecord
from broadsheet.sources import arxiv, bibtex, feed
from broadsheet.sources.lists import people

MANY = 100_000


def test_identifiers_without_end():
    assert lookup("doi:10.1234/" * MANY + " x") is None
    assert lookup("https://doi.org/10.1234/Abc.") == "10.1234/abc"


def test_bibtex_keys_and_mathematics(tmp_path):
    assert bibtex.plain_tex("$" + " " * MANY) == "$"
    assert bibtex.plain_tex("$ x_1 $ of $5") == bibtex.plain_tex("$x_1$ of $5")
    path = tmp_path / "slow.bib"
    path.write_text("@article{" + " " * MANY + "\n}\n@article{ owls and mice ,\n title = {Owls}}\n", "utf-8")
    broken, kept = bibtex.read(path)
    assert isinstance(broken, BadRecord)
    assert kept.extra["citation_key"] == "owls and mice"


def test_bibtex_entries_inside_an_open_one(tmp_path):
    path = tmp_path / "open.bib"
    path.write_text("@article{x,\n" + "@a{\n}\n" * MANY, "utf-8")
    assert [type(record) for record in bibtex.read(path)] == [BadRecord]


def test_names_in_quotes_that_never_close():
    assert people("['" + "\\'" * MANY + "]") is not None
    assert people("['Ada Made', \"Bo O'Other\", 'Cem \\'C\\' Third']") == ("Ada Made", "Bo O'Other", "Cem 'C' Third")


def test_names_of_a_feed():
    assert len(arxiv._OUTSIDE_BRACKETS.split("a," * MANY)) == MANY + 1
    assert arxiv._OUTSIDE_BRACKETS.split("Ada (Here, There), Bo") == ["Ada (Here, There)", " Bo"]
    assert arxiv._PREFIX.sub("", "x" + " " * MANY + "y") == "x" + " " * MANY + "y"


def test_comments_of_a_feed_that_never_close():
    assert feed._plain("Owls<!-- and " * MANY) == "Owls"
    assert feed._plain("Owls <!-- no --> and <b>mice</b>").split() == ["Owls", "and", "mice"]
