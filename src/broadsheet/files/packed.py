"""Files that may be packed by gzip: read as what is in them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import BinaryIO


def unpacked(path: Path) -> BinaryIO:
    """Open a file for reading bytes, unpacked as it is read where its name ends in ``.gz``. Reading raises OSError,
    EOFError or zlib.error where it is damaged."""
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")  # type: ignore[return-value]
