"""Writes requirements.lock and requirements-dev.lock from pyproject.toml, with hashes, for every platform.

Needs uv (`pip install uv`), used here alone: installing needs nothing but pip.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = ["pip", "compile", "pyproject.toml", "--universal", "--python-version", "3.11", "--generate-hashes",
          "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header", "--quiet"]  # fmt: skip


def main() -> int:
    """Both files are made from the same resolution, so that they never disagree."""
    for name, more in (
        ("requirements-dev.lock", ["--group", "dev"]),
        ("requirements.lock", ["-c", "requirements-dev.lock"]),
    ):
        done = subprocess.run([sys.executable, "-m", "uv", *COMMON, *more, "-o", name], cwd=ROOT, check=False)
        if done.returncode:
            print(
                "uv could not make the lock; is it installed? Try: .venv/bin/python -m pip install uv", file=sys.stderr
            )
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
