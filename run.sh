#!/bin/sh
# One verb a line; `./run.sh` alone lists them.
set -eu
cd "$(dirname "$0")"
verb=${1:-help}; [ $# -gt 0 ] && shift
setup() { "${PYTHON:-python3}" scripts/setup.py "$1"; }
case "$verb" in
  up)    setup run; exec .venv/bin/broadsheet up "$@" ;;         # set up, fill, sync, show, serve (--once: do not serve)
  test)  setup dev; exec .venv/bin/python -m pytest -n auto --maxprocesses 8 --dist loadgroup "$@" ;;  # set up and run the tests on all cores
  check) setup dev; .venv/bin/ruff check . && .venv/bin/ruff format --check . && exec .venv/bin/mypy ;;  # lint and types
  fix)   setup dev; .venv/bin/ruff check --fix . ; exec .venv/bin/ruff format . ;;                       # mend what can be mended
  bench) setup bench; name=$1; shift; exec .venv-bench/bin/python "benchmarks/$name.py" "$@" ;;                  # run one benchmark by name
  lock)  setup dev; exec .venv/bin/python scripts/lock.py ;;     # write the lock files anew
  docs)  setup dev; exec .venv/bin/python scripts/reference.py "$@" ;;  # write docs/reference.md anew
  *)     sed -n 's/^  \([a-z]*\)) .*# /\1: /p' "$0" ;;
esac
