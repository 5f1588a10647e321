"""What the tests of the command line share: three papers, and how a command line is run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

PAPERS = [
    {"id": "m1", "title": "Bees that count flowers", "abstract": "Bees were trained to count. They reached four.",
     "authors": ["Ada Made", "Bo Other"], "date": "2024-03-05", "venue": "InsectConf", "github": "https://example.org/bees"},
    {"id": "m2", "title": "Rivers and their sand", "abstract": "Sand moves with the river. A model tells how far.",
     "date": "2023-01-02", "votes": 7},
    {"id": "m3", "title": "Hives under stress", "abstract": "Bees that hunger grow silent.", "year": 2022},
]  # fmt: skip
ONE = {"id": "m1", "title": "Bees that count flowers", "abstract": "Bees were trained to count."}
Call = Callable[..., tuple[int, str, str]]


def asked(call: Call, *arguments: str) -> Any:
    """What a command prints with ``--json``."""
    code, out, _ = call(*arguments, "--json")
    assert code == 0
    return json.loads(out)


def started(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """A command line in a process of its own."""
    command = [sys.executable, "-c", "from broadsheet.cli import main; main()", *arguments]
    # a shell's background job has Ctrl-C switched off, and so would what it starts
    heeds = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **heeds, **options)
