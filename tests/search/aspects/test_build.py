"""Sentences are read when they are asked for, go on from where they were, and never by surprise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import broadsheet as bs
from aspect_kit import DATA, PAPERS, TASKS
from broadsheet.core.errors import BroadsheetError, CollectionError
from broadsheet.core.types import Manifest
from broadsheet.search.aspects import build as building
from broadsheet.search.aspects.build import about, build, drop, sentence_manifest, spans_of
from broadsheet.search.aspects.roles import roles_for
from fakes import NOW, WordEncoder, paper


def test_a_sync_reads_no_sentence(tmp_path):
    with bs.open(tmp_path / "plain", encoder=WordEncoder()) as made:
        made.store.papers.put(PAPERS, now=NOW)
        bs.sync(made)
        bs.search(made, "tides")
        assert not made.sentences.exists
        with pytest.raises(CollectionError, match="broadsheet aspects build"):
            about(made)
        assert not drop(made)


def test_what_was_read(collection):
    said = about(collection)
    assert (said.papers, said.sentences, said.wait) == (10, 33, 0)
    assert said.having["method"] == 8
    assert said.having["data"] == said.having["result"] == 8
    assert said.bytes > 33 * 64
    assert 0.5 < said.accuracy["daily papers read by hand"] < 1


def test_a_second_build_encodes_nothing_and_a_third_what_is_new(collection):
    collection.encoder.encoded.clear()
    assert build(collection).read == 0
    assert not collection.encoder.encoded
    changed = replace(PAPERS[0], text="We propose a method based on kites.")
    collection.store.papers.put([changed, paper(93, "New", "A new paper. It is short.")], now=NOW)
    collection.store.papers.delete([PAPERS[1].id], now=NOW)
    bs.sync(collection)
    collection.encoder.encoded.clear()
    done = build(collection)
    assert (done.read, done.removed) == (2, 1)
    assert sorted(collection.encoder.encoded) == ["A new paper.", "It is short.", "We propose a method based on kites."]
    assert about(collection).papers == 10
    assert build(collection, rebuild=True).read == 10


def test_a_build_that_was_stopped_goes_on(collection, monkeypatch):
    drop(collection)
    monkeypatch.setattr(building, "_BATCH", 4)
    whole, calls = collection.encoder.encode, []

    def failing(texts, *, role="document"):
        calls.append(len(texts))
        if len(calls) > 2:
            raise BroadsheetError("the power failed")
        return whole(texts, role=role)

    monkeypatch.setattr(collection.encoder, "encode", failing)
    with pytest.raises(BroadsheetError, match="the power failed"):
        build(collection)
    assert collection.sentences.snapshot().count == 8
    monkeypatch.setattr(collection.encoder, "encode", whole)
    assert build(collection).read == 2
    assert about(collection).sentences == 33


def test_other_weights_make_all_again(collection, monkeypatch):
    other = replace(roles_for(collection.space.snapshot().manifest), name="words-2")
    monkeypatch.setattr(building, "roles_for", lambda _: other)
    assert build(collection).read == 10
    assert collection.sentences.snapshot().manifest.input_format == "sentences, roles of words-2"


def test_damage_is_made_again(collection):
    (collection.sentences.folder / "g000001" / "roles").write_bytes(b"")
    made = type(collection.sentences)(collection.sentences.folder)
    assert not made.ready
    collection.sentences._seen = None  # as another process sees it
    assert build(collection).read == 10


def test_an_encoder_that_breaks_its_promise_is_named(collection, monkeypatch):
    monkeypatch.setattr(collection.encoder, "encode", lambda texts, *, role: np.full((len(texts), 64), np.nan))
    with pytest.raises(BroadsheetError, match=r"encoder words returned shape .* not finite"):
        build(collection, rebuild=True)


def test_spans_are_of_the_text_that_is_shown(collection):
    number = collection.store.papers.number("made:011")
    (parts,) = collection.sentences.snapshot().of(np.array([number]))
    document = collection.store.papers.by_numbers([number])[number]
    said = [document.content[start:end] for start, end in parts.spans.tolist()]
    assert (said[0], said[2]) == (TASKS["tides"], DATA)
    assert spans_of("One  two. Three", ["One two.", "Three"]) == [(0, 8), (10, 15)]
    assert spans_of("", []) == []


def test_the_manifest_names_encoder_and_weights():
    own = Manifest(encoder="e", version="1", weights="w", dim=3, rotation=1, turns=2)
    made = sentence_manifest(own, roles_for(own))
    assert (made.encoder, made.input_format, made.rotation) == ("e", "sentences, roles of words-1", 0)
    assert made.key != own.key
