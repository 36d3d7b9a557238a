"""The threads of `voicebot run` share their heaps."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAPS = """
import ctypes, sys, threading
from voicebot.cli.process.memory import limit_arenas

if "limited" in sys.argv:
    limit_arenas()
library = ctypes.CDLL(None)
library.malloc.restype = library.fdopen.restype = ctypes.c_void_p
together = threading.Barrier(6)


def take():
    library.malloc(100_000)
    together.wait()


threads = [threading.Thread(target=take) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
output = ctypes.c_void_p(library.fdopen(1, b"w"))
library.malloc_info(0, output)
library.fflush(output)
"""


def heaps(*arguments: str) -> int:
    """Return how many heaps the C library has when six threads have taken memory."""
    program = [sys.executable, "-c", HEAPS, *arguments]
    return subprocess.run(program, check=True, capture_output=True, text=True).stdout.count("<heap nr")


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of Linux only")
def test_threads_share_two_heaps() -> None:
    assert heaps("limited") <= 2 < heaps()
