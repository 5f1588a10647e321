"""Folders in the layouts of BEIR and MTEB (Muennighoff et al. 2023), told by what is in them.

a corpus and queries -> retrieval;  data/test-*.parquet -> the kind whose columns its first row has
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from broadsheet.core.errors import UsageError
from broadsheet.lab import beir, parquet
from broadsheet.lab.sets import Set

_TEST = "data/test-*.parquet"
_FORMS = (
    ("sts", {"one": "sentence1", "other": "sentence2", "gold": "score"}),
    ("pair-classification", {"one": "sentence1", "other": "sentence2", "gold": "label"}),
    ("pair-classification", {"one": "sentence1", "other": "sentence2", "gold": "labels"}),
    ("xsim", {"one": "sentence1", "other": "sentence2"}),
    ("classification", {"text": "text", "label": "label"}),
    ("clustering", {"text": "sentences", "label": "labels"}),
)
"""Kinds, the more telling first, with the columns that MTEB gives their sets."""


def recognised(folder: Path) -> Set | None:
    """Return the set in a folder, None when it is in neither layout. UsageError for Parquet of unknown columns."""
    name = folder.resolve().name
    if len({path.name.partition(".")[0] for path in beir.files(folder)}) > 1:
        return Set(name=name, kind="retrieval", folder=folder)
    paths = sorted(folder.glob(_TEST))
    if not paths:
        return None
    row = next(islice(parquet.rows(paths[0]), 1), {})
    for kind, columns in _FORMS:
        if set(columns.values()) <= set(row):
            train = "data/train-*.parquet"
            options = {"learn": [train]} if kind == "classification" and any(folder.glob(train)) else {}
            return Set(name=name, kind=kind, folder=folder, files=(_TEST,), columns=columns, options=options)
    known = "; ".join(f"{kind}: {', '.join(columns.values())}" for kind, columns in _FORMS)
    raise UsageError(f"{paths[0]} has the columns {', '.join(row) or '(no rows)'}, of no known kind. Known: {known}.")
