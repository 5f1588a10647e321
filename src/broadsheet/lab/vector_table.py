"""Vectors of a stream of texts in one file: .npy, Parquet or JSON lines. A run that was killed goes on where it was.

    OUT.part (float32 rows), OUT.ids.part (an id a line), OUT.json (encoder, rows, a hash of the texts so far)
    is OUT.json of this encoder? -> pass over as many texts, which must have this hash -> encode the next ones
    rows and ids to the disk, then their number in OUT.json, every few seconds
    no text left -> OUT in its format, in one step -> the parts go, OUT.json stays and says what OUT is

Memory is bounded by one batch, whatever the number of texts. Texts that were appended to the input since are encoded
when the same command runs again on an unfinished file; a finished one is never changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from broadsheet import files
from broadsheet.core.errors import ModelError, NotFoundError, UsageError
from broadsheet.core.protocols import Encoder, Progress, Role, Vectors
from broadsheet.core.types import Manifest
from broadsheet.files.vectors import text_key
from broadsheet.lab.text_lines import Text
from broadsheet.locks import held

FORMAT = 1
_BATCH = 512  # texts encoded between two steps of the progress
_SECONDS = 2.0  # of work that a kill can lose, and one batch
_BLOCK = 8_192  # rows written at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file of vectors holds: its encoder (name, key of the manifest), the role, how many rows of how many
    dimensions, a hash over the texts in their order, how many texts were ``empty`` or ``cut`` at the encoder's length,
    and how many bytes the ids take."""

    encoder: str
    manifest: str
    precision: str
    role: Role
    dim: int
    rows: int = 0
    texts: str = ""
    empty: int = 0
    cut: int = 0
    id_bytes: int = 0
    done: bool = False
    format: int = FORMAT


class VectorTable:
    """The file ``path`` with the vectors of one encoder in one role, whole or growing. UsageError for an unknown
    ending of its name, ModelError for an encoder without a manifest."""

    def __init__(self, path: Path, encoder: Encoder, *, role: Role = "document") -> None:
        manifest = getattr(encoder, "manifest", None)
        if not isinstance(manifest, Manifest):
            raise ModelError(f"The encoder {encoder!r} has no manifest, so its vectors cannot be told from others.")
        self._write = _writer(path)
        self.path, self._encoder = path, encoder
        self._rows, self._ids, self._about = (
            path.with_name(path.name + end) for end in (".part", ".ids.part", ".json")
        )
        self._start = Facts(
            encoder=manifest.encoder, manifest=manifest.key, precision=manifest.precision, role=role, dim=manifest.dim
        )

    def fill(self, texts: Iterable[Text], *, progress: Progress | None = None) -> Facts:
        """Encode what is not encoded yet and return the facts of the whole file.

        UsageError when the file holds vectors of other texts, of another encoder or role, or was not made here;
        CollectionError when another process writes to it.
        """
        lock = self.path.with_name(f".{self.path.name}.lock")
        try:
            with held(lock, timeout=0, what=str(self.path)):
                facts = self._filled(texts, progress or (lambda _done, _total: None))
                files.remove(lock)
                return facts
        except OSError as error:
            raise UsageError(
                f"{self.path} cannot be written: {error.strerror or error}. Choose another --out."
            ) from None

    def _filled(self, texts: Iterable[Text], progress: Progress) -> Facts:
        facts = self._known()
        rest = iter(texts)
        self._pass_over(rest, facts, progress)
        if facts.done:
            if next(rest, None) is not None:
                raise UsageError(self._other(f"of {facts.rows:,} texts, and the input has more"))
            return facts
        facts = self._grown(rest, facts, progress)
        if not facts.rows:
            raise UsageError(f"The input has no texts, so nothing was written to {self.path}.")
        facts = replace(facts, done=True)
        self._write(self.path, self._rows, self._ids, facts)
        self._save(facts)
        files.remove(self._rows)
        files.remove(self._ids)
        return facts

    def _known(self) -> Facts:
        """The facts of the file as it is; those of an empty one if it is new."""
        if not self._about.is_file():
            if self.path.exists():
                raise UsageError(self._other("of which nothing is known"))
            return self._start
        facts = read_facts(self.path)
        same = replace(facts, rows=0, texts="", empty=0, cut=0, id_bytes=0, done=False, precision=self._start.precision)
        if same != self._start:
            raise UsageError(self._other(f"of the encoder {facts.encoder} ({facts.manifest}) as {facts.role}s"))
        if facts.done and not self.path.exists():
            return self._start
        whole = _size(self._rows) >= facts.rows * facts.dim * 4 and _size(self._ids) >= facts.id_bytes
        return facts if facts.done or whole else self._start

    def _other(self, what: str) -> str:
        return (
            f"{self.path} holds vectors {what}; they are not mixed with others. "
            "Choose another --out, or delete it and the files next to it."
        )

    def _pass_over(self, rest: Iterator[Text], facts: Facts, progress: Progress) -> None:
        """Take the texts that have a vector from the stream; UsageError if they are not those."""
        digest = ""
        for row in range(facts.rows):
            item = next(rest, None)
            if item is None:
                raise UsageError(self._other(f"of {facts.rows:,} texts, and the input has only {row:,}"))
            digest = _chained(digest, item)
        if digest != facts.texts:
            raise UsageError(self._other("of other texts or ids"))
        progress(facts.rows, None)

    def _grown(self, rest: Iterator[Text], facts: Facts, progress: Progress) -> Facts:
        """Append the vectors and ids of the texts that are left."""
        start = facts.rows * facts.dim * 4
        with _appending(self._rows, start) as rows, _appending(self._ids, facts.id_bytes) as ids:
            saved = float("-inf")
            while batch := list(islice(rest, _BATCH)):
                rows.write(self._encoded([text for _, text in batch], facts.role).astype("<f4").tobytes())
                ids.writelines(json.dumps(name).encode() + b"\n" for name, _ in batch)
                facts = replace(self._counted(facts, batch), id_bytes=ids.tell())
                progress(facts.rows, None)
                if perf_counter() - saved > _SECONDS:
                    self._saved(facts, rows, ids)
                    saved = perf_counter()
            self._saved(facts, rows, ids)
        return facts

    def _saved(self, facts: Facts, rows: IO[bytes], ids: IO[bytes]) -> None:
        files.flush(rows)
        files.flush(ids)
        self._save(facts)

    def _save(self, facts: Facts) -> None:
        files.write(self._about, json.dumps(asdict(facts), indent=1) + "\n")

    def _encoded(self, texts: list[str], role: Role) -> Vectors:
        rows = self._encoder.encode(texts, role=role)
        if rows.shape != (len(texts), self._start.dim) or not np.isfinite(rows).all():
            raise ModelError(
                f"{self._start.encoder} gives {rows.shape} numbers for {len(texts)} texts, or some that are not finite."
            )
        return rows

    def _counted(self, facts: Facts, batch: list[Text]) -> Facts:
        digest = facts.texts
        for item in batch:
            digest = _chained(digest, item)
        texts = [text for _, text in batch]
        too_long = getattr(self._encoder, "too_long", None)
        return replace(
            facts,
            rows=facts.rows + len(batch),
            texts=digest,
            empty=facts.empty + sum(not text.strip() for text in texts),
            cut=facts.cut + (int(np.count_nonzero(too_long(texts))) if too_long else 0),
        )


def read_facts(path: Path) -> Facts:
    """Return what a file of vectors holds, as the file next to it says. NotFoundError without one, UsageError for one
    that cannot be read."""
    about = path.with_name(path.name + ".json")
    if not about.is_file():
        raise NotFoundError(f"{about} is not there: was {path} made by `broadsheet encode`?")
    try:
        values = json.loads(about.read_bytes()[:100_000])
        facts = Facts(**values)
        numbers = (facts.format, facts.rows, facts.dim, facts.empty, facts.cut, facts.id_bytes)
        if facts.format != FORMAT or not all(type(each) is int and each >= 0 for each in numbers) or not facts.dim:
            raise ValueError
    except (ValueError, TypeError):
        raise UsageError(f"{about} does not say what is in {path}; delete it and encode again.") from None
    return facts


def _chained(digest: str, item: Text) -> str:
    """The hash of all texts and ids so far, as hex."""
    name, text = item
    return hashlib.blake2b(bytes.fromhex(digest) + text_key(name) + text_key(text), digest_size=16).hexdigest()


@contextmanager
def _appending(path: Path, at: int) -> Iterator[IO[bytes]]:
    """Open a file behind its first ``at`` bytes; what came after them is cut off."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(at)
        file.seek(at)
        yield file


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _writer(path: Path) -> _Writer:
    """The function that writes a file of this name."""
    ending = path.suffix.lower()
    if ending not in _WRITERS:
        raise UsageError(f"{path} ends with {ending!r}; expected one of {', '.join(_WRITERS)}.")
    if ending == ".parquet":
        _arrow()
    return _WRITERS[ending]


def _arrow() -> tuple[Any, Any]:
    """The library for Parquet; UsageError with the line that installs it."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise UsageError('Parquet needs pyarrow: pip install "broadsheet[lab]". Or write .npy or .jsonl.') from None
    return pyarrow, pyarrow.parquet


def _blocks(rows: Path, ids: Path, facts: Facts) -> Iterator[tuple[list[str], Vectors]]:
    """The ids and vectors of the parts, some thousand at a time."""
    with rows.open("rb") as vectors, ids.open("rb") as lines:
        for start in range(0, facts.rows, _BLOCK):
            count = min(_BLOCK, facts.rows - start)
            block = np.frombuffer(vectors.read(count * facts.dim * 4), "<f4").reshape(count, facts.dim)
            yield [json.loads(next(lines)) for _ in range(count)], block


def _write_npy(path: Path, rows: Path, ids: Path, facts: Facts) -> None:
    """A matrix for ``numpy.load``, and next to it OUT.ids: the id of each row on a line, as JSON."""
    header = {"descr": "<f4", "fortran_order": False, "shape": (facts.rows, facts.dim)}
    with files.replacing(path) as file, files.replacing(path.with_name(path.name + ".ids")) as names:
        npy.write_array_header_1_0(file, header)
        for keys, block in _blocks(rows, ids, facts):
            file.write(block.tobytes())
            names.writelines(json.dumps(key, ensure_ascii=False).encode() + b"\n" for key in keys)


def _write_lines(path: Path, rows: Path, ids: Path, facts: Facts) -> None:
    """An object a line, with ``id`` and ``embedding``; nine digits give each float32 back."""
    with files.replacing(path) as file:
        for keys, block in _blocks(rows, ids, facts):
            for key, row in zip(keys, block.tolist(), strict=True):
                numbers = ", ".join(f"{number:.9g}" for number in row)
                file.write(f'{{"id": {json.dumps(key)}, "embedding": [{numbers}]}}\n'.encode())


def _write_parquet(path: Path, rows: Path, ids: Path, facts: Facts) -> None:
    """Columns ``id`` and ``embedding``, a list of fixed size; the encoder is in the metadata of the file."""
    arrow, parquet = _arrow()
    about = {"encoder": facts.encoder, "manifest": facts.manifest, "role": facts.role}
    kind = arrow.list_(arrow.float32(), facts.dim)
    schema = arrow.schema([("id", arrow.string()), ("embedding", kind)], metadata=about)
    with files.replacing(path) as file, parquet.ParquetWriter(file, schema) as writer:
        for keys, block in _blocks(rows, ids, facts):
            vectors = arrow.FixedSizeListArray.from_arrays(arrow.array(block.ravel()), facts.dim)
            writer.write_batch(arrow.record_batch([arrow.array(keys), vectors], schema=schema))


_Writer = Callable[[Path, Path, Path, Facts], None]
_WRITERS: dict[str, _Writer] = {".npy": _write_npy, ".parquet": _write_parquet, ".jsonl": _write_lines}
