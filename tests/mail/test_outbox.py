"""The folder that mail goes into until a server is set."""

from __future__ import annotations

import os
import stat
import threading
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from broadsheet.core.errors import MailError, UsageError
from broadsheet.core.protocols import Mailer
from broadsheet.mail.message import wire
from broadsheet.mail.outbox import Outbox
from mail_kit import NOW, message


def test_a_message_becomes_one_private_file(tmp_path: Path) -> None:
    mailer: Mailer = Outbox(tmp_path / "new" / "outbox")
    outcome = mailer.send(message())
    [file] = (tmp_path / "new" / "outbox").iterdir()
    assert (outcome.kind, outcome.reason) == ("accepted", file.name)
    assert file.name.startswith("20260302T063000Z_reader@lab.science_")
    assert file.suffix == ".eml"
    assert file.read_bytes() == wire(message())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_names_sort_by_time(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for day in (9, 2, 30, 1):
        outbox.send(message(date=NOW + timedelta(days=day), message_id=f"<{day}@x.example>", subject=str(day)))
    files = sorted(tmp_path.iterdir())
    assert [message_from_bytes(file.read_bytes())["Subject"] for file in files] == ["1", "2", "9", "30"]


@pytest.mark.parametrize("anew", [False, True])
def test_a_message_sent_again_keeps_its_one_file(tmp_path: Path, anew: bool) -> None:
    outbox = Outbox(tmp_path)
    first = outbox.send(message())
    again = (Outbox(tmp_path) if anew else outbox).send(message(text="Tides, again.\n", date=NOW + timedelta(hours=1)))
    [file] = tmp_path.iterdir()
    assert again.reason == first.reason == file.name
    assert b"again" in file.read_bytes()


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "box")
    for number, name in enumerate(("../../x", "/etc/passwd", ".hidden", "a" * 60)):
        with pytest.raises(UsageError):
            outbox.send(message(to=f"{name}@x..example"))
        outbox.send(
            message(
                to=f"{'/'.join(name.split('/')).strip('./') or 'a'}/../b@x.example".replace("..", "."),
                message_id=f"<{'/'}{number}@x>",
            )
        )
    assert [entry.name for entry in tmp_path.iterdir()] == ["box"]
    names = [entry.name for entry in (tmp_path / "box").iterdir()]
    assert len(names) == 4
    assert all(name.startswith("2026") and "/" not in name and len(name) < 120 for name in names)


def test_a_link_in_the_way_is_replaced_and_not_followed(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "box")
    name = outbox.send(message()).reason
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / "box" / name).unlink()
    (tmp_path / "box" / name).symlink_to(other)
    outbox.send(message())
    assert other.read_text() == "mine"
    assert not (tmp_path / "box" / name).is_symlink()


def test_a_write_that_fails_leaves_nothing_half_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = Outbox(tmp_path)
    name = outbox.send(message()).reason

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MailError, match="the disk is full"):
        outbox.send(message(text="New.\n"))
    [file] = tmp_path.iterdir()
    assert (file.name, file.read_bytes()) == (name, wire(message()))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(MailError, match="file"):
        Outbox(tmp_path / "file").send(message())


def test_what_a_dead_process_left_is_no_hindrance(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    name = outbox.send(message()).reason
    (tmp_path / f".{Path(name).stem[-16:]}-{threading.get_native_id()}.tmp").write_text("half")
    assert outbox.send(message()).reason == name
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
