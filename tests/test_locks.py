"""Locks across processes: shared by many, owned by one, free once their holder is gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.locks import Tenure, attempted, is_held

HOLD = """
import sys
from pathlib import Path
from broadsheet.locks import Tenure
tenure = Tenure(Path(sys.argv[1]))
print(getattr(tenure, sys.argv[2])(timeout=5), flush=True)
sys.stdin.read()
"""


def test_an_attempt_never_waits(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.lock"
    with attempted(path) as first, attempted(path) as second:
        assert (first, second) == (True, False)
        assert is_held(path)
    with attempted(path) as again:
        assert again


def test_many_share_and_one_owns(tmp_path: Path) -> None:
    one, two, three = (Tenure(tmp_path / "held") for _ in range(3))
    assert one.share(timeout=0)
    assert two.share(timeout=0)
    assert not three.own(timeout=0.01)
    two.give_up()
    assert one.own(timeout=0), "who is alone becomes the owner"
    assert not two.share(timeout=0.01)
    assert one.share(timeout=0)
    assert two.share(timeout=0)
    assert not one.own(timeout=0.01)
    assert three.share(timeout=0), "an attempt that failed leaves nothing behind"
    for tenure in (one, two, three):
        tenure.give_up()
        tenure.give_up()


@pytest.mark.parametrize("kind", ["share", "own"])
def test_a_killed_process_holds_nothing(tmp_path: Path, kind: str) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "held"), kind]
    mine = Tenure(tmp_path / "held")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        assert not mine.own(timeout=0.01)
        process.kill()
    assert mine.own(timeout=1)
    mine.give_up()


def test_where_no_file_can_be_made_all_share_and_none_owns(tmp_path: Path) -> None:
    tenure = Tenure(tmp_path / "absent" / "held")
    assert tenure.share(timeout=0)
    with pytest.raises(OSError, match="held"):
        tenure.own(timeout=0)
