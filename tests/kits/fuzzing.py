"""What every reader of foreign bytes must keep to: Documents, bad records or one clear error, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import strategies as st

from broadsheet.core.errors import BroadsheetError
from broadsheet.core.types import BadRecord, Document

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def only_records_or_errors(read: Callable[[bytes], Iterable[Any]], data: bytes) -> None:
    try:
        records = list(read(data))
    except BroadsheetError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert all(isinstance(record, Document | BadRecord) for record in records)
