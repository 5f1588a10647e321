"""A server of many threads has few arenas, where the C library is one that makes them."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from broadsheet.server.allocator import ARENAS, few_arenas

_GLIBC = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "gnu_get_libc_version")
_COUNTING = """
import ctypes, sys, threading
from broadsheet.server.allocator import few_arenas
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fdopen.restype = ctypes.c_void_p
if sys.argv[1] == "few":
    few_arenas()
together = threading.Barrier(12)
def work():
    together.wait()
    for size in range(100, 2_000):
        libc.malloc(ctypes.c_size_t(size))
    together.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for each in threads: each.start()
for each in threads: each.join()
out = libc.fdopen(1, b"w")
libc.malloc_info(0, ctypes.c_void_p(out))
libc.fflush(ctypes.c_void_p(out))
"""


def arenas(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", _COUNTING, how], capture_output=True, text=True, check=True)
    return done.stdout.count("<heap ")


@pytest.mark.skipif(not _GLIBC, reason="glibc")
def test_threads_share_few_arenas() -> None:
    assert arenas("few") <= ARENAS < arenas("by itself")


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert few_arenas() is False
