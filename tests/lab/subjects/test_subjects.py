"""Subjects are made from their names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Encoder
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.subjects import CONTROLS, subject_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def encoder(name: str) -> Encoder:
    assert name == "hash:64"
    return HashEncoder(64)


def test_names_make_controls_settings_and_encoders() -> None:
    names = [*CONTROLS, "lexical", "hybrid:hash:64", "semantic:hash:64", "twin:hash:64", "hash:64"]
    made = [subject_of(name, encoder, now=NOW) for name in names]
    assert [subject.name for subject in made] == names
    assert len({subject.key for subject in made}) == len(names)
    ranks_only = {subject.name for subject in made if subject.abilities == {"corpus"}}
    assert ranks_only == {"bm25", "lexical", "hybrid:hash:64", "semantic:hash:64"}


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
