"""Files on the disk: written whole or not at all, and vectors by the content of their texts."""

from broadsheet.files.packed import unpacked
from broadsheet.files.whole import flush, remove, replacing, settle, write

__all__ = ["flush", "remove", "replacing", "settle", "unpacked", "write"]
