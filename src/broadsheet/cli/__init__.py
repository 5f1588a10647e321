"""The command line: each command turns arguments into a call of a verb and the result into text, nothing else."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command ``broadsheet`` and exit with its code."""
    try:
        from broadsheet.cli.app import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # before the command could begin, or once more at its end
        print("broadsheet: interrupted", file=sys.stderr)
        sys.exit(130)
