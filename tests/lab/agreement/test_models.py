"""Encoders are compared on one sample of texts: what is equal is found equal, what is near is joined first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from broadsheet.core.errors import UsageError
from broadsheet.core.protocols import Role, Vectors
from broadsheet.encoders.hash import HashEncoder
from broadsheet.lab.agreement.models import agreement, encode, sample
from corpus_kit import texts


class Turned:
    """An encoder whose vectors are another's after a rotation, with noise."""

    def __init__(self, encoder: HashEncoder, *, noise: float = 0.0) -> None:
        self._encoder, self._noise = encoder, noise
        self._turn = stats.ortho_group.rvs(encoder.dim, random_state=1)

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        rows = self._encoder.encode(texts) @ self._turn
        noise = np.random.default_rng(2).normal(size=rows.shape) * self._noise
        return np.asarray(rows + noise, dtype=np.float32)


class Blind:
    """An encoder that gives no numbers."""

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        return np.full((len(texts), 4), np.nan, dtype=np.float32)


def many() -> list[str]:
    return [text for field in ("bees", "rivers", "stars") for text in texts(field, 40)]


def test_a_rotated_twin_is_equal_and_noise_is_seen() -> None:
    base = HashEncoder(64)
    encoders = {"hash": base, "twin": Turned(base), "noisy": Turned(base, noise=0.1), "other": HashEncoder(48)}
    found = agreement(many(), encoders)
    twin = found.pairs[0]
    assert (twin.one, twin.other, found.texts, found.total) == ("hash", "twin", 120, 120)
    for measure in ("CKA", "unbiased CKA", "RSA", "Jaccard@1", "Jaccard@10", "Jaccard@50", "RBO"):
        assert twin.value(measure).value == pytest.approx(1, abs=0.02), measure
    assert twin.value("Procrustes residual").value == pytest.approx(0, abs=1e-5)
    noisy = found.pairs[1]
    assert noisy.other == "noisy"
    assert all(value.low <= value.value <= value.high for value in noisy.values)
    assert noisy.value("unbiased CKA").high < 1 > noisy.value("RBO").high
    assert (found.tree[0].one, found.tree[0].other) == (("hash",), ("twin",))


def test_the_table_is_symmetric_and_all_is_json() -> None:
    found = agreement(many(), {"a": HashEncoder(64), "b": HashEncoder(48), "c": HashEncoder(32)}, shown=2)
    table = np.array(found.matrix("RBO"))
    assert table.shape == (3, 3)
    assert (table == table.T).all()
    assert table.diagonal().tolist() == [1, 1, 1]
    assert found.matrix("Procrustes residual")[0][0] == 0
    json = found.to_json()
    assert json["names"] == ["a", "b", "c"]
    assert set(json["matrices"]) == {value["measure"] for value in json["pairs"][0]["values"]}
    assert [len(each["texts"]) for each in json["apart"]] == [2, 2, 2]


def test_texts_on_which_two_differ_come_worst_first() -> None:
    found = agreement(many(), {"a": HashEncoder(64), "b": HashEncoder(16)}, shown=5).apart["a", "b"]
    overlaps = [each.overlap for each in found]
    assert overlaps == sorted(overlaps)
    assert all(each.text not in (each.one, each.other) for each in found)


def test_a_sample_is_bounded_different_and_the_same_again() -> None:
    stream = [str(each % 500) for each in range(1_500)] + ["", " "]
    chosen, total = sample(stream, most=50, seed=3)
    assert (len(set(chosen)), total) == (50, 500)
    assert sample(stream, most=50, seed=3)[0] == chosen
    assert [int(each) for each in chosen] == sorted(int(each) for each in chosen)
    means = [np.mean([int(each) for each in sample(stream, most=50, seed=seed)[0]]) for seed in range(40)]
    assert abs(np.mean(means) - 249.5) < 4 * 144 / np.sqrt(50 * 40)


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(UsageError, match="at least two"):
        agreement(many(), {"a": HashEncoder()})
    with pytest.raises(UsageError, match="at least 20"):
        agreement(["one", "two"], {"a": HashEncoder(), "b": HashEncoder(64)})
    with pytest.raises(UsageError, match="120 vectors of 120"):
        encode(many(), Blind())


def test_progress_is_counted() -> None:
    seen: list[tuple[str, int]] = []
    agreement(
        many(), {"a": HashEncoder(64), "b": HashEncoder(48)},
        progress=lambda name: lambda done, _: seen.append((name, done)),
    )  # fmt: skip
    assert seen == [("a", 120), ("b", 120)]
