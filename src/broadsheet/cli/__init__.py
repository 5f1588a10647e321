"""The command line: each command translates words into a call of a verb and its result into words, nothing else."""

from __future__ import annotations

import sys


def main() -> None:
    """What the command ``broadsheet`` runs."""
    from broadsheet.cli.app import run

    sys.exit(run(sys.argv[1:]))
