"""How a model of token vectors reads, by the files of sentence-transformers, of PyLate and of ColBERT's own code."""

from __future__ import annotations

import string

from broadsheet.encoders.facts import read_facts
from broadsheet.encoders.heads.tokens import Expansion, Reading, read_reading
from broadsheet.encoders.heads.vector import Head
from broadsheet.encoders.modules import read_steps
from model_kit import MODELS


def reading_of(name: str) -> Reading:
    folder = MODELS / name
    return read_reading(folder, read_steps(folder), read_facts(folder, head=Head()).prompts)


def test_sentence_transformers_says_it_by_steps() -> None:
    plain, masks = reading_of("colbert"), reading_of("colbert-masks")
    assert (plain.lengths, plain.expansion, plain.marks) == ({"query": 16, "document": 32}, None, False)
    assert (plain.skipped, plain.skipped_in) == ((".", ",", "the"), ("document",))
    assert masks.expansion == Expansion(length=20, attend=True, cut=False)
    assert (masks.longest("query", 48), masks.longest("document", 48)) == (48, 48)
    assert masks.skipped_in == ("query", "document")
    assert plain.dim(16) == 8


def test_pylate_says_it_in_one_file() -> None:
    reading = reading_of("colbert-pylate")
    assert reading.prompts == {"query": "[unused0]", "document": "[unused1]"}
    assert (reading.expansion, reading.marks) == (Expansion(length=24), True)
    assert (reading.longest("query", 48), reading.longest("document", 48)) == (24, 40)
    assert reading.skipped == (".", ",", "?")


def test_colberts_own_code_says_it_in_its_metadata() -> None:
    reading = reading_of("colbert-first")
    assert reading.prompts == {"query": "[unused0] ", "document": "[unused1] "}
    assert (reading.own, reading.dim(16), reading.expansion) == (8, 8, Expansion(length=20))
    assert reading.skipped == tuple(string.punctuation)
    assert reading.longest("document", 30) == 30
