"""Models of stages: named, tried, loaded once; what is not one is refused."""

from __future__ import annotations

import pytest

from broadsheet.core.errors import UsageError
from broadsheet.search import stages
from broadsheet.search.stages.model import model_of, name_model, scorer_of
from stages_kit import Counted, Shared, scorers

assert scorers


def test_a_model_goes_to_the_stage_that_takes_its_kind(collection, scorers):
    scorers("splade:x", Counted())
    scorers("pair:y", Shared())
    assert (name_model(collection, "splade:x"), name_model(collection, "pair:y")) == ("sparse", "pair")
    assert (model_of(collection, "sparse"), model_of(collection, "pair")) == ("splade:x", "pair:y")
    assert scorer_of(collection, "pair") is scorer_of(collection, "pair")


def test_another_kind_of_model_is_refused(collection, scorers):
    scorers("colbert:z", object())
    with pytest.raises(UsageError, match="No stage takes the model 'colbert:z': expected one like splade:FOLDER or"):
        name_model(collection, "colbert:z")
    assert model_of(collection, "sparse") == ""


def test_without_a_model_the_stage_is_refused_and_says_what_to_do(collection):
    with pytest.raises(UsageError, match="the stage pair needs a model: add --model pair:FOLDER"):
        stages.choose(collection, "pair")
    with pytest.raises(UsageError, match="no model is named for it: run `broadsheet stages sparse --model splade"):
        scorer_of(collection, "sparse")


@pytest.mark.parametrize("fact", ["text", ["pair"], {"pair": ""}, 7])
def test_a_damaged_fact_names_no_model(collection, fact):
    collection.store.journal.set_fact("stages.models", fact)
    assert model_of(collection, "pair") == ""
