"""The commands near show and near pairs, and lists with each work once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from broadsheet.cli import near as commands
from broadsheet.collection import open_collection
from broadsheet.ingest import ingest
from broadsheet.sync import sync
from cli_kit import Call, asked
from door_kit import usage
from fakes import NOW
from near_kit import COPY, DAY, OTHERS, WORK


@pytest.fixture
def salted(call: Call, home: Path) -> Call:
    """The caller, with a work of two sources that has changed."""
    with open_collection(home, encoder="hash") as collection:
        ingest(collection, [replace(WORK, version=1), COPY, *OTHERS], now=NOW, name="made:papers")
        sync(collection)
        changed = replace(WORK, text=WORK.text.replace("nine", "eight"), version=2)
        collection.store.papers.put([changed], now=NOW)
    return call


def test_what_is_near_a_paper_is_shown(salted: Call) -> None:
    code, out, _ = salted("near", "show", WORK.id)
    assert code == 0
    flat = " ".join(out.split())
    assert "The same work, 0.9" in flat or "The same work, 1.00" in flat
    assert COPY.id in flat
    assert "Of 41 papers listed in" in flat
    assert "Changed on 2026-03-02 (version 1 to 2): 1% of the words. (arxiv:cs.SD)" in flat
    assert "[-nine-] {+eight+}" in flat


def test_it_is_shown_as_json(salted: Call) -> None:
    near = asked(salted, "near", "show", WORK.id, "--days", "7")
    assert [(copy["document"]["id"], copy["same"]) for copy in near["copies"]] == [(COPY.id, True)]
    assert (near["novelty"]["day"], near["novelty"]["days"], near["novelty"]["count"]) == (DAY.isoformat(), 7, 0)
    assert [piece["kind"] for piece in near["revisions"][0]["text"]] == ["same", "removed", "added", "same"]


def test_pairs(salted: Call) -> None:
    found = asked(salted, "near", "pairs", "--least", "0.9")
    assert [(pair["one"]["id"], pair["other"]["id"], pair["same"]) for pair in found["pairs"]] == [
        (WORK.id, COPY.id, True)
    ]
    code, out, err = salted("near", "pairs", "--least", "0.9")
    assert code == 0
    assert "yes" in out
    assert "1 pair of 42 papers" in out + err


def test_each_work_once_unless_all_are_asked_for(salted: Call) -> None:
    once = asked(salted, "search", "weighing salt", "-k", "20", "--no-copies")["items"]
    assert len({WORK.id, COPY.id} & {item["document"]["id"] for item in once}) == 1
    every = asked(salted, "search", "weighing salt", "-k", "20")["items"]
    assert every == asked(salted, "search", "weighing salt", "-k", "20", "--copies")["items"], "JSON is as it was"
    assert {WORK.id, COPY.id} <= {item["document"]["id"] for item in every}
    assert "the same work: " in salted("search", "weighing salt")[1]
    assert "the same work: " not in salted("search", "weighing salt", "--copies")[1]
    assert COPY.id not in json.dumps(asked(salted, "similar", WORK.id, "--no-copies"))
    assert COPY.id in json.dumps(asked(salted, "similar", WORK.id, "--copies", "--diverse", "0.1"))


def test_wrong_options(salted: Call) -> None:
    for words in (["near", "pairs", "--least", "0.1"], ["near", "show", WORK.id, "--days", "0"],
                  ["search", "salt", "--diverse", "1.5"]):  # fmt: skip
        assert salted(*words)[0] == 2
    assert salted("near", "show", "nothing")[0] != 0


def test_the_commands_explain_themselves() -> None:
    assert "--least" in usage(commands.pairs)
    assert "--days" in usage(commands.show)
