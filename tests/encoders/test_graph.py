"""The graph computes what the papers about BERT say, digit by digit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bert_kit import open_tiny, token_ids
from broadsheet.encoders.facts import read_facts, read_weights
from broadsheet.encoders.graph import build
from broadsheet.encoders.switches import POOLINGS
from tinybert import forward, write_tiny


def test_half_precision_weights_are_read(tmp_path: Path) -> None:
    full = write_tiny(tmp_path / "tiny", dtype="f2")
    row = open_tiny(tmp_path / "tiny").encode(["graph paper"])[0]
    assert row @ forward(full, token_ids("graph paper")) > 0.9999


def test_the_graph_takes_any_number_of_words_and_gives_unit_rows(folder: Path) -> None:
    facts = read_facts(folder)
    for pooling in POOLINGS:
        graph = build(replace(facts, pooling=pooling), read_weights(facts))
        assert [str(each.get_partial_shape()) for each in graph.inputs] == ["[?,?]", "[?,?]"]
        assert str(graph.output(0).get_partial_shape()) == f"[?,{facts.shape.hidden}]"
    tokens = build(facts, read_weights(facts), pooled=False)
    assert str(tokens.output(0).get_partial_shape()) == f"[?,?,{facts.shape.hidden}]"
