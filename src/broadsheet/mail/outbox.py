"""The default Mailer: a folder of ``.eml`` files that any mail program opens. Nothing leaves the machine.

the name: the date, the recipient, a digest of the Message-ID
the file: written by ``files.write``, so that it is whole or not there at all
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from broadsheet import files
from broadsheet.core.errors import MailError, system
from broadsheet.core.types import Message, Outcome
from broadsheet.mail.message import message_id, when, wire

_NAMED = re.compile(r"\d{8}T\d{6}Z_.*_([0-9a-f]{16})\.eml")
_UNFIT = re.compile(r"[^A-Za-z0-9@.+-]+")
_LONGEST_NAME = 60


class Outbox:
    """Write each message into ``folder``, which is made (mode 0700) with the first one. A Message-ID that is there
    already keeps its one file, which is written again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message) -> Outcome:
        """Write the message, which is always accepted. MailError when the folder cannot be written, UsageError for a
        malformed message."""
        data = wire(message)
        key = _key(message)
        with _on_disk(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = self._names.setdefault(key, _name(message, key))
            files.write(self.folder / name, data, private=True)
        return Outcome("accepted", name)

    @cached_property
    def _names(self) -> dict[str, str]:
        """The file of each message that was here when the first one was sent, and of those sent since, by its key."""
        matches = (_NAMED.fullmatch(entry.name) for entry in self.folder.iterdir())
        return {match[1]: match[0] for match in matches if match}


def _key(message: Message) -> str:
    return hashlib.blake2b(message_id(message.message_id).encode(), digest_size=8).hexdigest()


def _name(message: Message, key: str) -> str:
    """Return a name that sorts by time; no address or Message-ID can name another folder or a hidden file."""
    moment = re.sub(r"[-:]|\+.*", "", when(message).isoformat(timespec="seconds"))
    return f"{moment}Z_{_UNFIT.sub('-', message.to)[:_LONGEST_NAME]}_{key}.eml"


@contextlib.contextmanager
def _on_disk(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MailError(system(error, path)) from error
