"""The memory of the process."""

from __future__ import annotations

import sys

_M_ARENA_MAX = -8
"""The parameter's number in `mallopt` of the GNU C library."""
_ARENAS = 2


def limit_arenas() -> None:
    """Let all threads share two heaps; call it before there are threads. Without effect on other C libraries.

    By default, the GNU C library gives each thread a heap of its own, up to eight for each core. Models that
    run in several threads then fill each of them, and none returns what it no longer needs.
    """
    if sys.platform != "linux":
        return
    import ctypes

    set_option = getattr(ctypes.CDLL(None), "mallopt", None)  # missing in musl
    if set_option is not None:
        set_option(_M_ARENA_MAX, _ARENAS)
