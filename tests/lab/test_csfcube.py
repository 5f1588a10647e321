"""The files of CSFCube are read as papers and pools."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.core.errors import SourceError
from broadsheet.lab.csfcube import TITLE, WHOLE, Cube
from broadsheet.lab.sets import known


def test_papers_have_the_sentences_of_an_aspect(data_dir: Path) -> None:
    cube = Cube(known(data_dir)["csfcube-aspects"])
    assert len(cube.pools) == 50
    pool = cube.pools[0]
    sentences, whole = cube.text(pool.paper, pool.aspect), cube.text(pool.paper, WHOLE)
    assert 0 < len(sentences) < len(whole)
    assert whole.startswith(cube.text(pool.paper, TITLE))
    assert cube.text(pool.paper, "no such aspect") == cube.text(pool.paper, TITLE)
    assert list(pool.grades) == sorted(pool.grades)
    with pytest.raises(SourceError, match="'none' is judged"):
        cube.text("none", WHOLE)
