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


# fmt: off
noise = st.sampled_from([
    b"UK  - x\n", b"\n", b"\r", b"\0", b'"', b"'", b"{", b"}", b"[]", b"{}", b"null", b"-1", b"1e999", b"9" * 5_000,
    b"<", b">", b"&#0;", b"&x;", b"]]>", b"\xff", b"\xed\xa0\x80", b",", b"#", b"=", b"@", b"\\", b"NaN", b"   ",
])
# fmt: on


@st.composite
def mutated(draw: st.DrawFn, seed: bytes) -> bytes:
    """The seed with up to six pieces of it taken out, said twice, moved to another place, or changed to noise."""
    data = seed
    for _ in range(draw(st.integers(1, 6))):
        start, end, at = sorted(draw(st.integers(0, len(data))) for _ in range(3))
        piece = draw(st.sampled_from([b"", data[start:end] * 2, data[end:at]]) | st.binary(max_size=4) | noise)
        data = data[:start] + piece + data[end:]
    return data


def only_records_or_errors(read: Callable[[bytes], Iterable[Any]], data: bytes) -> None:
    try:
        records = list(read(data))
    except BroadsheetError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert all(isinstance(record, Document | BadRecord) for record in records)
