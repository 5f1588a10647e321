"""The command line: each command translates words into a call of a verb and its result into words, nothing else."""

from __future__ import annotations

import sys


def main() -> None:
    """What the command ``broadsheet`` runs."""
    try:
        from broadsheet.cli.app import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # before the command could begin, or once more at its end
        print("broadsheet: interrupted", file=sys.stderr)
        sys.exit(130)
