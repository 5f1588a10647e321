"""The texts of judged sets, whatever their task.

a set of rows with columns -> the columns that hold documents, unless one lies inside another (``extra.tldr``)
any other -> its task, measured on an encoder that writes down what it is given, until the first item is measured
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from broadsheet.core.protocols import Encoder, Role
from broadsheet.core.vectors import Vectors
from broadsheet.lab.sets import Set, known
from broadsheet.lab.subject import Dense, RandomEncoder
from broadsheet.lab.tasks import task_of

_DOCUMENTS = ("text", "one", "other")  # columns


class _Listener:
    """An encoder that remembers the documents it is given; its vectors say nothing."""

    def __init__(self) -> None:
        self.texts: dict[str, None] = {}
        self._encoder: Encoder = RandomEncoder()

    def encode(self, texts: Sequence[str], *, role: Role = "document") -> Vectors:
        """Return random unit rows, float32 (n, dim)."""
        if role == "document":
            self.texts.update(dict.fromkeys(text for text in texts if text.strip()))
        return self._encoder.encode(texts, role=role)


def judged_texts(data: Set, *, most: int = 20_000) -> list[str]:
    """Return different texts of a set that its task treats as documents, at most ``most``, in their order.

    SourceError for a malformed set.
    """
    if data.columns and not any("." in column for column in data.columns.values()):
        columns = [name for name in _DOCUMENTS if name in data.columns]
        cells = (row[name] for row in data.rows() for name in columns)
        return list(islice(dict.fromkeys(text for text in cells if isinstance(text, str) and text.strip()), most))
    listener = _Listener()
    for _ in islice(task_of(data).rows(Dense(listener, "listener")), 1):
        break
    return list(listener.texts)[:most]


def sets_by_data(data: Path, *, language: str = "en") -> dict[str, Set]:
    """Return the sets in a language whose files are in the folder ``data``, one for each group of files, by the names
    of all sets that are made of these."""
    groups: dict[tuple[str, tuple[str, ...]], list[Set]] = {}
    for each in known(data).values():
        if each.present and each.language == language:
            groups.setdefault((str(each.folder), each.files), []).append(each)
    return {" ".join(each.name for each in group): group[0] for group in groups.values()}
