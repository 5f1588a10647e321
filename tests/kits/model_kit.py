"""Opens the tiny models of ``fixtures/models``, and compares what comes out with what the real libraries gave.

``fixtures/models/make.py`` made them. Where the arithmetic is compared, take the fixture ``exact``: it is then in f32.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from broadsheet.encoders.bert import BertEncoder
from parity_texts import STATED, TEXTS

MODELS = Path(__file__).resolve().parent.parent / "fixtures" / "models"
COSINE = 0.999999  # in f32, of each vector with its reference
ROUGH = 0.99  # in bf16, whose numbers have 8 bits: such small weights of such size are harder than real ones
_TIE = 1e-6  # cosines that are nearer to one another have no order


def expected(name: str, file: str = "expected.npy") -> NDArray[np.float32]:
    """What the reference gave for the case: unit rows (50, dim), or what else is in ``file``."""
    values: NDArray[np.float32] = np.load(MODELS / name / file)
    return values


def open_model(name: str, *, folder: Path | None = None, **options: Any) -> BertEncoder:
    """The encoder of a case, or of an edited copy in ``folder``."""
    return BertEncoder(folder or MODELS / name, name=f"bert:{name}", version="1", **options)


def copy_model(name: str, folder: Path) -> Path:
    """A copy of the case in a folder that is not there yet, to be edited."""
    return Path(shutil.copytree(MODELS / name, folder))


def assert_same(rows: NDArray[Any], reference: NDArray[Any], *, least: float = COSINE) -> None:
    """Each row points where its reference does: a cosine of at least ``least``."""
    assert rows.shape == reference.shape
    cosines = np.einsum("ij,ij->i", _unit(rows), _unit(reference))
    worst = int(cosines.argmin())
    assert cosines[worst] >= least, f"{cosines[worst]:.7f} for text {worst}"


def assert_ranks(rows: NDArray[Any], reference: NDArray[Any]) -> None:
    """With each text as the query, the others come in the reference's order; only its ties may be in any order."""
    ours, theirs = (_unit(each) @ _unit(each).T for each in (rows, reference))
    before = theirs[:, :, None] > theirs[:, None, :] + _TIE
    swapped = np.argwhere(before & (ours[:, :, None] <= ours[:, None, :]))
    assert before.mean() > 0.4, "Most texts are equal by the reference, so that their order says nothing."
    assert not len(swapped), f"query, text, text after it: {swapped[:5].tolist()}, {len(swapped)} in all"


def assert_proven(name: str, **options: Any) -> None:
    """The case's vectors, ranks and states of tokens are the reference's, in each role that it has files of."""
    encoder = open_model(name, **options)
    for role, file in (("document", "expected.npy"), ("query", "expected-query.npy")):
        if (MODELS / name / file).is_file():
            rows, reference = encoder.encode(TEXTS, role=role), expected(name, file)  # type: ignore[arg-type]
            assert_same(rows, reference)
            assert_ranks(rows, reference)
    if (MODELS / name / "states.npy").is_file():
        states = encoder.token_vectors([TEXTS[number] for number in STATED])
        np.testing.assert_allclose(
            np.concatenate([each.vectors for each in states]), expected(name, "states.npy"), atol=2e-5
        )


def _unit(rows: NDArray[Any]) -> NDArray[np.float64]:
    wide = rows.astype(np.float64)
    lengths: NDArray[np.float64] = np.linalg.norm(wide, axis=1, keepdims=True)
    return wide / lengths
