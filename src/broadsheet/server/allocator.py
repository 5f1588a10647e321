"""Memory: how the C library allocates it for a server with many threads."""

from __future__ import annotations

import ctypes

ARENAS = 2
_M_ARENA_MAX = -8  # of glibc's malloc.h


def few_arenas(most: int = ARENAS) -> bool:
    """Let all threads allocate from ``most`` arenas; call it before they start. False if malloc is not glibc's.

    By default glibc gives nearly every thread its own arena, up to eight per core, and each keeps the most that it
    ever needed. With one interpreter lock this gains nothing, and a long-running server grows by it.
    """
    try:
        libc = ctypes.CDLL(None)
        return bool(hasattr(libc, "gnu_get_libc_version") and libc.mallopt(_M_ARENA_MAX, most))
    except (OSError, TypeError, AttributeError):  # no glibc: musl, macOS, Windows
        return False
