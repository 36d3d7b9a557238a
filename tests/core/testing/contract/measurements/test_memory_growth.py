"""The check for leaks sees one that fills memory which was free before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LEAK = """
import asyncio, ctypes
from voicebot.testing.contract.measurements.memory_growth import ensure_no_growth

MEGABYTE = 1_000_000
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3  # of mallopt
library = ctypes.CDLL(None)
library.malloc.restype = library.sbrk.restype = ctypes.c_void_p
library.malloc.argtypes, library.free.argtypes = [ctypes.c_size_t], [ctypes.c_void_p]
library.mallopt(TRIM_THRESHOLD, 64 * MEGABYTE)
library.mallopt(MMAP_THRESHOLD, 32 * MEGABYTE)


def fill():
    at = library.malloc(MEGABYTE)
    ctypes.memset(at, 1, MEGABYTE)
    return at


taken = [fill() for _ in range(40)]
library.sbrk(4096)  # above a foreign piece, the heap cannot return its end to the system
for at in taken:
    library.free(at)


async def use(number):
    fill()


asyncio.run(ensure_no_growth(use))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux only")
def test_a_leak_into_free_memory_is_seen() -> None:
    found = subprocess.run([sys.executable, "-c", LEAK], capture_output=True, text=True, check=False)

    assert found.returncode == 1
    assert "the C library has given out takes 1.0 MB more" in found.stderr, found.stderr
