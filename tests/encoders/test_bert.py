"""The encoder over a BERT: batches, lengths, whole texts and prompts."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bert_kit import TEXTS, open_tiny, token_ids
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.encoders.bert import BertEncoder
from broadsheet.testing import check_encoder
from model_kit import copy_model, open_model
from tinybert import CONFIG, forward, token_states, write_tiny


def test_it_keeps_the_promises(folder: Path) -> None:
    check_encoder(BertEncoder(folder, name="bert:tiny", version="1"), TEXTS)
    check_encoder(open_tiny(folder, whole=True), TEXTS)


@pytest.mark.usefixtures("exact")
def test_whole_reads_pieces_weighted_by_length(folder: Path) -> None:
    text = "word " * 10 + "graph paper"
    first, second = (forward(CONFIG, token_ids(part)) for part in ("word " * 10, "graph paper"))
    expected = 10 * first + 2 * second
    row = open_tiny(folder, whole=True).encode([text, "a"])[0]
    np.testing.assert_allclose(row, expected / np.linalg.norm(expected), atol=2e-5)


def test_whole_is_another_space_and_precision_is_not(folder: Path) -> None:
    plain, whole = open_tiny(folder).manifest, open_tiny(folder, whole=True).manifest
    assert plain.max_length == 12
    assert plain.key != whole.key
    assert len(plain.weights) == 64


@pytest.mark.usefixtures("exact")
def test_prompts_stand_before_texts_of_their_role(folder: Path) -> None:
    config = {"prompts": {"query": "graph ", "passage": "paper ", "other": "x"}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(config))
    encoder = open_tiny(folder)
    assert encoder.manifest.prompts == {"query": "graph ", "document": "paper "}
    np.testing.assert_allclose(encoder.encode(["a"], role="query")[0], forward(CONFIG, token_ids("graph a")), atol=2e-5)
    np.testing.assert_allclose(encoder.encode(["a"])[0], forward(CONFIG, token_ids("paper a")), atol=2e-5)


def test_switches_are_in_the_name_and_in_the_manifest(folder: Path) -> None:
    plain, cut = open_tiny(folder), open_tiny(folder, switches="pooling=max&layers=1")
    assert (cut.name, cut.manifest.pooling) == ("bert:tiny?layers=1&pooling=max", "max of layer 1")
    assert cut.manifest.key != plain.manifest.key
    assert (
        open_tiny(folder, switches="layers=1,2", whole=True).manifest.pooling
        == "mean of layers 1, 2 of pieces by length"
    )
    own = open_tiny(folder, switches="layers=2&pooling=mean")  # which is what the model does anyway
    assert (own.name, own.manifest, own._identity) == (plain.name, plain.manifest, plain._identity)


def test_the_compiled_model_of_a_plain_encoder_keeps_its_identity(folder: Path) -> None:
    """Or every user would compile again; the words are those of the first version."""
    facts = open_tiny(folder).facts
    assert open_tiny(folder)._identity == repr((open_tiny(folder).weights, 2, 4, "erf", "mean", 0, facts.shape.epsilon))


def test_a_switched_encoder_keeps_the_promises(folder: Path) -> None:
    for switches in ("layers=0", "layers=1,2&pooling=weighted", "pooling=last"):
        check_encoder(open_tiny(folder, switches=switches), TEXTS)
    check_encoder(open_tiny(folder, switches="layers=1&pooling=max", whole=True), TEXTS)


def test_a_prompt_that_leaves_no_room_for_a_text_is_named(folder: Path) -> None:
    encoder = open_tiny(folder, switches="document_prompt=" + "word " * 10)
    with pytest.raises(ModelError, match="fills all 12 tokens"):
        encoder.encode(["a"])
    assert encoder.encode(["a"], role="query").shape == (1, 16)


@pytest.mark.usefixtures("exact")
def test_switches_put_prompts_before_texts_and_keep_the_first_axes(folder: Path) -> None:
    encoder = open_tiny(folder, switches="dim=6&query_prompt=graph ")
    row = forward(CONFIG, token_ids("graph a"))[:6]
    np.testing.assert_allclose(encoder.encode(["a"], role="query")[0], row / np.linalg.norm(row), atol=2e-5)
    assert (encoder.manifest.dim, encoder.manifest.prompts) == (6, {"query": "graph "})
    assert encoder.name == "bert:tiny?dim=6&query_prompt=graph%20"
    check_encoder(encoder, TEXTS)


def test_each_switch_is_another_space_and_another_compiled_model(folder: Path) -> None:
    """Prompts alone compile nothing again."""
    switches = ["", "dim=8", "dim=9", "pooling=cls,mean", "pooling=mean,cls", "query_prompt=a"]
    made = [open_tiny(folder, switches=each) for each in switches]
    assert len({each.manifest.key for each in made}) == len(made)
    assert len({each._identity for each in made}) == len(made) - 1


def test_a_prompt_that_does_not_count_needs_texts_that_are_cut() -> None:
    with pytest.raises(ModelError, match="leaves its prompt out of pooling"):
        open_model("head-prompt", whole=True)
    assert open_model("head-prompt", whole=True, switches="prompt=").manifest.prompts == {}


def test_token_vectors_leave_a_prompt_out_that_does_not_count(tmp_path: Path) -> None:
    folder = copy_model("bert-cls", tmp_path / "model")
    (folder / "1_Pooling/config.json").write_text('{"pooling_mode": "mean", "include_prompt": false}')
    encoder = open_model("bert-cls", folder=folder)
    texts = ["graphs of papers", "", "a"]
    means = np.stack([each.vectors.mean(axis=0) for each in encoder.token_vectors(texts)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    assert (means * encoder.encode(texts)).sum(axis=1).min() > 0.999
    assert encoder.manifest.pooling == "mean without the prompt"
    assert len(encoder.token_vectors([""])[0].tokens) == 1


@pytest.mark.usefixtures("exact")
def test_token_vectors_are_the_states_before_pooling(tmp_path: Path) -> None:
    full = write_tiny(tmp_path / "tiny")
    encoder = open_tiny(tmp_path / "tiny", switches="layers=1,2")
    texts = [*TEXTS, *(f"{'word ' * (i % 9)}{i}" for i in range(300))]
    made = encoder.token_vectors(texts)
    for text, each in zip(texts, made, strict=True):
        np.testing.assert_allclose(each.vectors, token_states(full, token_ids(text), layers=(1, 2)), atol=2e-5)
        assert len(each.tokens) == len(each.spans) == len(each.vectors)
    means = np.stack([each.vectors.mean(0) for each in made])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    np.testing.assert_allclose(means, encoder.encode(texts), atol=2e-5)
    assert encoder.token_vectors([]) == []


def test_tokens_say_which_characters_they_cover(folder: Path) -> None:
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {"document": "a paper: "}}))
    text = "Graphing words"
    each = open_tiny(folder).token_vectors([text])[0]
    covered = [text[start:end] for start, end in each.spans]
    assert each.tokens[:1] == ("[CLS]",)
    assert covered[0] == covered[-1] == ""
    assert "Graph" in covered
    assert "".join(covered) == "Graphingwords"


def test_token_vectors_of_a_whole_text_are_those_of_all_pieces(folder: Path) -> None:
    text = "one word after another, and then more than twelve pieces of it."
    cut, whole = (open_tiny(folder, whole=whole).token_vectors([text])[0] for whole in (False, True))
    assert len(cut.tokens) == 12
    assert whole.tokens.count("[CLS]") > 1
    assert max(end for _, end in whole.spans) == len(text)


def test_there_is_one_way_to_read_long_texts(folder: Path) -> None:
    with pytest.raises(UsageError, match="choose whole or long=pool"):
        open_tiny(folder, whole=True, switches="long=pool")


@pytest.mark.parametrize("switches", ["", "layers=1", "pooling=cls", "document_prompt=word ", "dim=6"])
def test_both_are_what_each_call_gives_bit_for_bit(folder: Path, switches: str) -> None:
    """In the precision of this machine, for one batch and for several."""
    encoder = open_tiny(folder, switches=switches)
    texts = [*TEXTS, *(f"{'word ' * (number % 11)}{number}" for number in range(300)), ""]
    for some in (texts[:1], texts[:3], texts, []):
        rows, tokens = encoder.encode_both(some)
        assert rows.tobytes() == encoder.encode(some).tobytes()
        for each, other in zip(tokens, encoder.token_vectors(some), strict=True):
            np.testing.assert_array_equal(each.vectors, other.vectors)
            assert (each.tokens, each.spans.tolist()) == (other.tokens, other.spans.tolist())


def test_texts_in_pieces_give_both_too(folder: Path) -> None:
    encoder, texts = open_tiny(folder, whole=True), ["word " * 30, "graph"]
    rows, tokens = encoder.encode_both(texts)
    assert rows.tobytes() == encoder.encode(texts).tobytes()
    assert [len(each.tokens) for each in tokens] == encoder.tokens(texts).tolist()
