"""Several encoders as one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bert_kit import TEXTS, open_tiny
from broadsheet import names
from broadsheet.core.errors import ModelError, UsageError
from broadsheet.core.protocols import Usage
from broadsheet.encoders.hash import HashEncoder
from broadsheet.encoders.join import JoinEncoder, TermsEncoder, named
from broadsheet.encoders.splade import SpladeEncoder
from broadsheet.testing import check_encoder
from model_kit import MODELS


def test_the_cosine_is_the_mean_of_the_cosines(folder: Path) -> None:
    first, second = open_tiny(folder), HashEncoder(64)
    joined = JoinEncoder([first, second], name="join:test")
    rows = check_encoder(joined, TEXTS)
    a, b = first.encode(TEXTS), second.encode(TEXTS)
    np.testing.assert_allclose(rows @ rows.T, (a @ a.T + b @ b.T) / 2, atol=1e-5)


def test_the_manifest_knows_all_encoders() -> None:
    one, other = named("hash|hash:64"), named("hash|hash:128")
    assert (one.name, one.manifest.dim) == ("join:hash|hash:64", 320)
    assert one.manifest.key != other.manifest.key
    assert one.manifest.precision == "f32"


def test_it_tells_what_was_not_read(folder: Path) -> None:
    joined = JoinEncoder([open_tiny(folder), HashEncoder(64)], name="join:test")
    assert joined.too_long(TEXTS).tolist() == open_tiny(folder).too_long(TEXTS).tolist()
    assert joined.unread(["東京", "graph"]).tolist() == [False, False]  # hash knows every word
    assert JoinEncoder([open_tiny(folder)] * 2, name="join:test").unread(["東京", "graph"]).tolist() == [True, False]


def test_a_sparse_encoder_gives_its_terms_next_to_the_vectors_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    sparse = SpladeEncoder(MODELS / "splade-bert", name="splade:tiny")
    monkeypatch.setattr(names, "model", lambda name, **_: sparse if name == "splade:tiny" else HashEncoder(64))
    both = named("hash|splade:tiny")
    np.testing.assert_allclose(check_encoder(both, TEXTS), HashEncoder(64).encode(TEXTS), atol=1e-6)
    assert isinstance(both, TermsEncoder)
    for made, alone in zip(both.sparse_vectors(TEXTS), sparse.sparse_vectors(TEXTS), strict=True):
        np.testing.assert_array_equal(made, alone)
    with pytest.raises(UsageError, match="only the last"):
        named("splade:tiny|hash")
    assert not hasattr(named("hash|hash"), "sparse_vectors")


@pytest.mark.parametrize("rest", ["", "hash", "hash|", "|".join(["hash"] * 9), "hash|join:hash|hash"])
def test_a_wrong_list_is_refused(rest: str) -> None:
    with pytest.raises(UsageError, match="2 to 8 encoders"):
        named(rest)


def test_an_encoder_without_manifest_cannot_be_joined() -> None:
    class Bare:
        def encode(self, texts: list[str], *, role: str = "document") -> np.ndarray:
            return np.ones((len(texts), 1), np.float32)

    with pytest.raises(ModelError, match="no manifest"):
        _ = JoinEncoder([HashEncoder(), Bare()], name="join:test").manifest  # type: ignore[list-item]


def test_what_services_have_read_is_added_up() -> None:
    one, other = HashEncoder(8), HashEncoder(16)
    one.usage, other.usage = Usage(7, 2), Usage(5)  # type: ignore[attr-defined]
    assert JoinEncoder([one, HashEncoder(8), other], name="join:test").usage == (12, 2)
    assert JoinEncoder([HashEncoder(8)], name="join:test").usage == (0, 0)
