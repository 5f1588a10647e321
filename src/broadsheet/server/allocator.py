"""How the C library keeps memory for a server of many threads."""

from __future__ import annotations

import ctypes

ARENAS = 2
_M_ARENA_MAX = -8  # of glibc's malloc.h


def few_arenas(most: int = ARENAS) -> bool:
    """Let all threads allocate from ``most`` arenas; to be called before they begin. False where malloc is not glibc's.

    By itself glibc gives nearly each thread an arena of its own, up to eight a core, and each keeps the most that it
    ever needed: under one lock of the interpreter that buys nothing, and a long-running server grows by it.
    """
    try:
        libc = ctypes.CDLL(None)
        return bool(hasattr(libc, "gnu_get_libc_version") and libc.mallopt(_M_ARENA_MAX, most))
    except (OSError, TypeError, AttributeError):  # no glibc: musl, macOS, Windows
        return False
