"""Letters on the disk: an mbox file, a Maildir folder, and what is neither."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest

from broadsheet.core.errors import MailError, NotFoundError
from broadsheet.mail.bounces import MOST_BYTES, bounces
from broadsheet.mail.mailbox import letters
from returned import INBOX, complaint, delivery, plain

ALL = [delivery(), complaint(), plain(to="unsub+t0ken@example.org", subject="From here on")]


def kinds(path: Path) -> list[str]:
    return [found.kind for _, data in letters(path) for found in bounces(data, INBOX)]


def test_an_mbox_as_the_standard_library_writes_it(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "inbox")
    for data in ALL:
        box.add(data.replace(b"\r\n", b"\n"))
    box.add(b"Subject: x\n\nFrom the harbour\n\nFrom far away\n")
    box.close()
    found = list(letters(tmp_path / "inbox"))
    assert len(found) == 4
    assert found[-1][1] == b"Subject: x\n\nFrom the harbour\n\nFrom far away\n\n"
    assert kinds(tmp_path / "inbox") == ["hard", "complaint", "unsubscribe"]


def test_a_maildir_as_the_standard_library_writes_it(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "inbox")
    for data in ALL:
        box.add(data)
    seen = mailbox.MaildirMessage(delivery())
    seen.set_subdir("cur")
    box.add(seen)
    (tmp_path / "inbox" / "new" / "way-out").symlink_to("/dev/zero")
    (tmp_path / "inbox" / "new" / ".hidden").write_bytes(delivery())
    assert sorted(kinds(tmp_path / "inbox")) == ["complaint", "hard", "hard", "unsubscribe"]


def test_a_letter_is_known_again(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"From x\n" + ALL[0] + b"\nFrom y\n" + ALL[1])
    (tmp_path / "b").write_bytes(b"From z\n" + ALL[0] + b"\n")
    [first, second] = [key for key, _ in letters(tmp_path / "a")]
    assert first != second
    assert [key for key, _ in letters(tmp_path / "b")] == [first]


def test_a_letter_without_end_is_cut(tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(b"From x\n" + b"a" * 3 * MOST_BYTES + b"\n\nFrom y\nSubject: small\n\nx\n")
    sizes = [len(data) for _, data in letters(tmp_path / "box")]
    assert sizes[0] < 2 * MOST_BYTES
    assert sizes[1] == 18


def test_an_empty_mailbox_has_no_letters(tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(b"")
    (tmp_path / "dir" / "new").mkdir(parents=True)
    assert not list(letters(tmp_path / "box"))
    assert not list(letters(tmp_path / "dir"))


def test_what_is_no_mailbox_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="does not exist"):
        list(letters(tmp_path / "none"))
    with pytest.raises(MailError, match="not a Maildir"):
        list(letters(tmp_path))
    (tmp_path / "notes").write_text("Dear diary\n")
    with pytest.raises(MailError, match="not an mbox file"):
        list(letters(tmp_path / "notes"))
