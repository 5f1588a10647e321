"""Switches behind a name: the grammar, and what a model of the BERT family can be told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.encoders.facts import Facts, read_facts
from broadsheet.encoders.switches import cut, read, refuse, switched


@pytest.fixture
def facts(folder: Path) -> Facts:
    return read_facts(folder)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("", ("", "")),
        ("whole", ("whole", "")),
        ("?layers=4", ("", "layers=4")),
        ("/a?b?layers=1", ("/a?b", "layers=1")),
    ],
)
def test_a_name_is_cut_at_its_last_mark(name: str, parts: tuple[str, str]) -> None:
    assert cut(name) == parts


def test_switches_are_read_by_name() -> None:
    assert read("", ["a"]) == {}
    assert read("a=1&b=x,y", ["a", "b"]) == {"a": "1", "b": "x,y"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("layer=4", ["'layer'", "layers"]),
        ("colour=red", ["'colour'", "layers", "pooling"]),
        ("layers", ["layers=VALUE"]),
        ("layers=", ["layers=VALUE"]),
        ("layers=1&layers=2", ["'layers=2'", "once"]),
        ("layers=3", ["'3'", "from 0 to 2"]),
        ("layers=-1", ["'-1'", "from 0 to 2"]),
        ("layers=1,,2", ["''", "several (1,2)"]),
        ("layers=last3", ["'3'", "last1 to last2"]),
        ("layers=last0", ["'0'", "last1 to last2"]),
        ("layers=" + "1," * 200, ["layers=VALUE"]),
        ("long=short", ["'short'", "cut, pool, stretch"]),
        ("long=pool&pooling=cls", ["pooling=cls", "long=stretch", "pooling=mean"]),
        ("pooling=sum", ["'sum'", "mean, cls, max, last, weighted"]),
    ],
)
def test_what_is_not_understood_is_named_with_what_is_allowed(facts: Facts, text: str, parts: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        switched(facts, text)
    assert all(part in str(caught.value) for part in parts), str(caught.value)


@pytest.mark.parametrize(
    ("text", "layers", "mix", "said"),
    [
        ("", 2, (), ""),
        ("layers=2&pooling=mean", 2, (), ""),
        ("layers=last1", 2, (), ""),
        ("layers=0", 0, (), "layers=0"),
        ("layers=2,0,2", 2, (0, 2), "layers=0,2"),
        ("pooling=cls&layers=last2", 2, (1, 2), "layers=1,2&pooling=cls"),
        ("long=cut", 2, (), ""),
        ("long=stretch&layers=1", 1, (), "layers=1&long=stretch"),
    ],
)
def test_one_model_has_one_name(facts: Facts, text: str, layers: int, mix: tuple[int, ...], said: str) -> None:
    made, name = switched(facts, text)
    assert (made.shape.layers, made.mix, name) == (layers, mix, said)


def test_an_encoder_without_switches_says_so() -> None:
    assert refuse("256", "hash") == "256"
    with pytest.raises(UsageError, match="hash has no switches"):
        refuse("?layers=1", "hash")


def test_places_are_not_stretched_where_that_reads_no_more(facts: Facts) -> None:
    with pytest.raises(UsageError, match="long=stretch reads 8,192 tokens, as many as the model does"):
        switched(replace(facts, max_length=8_192), "long=stretch")
    assert switched(replace(facts, max_length=8_192), "long=pool")[0].long == "pool"
