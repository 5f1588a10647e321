"""Files of JSON: records on lines, in lists, in a row, in answers; in any shape and encoding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from broadsheet.core.types import BadRecord, Document
from broadsheet.sources import jsonlines

PAPERS = [{"title": f"Owls {n}", "externalIds": {"DOI": f"10.1000/owls.{n}", "CorpusId": n}} for n in range(3)]
ANSWER = {"total": 3, "offset": 0, "data": PAPERS}


def titles(folder: Path, text: str, codec: str = "utf-8") -> list[str]:
    path = folder / "owls.json"
    path.write_bytes(text.encode(codec))
    return [each.title for each in jsonlines.read(path) if isinstance(each, Document)]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ANSWER),
        json.dumps(ANSWER, indent=2),
        json.dumps(ANSWER, indent=1).replace("\n", "\r\n"),
        '{"total":3,"data":[\n' + ",\n".join(map(json.dumps, PAPERS)) + "]}",
        '{"total":3,"data":[\n' + "\n,".join(map(json.dumps, PAPERS)) + "\n]}",
        json.dumps(PAPERS),
        json.dumps(PAPERS, indent=2),
        "\n".join(map(json.dumps, PAPERS)),
        "\n\n" + "\n\n".join(map(json.dumps, PAPERS)) + "\n",
        "{broken\n" + "\n".join(map(json.dumps, PAPERS)),
    ],
)
def test_every_shape_gives_the_same_papers(tmp_path: Path, text: str, codec: str) -> None:
    assert titles(tmp_path, text, codec) == ["Owls 0", "Owls 1", "Owls 2"]


def test_a_row_that_is_no_object_costs_itself(tmp_path: Path) -> None:
    path = tmp_path / "owls.json"
    path.write_text(json.dumps({"data": [PAPERS[0], 7, None, PAPERS[1]]}))
    first, *bad, last = jsonlines.read(path)
    assert isinstance(first, Document)
    assert isinstance(last, Document)
    assert [each.reason for each in bad if isinstance(each, BadRecord)] == [
        "expected a JSON object, got int", "expected a JSON object, got NoneType",
    ]  # fmt: skip
