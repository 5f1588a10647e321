from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from broadsheet.collection import Collection, open_collection
from broadsheet.core.protocols import Role
from broadsheet.core.vectors import unit
from broadsheet.explain.meaning import Text, by_leaving_out, by_words


def cosine(collection: Collection, one: str, other: str) -> float:
    rows = collection.encoder.encode([one, other])
    return float(rows[0] @ rows[1])


def test_pairs_and_others_sum_to_the_cosine(collection: Collection) -> None:
    one, other = "Honey of the swarm: honey-bees", "A swarm and its honey in the hives of a beekeeper"
    found = by_words(collection, Text(one, "query"), Text(other), cosine(collection, one, other))
    assert found is not None
    assert sum(each.part for each in found.pairs) + found.others == pytest.approx(found.cosine, abs=1e-6)
    assert {(each.one.lower(), each.other) for each in found.pairs[:2]} == {("honey", "honey"), ("swarm", "swarm")}
    assert "of" not in [word for word, _ in found.words]
    assert found.words[0][1] >= found.words[-1][1] > 0


def test_vectors_of_another_model_are_not_explained(collection: Collection) -> None:
    assert by_words(collection, Text("honey"), Text("honey and pollen"), -0.4) is None


class Opaque:
    """An encoder that gives no vectors of words."""

    name = "opaque"

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> np.ndarray:
        return unit(np.ones((len(texts), 8), np.float32))


def test_an_encoder_without_vectors_of_words_explains_nothing(tmp_path: pytest.TempPathFactory) -> None:
    with open_collection(str(tmp_path), encoder=Opaque()) as opaque:
        assert by_words(opaque, Text("honey"), Text("pollen"), 1.0) is None


def test_texts_without_words_have_no_pairs(collection: Collection) -> None:
    found = by_words(collection, Text("of the"), Text("the of"), cosine(collection, "of the", "the of"))
    assert found is not None
    assert (found.pairs, found.words) == ((), ())
    assert found.others == pytest.approx(found.cosine)


def test_words_left_out_sum_to_the_fall_without_all_of_them(collection: Collection) -> None:
    text, vector = "A swarm of bees and honey; a telescope", collection.encoder.encode(["honey of the swarm"])[0]
    found = by_leaving_out(collection, vector, Text(text), [])
    whole, rest = collection.encoder.encode([text, "A of and ; a"]) @ vector
    assert sum(each.fall for each in found) == pytest.approx(float(whole - rest), abs=1e-5)
    assert {each.word for each in found[:2]} == {"swarm", "honey"}
    assert [each.word for each in by_leaving_out(collection, vector, Text(text), ["Honey", "looms"])] == ["honey"]
    assert by_leaving_out(collection, vector, Text("of the"), []) == ()
