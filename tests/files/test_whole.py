"""A file is whole or not there, whatever stops the writer."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from broadsheet.files import whole as files


@pytest.mark.parametrize(("data", "stored"), [("naïve\n", "naïve\n".encode()), (b"\r\n\x00\xff", b"\r\n\x00\xff")])
def test_text_and_bytes_take_the_place_of_a_file(tmp_path: Path, data: str | bytes, stored: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_text("a longer text that was here before")
    files.write(path, data)
    assert path.read_bytes() == stored
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")
def test_a_private_file_is_its_owner_s_alone_and_another_follows_the_umask(tmp_path: Path) -> None:
    former = os.umask(0o022)
    try:
        files.write(tmp_path / "secret", "s", private=True)
        files.write(tmp_path / "open", "o")
    finally:
        os.umask(former)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("secret", "open")] == [0o600, 0o644]


def test_a_stream_that_ends_badly_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text("whole")
    with suppress(RuntimeError), files.replacing(path) as file:
        file.write(b"half")
        raise RuntimeError
    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]


def test_the_bytes_are_on_the_disk_before_the_name_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, sizes = tmp_path / "state", []
    monkeypatch.setattr(os, "fsync", lambda descriptor: sizes.append((os.fstat(descriptor).st_size, path.exists())))
    files.write(path, b"x" * 70_000)
    assert sizes[0] == (70_000, False)
    assert sizes[1][1], "the folder is flushed after the rename"


def test_a_folder_that_cannot_be_flushed_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_files(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fsync", only_files)
    files.write(tmp_path / "state", "new")
    assert (tmp_path / "state").read_text() == "new"


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_text("old")
    code = (
        "import os, sys; from pathlib import Path; from broadsheet import files\n"
        "with files.replacing(Path(sys.argv[1])) as file:\n"
        "    file.write(b'half'); file.flush(); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == 9
    assert path.read_text() == "old"


def test_threads_that_write_one_file_leave_one_of_theirs(tmp_path: Path) -> None:
    path, bodies = tmp_path / "state", [bytes([65 + place]) * 100_000 for place in range(8)]

    def work(body: bytes) -> None:
        for _ in range(20):
            files.write(path, body)

    threads = [threading.Thread(target=work, args=(body,)) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in bodies
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_another_program_wrote_gets_its_name(tmp_path: Path) -> None:
    part, path = tmp_path / "part", tmp_path / "store.db"
    part.write_bytes(b"new")
    path.write_bytes(b"old")
    files.settle(part, path)
    assert path.read_bytes() == b"new"
    assert not part.exists()


def test_a_file_a_folder_and_nothing_are_removed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "stays").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "stays")
    for name in ("file", "folder", "link", "none"):
        files.remove(tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == ["stays"]
