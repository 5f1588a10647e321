from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.core.errors import UsageError
from broadsheet.encoders.hash import HashEncoder, named
from broadsheet.testing import check_encoder

NUMBERS = [-0.4182, 0.3675, 0.1225, -0.3675, -0.3675, 0.1225, 0.1225, 0.6124]


def test_it_keeps_the_promises() -> None:
    assert check_encoder(HashEncoder()).shape[1] == 256
    assert check_encoder(named("64")).shape[1] == 64


@given(st.lists(st.text(), max_size=4))
def test_any_text_has_a_direction(texts: list[str]) -> None:
    check_encoder(HashEncoder(16), texts or [""])


def test_the_numbers_never_change() -> None:
    """Written down once: other processes, machines and years must agree."""
    row = HashEncoder(8).encode(["Graph neural networks, 2026"])[0]
    assert [round(float(value), 4) for value in row] == NUMBERS


def test_shared_words_are_near_and_others_far() -> None:
    rows = HashEncoder().encode(["graph neural networks", "Neural networks on graphs!", "tides of northern harbours"])
    near, far = float(rows[0] @ rows[1]), float(rows[0] @ rows[2])
    assert near > 0.6
    assert abs(far) < 0.3


@pytest.mark.parametrize("rest", ["7", "0", "-5", "1e3", "٣٢", "99999999", "big", " 64"])
def test_an_impossible_dimension_is_named(rest: str) -> None:
    with pytest.raises(UsageError, match=f"hash:{rest} is not understood"):
        named(rest)


def test_names_say_the_dimension_unless_it_is_usual() -> None:
    assert (named("").name, named("256").name, named("64").name) == ("hash", "hash", "hash:64")
    assert named("").manifest.key != named("64").manifest.key


@pytest.mark.parametrize(
    "text", ["Graph neural networks on graphs, graph by graph!", "$a b$ \\emph{two words} of it", "", "É é"]
)
def test_vectors_of_words_sum_to_the_vector(text: str) -> None:
    encoder = HashEncoder(64)
    [made], [row] = encoder.word_vectors([text]), encoder.encode([text])
    whole = made.vectors.sum(axis=0)
    assert len(made.tokens) == len(made.vectors) == len(made.spans)
    if made.vectors.any():
        assert whole / np.linalg.norm(whole) == pytest.approx(row, abs=1e-6)
    assert all(text[start:end].strip() == text[start:end] for start, end in made.spans)
