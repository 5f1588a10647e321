"""Rows of Parquet files, in which test sets are often given. Needs the package pyarrow, of the extra ``lab``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from broadsheet.core.errors import SourceError, UsageError

_AT_ONCE = 1024


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, a batch in memory at a time. SourceError for a file that is not Parquet, UsageError
    without pyarrow."""
    try:
        from pyarrow.lib import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise UsageError(f"{path} is Parquet, which needs pyarrow: pip install 'broadsheet[lab]'") from error
    try:
        with ParquetFile(path) as file:  # type: ignore[no-untyped-call]
            for batch in file.iter_batches(batch_size=_AT_ONCE):
                yield from batch.to_pylist()
    except (ArrowException, OSError) as error:
        raise SourceError(f"{path} cannot be read as Parquet: {error}") from error
