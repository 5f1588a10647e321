"""The folder of pictures: what is here, what failed, what goes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadsheet.pictures import Pictures, name_of
from broadsheet.pictures.folder import WAITS, State

NOW = datetime(2026, 10, 2, 12, 0, tzinfo=UTC)
ONE, TWO = "https://example.org/one.png", "https://example.org/two.png"


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    return Pictures(tmp_path / "pictures")


def test_nothing_is_made_until_something_is_stored(pictures: Pictures) -> None:
    assert (pictures.has(ONE), pictures.failure(ONE), pictures.state) == (False, None, State())
    assert pictures.holding().words == "0 pictures (0.0 MB)"
    assert pictures.prune([]) == 0
    assert not pictures.folder.exists()


def test_a_picture_is_read_by_its_name_and_by_nothing_else(pictures: Pictures) -> None:
    pictures.put(ONE, b"picture")
    assert pictures.has(ONE)
    assert pictures.read(name_of(ONE)) == b"picture"
    (pictures.folder.parent / "store.webp").write_bytes(b"secret")
    for name in (name_of(TWO), "../store", "", name_of(ONE).upper(), name_of(ONE) + "\n"):
        assert pictures.read(name) is None


def test_a_failure_is_tried_again_three_times_and_a_final_one_never(pictures: Pictures) -> None:
    for tries, wait in enumerate((*WAITS, None), 1):
        pictures.fail(ONE, "the host is down " * 100, final=False, now=NOW)
        noted = pictures.failure(ONE)
        assert noted
        assert (noted.tries, noted.again) == (tries, wait and NOW + wait)
        assert len(noted.reason) == 300
    pictures.fail(TWO, "not a picture", final=True, now=NOW)
    assert (noted := pictures.failure(TWO))
    assert noted.again is None
    assert pictures.holding().words == "0 pictures (0.0 MB); 2 could not be fetched"


def test_an_address_that_was_not_tried_loses_no_try(pictures: Pictures) -> None:
    for _ in range(9):
        pictures.postpone(ONE, "its host is down", now=NOW)
    assert (noted := pictures.failure(ONE))
    assert (noted.tries, noted.again) == (0, NOW + timedelta(hours=1))


def test_a_picture_takes_the_place_of_a_failure(pictures: Pictures) -> None:
    pictures.fail(ONE, "down", final=False, now=NOW)
    pictures.put(ONE, b"picture")
    assert pictures.failure(ONE) is None
    assert (pictures.holding().pictures, pictures.holding().failed) == (1, 0)


def test_what_no_paper_needs_goes_and_other_files_stay(pictures: Pictures) -> None:
    pictures.put(ONE, b"one")
    pictures.put(TWO, b"two")
    pictures.fail("https://example.org/three.png", "down", final=True, now=NOW)
    (pictures.folder / "README.txt").write_text("mine")
    pictures.follow(State(7, NOW))
    assert pictures.prune([TWO]) == 1
    assert {path.name for path in pictures.folder.iterdir()} == {f"{name_of(TWO)}.webp", "README.txt", "state.json"}
    assert pictures.state == State(7, NOW)
    pictures.drop()
    assert not pictures.folder.exists()


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"change": "x", "again": null}', '{"change": 3}', '{"change": 3, "again": "2026-10-02"}']
)
def test_damaged_notes_count_as_absent(pictures: Pictures, text: str) -> None:
    pictures.folder.mkdir()
    (pictures.folder / "state.json").write_text(text)
    (pictures.folder / f"{name_of(ONE)}.json").write_text(text)
    assert (pictures.state, pictures.failure(ONE)) == (State(), None)
