"""Vectors of texts, and the cosines between them: encode, similarity."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from broadsheet.cli.options import AsJson, Data
from broadsheet.cli.terminal import note, print_json, progress, table
from broadsheet.collection import DEFAULT_ENCODER
from broadsheet.core.errors import NotFoundError, UsageError
from broadsheet.core.protocols import Encoder as Encodes
from broadsheet.core.protocols import Role, Usage
from broadsheet.core.text import clipped
from broadsheet.lab import vectors
from broadsheet.lab.text_lines import Text, read
from broadsheet.lab.text_lines import texts as texts_of
from broadsheet.lab.vector_table import VectorTable, read_facts
from broadsheet.wiring.collection import configured_encoder, contents

Input = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="A text on each line; .jsonl, .csv and .tsv have fields; - is standard input. Default: the Collection.",
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write: .npy, .parquet or .jsonl.")]
Encoder = Annotated[str | None, typer.Option("--encoder", metavar="NAME", help="Default: the Collection's, or minilm.")]
As = Annotated[str, typer.Option("--role", metavar="ROLE", help="What the texts are: document or query.")]
Field = Annotated[str, typer.Option("--field", metavar="NAME", help="The field or column that holds the text.")]
IdField = Annotated[str, typer.Option("--id", metavar="NAME", help="The field or column that holds the id.")]
One = Annotated[str, typer.Argument(metavar="A", help="A text, a file with a text on each line, or an .npy matrix.")]
Other = Annotated[str, typer.Argument(metavar="B", help="The same: what A is compared with.")]
Whole = Annotated[bool, typer.Option("--matrix", help="Compare each of A with each of B.")]

_ROLES: dict[str, Role] = {"document": "document", "query": "query"}
_MOST_CELLS = 4_000_000  # cosines that are printed
_MOST_COLUMNS = 12  # of a matrix on the terminal
_SHOWN = 60  # characters of a text
_MOST_BYTES = 200_000_000  # of a file that is compared


def encode(
    file: Input = None,
    out: Out = Path("vectors.npy"),
    encoder: Encoder = None,
    role: As = "document",
    field: Field = "",
    id_field: IdField = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write the vectors of texts into a file: .npy, .parquet or .jsonl.

    The texts are the lines of a file, a field of JSON lines, a column of a table, or the papers of the Collection. A
    run that was stopped continues where it was when you run the same command again. OUT.json says which encoder made
    the vectors and of which texts; OUT.npy.ids has the id of each row.

    Example: broadsheet encode corpus.jsonl --field text --out corpus.npy
    """
    if role not in _ROLES:
        raise UsageError(f"--role is {role!r}; expected {' or '.join(_ROLES)}")
    made = configured_encoder(encoder, data)
    title = "Encoding the papers" if file is None else "Encoding the texts"
    with progress(title) as advance:
        facts = VectorTable(out, made, role=_ROLES[role]).fill(_texts(file, field, id_field, data), progress=advance)
    used: Usage = getattr(made, "usage", Usage())
    if as_json:
        print_json({"file": str(out), **_about(out), **used._asdict()})
        return
    note(f"{out} has {facts.rows:,} vectors in {facts.dim} dimensions by {facts.encoder}.")
    if used.tokens:
        note(f"The model server read {used}.")
    if facts.cut:
        note(f"{_number(facts.cut)} longer than the encoder reads; only the beginning was read.")
    if facts.empty:
        note(f"{_number(facts.empty)} empty; such a vector says nothing.")


def similarity(
    a: One, b: Other, matrix: Whole = False, encoder: Encoder = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Compare texts by the cosine of their vectors: texts, files, .npy matrices.

    Two texts have one cosine; the lines of two files, or the rows of two matrices, one for each pair in the same place.
    With --matrix each of A is compared with each of B. A cosine is 1 for the same direction and near 0 for unrelated
    texts, but encoders differ in what is near: compare it only with other cosines of the same encoder.

    Example: broadsheet similarity "a cat sat" "a dog stood"
    """
    left, right = _given(a), _given(b)
    _require_same_encoder(a, b)
    made: str | Encodes = DEFAULT_ENCODER
    if any(isinstance(each, list) for each in (left, right)):
        made = configured_encoder(encoder, data)
    elif encoder:
        raise UsageError("--encoder is for texts, but A and B are vectors already")
    rows, columns = len(left), len(right)
    if matrix and rows * columns > _MOST_CELLS:
        raise UsageError(f"{rows:,} x {columns:,} cosines are too many to print; use broadsheet.similarity in Python")
    if matrix or (rows == 1 and columns == 1):
        values = vectors.similarity(left, right, encoder=made)
    else:
        values = vectors.pairs(left, right, encoder=made)[:, None]
    name = getattr(made, "name", None) if made is not DEFAULT_ENCODER else None
    if as_json:
        _print_json(values, name, matrix)
    elif matrix:
        _print_matrix(values, left, right)
    else:
        _print_pairs(values[:, 0].tolist(), left, right)


def _texts(file: str | None, field: str, id_field: str, data: Path | None) -> Iterator[Text]:
    if file is None:
        if field or id_field:
            raise UsageError("--field and --id are for files; the papers of the Collection have title and text")
        yield from contents(data)
    elif file == "-":
        name = "-.jsonl" if field or id_field else "-"
        yield from texts_of(sys.stdin.buffer, name, "standard input", field=field, id_field=id_field)
    else:
        yield from read(Path(file).expanduser(), field=field, id_field=id_field)


def _about(out: Path) -> dict[str, Any]:
    facts = read_facts(out)
    return {name: getattr(facts, name) for name in ("encoder", "manifest", "role", "rows", "dim", "empty", "cut")}


def _number(count: int) -> str:
    return "1 text is" if count == 1 else f"{count:,} texts are"


def _given(value: str) -> Any:
    """A matrix, or a list of texts: the lines of a file, or the words themselves."""
    path = Path(value)
    if value.endswith(".npy"):
        return _matrix(path)
    if "\n" not in value and len(value) < 1_000 and path.is_file():
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path} is larger than {_MOST_BYTES:,} bytes; encode it first and compare the .npy files")
        texts = [text for _, text in read(path)]
        if not texts:
            raise UsageError(f"{path} has no texts; expected one on each line")
        return texts
    return [value]


def _matrix(path: Path) -> Any:
    if not path.is_file():
        raise NotFoundError(f"{path} is not a file: expected a matrix that `broadsheet encode` or numpy.save wrote")
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError, OverflowError) as error:
        raise UsageError(f"{path} is not a matrix of numpy: {str(error)[:200]}") from None


def _require_same_encoder(a: str, b: str) -> None:
    """Refuse two files of vectors that say that different encoders made them."""
    facts = []
    for path in (Path(a), Path(b)):
        if path.suffix == ".npy" and path.with_name(path.name + ".json").is_file():
            facts.append(read_facts(path))
    if len({each.manifest for each in facts}) > 1:
        raise UsageError(
            f"{a} is by {facts[0].encoder} and {b} by {facts[1].encoder}: vectors of different encoders have no cosine"
        )


def _print_json(values: Any, encoder: str | None, matrix: bool) -> None:
    shown = np.round(values.astype(float), 7)
    print_json({"encoder": encoder, **({"matrix": shown.tolist()} if matrix else {"pairs": shown[:, 0].tolist()})})


def _print_pairs(values: list[float], left: Any, right: Any) -> None:
    table(
        ["#cosine", "A", "B"],
        ([f"{value:.4f}", _shown(left, row), _shown(right, row)] for row, value in enumerate(values)),
    )
    if len(values) > 1:
        note(f"mean {np.mean(values):.4f}, from {min(values):.4f} to {max(values):.4f}, over {len(values):,} pairs")


def _print_matrix(values: Any, left: Any, right: Any) -> None:
    if values.shape[1] > _MOST_COLUMNS:
        raise UsageError(
            f"B has {values.shape[1]:,} rows, too many for the columns of a table (at most {_MOST_COLUMNS}): "
            "use --json, or exchange A and B"
        )
    columns = ["A", *(f"#{clipped(_shown(right, place), 20)}" for place in range(values.shape[1]))]
    table(columns, ([_shown(left, row), *(f"{each:.4f}" for each in cells)] for row, cells in enumerate(values)))


def _shown(given: Any, row: int) -> str:
    return clipped(given[row], _SHOWN) if isinstance(given, list) else f"row {row}"
