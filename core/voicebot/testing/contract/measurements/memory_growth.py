"""Whether memory grows with each use of a provider."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from voicebot.testing.contract.failures import Unmet
from voicebot.testing.contract.measurements import memory

PER_USE = 400_000
"""Bytes by which the memory may grow per use."""
_WARM_UP_USES = 2
_USES = 2
_ROUNDS = 6
_STEADY_ROUNDS = 2
"""Rounds without growth after which there is no leak: a leak grows in each round."""
_STATUS = Path("/proc/self/status")


@dataclass
class _Memory:
    """The size of one kind of memory at the end of each round, in bytes."""

    what: str
    sizes: list[int] = field(default_factory=list)

    @property
    def steady_rounds(self) -> int:
        """How many rounds added next to nothing."""
        steps = zip(self.sizes, self.sizes[1:], strict=False)
        return sum(after - before < PER_USE * _USES for before, after in steps)

    @property
    def per_use(self) -> float:
        """Average growth per use, in bytes."""
        return (self.sizes[-1] - self.sizes[0]) / ((len(self.sizes) - 1) * _USES)


async def ensure_no_growth(use: Callable[[int], Awaitable[None]]) -> None:
    """Require that using a provider again and again does not add to the memory each time.

    Memory allocations must be traced (`memory.traced`) for as long as the provider is open.
    """
    number = 0
    objects, process = _Memory("Python's objects take"), _Memory("the process takes")
    heap = _Memory("what the C library has given out takes")
    memories = (objects, process, heap)
    with _existing_objects_frozen():
        for uses in (_WARM_UP_USES, *[_USES] * _ROUNDS):
            for _ in range(uses):
                number += 1
                await use(number)
            gc.collect()
            objects.sizes.append(memory.traced_bytes())
            process.sizes.append(_resident())
            heap.sizes.append(_allocated())
            if all(each.steady_rounds >= _STEADY_ROUNDS for each in memories):
                return
    grows = next(each for each in memories if each.steady_rounds < _STEADY_ROUNDS)
    raise Unmet(
        f"no growth of memory with each use (less than {PER_USE / 1e6:.1f} MB each)",
        f"{grows.what} {grows.per_use / 1e6:.1f} MB more with each of the last {_ROUNDS * _USES} uses",
    )


@contextmanager
def _existing_objects_frozen() -> Iterator[None]:
    """Exempt existing objects from garbage collection: a large test run has millions of them.

    A program that has exempted its own keeps them so.
    """
    frozen = gc.get_freeze_count()
    gc.freeze()
    try:
        yield
    finally:
        if not frozen:
            gc.unfreeze()


def _resident() -> int:
    """Return the bytes of memory private to this process; 0 where the system does not report them."""
    if not _STATUS.exists():
        return 0
    _trim_heap()
    sizes = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return sum(int(sizes[name].split()[0]) * 1024 for name in ("RssAnon", "RssShmem") if name in sizes)


class _HeapUse(ctypes.Structure):
    """The result of ``mallinfo2`` of the GNU C library, in bytes."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def _allocated() -> int:
    """Return the bytes that ``malloc`` has given out; 0 where the C library does not tell.

    The memory of the process shows no leak as long as it fills memory that was free before and
    that the C library did not return to the system.
    """
    if sys.platform != "linux":
        return 0
    tell = getattr(ctypes.CDLL(None), "mallinfo2", None)  # since glibc 2.33
    if tell is None:
        return 0
    tell.restype = _HeapUse
    use = tell()
    return int(use.uordblks + use.hblkhd)


def _trim_heap() -> None:
    """Make the C library return free memory to the system, so that what remains is in use."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # missing in musl
    if trim is not None:
        trim(0)
