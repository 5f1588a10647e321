"""Switches behind a name: the grammar, and what a model of the BERT family can be told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bert_kit import edit
from broadsheet.core.errors import UsageError
from broadsheet.encoders.facts import Facts, read_facts
from broadsheet.encoders.switches import cut, cut_folder, read, refuse, switched
from model_kit import MODELS


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


def test_a_folder_with_a_mark_in_its_name_is_not_cut(tmp_path: Path) -> None:
    (tmp_path / "a?b").mkdir()
    assert cut_folder(f"{tmp_path}/a?b") == (f"{tmp_path}/a?b", "")
    assert cut_folder(f"{tmp_path}/a?c") == (f"{tmp_path}/a", "c")
    assert cut_folder("a?prompt=" + "x" * 400) == ("a", "prompt=" + "x" * 400)


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
        ("long=pool&pooling=mean,last", ["pooling=mean,last"]),
        ("long=pool&pooling=idf", ["pooling=idf"]),
        ("pooling=sum", ["'sum'", "mean, cls, max, last, weighted", "last4"]),
        ("pooling=mean,mean", ["'mean,mean'", "several of them"]),
        ("pooling=cls,", ["'cls,'"]),
        ("pooling=last4", ["last4", "'2'", "from 4 to 2"]),
        ("layers=1,2&pooling=last4", ["'1,2'", "one layer"]),
        ("dim=0", ["dim is '0'", "from 1 to 16"]),
        ("dim=17", ["'17'", "from 1 to 16"]),
        ("dim=17&pooling=cls,mean&layers=3", ["'3'"]),
        ("dim=33&pooling=cls,mean", ["from 1 to 32"]),
        ("dim=٣", ["dim is '٣'"]),
        ("dim=" + "9" * 190, ["from 1 to 16"]),
        ("prompt", ["prompt=VALUE"]),
        ("prompt=" + "x" * 501, ["at most 500"]),
        ("prompt=" + "x" * 9_000, ["prompt=VALUE"]),
        ("prompt=%00", ["at most 500"]),
        ("prompt=a&prompt=b", ["'prompt=b'", "once"]),
        ("promt=a", ["'promt'", "prompt"]),
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
        ("dim=16", 2, (), ""),
        ("dim=8&pooling=max", 2, (), "pooling=max&dim=8"),
        ("dim=16&pooling=max,cls", 2, (), "pooling=max,cls&dim=16"),
        ("dim=32&pooling=max,cls", 2, (), "pooling=max,cls"),
        ("prompt=", 2, (), ""),
        ("query_prompt=a b&layers=1", 1, (), "layers=1&query_prompt=a%20b"),
        ("document_prompt=%C3%A9%26%3D%3F%7C%0A", 2, (), "document_prompt=%C3%A9%26%3D%3F%7C%0A"),
        ("query_prompt=x=y&document_prompt=x%3dy", 2, (), "prompt=x%3Dy"),
        ("query_prompt=q:&prompt=p:", 2, (), "query_prompt=q:&document_prompt=p:"),
        ("prompt=\udc80%ff", 2, (), "prompt=%3F%EF%BF%BD"),
    ],
)
def test_one_model_has_one_name(facts: Facts, text: str, layers: int, mix: tuple[int, ...], said: str) -> None:
    made, name = switched(facts, text)
    assert (made.shape.layers, made.mix, name) == (layers, mix, said)


@pytest.mark.parametrize(
    ("text", "prompts", "said"),
    [
        ("", {"query": "q: ", "document": "d: "}, ""),
        ("prompt=", {}, "prompt="),
        ("query_prompt=", {"document": "d: "}, "query_prompt="),
        ("prompt=d: ", {"query": "d: ", "document": "d: "}, "query_prompt=d:%20"),
        ("prompt=&query_prompt=x", {"query": "x"}, "query_prompt=x&document_prompt="),
        ("query_prompt=q: &document_prompt=d%3A%20", {"query": "q: ", "document": "d: "}, ""),
    ],
)
def test_the_prompts_of_a_model_are_changed_or_taken_away(
    folder: Path, text: str, prompts: dict[str, str], said: str
) -> None:
    own = '{"prompts": {"query": "q: ", "passage": "d: "}}'
    (folder / "config_sentence_transformers.json").write_text(own)
    made, name = switched(read_facts(folder), text)
    assert (made.prompts, name) == (prompts, said)
    assert switched(read_facts(folder), name) == (made, name)


@given(st.text(max_size=500))
def test_any_prompt_comes_back_from_its_name(prompt: str) -> None:
    prompt = prompt.replace("\0", "").encode("utf-8", "replace").decode()
    facts = read_facts(MODELS / "bert")
    made, name = switched(facts, f"query_prompt={quote(prompt, safe='')}")
    assert made.prompts.get("query", "") == prompt
    assert not set(name) & set(" ?|\n#%") - {"%"}
    assert switched(facts, name) == (made, name)


def test_a_file_that_cuts_vectors_is_heeded_and_a_switch_gives_all_axes_back() -> None:
    facts = read_facts(MODELS / "head-cut")
    assert (facts.dim, facts.width) == (15, 24)
    for text, dim, said in (("dim=24", 24, "dim=24"), ("dim=15", 15, ""), ("dim=7", 7, "dim=7")):
        made, name = switched(facts, text)
        assert (made.dim, name) == (dim, said)


def test_a_pooling_that_a_later_step_does_not_take_is_named() -> None:
    with pytest.raises(UsageError, match="pooling=max does not fit this model: "):
        switched(read_facts(MODELS / "head-poolings"), "pooling=max")


def test_last4_is_the_mean_of_the_last_four_layers_that_run(folder: Path) -> None:
    edit(folder / "config.json", num_hidden_layers=6)
    facts = read_facts(folder)
    for text, mix, said in (
        ("pooling=last4", (3, 4, 5, 6), "layers=3,4,5,6"),
        ("layers=5&pooling=last4", (2, 3, 4, 5), "layers=2,3,4,5"),
    ):
        made, name = switched(facts, text)
        assert (made.shape.layers, made.mix, made.pooling, name) == (mix[-1], mix, "mean", said)


def test_an_encoder_without_switches_says_so() -> None:
    assert refuse("256", "hash") == "256"
    with pytest.raises(UsageError, match="hash has no switches"):
        refuse("?layers=1", "hash")


def test_places_are_not_stretched_where_that_reads_no_more(facts: Facts) -> None:
    with pytest.raises(UsageError, match="long=stretch reads 8,192 tokens, as many as the model does"):
        switched(replace(facts, max_length=8_192), "long=stretch")
    assert switched(replace(facts, max_length=8_192), "long=pool")[0].long == "pool"
