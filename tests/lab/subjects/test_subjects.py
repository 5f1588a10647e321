"""Subjects are made from their names."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadsheet import names
from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Encoder, Scorer
from broadsheet.core.types import Document
from broadsheet.encoders.colbert import ColbertEncoder
from broadsheet.encoders.hash import HashEncoder
from broadsheet.encoders.pair import PairModel
from broadsheet.encoders.splade import SpladeEncoder
from broadsheet.lab.cache import CachedEncoder
from broadsheet.lab.subjects import CONTROLS, subject_of
from model_kit import MODELS, open_model

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def encoder(name: str) -> Encoder:
    assert name == "hash:64"
    return HashEncoder(64)


def test_names_make_controls_settings_and_encoders() -> None:
    chosen = [*CONTROLS, "lexical", "hybrid:hash:64", "semantic:hash:64", "twin:hash:64", "hash:64"]
    made = [subject_of(name, encoder, now=NOW) for name in chosen]
    assert [subject.name for subject in made] == chosen
    assert len({subject.key for subject in made}) == len(chosen)
    ranks_only = {subject.name for subject in made if subject.abilities == {"corpus"}}
    assert ranks_only == {"bm25", "lexical", "hybrid:hash:64", "semantic:hash:64"}


def test_a_scorer_is_a_subject_alone_twice_and_with_another(monkeypatch: pytest.MonkeyPatch) -> None:
    known = names.known
    monkeypatch.setattr(names, "known", lambda group: ["splade"] if group == names.SCORERS else known(group))
    sparse = SpladeEncoder(MODELS / "splade-bert", name="splade:tiny")

    def model(name: str) -> Encoder | Scorer:
        return sparse if name == "splade:tiny" else HashEncoder(64)

    chosen = ["splade:tiny", "twin:splade:tiny", "fused:0.3|hash:64|splade:tiny", "fused:0.3|bm25|fused:1|hash|bow"]
    made = [subject_of(name, model, now=NOW) for name in chosen]
    assert [subject.name for subject in made] == chosen
    assert len({subject.key for subject in made}) == len(chosen)
    assert [len(subject.abilities) for subject in made] == [2, 2, 1, 1]
    with pytest.raises(UsageError, match="scores texts"):
        subject_of("hybrid:splade:tiny", model, now=NOW)
    with pytest.raises(UsageError, match="Did you mean splade"):
        subject_of("fused:0.3|bm25|spalde:tiny", model, now=NOW)


def test_models_of_tokens_and_of_pairs_are_subjects(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known = names.known
    monkeypatch.setattr(names, "known", lambda group: ["colbert", "pair"] if group == names.SCORERS else known(group))
    models: dict[str, Encoder | Scorer] = {
        "colbert:tiny": ColbertEncoder(MODELS / "colbert", name="colbert:tiny"),
        "pair:tiny": PairModel(MODELS / "pair-bert", name="pair:tiny"),
        "bert:tiny": CachedEncoder.under(open_model("bert"), tmp_path),
        "hash": HashEncoder(64),
    }
    chosen = ["colbert:tiny", "pair:tiny", "maxsim:bert:tiny", "second:bm25|pair:tiny", "second:hash|maxsim:bert:tiny"]
    made = [subject_of(name, models.__getitem__, now=NOW) for name in chosen]
    assert [subject.name for subject in made] == chosen
    assert len({subject.key for subject in made}) == len(chosen)
    documents = [
        Document(id=text, title=text, source="own") for text in ("a graph of papers", "tides", "moons, graphs")
    ]
    for subject in made:
        with subject.corpus(documents) as ranker:
            rows, scores = ranker.rank(["graph"], 3)
        assert rows.shape == scores.shape == (1, 3)
    with pytest.raises(UsageError, match="hash has no vectors of tokens"):
        subject_of("maxsim:hash", models.__getitem__, now=NOW)
    with pytest.raises(UsageError, match=r"second:minilm\|pair:FOLDER"):
        subject_of("second:bm25", models.__getitem__, now=NOW)


@pytest.mark.parametrize("name", ["minilm?layers=4", "twin:minilm?layers=4", "hybrid:minilm?pooling=max"])
def test_an_encoder_may_have_switches(name: str) -> None:
    asked: list[str] = []

    def switched(name: str) -> Encoder:
        asked.append(name)
        return HashEncoder(64)

    assert subject_of(name, switched, now=NOW).name == name
    assert asked == [name.removeprefix("twin:").removeprefix("hybrid:")]


@pytest.mark.parametrize(("name", "words"), [("bm52", "Did you mean bm25"), ("hybrid", "expected an encoder too")])
def test_names_that_are_not_known_are_said(name: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        subject_of(name, encoder, now=NOW)


def test_an_encoder_with_switches_is_an_encoder() -> None:
    subject = subject_of("minilm?layers=4", lambda _: HashEncoder(), now=NOW)
    assert subject.name == "minilm?layers=4"
