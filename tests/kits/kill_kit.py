"""Processes that plan and send digests and are killed at a chosen instant.

A nursery is one process that has imported everything; for each order it forks a child, which plans and sends, counts
its steps (every transaction of the Store, every line to and from the mail server) and kills itself at the one ordered.
"""

from __future__ import annotations

import json
import os
import signal
import smtplib
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from broadsheet.collection import open_collection
from broadsheet.digest.message import Letterhead
from broadsheet.digest.plan import plan
from broadsheet.digest.send import send
from broadsheet.mail.relay import Relay
from broadsheet.mail.smtp import SmtpMailer
from broadsheet.store.database import Database
from fakes import WordEncoder

HEAD = Letterhead("https://papers.example.org", "daily@example.org")
Order = Mapping[str, Any]


class Nursery:
    """``with Nursery() as nursery: nursery.run([order, ...])``, all at once."""

    def __enter__(self) -> Nursery:
        paths = os.pathsep.join(each for each in sys.path if each)
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self, orders: Sequence[Order]) -> list[int]:
        """The exit code of each child, minus the signal that killed it."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(list(orders)), file=self._process.stdin, flush=True)
        found: list[int] = json.loads(self._process.stdout.readline())
        return found


def order(folder: Path, port: int, now: datetime, **how: object) -> Order:
    """Plan and send from this folder to this port: killed at step ``at``, or ``after`` seconds; ``trace`` names a file
    for the names of the steps."""
    return {"folder": str(folder), "port": port, "now": now.isoformat(), **how}


def _children() -> None:
    for line in sys.stdin:
        started = [(_forked(each), each.get("after")) for each in json.loads(line)]
        for child, after in started:
            if after is not None:
                time.sleep(after)
                os.kill(child, signal.SIGKILL)
        print([os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child, _ in started], flush=True)


def _forked(order: Order) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _work(order)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def _work(order: Order) -> None:
    steps = _Steps(order.get("at"))
    _watch(steps)
    now = datetime.fromisoformat(order["now"])
    began = time.monotonic()
    relay = Relay(host="localhost", port=order["port"], greeting="test.example", timeout=20.0, patience=20.0)
    with open_collection(order["folder"], encoder=WordEncoder()) as collection, SmtpMailer(relay) as mailer:
        plan(collection, now=now, zone=UTC)
        send(collection, mailer, HEAD, clock=lambda: now + timedelta(seconds=time.monotonic() - began))
    if "trace" in order:
        Path(order["trace"]).write_text(json.dumps(steps.names))


class _Steps:
    """Counts steps, and ends the process at one."""

    def __init__(self, at: int | None) -> None:
        self.names: list[str] = []
        self._at = at

    def __call__(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


def _watch(step: _Steps) -> None:
    _watch_store(step)
    for name in ("send", "getreply"):
        setattr(smtplib.SMTP, name, _watched(getattr(smtplib.SMTP, name), name, step))


def _watch_store(step: _Steps) -> None:
    original = Database.writing

    @contextmanager
    def writing(self: Database) -> Iterator[Any]:
        caller = sys._getframe(2).f_code.co_name
        caller = sys._getframe(3).f_code.co_name if caller == "write" else caller
        with original(self) as db:
            yield db
            step(f"within {caller}")
        step(f"after {caller}")

    Database.writing = writing  # type: ignore[method-assign]


def _watched(original: Callable[..., Any], name: str, step: _Steps) -> Callable[..., Any]:
    def watched(self: smtplib.SMTP, *given: Any) -> Any:
        result = original(self, *given)
        step(f"after {name} {_command(given)}".rstrip())
        return result

    return watched


def _command(given: Sequence[Any]) -> str:
    if not given:
        return ""
    text = given[0] if isinstance(given[0], str) else given[0].decode("ascii")
    return "." if text == ".\r\n" else "BODY" if len(text) > 500 else text.strip().partition(" ")[0]


if __name__ == "__main__":
    _children()
